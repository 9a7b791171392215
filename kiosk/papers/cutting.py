"""The picture of one place of a page, to be compared with what was read there."""

import cv2
import numpy as np

from kiosk.papers.suggest import Box
from kiosk.scan.geometry import Image

_MARGIN = 0.012  # of the page around the place
_MOST_WIDE = 900  # pixels


def decoded(jpeg: bytes, *, small: bool = False) -> Image:
    """Return a page's picture, uint8 BGR; `small`: a quarter as wide and high, which is decoded far faster.

    Raises:
        ValueError: it is no picture.
    """
    size = cv2.IMREAD_REDUCED_COLOR_4 if small else cv2.IMREAD_COLOR
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), size) if jpeg else None
    if image is None:
        raise ValueError("the page is no picture that can be decoded")
    return np.asarray(image, np.uint8)


def cut_out(page: Image, box: Box, turns: int) -> Image:
    """Return the place `box`, in parts of the page BGR made upright by `turns`, as uint8 RGB 900 wide at most."""
    upright = np.rot90(page, -turns % 4)
    height, width = upright.shape[:2]
    left, right = (round(np.clip(x, 0, 1) * width) for x in (box[0] - _MARGIN, box[2] + _MARGIN))
    top, bottom = (round(np.clip(y, 0, 1) * height) for y in (box[1] - _MARGIN, box[3] + _MARGIN))
    place = np.ascontiguousarray(upright[top : max(bottom, top + 1), left : max(right, left + 1), ::-1])
    scale = min(1.0, _MOST_WIDE / place.shape[1])
    size = (max(1, round(place.shape[1] * scale)), max(1, round(place.shape[0] * scale)))
    return np.asarray(cv2.resize(place, size, interpolation=cv2.INTER_AREA), np.uint8)
