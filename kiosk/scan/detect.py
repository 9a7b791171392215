"""Where is the page? From a frame, and from the picture of the empty tray when there is one.

Found at one working size of about 800 px, then refined at full size (finding at full size is worse, not better). With
the empty tray the page is what differs from it: difference, outline, straight lines in the outline, the best four.
Without it, or when it no longer fits, `kiosk.scan.general` looks for a page on anything.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.faint import Left, anything_left, find_faint, left_over, reaches_further
from kiosk.scan.folded import is_white
from kiosk.scan.general import find_anywhere
from kiosk.scan.geometry import Image, Quad, ensure_bgr, holds
from kiosk.scan.outline import LEAST_AREA, quad_in
from kiosk.scan.snap import snap
from kiosk.scan.white import evened, find_ringed

WORKING_WIDTH = 800
_LEAST_DIFFERENCE = 22
_MOST_RIM = 0.7  # of the frame's rim may differ; a page and an arm cover less, other light covers all
_RIM = 12  # pixels
_REACH, _REACH_ON_WHITE = 3.0, 2.0  # working pixels; there a paper's own shadow is near, a stronger edge than a card's
_SAME = 200  # how "as bright as the tray" is written in a byte
_SHADOW_MOST, _SHADOW_LEAST, _SHADOW_TINT = 200, 90, 18  # in that scale


def working_copy(frame: Image) -> Image:
    """Return the frame shrunk by a whole factor to about the working size."""
    factor = max(1, round(frame.shape[1] / WORKING_WIDTH))
    # By a whole factor: three times as fast as to exactly 800 px. What is left over at the far rim is left out.
    whole = frame[: frame.shape[0] // factor * factor, : frame.shape[1] // factor * factor]
    size = (whole.shape[1] // factor, whole.shape[0] // factor)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a frame shows: the page's `quad` in the frame's pixels or None, and how it compares with the empty tray.

    `tray_is_empty` and `tray_fits` (the stored picture is of this tray in this light) are None without such a picture.
    """

    quad: Quad | None
    tray_is_empty: bool | None
    tray_fits: bool | None


def look(frame: Image, empty_tray: Image | None, small: Image) -> Sighting:
    """Look for the page; `small` is `working_copy(frame)`, the rest as for `find_page`."""
    if empty_tray is None:
        return Sighting(_snapped(frame, small, find_anywhere(small)), None, None)
    seen = difference(small, empty_tray)
    if not seen.anything:
        return Sighting(None, tray_is_empty=True, tray_fits=True)
    white = is_white(empty_tray[::4, ::4])  # some thousand pixels will do
    rough = _rough(small, seen, white=white)
    quad = _snapped(frame, small, rough, _REACH_ON_WHITE if white else _REACH)
    # What is so faint that it has no edge is the light.
    return Sighting(quad, rough is None and not seen.distinct, seen.fits)


def _rough(small: Image, seen: "Difference", *, white: bool) -> Quad | None:
    """Return the quad of the page in a working copy, in its pixels, on a tray that is white or not."""
    rough = find_ringed(evened(seen.left)) if white else None
    if rough is None and seen.fits:
        rough = rough_in(seen)
    if rough is None and seen.distinct:
        rough = find_anywhere(small)
    if rough is None and not seen.fits:
        rough = find_faint(evened(seen.left))
    return rough


def rough_in(seen: "Difference") -> Quad | None:
    """Return the quad, in a working copy's pixels, of the largest paper in what differs from the tray."""
    rough = quad_in(seen.mask)
    if rough is not None and not reaches_further(seen.left, rough):
        return rough
    faint = find_faint(seen.left)
    return faint if faint is not None and (rough is None or holds(faint, rough)) else rough


def _snapped(frame: Image, small: Image, rough: Quad | None, reach: float = _REACH) -> Quad | None:
    scale = frame.shape[1] // small.shape[1]
    return None if rough is None else snap(frame, rough * scale, reach * scale)


def find_page(frame: Image, empty_tray: Image | None = None) -> Quad | None:
    """Find the one page in a frame.

    Args:
        frame: uint8 BGR (h, w, 3), as large as the camera gives it.
        empty_tray: the same tray without a page, at the frame's or the working size.

    Returns:
        Float64 (4, 2) TL, TR, BR, BL in pixels of `frame` (corners may lie outside of it when the page does), or None.

    Raises:
        ValueError: a picture is not a uint8 BGR array; the sentence says what it is.
    """
    ensure_bgr("frame", frame)
    if empty_tray is not None:
        ensure_bgr("empty_tray", empty_tray)
    return look(frame, empty_tray, working_copy(frame)).quad


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs from the empty tray.

    Attributes:
        mask: 255 where it does, without shadows.
        left: what is left without the tray.
        anything: whether anything lies there, however faint.
        distinct: whether it can be seen without amplifying.
        fits: whether the picture of the tray is of this tray in this light.
    """

    mask: Image
    left: Left
    anything: bool
    distinct: bool
    fits: bool


def difference(small: Image, empty_tray: Image) -> Difference:
    """Compare a working copy with the empty tray, exposure evened out by the frame's rim."""
    soft = np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.uint8)
    tray = tray_like(small, empty_tray)
    left = left_over(soft, tray)
    blue, green, red = cv2.split(cv2.absdiff(soft, tray))
    changed = cv2.max(cv2.max(blue, green), red) > _LEAST_DIFFERENCE
    if np.count_nonzero(changed) < LEAST_AREA / 2 * changed.size:
        nothing = np.zeros(changed.shape, np.uint8)
        return Difference(nothing, left, anything=anything_left(left), distinct=False, fits=True)
    mask = np.where(changed & ~_shadow(soft, tray), np.uint8(255), np.uint8(0))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    rim = np.concatenate([changed[0], changed[-1], changed[:, 0], changed[:, -1]])
    fits = bool(rim.mean() < _MOST_RIM)
    return Difference(np.asarray(mask, np.uint8), left, anything=True, distinct=True, fits=fits)


def tray_like(small: Image, empty_tray: Image) -> Image:
    """Return the empty tray at the size of a working copy, exposed as its rim is."""
    if empty_tray.shape != small.shape:
        empty_tray = np.asarray(
            cv2.resize(empty_tray, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA), np.uint8
        )
    return np.asarray(cv2.convertScaleAbs(empty_tray, alpha=_exposure(small, empty_tray)), np.uint8)


def _shadow(soft: Image, tray: Image) -> NDArray[np.bool_]:
    """Return where the tray is only darker, by the same share in all colours."""
    blue, green, red = cv2.split(cv2.divide(soft, tray, scale=_SAME))
    least, most = cv2.min(cv2.min(blue, green), red), cv2.max(cv2.max(blue, green), red)
    return np.asarray(
        (most < _SHADOW_MOST) & (least > _SHADOW_LEAST) & (cv2.subtract(most, least) < _SHADOW_TINT), np.bool_
    )


def _exposure(small: Image, empty_tray: Image) -> float:
    """Return how much brighter the frame is than the empty tray, from the rim; finer than a step of brightness."""
    seen, tray = (_rim_of(each) for each in (small, empty_tray))
    return float(np.clip(np.median(seen / np.maximum(tray, 1.0)), 0.8, 1.25))


def _rim_of(picture: Image) -> NDArray[np.float32]:
    """Return the brightness along the rim, smoothed: a median of whole numbers is off by half of one."""
    strips = (picture[:_RIM], picture[-_RIM:], picture[:, :_RIM], picture[:, -_RIM:])
    grey = [cv2.blur(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY).astype(np.float32), (5, 5)) for strip in strips]
    return np.concatenate([strip.ravel() for strip in grey])
