"""Straight lines among oriented edge points: the strongest first, each point used once.

One decision: an edge point carries its normal, so that a vote goes to one direction and clutter votes for nothing.
A line is (nx, ny, d) with nx·x + ny·y = d.
"""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Floats, Image, drawn_along

_ANGLE_BIN = 3.0  # degrees
_DISTANCE_BIN = 6.0  # pixels at working size
_LIMIT = 1500.0  # farther from the origin than any point of a working copy
_TANGENT_STEP = 7
_LEAST_TO_FIT = 2
_SAME_WAY = 0.96  # cosine


def fit(points: Floats) -> Floats:
    """Return the line of least squared distance to points (n, 2)."""
    vx, vy, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_L2, 0, 0.01, 0.01).ravel().astype(np.float64)
    return np.array([-vy, vx, -vy * x + vx * y])


def strongest_lines(
    points: Floats, normals: Floats, most: int, least_points: float, weights: Floats | None = None
) -> Floats:
    """Return up to `most` lines (n, 3) that at least `least_points` of the points (n, 2) lie on, none twice.

    `weights` (n,) is what each point counts in the vote, 1 if not given.
    """
    return lines_and_runs(points, normals, most, least_points, weights)[0]


def lines_and_runs(
    points: Floats, normals: Floats, most: int, least_points: float, weights: Floats | None = None
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return as `strongest_lines`, and where along each of them there is an edge (see `drawn_along`)."""
    weights = np.ones(len(points)) if weights is None else weights
    # One sense for both faces of a side; of two exactly upright sides too, or they would vote for each other.
    normals = np.where(normals[:, 1:] + 1e-9 * normals[:, :1] < 0, -normals, normals)
    lines: list[Floats] = []
    runs: list[NDArray[np.bool_]] = []
    while len(lines) < most and len(points) >= least_points:
        line, near = _strongest(points, normals, weights)
        if np.count_nonzero(near) < least_points:
            break
        lines.append(line)
        runs.append(drawn_along(line, points[near]))
        points, normals, weights = points[~near], normals[~near], weights[~near]
    return np.array(lines, np.float64).reshape(-1, 3), np.array(runs, np.bool_)


def _strongest(points: Floats, normals: Floats, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the line most points vote for, fitted to them, and which points those are."""
    # Measured from the middle, so that half a bin of angle moves the far end of a side by pixels, not by dozens.
    distance = (((points - points.mean(axis=0)) * normals).sum(axis=1) + _LIMIT) / _DISTANCE_BIN
    angle = np.degrees(np.arctan2(normals[:, 1], normals[:, 0])) % 180 / _ANGLE_BIN
    columns = int(2 * _LIMIT / _DISTANCE_BIN) + 1
    bins = angle.astype(np.intp) * columns + distance.astype(np.intp)
    near = bins == int(np.argmax(np.bincount(bins, weights)))
    line = fit(points[near])
    for reach in (6.0, 3.0, 2.5):
        near = (np.abs(points @ line[:2] - line[2]) < reach) & (np.abs(normals @ line[:2]) > _SAME_WAY)
        if np.count_nonzero(near) < _LEAST_TO_FIT:
            break
        line = fit(points[near])
    return line, near


def outline_points(contour: Floats) -> tuple[Floats, Floats]:
    """Return the points of a closed outline (n, 2) with their normals (n, 2)."""
    tangent = np.roll(contour, -_TANGENT_STEP, axis=0) - np.roll(contour, _TANGENT_STEP, axis=0)
    normals = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    return contour + 0.5, normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def segment_points(grey: Image, least_length: float) -> tuple[Floats, Floats]:
    """Return points two pixels apart along the line segments of a grey picture, with their normals."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    segments = cast("NDArray[np.float32] | None", found)
    nothing = np.zeros((0, 2))
    if segments is None:  # OpenCV's word for an empty list, which its stubs leave out
        return nothing, nothing
    ends = segments.reshape(-1, 2, 2).astype(np.float64) + 0.5
    along = ends[:, 1] - ends[:, 0]
    lengths = np.linalg.norm(along, axis=1)
    points, normals = [nothing], [nothing]
    for start, vector, length in zip(ends[:, 0], along, lengths, strict=True):
        if length >= least_length:
            steps = np.arange(0.5, length, 2.0)[:, None] / length
            points.append(start + steps * vector)
            normals.append(np.broadcast_to(np.array([-vector[1], vector[0]]) / length, points[-1].shape))
    return np.concatenate(points), np.concatenate(normals)
