"""What is known of a camera before it is opened: what a calibration of it found, and whose calibration it is.

One decision: a driver is given it (`DocumentCamera.use`) and judges itself whether it is of this camera; who keeps it,
and where, is not the driver's.
"""

from dataclasses import dataclass, field

from drivers.camera_source import Image


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A calibration, as the driver needs it.

    Attributes:
        model: the camera's name when it was calibrated, None if it had none; `serial`: its serial number likewise.
        size: width and height of the frames.
        mm_per_pixel: at the frame's centre.
        blur: sigma of printed edges then, in pixels.
        empty_tray: uint8 BGR (h, w, 3), the tray without a paper, smaller than the frames.
    """

    model: str | None
    serial: str | None
    size: tuple[int, int]
    mm_per_pixel: float
    blur: float
    empty_tray: Image = field(repr=False)
