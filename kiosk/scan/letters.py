"""Do two looks of one form differ in a few letters? Two people's pages of a register do, and in nothing else.

One decision: letters differ only where both looks are sharp and both have ink. The sharper look is blurred until it is
as blunt as the other one, each piece of a letter's size is looked for around its place, and where one is burnt out or
has less than half the ink nothing is told: what light, focus, a nudge or a shaken frame do to one page makes it no
other page.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Image

PIXELS_PER_MM = 4.0
_PIECE = 16  # pixels: a letter of 12 pt
_SHIFT = 5  # pixels that flattening may be off, anywhere on the page
_LEAST_CONTRAST = 12.0  # standard deviation of a piece that has writing
_HALF = 0.5  # of the other's contrast: less is ink that a light or a finger hides, or none
_BURNT, _EVENED = 250, 240  # brightness; a page that was evened out is as bright as this all over, and not burnt
_BLURS = (0.5, 0.7, 1.0, 1.5)  # pixels; bluntest last: beyond it nothing can be told
_ALIKE = 0.89  # of 1; tuned: one page laid anew .91 and more in its worst piece, lit or focused otherwise too


def letters_differ(one: Image, other: Image) -> bool:
    """Tell whether some letters of two grey looks of one size, `PIXELS_PER_MM` fine, are surely others."""
    equal = _as_blunt(one, other)
    return equal is not None and (_other_letter(*equal) or _other_letter(*equal[::-1]))


def _as_blunt(one: Image, other: Image) -> tuple[Image, Image] | None:
    """Return both as blunt as the blunter one; None where that one is too blunt to tell anything."""
    first, second = _steepness(one), _steepness(other)
    if first < second:
        blunted = _blunted(other, first)
        return None if blunted is None else (one, blunted)
    blunted = _blunted(one, second)
    return None if blunted is None else (blunted, other)


def _blunted(look: Image, steepness: float) -> Image | None:
    """Return it blurred to that steepness, as near as it gets."""
    blurred = [look, *(np.asarray(cv2.GaussianBlur(look, (0, 0), sigma), np.uint8) for sigma in _BLURS)]
    off = [abs(float(np.log(_steepness(each) / steepness))) for each in blurred]
    best = int(np.argmin(off))
    return None if best == len(_BLURS) else blurred[best]


def _steepness(look: Image) -> float:
    """Return how steep its edges are, relative to its contrast; never 0."""
    edges = cv2.Laplacian(look, cv2.CV_16S)
    steep, contrast = float(cv2.norm(edges)) / float(np.sqrt(look.size)), float(look.std())
    return (steep + 1e-6) / (contrast + 1e-6)


def _other_letter(one: Image, other: Image) -> bool:
    """Tell whether a piece of `one` is found nowhere around its place in `other`."""
    height, width = one.shape
    clear = _clear(one) & _clear(other)
    for top in range(_SHIFT, height - _PIECE - _SHIFT, _PIECE):
        for left in range(_SHIFT, width - _PIECE - _SHIFT, _PIECE):
            around = (slice(top - _SHIFT, top + _PIECE + _SHIFT), slice(left - _SHIFT, left + _PIECE + _SHIFT))
            if clear[around].all() and _is_other(one[top : top + _PIECE, left : left + _PIECE], other[around]):
                return True
    return False


def _clear(look: Image) -> NDArray[np.bool_]:
    """Return where it is not burnt out."""
    if float(np.median(look)) >= _EVENED:
        return np.ones(look.shape, np.bool_)
    return np.asarray(look < _BURNT, np.bool_)


def _is_other(piece: NDArray[np.uint8], around: NDArray[np.uint8]) -> bool:
    contrast = float(piece.std())
    if contrast < _LEAST_CONTRAST:
        return False
    _, best, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED))
    found = around[top : top + _PIECE, left : left + _PIECE]
    return best < _ALIKE and float(found.std()) >= _HALF * contrast
