"""Cameras by name, and how each is best set: a table, and what kiosk.toml says over it.

One decision: what nobody tried is left as the camera has it. A control that is None is not touched; a camera whose name
is not here is "usual": asked for frames of A4 at 150 dots an inch, and for nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from drivers.camera_source import Auto, Wanted


@dataclass(frozen=True, slots=True)
class CameraModel:
    """One model: how the system names it (the beginning of its V4L2 name), and its settings as in `CameraOptions`."""

    named: tuple[str, ...]
    width: int
    height: int
    fps: float
    fourcc: str = "MJPG"  # raw frames of 5 megapixels do not pass USB 2 at this rate
    exposure: int | Auto | None = None
    focus: int | Auto | None = None
    white_balance: int | Auto | None = None


MODELS: Mapping[str, CameraModel] = MappingProxyType(
    {
        "usual": CameraModel((), 2592, 1944, 20.0),
        # Unconfirmed: none of these was tried with this program. What a camera does not take is said in its health.
        "logitech_c920": CameraModel(
            ("HD Pro Webcam C920",), 1920, 1080, 30.0, exposure="auto", focus="auto", white_balance="auto"
        ),
        "logitech_brio": CameraModel(
            ("Logitech BRIO",), 4096, 2160, 30.0, exposure="auto", focus="auto", white_balance="auto"
        ),
        # By the option alone: many different cameras call themselves "HD USB Camera", as this one does.
        "elp_imx179": CameraModel((), 3264, 2448, 15.0, exposure="auto", white_balance="auto"),
    }
)


@dataclass(frozen=True, slots=True)
class CameraOptions:
    """Options of the document camera in kiosk.toml; what is left out (None) is as `MODELS` has it.

    Attributes:
        model: a name of `MODELS`; None: by the name the system gives the camera.
        width: of a frame, in pixels; 5 megapixels see an A4 page at 150 dots per inch.
        height: of a frame, in pixels.
        fps: frames a second the camera is asked for, or a folder is played at.
        fourcc: how frames pass the cable, such as "MJPG".
        exposure: in steps of 100 microseconds (V4L2_CID_EXPOSURE_ABSOLUTE), or "auto".
        focus: in the camera's own steps (V4L2_CID_FOCUS_ABSOLUTE), or "auto".
        white_balance: in kelvin, or "auto".
        idle_seconds: after so long without a `GrabFrame` the camera is closed.
        stall_seconds: a capture that says nothing for so long is killed.
        mm_per_pixel: measured by a ruler; used where there is no calibration (see `Frame.mm_per_pixel`).
    """

    model: str | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    fourcc: str | None = None
    exposure: int | Auto | None = None
    focus: int | Auto | None = None
    white_balance: int | Auto | None = None
    idle_seconds: float = 3.0
    stall_seconds: float = 2.0
    mm_per_pixel: float | None = None

    def __post_init__(self) -> None:
        if self.model is not None and self.model not in MODELS:
            raise ValueError(f"there is no camera model {self.model!r}; there are {', '.join(MODELS)}")
        if self.fourcc is not None and (len(self.fourcc) != 4 or not self.fourcc.isascii()):  # noqa: PLR2004 - its name
            raise ValueError(f"fourcc is four letters, not {self.fourcc!r}")


def model_of(name: str | None, options: CameraOptions) -> str:
    """Return which of `MODELS` a camera is that the system calls `name` (None: no name)."""
    if options.model is not None:
        return options.model
    return next(
        (key for key, model in MODELS.items() if name is not None and name.startswith(model.named or ("\0",))), "usual"
    )


def wanted(model: str, options: CameraOptions) -> Wanted:
    """Return the settings of `model`, and over them whatever `options` name."""
    settings = MODELS[model]
    return Wanted(
        width=options.width or settings.width,
        height=options.height or settings.height,
        fps=options.fps or settings.fps,
        fourcc=options.fourcc or settings.fourcc,
        exposure=settings.exposure if options.exposure is None else options.exposure,
        focus=settings.focus if options.focus is None else options.focus,
        white_balance=settings.white_balance if options.white_balance is None else options.white_balance,
    )
