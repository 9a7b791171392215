"""What is known of a camera before it is opened: what a calibration of it found, and whose calibration it is.

One decision: a driver asks for it (`DocumentCamera.learn`) and judges itself whether it is of this camera; who keeps
it, and where, is not the driver's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.camera_source import Image
from drivers.model import DeviceInformation


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A calibration, as the driver needs it.

    Attributes:
        model: the camera's name when it was calibrated, None if it had none; `serial`: its serial number likewise.
        size: width and height of the frames.
        mm_per_pixel: at the frame's centre.
        blur: sigma of printed edges then, in pixels.
        empty_tray: uint8 BGR (h, w, 3), the tray without a paper, smaller than the frames.
        line_mm: how long the line of 100 mm was on the sheet that was used; the next test lays the same one.
    """

    model: str | None
    serial: str | None
    size: tuple[int, int]
    mm_per_pixel: float
    blur: float
    empty_tray: Image = field(repr=False)
    line_mm: float = 100.0


Learn = Callable[[], Known | str | None]
"""Gives what a calibration found; None where there is none, or a sentence: why what is kept is not to be believed."""


def not_of(known: Known, camera: DeviceInformation, size: tuple[int, int]) -> str:
    """Return why a calibration is not of `camera` giving frames of `size`; empty where it is."""
    pairs = (
        ("camera", known.model, camera.model_name),
        ("serial number", known.serial, camera.serial_number),
        ("frame size", "{}x{}".format(*known.size), "{}x{}".format(*size)),
    )
    for what, then, now in pairs:
        if then != now:
            return f"the calibration is not used: its {what} is {then or 'unknown'}, this one is {now or 'unknown'}"
    return ""
