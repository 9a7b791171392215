"""Paper that hardly differs from the tray it lies on: white on white, yellow on light wood.

One decision: the tray's own picture is taken away first, and what is left is amplified. Then there is no grain and no
joint of the table left to fall for, and a step of two in brightness along a whole side is an edge.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.evidence import along, judge_edges, side_support, size_weight
from kiosk.scan.general import print_removed, quads_of_lines
from kiosk.scan.geometry import Image, Quad, intersect, order, sides
from kiosk.scan.outline import quad_in
from kiosk.scan.own_shadow import side_moved, without_shadow
from kiosk.scan.snap import snap

_AMPLIFY = 5.0
_MIDDLE = 128
_BEYOND = (0.0115, 0.0165)  # of the frame's width outside of a quad, 5 and 7 mm of 440: past most of the paper's shadow
_SHADOW_WIDE = 12.0
_STILL_OTHER = 1.8  # brightness; the noise of a working copy is below 1
_SHADE_TINT = 0.4  # of how much darker it is in one colour: the tray itself is coloured
_CARD_OTHER = 4.0
_REGION_OTHER = 1.2  # brightness, of a piece of five pixels square
_REGION_SCORE = 0.3  # by its edges; tuned: whole sheets on white trays 0.35 and more; cards less, lines are closer
_OTHER_BORNE = 0.4  # of 1, by the edges of another paper, whatever its size; tuned: 0.55 and more
_CUT_SIDES, _CUT_SUPPORT = (1, 2), 0.6  # sides at the rim; how much of each of the others is an edge
_THUMB = 0.068  # of the frame's width, 30 mm of 440: so wide is no finger
_RIM = 4.0  # pixels from the frame's rim: there a paper that is cut off has no edge
_SNAP_REACH = 4.0  # pixels
_LEAST_CHANGED = 0.003  # of the frame: less than a card


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """What is left of a picture without the tray.

    Attributes:
        strong: amplified, 128 where it is the tray.
        soft: the picture itself (BGR, smoothed).
        tray: the tray.
    """

    strong: Image
    soft: Image
    tray: Image


def left_over(soft: Image, tray: Image) -> Left:
    """Return what is left of a picture (BGR, smoothed) without the tray."""
    return Left(np.asarray(cv2.addWeighted(soft, _AMPLIFY, tray, -_AMPLIFY, _MIDDLE), np.uint8), soft, tray)


def anything_left(left: Left) -> bool:
    """Return whether anything as large as a card lies there, however faint."""
    blurred = cv2.blur(left.strong, (5, 5))
    other = cv2.absdiff(blurred, np.full_like(blurred, _MIDDLE)).max(axis=2) > _CARD_OTHER * _AMPLIFY
    return bool(np.count_nonzero(other) > _LEAST_CHANGED * other.size)


def reaches_further(left: Left, quad: Quad) -> bool:
    """Return whether beyond a side of the quad it is not yet the tray, shaded or not: it is a part of the paper."""
    outs = [share * left.strong.shape[1] for share in _BEYOND]
    beyond = np.array([np.median(along(left.strong, quad[None], out)[0], axis=1) - _MIDDLE for out in outs])
    most, least = beyond.max(axis=2), beyond.min(axis=2)
    shaded = (most <= 0) & (most - least < _SHADE_TINT * -least + _STILL_OTHER * _AMPLIFY)
    other = (np.abs(beyond).max(axis=2) > _STILL_OTHER * _AMPLIFY) & ~shaded
    return bool(other.all(axis=0).any())


def erase(left: Left, mask: Image, quad: Quad) -> None:
    """Make the tray of what lies within a quad and its shadow, in place, in what is left and in the mask of it."""
    corners = np.round(quad * 16).astype(np.int32)
    for picture, empty in ((left.strong, (_MIDDLE,) * 3), (mask, (0,))):
        cv2.fillConvexPoly(picture, corners, empty, shift=4)
        cv2.polylines(picture, [corners], isClosed=True, color=empty, thickness=round(2 * _SHADOW_WIDE), shift=4)


def find_faint(left: Left) -> Quad | None:
    """Return the quad whose edges are best borne out in what is left of the picture, or which the frame's rim cuts."""
    region = _region(left)
    if region is not None and (_is_cut(left, region) or _score(left, region) > _REGION_SCORE):
        return region
    grey = np.asarray(cv2.GaussianBlur(cv2.cvtColor(left.strong, cv2.COLOR_BGR2GRAY), (0, 0), 1.2), np.uint8)
    blue = np.asarray(
        cv2.GaussianBlur(left.strong[:, :, 0], (0, 0), 1.2), np.uint8
    )  # cream and yellow differ in this most
    quads = quads_of_lines(left.strong, grey, blue, print_removed(grey))
    found = judge_edges(left.strong, quads, lambda quad: not reaches_further(left, quad)) or judge_edges(
        left.strong, quads
    )
    return None if found is None else without_shadow(left.soft, left.tray, found.quad)


def find_region(left: Left) -> Quad | None:
    """Return the quad of the largest piece that is other than the tray, if its edges bear it out."""
    region = _region(left)
    return (
        region
        if region is not None and _score(left, region) > _OTHER_BORNE * size_weight(left.strong, region)
        else None
    )


def _region(left: Left) -> Quad | None:
    """Return the quad of the largest piece that is other than the tray at all, without its shadow."""
    blurred = cv2.blur(left.strong, (5, 5))
    other = cv2.absdiff(blurred, np.full_like(blurred, _MIDDLE)).max(axis=2) > _REGION_OTHER * _AMPLIFY
    mask = np.where(other, np.uint8(255), np.uint8(0))
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.uint8)
    rough = quad_in(mask)
    if rough is None:
        return None
    refined = snap(left.strong, without_shadow(left.soft, left.tray, rough), _SNAP_REACH)
    cut = _at_rim(left, rough)
    return _with_sides(refined, rough, cut) if cut.any() else refined


def _at_rim(left: Left, quad: Quad) -> NDArray[np.bool_]:
    """Return which sides (4,) of a quad lie along the rim of the frame."""
    at_rim = np.concatenate([quad < _RIM, quad > np.array(left.strong.shape[1::-1]) - _RIM], axis=1)
    return np.asarray((at_rim & np.roll(at_rim, -1, axis=0)).any(axis=1), np.bool_)


def _with_sides(quad: Quad, other: Quad, taken: NDArray[np.bool_]) -> Quad:
    """Return the quad with the sides of another where they are taken."""
    chosen = [other if each else quad for each in taken]
    lines = [side_moved(each[i], each[(i + 1) % 4], 0.0) for i, each in enumerate(chosen)]
    return order(np.array([intersect(lines[i - 1], lines[i]) for i in range(4)]))


def _is_cut(left: Left, quad: Quad) -> bool:
    """Return whether a side lies along the rim of the frame, where it has no edge, and the others are edges."""
    if min(sides(quad)) < _THUMB * left.strong.shape[1]:
        return False
    beyond = _at_rim(left, quad)
    if np.count_nonzero(beyond) not in _CUT_SIDES:
        return False
    return bool(side_support(left.strong, quad)[~beyond].min() > _CUT_SUPPORT)


def _score(left: Left, quad: Quad) -> float:
    found = judge_edges(left.strong, quad[None], lambda quad: not reaches_further(left, quad))
    return 0.0 if found is None else found.score
