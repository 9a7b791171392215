"""How a page lies: by how many degrees its writing is askew, and by how many quarter turns it is not upright.

One decision: it is read from a small flat copy, before the page is cut: so the page is resampled once, straight and
upright at once. What is not sure is left as it lies.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.scan.deskew import LONG_SIDE, coloured, ink, skew_of, upright_of
from kiosk.scan.flat import extremes
from kiosk.scan.geometry import Image, Quad, sides
from kiosk.scan.rectify import MM_PER_INCH, Paper, outline, rectify

_LEAST_MM = 130.0  # of the longer side: a card's edges are straighter than its few letters, which run any way
_LEAST_DEGREES = 0.03  # cannot be seen, nor measured well
_MOST_DEGREES = 10.5  # more is no paper laid askew
_STRAIGHT_ENOUGH = 0.2  # degrees: a row is still a row
_MOST_LOST = 0.001  # of the ink: turned, some would be beyond the page's edge
_EDGE = 0.012  # of the page: edges and shadows along it are no writing


@dataclass(frozen=True, slots=True)
class Lie:
    """Degrees clockwise that the writing is turned by (0 where that cannot be told), and the turns to be upright."""

    degrees: float
    turns: int | None


def small_page(frame: Image, quad: Quad, paper: Paper) -> Image:
    """Return the page at `quad` flat as it lies, uint8 BGR, its longer side at most `LONG_SIDE` pixels."""
    factor = max(1, int(max(sides(quad)) / LONG_SIDE))
    left, top = (max(0, int(low) // factor * factor) for low in quad.min(axis=0))
    right, bottom = (int(np.ceil(high / factor)) * factor for high in quad.max(axis=0))
    seen = frame[top:bottom, left:right]
    seen = seen[: seen.shape[0] // factor * factor, : seen.shape[1] // factor * factor]
    if factor > 1:  # by a whole factor: several times as fast as by another
        size = (seen.shape[1] // factor, seen.shape[0] // factor)
        seen = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.uint8)
    corners = (quad - (left, top)) / factor
    pixels = min(LONG_SIDE, max(sides(corners)))
    return rectify(seen, corners, paper, dpi=pixels * MM_PER_INCH / max(paper.width, paper.height))


def lie_of(small: Image, paper: Paper) -> Lie:
    """Return how the page lies that `small_page` shows; a card's few letters tell nothing."""
    if max(paper.width, paper.height) < _LEAST_MM:
        return Lie(0.0, None)
    black = _without_edges(ink(small))
    degrees = skew_of(black) or 0.0
    if not _LEAST_DEGREES < abs(degrees) < _MOST_DEGREES or _loses(small, degrees):
        degrees = 0.0
    black = np.asarray(cv2.subtract(black, coloured(small)), np.uint8)
    if abs(degrees) > _STRAIGHT_ENOUGH:
        size = black.shape[1], black.shape[0]
        turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), degrees, 1)
        black = np.asarray(cv2.warpAffine(black, turn, size, flags=cv2.INTER_NEAREST), np.uint8)
    return Lie(degrees, upright_of(black))


def _without_edges(marks: Image) -> Image:
    """Blank, in place, what lies along the edges: shadows and tray, not writing."""
    edge = round(_EDGE * max(marks.shape))
    marks[:edge], marks[-edge:], marks[:, :edge], marks[:, -edge:] = 0, 0, 0, 0
    return marks


def _loses(small: Image, degrees: float) -> bool:
    """Tell whether ink of any colour would get beyond the page's edge when it is straightened."""
    height, width = small.shape[:2]
    dark = extremes(small)[0]
    marks = cv2.adaptiveThreshold(dark, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)
    marks = _without_edges(np.asarray(marks, np.uint8))
    kept = np.zeros((height, width), np.uint8)
    # Where the straightened page's frame lies on the page as it is: turned the other way.
    cv2.fillConvexPoly(kept, np.round(outline((width, height), 0, -degrees)).astype(np.int32), 255)
    inked = cv2.countNonZero(marks)
    return inked - cv2.countNonZero(cv2.bitwise_and(marks, kept)) > _MOST_LOST * inked
