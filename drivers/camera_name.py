"""Which camera is it? By what the system says of it: /sys/class/video4linux and the USB device behind it.

Source: Linux, Documentation/ABI/stable/sysfs-devices-system-* and drivers/usb/core/sysfs.c (manufacturer, serial,
bcdDevice); drivers/media/v4l2-core/v4l2-dev.c (name).
"""

from pathlib import Path

from drivers.model import DeviceInformation

SYSFS = Path("/sys/class/video4linux")


def identify(url: str, sysfs: Path = SYSFS) -> DeviceInformation:
    """Return what the system says of the camera at `url`; for a folder or a film, its own name."""
    node = f"video{url}" if url.isdecimal() else Path(url).resolve().name
    entry = sysfs / node
    if not (url.isdecimal() or url.startswith("/dev/")):
        return DeviceInformation(model_name=f"pictures in {Path(url).name}")
    usb = (entry / "device").resolve().parent  # the entry's device is an interface of it
    return DeviceInformation(
        model_name=_line(entry / "name"),
        serial_number=_line(usb / "serial"),
        firmware=_line(usb / "bcdDevice"),
        maker=_line(usb / "manufacturer"),
    )


def _line(path: Path) -> str | None:
    """Return what stands in a file of sysfs; None where there is none, or nothing in it."""
    try:
        return path.read_text("utf-8", "replace").strip() or None
    except OSError:
        return None
