"""Sets a V4L2 camera through OpenCV and reads back what it took. Runs in the capture child.

Sources: Linux uvcvideo and the V4L2 controls (V4L2_CID_EXPOSURE_AUTO: 1 manual, 3 aperture priority, which is what UVC
cameras call automatic); OpenCV, modules/videoio/src/cap_v4l.cpp, which hands these values through as they are.
"""

from collections.abc import Iterator
from typing import Protocol

import cv2

from drivers.camera_source import Wanted

_MANUAL, _AUTOMATIC = 1, 3
_EQUAL = 0.01  # of the value


class Settable(Protocol):
    """What `cv2.VideoCapture` and its like can."""

    def set(self, key: int, value: float, /) -> bool:
        """Set a property; whether it was taken."""

    def get(self, key: int, /) -> float:
        """Return a property's value."""


def apply(capture: Settable, wanted: Wanted) -> tuple[str, ...]:
    """Set all that is `wanted`; return a phrase for each setting that the camera did not take."""
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest, not the oldest of a queue; some cameras have none to shorten
    rows = list(_settings(wanted))
    for _, key, value in rows:
        capture.set(key, value)
    # Read back at the end: a later setting can change an earlier one.
    return tuple(
        f"{name}: wanted {_shown(name, value)}, is {_shown(name, found)}"
        for name, key, value in rows
        if abs((found := capture.get(key)) - value) > _EQUAL * abs(value)
    )


def _settings(wanted: Wanted) -> Iterator[tuple[str, int, float]]:
    """Give name, property and value of each setting, automatics before the values they would overrule."""
    yield "fourcc", cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*wanted.fourcc)
    yield "width", cv2.CAP_PROP_FRAME_WIDTH, wanted.width
    yield "height", cv2.CAP_PROP_FRAME_HEIGHT, wanted.height
    yield "fps", cv2.CAP_PROP_FPS, wanted.fps
    for name, value, switch, (off, on), key in (
        ("exposure", wanted.exposure, cv2.CAP_PROP_AUTO_EXPOSURE, (_MANUAL, _AUTOMATIC), cv2.CAP_PROP_EXPOSURE),
        ("focus", wanted.focus, cv2.CAP_PROP_AUTOFOCUS, (0, 1), cv2.CAP_PROP_FOCUS),
        ("white_balance", wanted.white_balance, cv2.CAP_PROP_AUTO_WB, (0, 1), cv2.CAP_PROP_WB_TEMPERATURE),
    ):
        if value is None:
            continue
        yield f"automatic {name}", switch, on if value == "auto" else off
        if value != "auto":
            yield name, key, value


def _shown(name: str, value: float) -> str:
    if name != "fourcc":
        return f"{value:g}"
    letters = int(value).to_bytes(4, "little", signed=value < 0)
    return letters.decode("ascii", "replace") if letters.isalnum() else f"{value:g}"
