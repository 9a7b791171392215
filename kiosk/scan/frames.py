"""What counts as a frame: everything else the camera may hand over becomes a DeviceError here, and nothing crashes."""

import numpy as np

from drivers.camera import Frame
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from kiosk.scan.geometry import Image

LEAST_SIDE = 64  # pixels; nothing smaller shows a page
MOST_PIXELS = 64_000_000  # no document camera has more, and the working arrays must fit a kiosk's memory
_CHANNELS = 3


def checked(frame: Frame) -> Image:
    """Return the picture of a frame, uint8 BGR (h, w, 3) and contiguous.

    Raises:
        DeviceError: GARBLED; it is no such picture. The text says what it is instead.
    """
    image: object = frame.image
    if not isinstance(image, np.ndarray):
        raise _garbled(f"a frame is an array, not {type(image).__name__}")
    if image.dtype != np.uint8 or image.ndim != _CHANNELS or image.shape[2] != _CHANNELS:
        raise _garbled(f"a frame is uint8 BGR (height, width, 3), not {image.dtype} {image.shape}")
    if min(image.shape[:2]) < LEAST_SIDE or image.shape[0] * image.shape[1] > MOST_PIXELS:
        raise _garbled(f"a frame of {image.shape[1]} x {image.shape[0]} pixels shows no page")
    return np.ascontiguousarray(image)


def _garbled(what: str) -> DeviceError:
    return DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET, what)
