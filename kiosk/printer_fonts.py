"""The fonts a printer draws with what its own font lacks: drivers know none, the kiosk does."""

from drivers.device import Driver
from drivers.model import DeviceClass


def teach_fonts(device_class: DeviceClass, driver: Driver) -> None:
    """Give `driver` the kiosk's fonts, if it is a printer that can draw lines."""
    if device_class is not DeviceClass.RECEIPT_PRINTER:
        return
    from drivers.receipt_printer import ReceiptPrinter  # noqa: PLC0415 - only a kiosk with a printer needs it
    from kiosk.text.raster import rasterise  # noqa: PLC0415 - opens the fonts

    if isinstance(driver, ReceiptPrinter):
        driver.rasterise = rasterise
