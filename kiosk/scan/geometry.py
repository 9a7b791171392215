"""Lines and quads: the plane geometry that finding, judging and rectifying a page share.

A quad is float64 (4, 2), pixels, TL, TR, BR, BL as seen in the frame; (0, 0) is the outer corner of the
frame's first pixel, whose centre is (0.5, 0.5). A line is (nx, ny, d) with nx·x + ny·y = d and a unit normal.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]
Quad = NDArray[np.float64]

CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
_PARALLEL_COS = np.cos(np.radians(28))
_TINY = 1e-9
_NEARLY = 0.97
_RUN, _RUNS = 4.0, 1024  # pixels; more of them than a working copy is long
_LEAST_SIDE, _LEAST_SIDES = 0.25, 0.5  # of a side, and of all of them: a finger or another paper hides some
_SQUARE_COS = np.sin(np.radians(35))


def ensure_bgr(name: str, picture: object) -> None:
    """Raise a ValueError that says what `name` is unless it is a uint8 BGR array (h, w, 3)."""
    if not isinstance(picture, np.ndarray):
        raise ValueError(f"{name} must be uint8 BGR (height, width, 3), not {type(picture).__name__}")  # noqa: TRY004 - one error for all that is no picture
    is_bgr = picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3 and picture.size > 0  # noqa: PLR2004 - (h, w, 3)
    if not is_bgr:
        raise ValueError(f"{name} must be uint8 BGR (height, width, 3), not {picture.dtype} {picture.shape}")


def order(points: Floats) -> Quad:
    """Return the four corners of a convex outline as TL, TR, BR, BL: clockwise, from the one nearest the top left."""
    return np.asarray(_order(points[None])[0], np.float64)


def sides(quad: Quad) -> tuple[float, float]:
    """Return the mean width and the mean height of a quad in pixels."""
    lengths = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2


def area(quad: Quad) -> float:
    """Return the area in square pixels (shoelace)."""
    x, y = quad[:, 0], quad[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def iou(one: Quad, other: Quad) -> float:
    """Return intersection over union of two convex quads, 0 to 1."""
    both, _ = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))
    return float(both / (area(one) + area(other) - both))


def holds(one: Quad, other: Quad) -> bool:
    """Return whether nearly all of `other` lies within `one`, which is larger."""
    both, _ = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))
    return bool(both > _NEARLY * area(other) and area(one) > area(other))


def intersect(one: Floats, other: Floats) -> Floats:
    """Return the point where two lines meet (far away for near-parallel ones)."""
    return np.asarray(_meet(one[None], other[None])[0], np.float64)


def fill(quad: Quad, shape: tuple[int, int]) -> Image:
    """Return a mask (h, w), 255 inside the quad."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round(quad * 16).astype(np.int32), 255, shift=4)
    return mask


def quads_from(
    lines: Floats, shape: tuple[int, int], least_area: float, drawn: NDArray[np.bool_] | None = None
) -> Floats:
    """Return the plausible quads (q, 4, 2) that pairs of near-parallel lines (n, 3) make in a frame of (h, w).

    `drawn` is where along the lines there is an edge at all (see `drawn_along`): each side must have some.
    """
    if len(lines) < 4:  # noqa: PLR2004 - a quad has four sides
        return np.zeros((0, 4, 2))
    cosines = np.abs(lines[:, :2] @ lines[:, :2].T)
    first, second = np.triu_indices(len(lines), 1)
    parallel = cosines[first, second] > _PARALLEL_COS
    pairs = np.stack([first[parallel], second[parallel]], axis=1)
    one, other = np.triu_indices(len(pairs), 1)
    a, b, c, d = *pairs[one].T, *pairs[other].T
    crossing = np.maximum(cosines[a, c], cosines[b, d]) < _SQUARE_COS
    a, b, c, d = a[crossing], b[crossing], c[crossing], d[crossing]
    corners = np.stack([_meet(lines[i], lines[j]) for i, j in ((a, c), (c, b), (b, d), (d, a))], axis=1)
    good = _plausible(corners, shape, least_area)
    if drawn is not None:
        on = np.stack([c, b, d, a], axis=1)[good]  # the line that the side from each corner to the next lies on
        good[good] = _held(corners[good], on, lines, drawn)
    return _order(corners[good])


def drawn_along(line: Floats, points: Floats) -> NDArray[np.bool_]:
    """Return where along a line there are points (n, 2): one flag for each `_RUN` pixels, the middle at its origin."""
    where = (points @ np.array([-line[1], line[0]])) / _RUN + _RUNS / 2
    flags = np.zeros(_RUNS, np.bool_)
    flags[np.clip(where, 0, _RUNS - 1).astype(np.intp)] = True
    return flags


def _held(quads: Floats, on: NDArray[np.intp], lines: Floats, drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which quads (q, 4, 2) have an edge along enough of each side; `on` (q, 4) are the sides' lines."""
    sums = np.concatenate([np.zeros((len(lines), 1), np.intp), np.cumsum(drawn, axis=1)], axis=1)
    ways = np.stack([-lines[:, 1], lines[:, 0]], axis=1)[on]
    ends = [(corner * ways).sum(axis=2) / _RUN + _RUNS / 2 for corner in (quads, np.roll(quads, -1, axis=1))]
    low, high = (np.clip(way(*ends), 0, _RUNS).astype(np.intp) for way in (np.minimum, np.maximum))
    share = (sums[on, high] - sums[on, low]) / np.maximum(high - low, 1)
    return np.asarray((share.min(axis=1) > _LEAST_SIDE) & (share.mean(axis=1) > _LEAST_SIDES), np.bool_)


def _meet(one: Floats, other: Floats) -> Floats:
    """Return where the lines (q, 3) meet the others, (q, 2); they are not parallel."""
    determinant = one[:, 0] * other[:, 1] - other[:, 0] * one[:, 1]
    x = one[:, 2] * other[:, 1] - other[:, 2] * one[:, 1]
    y = one[:, 0] * other[:, 2] - other[:, 0] * one[:, 2]
    return np.stack([x, y], axis=1) / np.where(np.abs(determinant) < _TINY, _TINY, determinant)[:, None]


def _order(quads: Floats) -> Floats:
    """Return quads (q, 4, 2) as `order` does."""
    edges = np.roll(quads, -1, axis=1) - quads
    turns = edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]
    quads = np.where(turns[:, None, None] < 0, quads[:, ::-1], quads)
    first = np.argmin(quads.sum(axis=2), axis=1)
    index = (first[:, None] + np.arange(4)) % 4
    return np.take_along_axis(quads, index[:, :, None], axis=1)


def _plausible(quads: Floats, shape: tuple[int, int], least_area: float) -> NDArray[np.bool_]:
    """Return which of the quads (q, 4, 2) are convex, large enough, and (nearly) inside of the frame."""
    slack = 0.04 * shape[1]
    inside = ((quads > -slack) & (quads < (shape[1] + slack, shape[0] + slack))).all(axis=(1, 2))
    after = np.roll(quads, -1, axis=1)
    edges = after - quads
    turns = edges[:, :, 0] * np.roll(edges[:, :, 1], -1, axis=1) - edges[:, :, 1] * np.roll(edges[:, :, 0], -1, axis=1)
    convex = (np.sign(turns) == np.sign(turns[:, :1])).all(axis=1)
    areas = np.abs((quads[:, :, 0] * after[:, :, 1] - quads[:, :, 1] * after[:, :, 0]).sum(axis=1)) / 2
    return np.asarray(inside & convex & (areas >= least_area), np.bool_)
