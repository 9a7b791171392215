"""Is this a page that was taken already? Two people's pages of one register are alike but for a few words.

One decision: pages are compared piece by piece, each within a small shift, and are the same only when every written
piece is, and every letter (`letters`): a page called a repeat by mistake would be lost, a repeat not noticed costs a
sheet at the desk.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Image, Quad
from kiosk.scan.letters import PIXELS_PER_MM, letters_differ
from kiosk.scan.rectify import paper_of

if TYPE_CHECKING:
    from kiosk.scan.page import PageImage

_LONG_SIDE = 400
_PIECE = 24  # pixels: three letters of 12 pt, so that one other digit is noticed
_SHIFT = 6  # pixels that flattening may be off
_CLOSE_SHAPE = 0.04
_LEAST_CONTRAST = 12.0  # standard deviation of a piece that has writing
_LEAST_PIECES = 8
_OVER = 1.5  # times as fine as it is kept: flattened so, then made smaller
_MOST = 2000  # pixels of the longer side, for something that is no paper
_ALIKE = 0.88  # of 1; tuned: the same page laid anew 0.98 and more in its worst piece, another person's 0.79 and less


def same_page(one: "PageImage", other: "PageImage") -> bool:
    """Tell whether two pages are the same one, whichever way up."""
    small, before = [np.asarray(cv2.cvtColor(each.preview, cv2.COLOR_RGB2GRAY), np.uint8) for each in (one, other)]
    if not any(_same_pieces(small, each) for each in _turned_alike(small, before)):
        return False  # quick, and mostly all that is needed
    looks = [_printed(each) for each in (one, other)]
    same = same_look(*looks) is True
    for look in looks:
        look.fill(0)
    return same


def _printed(page: "PageImage") -> Image:
    """Return the look of a page that was taken."""
    jpeg = np.frombuffer(page.jpeg, np.uint8)
    half = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_REDUCED_GRAYSCALE_2), np.uint8)
    scale = PIXELS_PER_MM * max(page.mm_size) / max(half.shape)
    look = np.asarray(cv2.resize(half, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    half.fill(0)
    return look


def look_of(frame: Image, quad: Quad, mm_per_pixel: float | None) -> Image:
    """Return the page at `quad` (pixels of `frame`, BGR) as it is compared: grey, `letters.PIXELS_PER_MM` fine."""
    paper = paper_of(quad, mm_per_pixel)  # known papers get one shape however they lie
    scale = _OVER * min(PIXELS_PER_MM, _MOST / max(paper.width, paper.height))
    width, height = max(2, round(paper.width * scale)), max(2, round(paper.height * scale))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform((quad - 0.5).astype(np.float32), flat - 0.5)
    page = cv2.warpPerspective(frame, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    small = cv2.resize(page, None, fx=1 / _OVER, fy=1 / _OVER, interpolation=cv2.INTER_AREA)
    page.fill(0)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def same_look(one: Image, other: Image) -> bool | None:
    """Tell whether two looks are of one page, whichever way up; None where too little is written on it to tell."""
    turned = list(_turned_alike(one, other))
    if not turned:
        return False
    said = [_same_pieces(one, each) for each in turned]
    if None in said:
        return None
    return any(same and not letters_differ(one, each) for same, each in zip(said, turned, strict=True))


def _same_pieces(one: Image, other: Image) -> bool | None:
    """Tell whether each written piece of one is in the other; None where too little is written to tell."""
    one, other = _coarse(one), _coarse(other)
    pieces = _written(one)
    if len(pieces) < _LEAST_PIECES:
        return None
    return all(_best_match(one, other, at) > _ALIKE for at in pieces)


def _turned_alike(one: Image, other: Image) -> Iterator[Image]:
    """Yield `other` in `one`'s size, in each of the quarter turns that give it that shape."""
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(other, turns))
        ratio = (one.shape[1] / one.shape[0]) / (turned.shape[1] / turned.shape[0])
        if abs(ratio - 1) <= _CLOSE_SHAPE:
            yield np.asarray(cv2.resize(turned, one.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def _coarse(look: Image) -> Image:
    scale = _LONG_SIDE / max(look.shape)
    return np.asarray(cv2.resize(look, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _written(page: Image) -> list[tuple[int, int]]:
    """Return where (top, left) the pieces are that have writing."""
    return [
        (top, left)
        for top in range(_SHIFT, page.shape[0] - _PIECE - _SHIFT, _PIECE)
        for left in range(_SHIFT, page.shape[1] - _PIECE - _SHIFT, _PIECE)
        if float(page[top : top + _PIECE, left : left + _PIECE].std()) > _LEAST_CONTRAST
    ]


def _best_match(page: Image, other: Image, at: tuple[int, int]) -> float:
    """Return how well the piece of `page` at (top, left) is found in `other` around that place, 1 at best."""
    top, left = at
    piece: NDArray[np.uint8] = page[top : top + _PIECE, left : left + _PIECE]
    around = other[top - _SHIFT : top + _PIECE + _SHIFT, left - _SHIFT : left + _PIECE + _SHIFT]
    return float(cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED).max())
