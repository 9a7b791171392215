"""Is this frame worth keeping, and if not, what can the resident do about it?

One decision: the checks stand in one table and the first that finds something decides, the most telling first. All say
what they measured, good or bad; every threshold is in `kiosk.scan.limits`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kiosk.scan.around import bare_corner, finger_at, other_paper
from kiosk.scan.fault import FINGERS, OK, Fault, Verdict
from kiosk.scan.flat import Flat
from kiosk.scan.geometry import CORNERS, Image, Quad, area, ensure_bgr, sides
from kiosk.scan.glare import glare_at
from kiosk.scan.limits import (
    BURNT,
    DARK_FRAME,
    DARK_PAPER,
    DARK_SHARE,
    EDGE,
    LEAST_INK,
    LEAST_PIXELS_PER_MM,
    LEAST_SHARP,
    LEAST_SIDE,
    MOST_BURNT,
    SHAKEN,
    SHAKEN_SHARP,
)
from kiosk.scan.sharp import page_sharpness

__all__ = ["FINGERS", "OK", "Fault", "Verdict", "judge"]

_CUT = (Fault.EDGE_CUT_LEFT, Fault.EDGE_CUT_TOP, Fault.EDGE_CUT_RIGHT, Fault.EDGE_CUT_BOTTOM)
_NEAR_CORNER = 1 / 3  # of a side: farther from every corner, a finger is at the paper's edge
_UPPER, _LOWER = 0.45, 0.55  # of the page's height


def judge(
    frame: Image,
    quad: Quad | None,
    small: Image,
    mm_per_pixel: float | None = None,
    empty_tray: Image | None = None,
) -> Verdict:
    """Judge a page that lies still.

    Args:
        frame: uint8 BGR at full size.
        quad: the page in the frame's pixels, None if there is none.
        small: `detect.working_copy(frame)`.
        mm_per_pixel: the camera's calibration if it has one.
        empty_tray: the tray without a page, as large as `small`, while it still fits; else a finger is known by its
            colour alone, and other papers and folded corners are not looked for.

    Raises:
        ValueError: a picture is not a uint8 BGR array, or the quad is none; the sentence says what it is.
    """
    ensure_bgr("frame", frame)
    ensure_bgr("small", small)
    if empty_tray is not None:
        ensure_bgr("empty_tray", empty_tray)
    if quad is None:
        return _nothing_found(small, empty_tray)
    if quad.shape != (4, 2) or not np.isfinite(quad).all() or area(quad) < 1:
        raise ValueError("quad must be four corners (4, 2) that span an area")
    at_small = quad / (frame.shape[1] // small.shape[1])
    placed = _Placed(frame, small, quad, at_small, mm_per_pixel, empty_tray)
    for check in _BEFORE_FLAT:
        if (fault := check(placed)) is not None:
            return _refused(fault, placed)
    flat = Flat(small, at_small, empty_tray)
    try:
        for look in _ON_FLAT:
            if (fault := look(placed, flat)) is not None:
                return _refused(fault, placed)
    finally:
        flat.wipe()
    return Verdict(ok=True, measured=placed.measured)


def _nothing_found(small: Image, empty_tray: Image | None) -> Verdict:
    """Say whether there is no page, or no light to see one by, or too much of it."""
    measured = {"brightness": float(small[::4, ::4].mean()), "burnt_out": float(np.mean(small[::4, ::4] >= BURNT))}
    darkest = DARK_FRAME if empty_tray is None else max(DARK_FRAME, DARK_SHARE * float(empty_tray[::4, ::4].mean()))
    if measured["brightness"] < darkest:
        return Verdict(ok=False, fault=Fault.DARK, measured=measured)
    fault = Fault.TOO_BRIGHT if measured["burnt_out"] > MOST_BURNT else Fault.NO_PAGE
    return Verdict(ok=False, fault=fault, measured=measured)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A page in a frame; `at_small` is its quad in the working copy, `measured` grows with every check."""

    frame: Image
    small: Image
    quad: Quad
    at_small: Quad
    mm_per_pixel: float | None
    empty_tray: Image | None
    measured: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A fault, and where on the working copy it is."""

    fault: Fault
    where: tuple[float, float] | None = None


def _refused(found: _Found, placed: _Placed) -> Verdict:
    return Verdict(ok=False, fault=found.fault, where=found.where, measured=placed.measured)


def _edge_cut(placed: _Placed) -> _Found | None:
    """Find the corner that is farthest out, if one touches the rim of the frame."""
    height, width = placed.small.shape[:2]
    quad = placed.at_small
    beyond = np.concatenate([quad, np.array([width, height]) - quad], axis=1)
    placed.measured["edge_margin"] = float(beyond.min())
    if beyond.min() >= EDGE:
        return None
    corner, side = np.unravel_index(int(np.argmin(beyond)), beyond.shape)
    x, y = np.clip(quad[corner], 0, [width - 1, height - 1])
    return _Found(_CUT[int(side)], (float(x), float(y)))


def _too_small(placed: _Placed) -> _Found | None:
    if placed.mm_per_pixel is None:
        placed.measured["shorter_side"] = min(sides(placed.quad))
        return _Found(Fault.TOO_SMALL) if placed.measured["shorter_side"] < LEAST_SIDE else None
    placed.measured["pixels_per_mm"] = 1 / placed.mm_per_pixel
    return _Found(Fault.TOO_SMALL) if placed.measured["pixels_per_mm"] < LEAST_PIXELS_PER_MM else None


def _two_papers(placed: _Placed) -> _Found | None:
    if placed.empty_tray is None:
        return None
    other = other_paper(placed.small, placed.at_small, placed.empty_tray)
    placed.measured["other_area"] = other.area
    return None if other.where is None else _Found(Fault.TWO_PAPERS, other.where)


def _dark(placed: _Placed, flat: Flat) -> _Found | None:
    """Find it dark if even the brightest tenth of the page is."""
    placed.measured["paper_brightness"] = float(np.percentile(flat.high[::3, ::3], 90))
    return _Found(Fault.DARK) if placed.measured["paper_brightness"] < DARK_PAPER else None


def _too_bright(placed: _Placed, flat: Flat) -> _Found | None:
    placed.measured["burnt_out"] = float(np.mean(flat.low >= BURNT))
    return _Found(Fault.TOO_BRIGHT) if placed.measured["burnt_out"] > MOST_BURNT else None


def _finger(placed: _Placed, flat: Flat) -> _Found | None:
    finger = finger_at(flat)
    placed.measured["finger_area"] = 0.0 if finger is None else finger.area
    if finger is None:
        return None
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    middle = ((finger.x - flat.rim) / flat.width, (finger.y - flat.rim) / flat.height)
    distance = np.linalg.norm(corners - middle, axis=1)
    nearest = int(np.argmin(distance))
    fault = Fault(f"finger_{CORNERS[nearest]}") if distance[nearest] < _NEAR_CORNER else Fault.FINGER
    return _Found(fault, flat.where(finger.x, finger.y))


def _folded(placed: _Placed, flat: Flat) -> _Found | None:
    bare = bare_corner(flat)
    if bare is None:
        return None
    placed.measured["bare_corner"] = bare.share
    if not bare.folded:
        return None
    return _Found(Fault(f"folded_{CORNERS[bare.corner]}"), flat.where(*bare.at))


def _glare(placed: _Placed, flat: Flat) -> _Found | None:
    spot = glare_at(flat)
    placed.measured["glare_area"] = spot.area
    if spot.over_writing is None:
        return None
    x, y = spot.over_writing
    height = y / flat.height
    fault = Fault.GLARE_TOP if height < _UPPER else Fault.GLARE_BOTTOM if height > _LOWER else Fault.GLARE
    return _Found(fault, flat.where(x + flat.rim, y + flat.rim))


def _unsharp(placed: _Placed, flat: Flat) -> _Found | None:
    """Find it shaken or blurred. Nothing with contrast anywhere is an empty page, not a blurred one."""
    seen = page_sharpness(placed.frame, flat, placed.frame.shape[1] // placed.small.shape[1])
    placed.measured.update(sharpness=seen.bluntest, sharpest=seen.sharpest)
    if not 0 < seen.bluntest < LEAST_SHARP:
        return None
    moved = seen.sharpest > max(SHAKEN_SHARP, SHAKEN * seen.bluntest)
    return _Found(Fault.SHAKEN if moved else Fault.BLURRED)


def _empty(placed: _Placed, flat: Flat) -> _Found | None:
    placed.measured["ink"] = float(np.count_nonzero(flat.ink) / flat.ink.size)
    return _Found(Fault.EMPTY_PAGE) if placed.measured["ink"] < LEAST_INK else None


_BEFORE_FLAT: tuple[Callable[[_Placed], _Found | None], ...] = (_edge_cut, _too_small)
_ON_FLAT: tuple[Callable[[_Placed, Flat], _Found | None], ...] = (
    _dark,
    _too_bright,
    _finger,
    lambda placed, _flat: _two_papers(placed),
    _unsharp,
    _folded,
    _glare,
    _empty,
)
