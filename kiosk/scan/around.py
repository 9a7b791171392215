"""What lies on a page's edge or beside it: fingers, folded corners, other papers.

One decision: what differs from the empty tray around the page is somebody's, and what is like the tray within it is a
hole in the page. A finger is skin-coloured on the page and goes on outside of it; on a wooden tray that alone tells it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.detect import difference
from kiosk.scan.faint import erase, find_region
from kiosk.scan.flat import Flat, Mask, extremes
from kiosk.scan.folded import folded_over, is_white
from kiosk.scan.geometry import Image, Quad, fill
from kiosk.scan.geometry import area as quad_area
from kiosk.scan.limits import (
    BARE_CORNER,
    EDGE,
    LEAST_FINGER,
    LEAST_FLAP,
    MOST_FINGER,
    OTHER_AREA,
    OTHER_FULL,
    UNLIKE_TRAY,
)

_SKIN_LOW, _SKIN_HIGH = (
    np.array([60.0, 138.0, 80.0]),
    np.array([250.0, 180.0, 122.0]),
)  # Y, Cr, Cb; all skins tried lie inside
_REDDER = 6.0  # of Cr; thumbs on yellow paper differ by 8 and more
_INSET = 4  # flattened pixels: a page's edge is soft
_LEG, _ROUND = 0.08, 0.03  # of the short side: a corner's triangle, and its tip, which is bare on every card
_QUARTER = 4


@dataclass(frozen=True, slots=True)
class Finger:
    """Where on the flattened page (with rim) a finger is, and the share of the page that it covers."""

    x: float
    y: float
    area: float


def finger_at(flat: Flat) -> Finger | None:
    """Return the largest skin-coloured piece that reaches over the page's edge, None where there is none."""
    colours = np.asarray(cv2.cvtColor(flat.colour, cv2.COLOR_BGR2YCrCb), np.uint8)
    skin = np.asarray(cv2.inRange(colours, _least_skin(flat.inside(colours[:, :, 1], 0)), _SKIN_HIGH), np.uint8)
    if flat.tray is not None:
        skin[(~_unlike(flat.colour, flat.tray)) & ~_inner(flat)] = 0
    skin = np.asarray(cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(skin)
    page = flat.width * flat.height
    for label in sorted(range(1, count), key=lambda each: -int(boxes[each, cv2.CC_STAT_AREA])):
        if boxes[label, cv2.CC_STAT_AREA] < LEAST_FINGER * page:
            break
        own = np.asarray(labels == label, np.bool_)
        ys, xs = np.nonzero(flat.inside(own, _INSET))
        own[_inner(flat)] = False
        if LEAST_FINGER < len(xs) / page < MOST_FINGER and own.any():
            shift = flat.rim + _INSET
            return Finger(float(xs.mean()) + shift, float(ys.mean()) + shift, len(xs) / page)
    return None


def _least_skin(red: Image) -> NDArray[np.float64]:
    """Return the palest skin: on yellow and red paper it must be redder than that."""
    paper = float(np.median(red[::4, ::4]))
    return np.array([_SKIN_LOW[0], max(_SKIN_LOW[1], paper + _REDDER), _SKIN_LOW[2]], np.float64)


def _inner(flat: Flat) -> Mask:
    """Return where the page is, and a little beyond: its soft edge."""
    mask = np.zeros(flat.colour.shape[:2], np.bool_)
    mask[flat.rim - 2 : -flat.rim + 2, flat.rim - 2 : -flat.rim + 2] = True
    return mask


def _unlike(picture: Image, tray: Image) -> Mask:
    return np.asarray(extremes(np.asarray(cv2.absdiff(picture, tray), np.uint8))[1] > UNLIKE_TRAY, np.bool_)


@dataclass(frozen=True, slots=True)
class BareCorner:
    """The corner (as in `geometry.CORNERS`) that is most likely folded over, where it is, and whether it is folded.

    `share` is how much of it shows the tray, or on a white tray how much of a flap's edges is seen.
    """

    corner: int
    share: float
    at: tuple[float, float]
    folded: bool


def bare_corner(flat: Flat) -> BareCorner | None:
    """Return the barest corner of the page; None where the tray is not known, or looks like the paper itself."""
    if flat.tray is None:
        return None
    paper = np.median(flat.page[::4, ::4].reshape(-1, 3), axis=0)
    side = max(6, round(_LEG * min(flat.width, flat.height)))
    tip = round(_ROUND * min(flat.width, flat.height))
    steps = np.add.outer(np.arange(side), np.arange(side))
    triangle = (steps < side) & (steps > tip)
    bare = []
    for corner, (flip_x, flip_y) in enumerate(((False, False), (True, False), (True, True), (False, True))):
        seen, tray = (_corner(flat.inside(each, 2), side, flip_x, flip_y) for each in (flat.colour, flat.tray))
        like = ~_unlike(seen, tray)
        # Where the tray is as bright as the paper, a corner that looks like it may just be paper.
        told = np.abs(tray.astype(np.int16) - paper).max(axis=2) > 2 * UNLIKE_TRAY
        # A dark card is not as dark everywhere: where a corner is bare, the flap or the page beside it looks other.
        beside = np.median(_beside(flat.inside(flat.colour, 2), side, flip_x, flip_y).reshape(-1, 3), axis=0)
        told &= np.abs(seen.astype(np.int16) - beside).max(axis=2) > UNLIKE_TRAY
        bare.append((float(np.mean((like & told)[triangle])), corner))
    share, corner = max(bare)
    folded = share >= BARE_CORNER
    if not folded and is_white(flat.tray):
        flap, flapped = folded_over(flat)
        if flap >= LEAST_FLAP:
            folded, share, corner = True, flap, flapped
    x = flat.rim if corner in (0, 3) else flat.rim + flat.width
    y = flat.rim if corner in (0, 1) else flat.rim + flat.height
    return BareCorner(corner, share, (float(x), float(y)), folded)


def _corner(page: Image, side: int, flip_x: bool, flip_y: bool) -> Image:
    turned = page[:: -1 if flip_y else 1, :: -1 if flip_x else 1]
    return turned[:side, :side]


def _beside(page: Image, side: int, flip_x: bool, flip_y: bool) -> Image:
    """Return the square next to a corner's, on the way to the middle."""
    return _corner(page, 2 * side, flip_x, flip_y)[side:, side:]


@dataclass(frozen=True, slots=True)
class Other:
    """The largest thing beside the page: its share of the frame, and its middle in the working copy if it is paper."""

    area: float
    where: tuple[float, float] | None


def other_paper(small: Image, quad: Quad, empty_tray: Image) -> Other:
    """Look for a second paper: `quad` and the result are in pixels of the working copy `small`."""
    size = (small.shape[1] // _QUARTER, small.shape[0] // _QUARTER)
    seen, tray = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (small, empty_tray))
    changed = _changed(np.asarray(seen, np.uint8), np.asarray(tray, np.uint8))
    page = cv2.dilate(fill(quad / _QUARTER, (size[1], size[0])), np.ones((9, 9), np.uint8))
    changed[page > 0] = 0
    changed = np.asarray(cv2.morphologyEx(changed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    count, labels, boxes, middles = cv2.connectedComponentsWithStats(changed)
    if count == 1:
        return _faint_other(small, quad, empty_tray, 0.0)
    largest = 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_AREA]))
    area = float(boxes[largest, cv2.CC_STAT_AREA] / changed.size)
    if area < OTHER_AREA or not _is_paper(np.asarray(labels == largest, np.uint8)):
        return _faint_other(small, quad, empty_tray, area)
    x, y = middles[largest]
    return Other(area, (float(x) * _QUARTER, float(y) * _QUARTER))


def _faint_other(small: Image, quad: Quad, empty_tray: Image, area: float) -> Other:
    """Look for white paper on a white tray; `area` is what is told without amplifying."""
    nothing = Other(area, None)
    if not is_white(empty_tray):
        return nothing
    seen = difference(small, empty_tray)
    if not seen.fits:
        return nothing
    erase(seen.left, seen.mask, quad)
    found = find_region(seen.left)
    if found is None or _touches_rim(small, found):
        return nothing
    x, y = found.mean(axis=0)
    share = quad_area(found) / (small.shape[0] * small.shape[1])
    return Other(share, (float(x), float(y))) if share > OTHER_AREA else Other(max(area, share), None)


def _touches_rim(small: Image, quad: Quad) -> bool:
    return bool(quad.min() < EDGE or (quad > np.array(small.shape[1::-1]) - EDGE).any())


def _changed(seen: Image, tray: Image) -> Image:
    """Return 255 where the frame differs from the tray, exposure evened out."""
    brightness = [cv2.cvtColor(each, cv2.COLOR_BGR2GRAY).astype(np.float32) for each in (seen, tray)]
    low = np.percentile(brightness[0] / np.maximum(brightness[1], 1.0), 25)  # what covers it is mostly brighter
    even = cv2.convertScaleAbs(tray, alpha=float(np.clip(low, 0.6, 1.6)))
    return np.where(_unlike(seen, np.asarray(even, np.uint8)), np.uint8(255), np.uint8(0))


def _is_paper(mask: NDArray[np.uint8]) -> bool:
    """Tell whether a piece is a rectangle that lies within the frame."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=cv2.contourArea)
    x, y, width, height = cv2.boundingRect(outline)
    if x == 0 or y == 0 or x + width == mask.shape[1] or y + height == mask.shape[0]:
        return False  # an arm, or somebody's shadow
    _, (across, down), _ = cv2.minAreaRect(outline)
    return cv2.contourArea(outline) > OTHER_FULL * max(across * down, 1.0)
