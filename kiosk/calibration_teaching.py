"""Lets the camera's driver ask for what its calibration found: drivers know no files of the kiosk, the kiosk does."""

from functools import partial
from pathlib import Path

from drivers.camera_known import Known
from drivers.device import Driver
from drivers.model import DeviceClass


def teach_calibration(device_class: DeviceClass, driver: Driver, state: Path) -> None:
    """Have `driver` go by the calibration in the kiosk's `state`, if it is a camera.

    The file is read when the driver opens, on its own thread: reading it brings OpenCV, which no screen waits for.
    """
    if device_class is not DeviceClass.DOCUMENT_CAMERA:
        return
    from drivers.camera import DocumentCamera  # noqa: PLC0415 - only a kiosk with a camera needs it

    if isinstance(driver, DocumentCamera):
        driver.learn = partial(_kept, state)


def _kept(state: Path) -> Known | str | None:
    from kiosk.calibration_file import CalibrationFile, CalibrationRefused  # noqa: PLC0415 - as said above

    try:
        record = CalibrationFile(state).read()
        return None if record is None else record.known()
    except CalibrationRefused as error:
        return str(error)
