"""Where is the page? From a frame, and from the picture of the empty tray when there is one.

Found at one working size of about 800 px, then refined at full size (finding at full size is worse, not better). With
the empty tray the page is what differs from it: difference, outline, straight lines in the outline, the best four.
Without it, or when it no longer fits, line segments of the whole frame are paired and scored by edge and contrast.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Floats, Image, Quad, area, fill, quads_from
from kiosk.scan.lines import outline_points, segment_points, strongest_lines
from kiosk.scan.snap import snap

WORKING_WIDTH = 800
LEAST_AREA = 0.008  # of the frame; a bank card on a tray of 440 mm is 0.032
_LEAST_DIFFERENCE = 22
_MOST_RIM = 0.7  # of the frame's rim may differ; a page and an arm cover less, other light covers all
_SAME = 200  # how "as bright as the tray" is written in a byte
_SHADOW_MOST, _SHADOW_LEAST, _SHADOW_TINT = 200, 90, 18  # in that scale
_MOST_LINES = 10
_LEAST_FILLED = 0.86  # of the page; the shaded rim of a finger on wood passes for a shadow
_MOST_EDGE_LINES = 16
_LEAST_STEP = 7.0
_LEAST_SUPPORT = 0.6
_LEAST_CONTRAST = 10.0


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
    seen = None if empty_tray is None else difference(small, empty_tray)
    if seen is not None and not seen.anything:
        return Sighting(None, tray_is_empty=True, tray_fits=True)
    rough = _from_mask(seen.mask) if seen is not None and seen.fits else None
    if rough is None:
        rough = _from_edges(small)
    scale = frame.shape[1] // small.shape[1]
    quad = None if rough is None else snap(frame, rough * scale, reach=3.0 * scale)
    return Sighting(quad, None if seen is None else False, None if seen is None else seen.fits)


def find_page(frame: Image, empty_tray: Image | None = None) -> Quad | None:
    """Find the one page in a frame.

    Args:
        frame: uint8 BGR (h, w, 3), as large as the camera gives it.
        empty_tray: the same tray without a page, at the frame's or the working size.

    Returns:
        Float64 (4, 2) TL, TR, BR, BL in pixels of `frame` (corners may lie outside of it when the page does), or None.
    """
    return look(frame, empty_tray, working_copy(frame)).quad


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs from the empty tray: `mask` 255 there; `anything` at all; whether the picture still `fits`."""

    mask: Image
    anything: bool
    fits: bool


def difference(small: Image, empty_tray: Image) -> Difference:
    """Compare a working copy with the empty tray, exposure evened out by the frame's rim."""
    if empty_tray.shape != small.shape:
        empty_tray = np.asarray(
            cv2.resize(empty_tray, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA), np.uint8
        )
    soft = np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.uint8)
    tray = np.asarray(cv2.convertScaleAbs(empty_tray, alpha=_exposure(small, empty_tray)), np.uint8)
    blue, green, red = cv2.split(cv2.absdiff(soft, tray))
    changed = cv2.max(cv2.max(blue, green), red) > _LEAST_DIFFERENCE
    if np.count_nonzero(changed) < LEAST_AREA / 2 * changed.size:
        return Difference(np.zeros(changed.shape, np.uint8), anything=False, fits=True)
    mask = np.where(changed & ~_shadow(soft, tray), np.uint8(255), np.uint8(0))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    rim = np.concatenate([changed[0], changed[-1], changed[:, 0], changed[:, -1]])
    return Difference(np.asarray(mask, np.uint8), anything=True, fits=bool(rim.mean() < _MOST_RIM))


def _shadow(soft: Image, tray: Image) -> NDArray[np.bool_]:
    """Return where the tray is only darker, by the same share in all colours."""
    blue, green, red = cv2.split(cv2.divide(soft, tray, scale=_SAME))
    least, most = cv2.min(cv2.min(blue, green), red), cv2.max(cv2.max(blue, green), red)
    return np.asarray(
        (most < _SHADOW_MOST) & (least > _SHADOW_LEAST) & (cv2.subtract(most, least) < _SHADOW_TINT), np.bool_
    )


def _exposure(small: Image, empty_tray: Image) -> float:
    """Return how much brighter the frame is than the empty tray, from the median of its rim."""
    rims = []
    for image in (small, empty_tray):
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        rims.append(float(np.median(np.concatenate([grey[:12].ravel(), grey[-12:].ravel(), grey[:, :12].ravel()]))))
    return float(np.clip(rims[0] / max(rims[1], 1.0), 0.8, 1.25))


def _from_mask(mask: Image) -> Quad | None:
    """Return the quad whose sides lie along the outline of what differs, fingers and all."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    least = LEAST_AREA * mask.size
    if cv2.contourArea(outline) < least:
        return None
    solid = np.zeros_like(mask)
    cv2.drawContours(solid, [outline], -1, 255, cv2.FILLED)
    points, normals = outline_points(outline.reshape(-1, 2).astype(np.float64))
    lines = strongest_lines(points, normals, _MOST_LINES, max(20.0, 0.02 * len(points)))
    best, best_score = None, 0.0
    quarter = np.asarray(cv2.resize(solid, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8)
    solid = np.asarray(cv2.threshold(quarter, 127, 255, cv2.THRESH_BINARY)[1], np.uint8)
    for quad in quads_from(lines, (mask.shape[0], mask.shape[1]), least):
        inside = fill(quad / 4, (solid.shape[0], solid.shape[1]))
        held, whole = cv2.countNonZero(cv2.bitwise_and(inside, solid)), cv2.countNonZero(inside)
        # The largest quad that is all page: an arm reaches out of it, but nothing of it may be bare tray.
        score = held - 4 * (whole - held)
        if held > _LEAST_FILLED * whole and score > best_score:
            best, best_score = quad, score
    return best


def _from_edges(small: Image) -> Quad | None:
    """Return the quad of line pairs whose four sides are edges all along, with the page apart from what is around."""
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    shape = (small.shape[0], small.shape[1])
    points, normals = segment_points(grey, 0.02 * shape[1])
    lines = strongest_lines(points, normals, _MOST_EDGE_LINES, 0.08 * shape[0])
    quads = quads_from(lines, shape, 3 * LEAST_AREA * grey.size)
    if not len(quads):
        return None
    support, contrast = _evidence(small, quads)
    sizes = np.array([area(quad) for quad in quads]) / grey.size
    scores = support.mean(axis=1) * np.minimum(contrast / 40, 1) ** 0.5 * sizes**0.2
    scores[(support.min(axis=1) < _LEAST_SUPPORT) | (contrast < _LEAST_CONTRAST)] = 0
    best = int(np.argmax(scores))
    return quads[best] if scores[best] > 0 else None


def _evidence(small: Image, quads: Floats) -> tuple[Floats, Floats]:
    """Return per quad (q, 4, 2): the share of each side that is an edge of one sense, the weakest side's contrast."""
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), 1.2), np.uint8)
    nxt = np.roll(quads, -1, axis=1)
    along = nxt - quads
    outward = np.stack([along[..., 1], -along[..., 0]], axis=-1)
    outward /= np.maximum(np.linalg.norm(outward, axis=-1, keepdims=True), 1e-9)
    steps = np.linspace(0.05, 0.95, 40)[:, None]
    on_side = quads[:, :, None] + steps * along[:, :, None]
    inside, outside = (_colours(soft, on_side + way * outward[:, :, None]) for way in (-3.0, 3.0))
    step = inside - outside
    sense = np.sign(np.median(step, axis=2, keepdims=True))
    strength = np.abs(step).max(axis=-1)
    channel = np.argmax(np.abs(step), axis=-1)[..., None]
    agrees = np.take_along_axis(step * sense, channel, axis=-1)[..., 0] > 0
    support = ((strength > _LEAST_STEP) & agrees).mean(axis=2)
    return support, np.median(strength, axis=2).min(axis=1)


def _colours(image: Image, points: Floats) -> Floats:
    """Return the colours (..., 3) at points (..., 2), the rim's beyond the frame."""
    x = np.clip(points[..., 0].astype(np.intp), 0, image.shape[1] - 1)
    y = np.clip(points[..., 1].astype(np.intp), 0, image.shape[0] - 1)
    return image[y, x].astype(np.float64)
