"""What a page looks like before a word of it is read: its size, and the colour of its ground and of a frame around it.

One decision: what the camera did not measure is compared by its proportions alone, and nothing is concluded from it
but what those rule out.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.papers.rules import Ground, Rule
from kiosk.scan.geometry import Image

_CLOSE = 0.05  # of a side, measured: the tolerance of a hand-cut card, twice that of the calibration
_CLOSE_SHAPE = 0.04  # of the proportion, where nothing is measured
_SMALL = 160  # pixels of each side of the copy that colours are judged on
_LIGHT = 130  # brightness of a ground that writing is dark upon
_COLOURED = 105  # chroma (most less least of B, G, R) of a ground that is no paper
_FRAME_CHROMA = 60
_FRAME_BAND = 0.14  # of the page: how far in from the edge a printed frame stands
_FRAME_ALONG = 0.55  # of a side that must be coloured at one distance from its edge


@dataclass(frozen=True, slots=True)
class Looks:
    """What a page looks like: its size in mm, whether that was measured, its ground, and whether it has a frame."""

    size: tuple[float, float]
    measured: bool
    ground: Ground
    framed: bool


def looks_of(page: Image, mm_size: tuple[float, float], *, measured: bool) -> Looks:
    """Return the looks of a flattened page, uint8 BGR."""
    small = np.asarray(cv2.resize(page, (_SMALL, _SMALL), interpolation=cv2.INTER_AREA), np.uint8)
    return Looks(mm_size, measured, _ground(small), _framed(small))


def could_be(looks: Looks, rule: Rule) -> bool:
    """Tell whether size and ground leave that kind possible."""
    return (rule.ground in (None, looks.ground)) and any(_like(looks, size) for size in rule.sizes)


def _like(looks: Looks, size: tuple[float, float]) -> bool:
    (short, long), (least, most) = sorted(looks.size), sorted(size)
    if not looks.measured:
        return abs(short / long / (least / most) - 1) < _CLOSE_SHAPE
    return abs(short / least - 1) < _CLOSE and abs(long / most - 1) < _CLOSE


def _ground(small: Image) -> Ground:
    """Return whether most of the page is light paper or a coloured ground."""
    pixels = small.reshape(-1, 3).astype(np.int16)
    colour = np.median(pixels, axis=0)
    light = colour.mean() >= _LIGHT and np.ptp(colour) <= _COLOURED
    return "light" if light else "coloured"


def _framed(small: Image) -> bool:
    """Return whether a coloured line runs along every side, within a band at the edges."""
    blue, green, red = cv2.split(small)
    most, least = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
    coloured = np.asarray(cv2.subtract(most, least)) > _FRAME_CHROMA
    band = round(_FRAME_BAND * _SMALL)
    bands = (coloured[:band], coloured[-band:], coloured[:, :band].T, coloured[:, -band:].T)
    # A line that lies a little askew crosses neighbouring rows of the small copy: two of them are taken together.
    return all(float((rows[:-1] | rows[1:]).mean(axis=1).max()) > _FRAME_ALONG for rows in bands)
