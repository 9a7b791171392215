"""Is this a page that was taken already? Two people's pages of one register are alike but for a few words.

One decision: pages are compared piece by piece, each within a small shift, and are the same only when every written
piece is: a page called a repeat by mistake would be lost, a repeat not noticed costs a sheet at the desk.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Image

_LONG_SIDE = 400
_PIECE = 24  # pixels: three letters of 12 pt, so that one other digit is noticed
_SHIFT = 6  # pixels that flattening may be off
_CLOSE_SHAPE = 0.04
_LEAST_CONTRAST = 12.0  # standard deviation of a piece that has writing
_LEAST_PIECES = 8
_ALIKE = 0.88  # of 1; tuned: the same page laid anew 0.98 and more in its worst piece, another person's 0.79 and less


def same_page(one: Image, other: Image) -> bool:
    """Tell whether two previews (uint8 RGB) show the same page, either way up."""
    ratio = (one.shape[1] / one.shape[0]) / (other.shape[1] / other.shape[0])
    if abs(ratio - 1) > _CLOSE_SHAPE:
        return False
    first, second = _grey(one), _grey(other)
    second = np.asarray(cv2.resize(second, first.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    return any(likeness(first, turned) > _ALIKE for turned in (second, np.ascontiguousarray(second[::-1, ::-1])))


def likeness(first: Image, second: Image) -> float:
    """Return how alike the least alike written pieces of two grey pages of one size are; 0 where little is written."""
    found = [
        _best_match(first[top : top + _PIECE, left : left + _PIECE], second, (top, left))
        for top in range(_SHIFT, first.shape[0] - _PIECE - _SHIFT, _PIECE)
        for left in range(_SHIFT, first.shape[1] - _PIECE - _SHIFT, _PIECE)
        if float(first[top : top + _PIECE, left : left + _PIECE].std()) > _LEAST_CONTRAST
    ]
    return min(found) if len(found) >= _LEAST_PIECES else 0.0


def _grey(preview: Image) -> Image:
    scale = _LONG_SIDE / max(preview.shape[:2])
    small = cv2.resize(preview, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def _best_match(piece: NDArray[np.uint8], page: Image, at: tuple[int, int]) -> float:
    top, left = at
    around = page[top - _SHIFT : top + _PIECE + _SHIFT, left - _SHIFT : left + _PIECE + _SHIFT]
    return float(cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED).max())
