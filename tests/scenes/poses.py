"""How papers lie and how the camera looks at them: matrices from a paper's millimetres to the frame's pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pose = NDArray[np.float64]
Mm = tuple[float, float]
_LARGE_MM = 180  # such a paper fills the tray and cannot be turned far
_MARGIN_MM = 6.0
_APART_MM = 8.0
_TRIES = 400


def fixed_camera(size: tuple[int, int], field: Mm, rng: np.random.Generator) -> Pose:
    """Return the view of a camera that was mounted nearly straight."""
    (w, h), (fw, fh) = size, field
    seen = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    seen += rng.uniform(-0.006, 0.006, (4, 2)).astype(np.float32) * w
    on_tray = np.array([[0, 0], [fw, 0], [fw, fh], [0, fh]], np.float32)
    return cv2.getPerspectiveTransform(on_tray, seen).astype(np.float64)


def fixed_poses(
    sizes: list[Mm], field: Mm, rng: np.random.Generator, turns: int | None, *, cut_off: bool
) -> list[Pose]:
    """Return poses on the tray in which papers lie apart from each other.

    Raises:
        ValueError: they do not fit.
    """
    for _ in range(_TRIES):
        poses = [_pose(size, field, rng, turns, cut_off=cut_off and i == 0) for i, size in enumerate(sizes)]
        rects = [_rect(size, pose) for size, pose in zip(sizes, poses, strict=True)]
        pairs = [(a, b) for i, a in enumerate(rects) for b in rects[:i]]
        if not any(cv2.rotatedRectangleIntersection(a, b)[0] for a, b in pairs):
            return poses
    raise ValueError(f"papers of {sizes} mm do not fit beside each other")


def _pose(size: Mm, field: Mm, rng: np.random.Generator, turns: int | None, *, cut_off: bool) -> Pose:
    large = max(size) > _LARGE_MM
    quarters = int(rng.integers(4)) if turns is None else turns
    angle = np.radians(rng.uniform(-5, 5) if large else rng.uniform(-20, 20)) - quarters * np.pi / 2
    half = _half_extent(size, angle)
    room = np.maximum(0, np.array(field) / 2 - half - _MARGIN_MM)
    centre = np.array(field) / 2 + rng.uniform(-1, 1, 2) * room
    if cut_off:
        beyond = half[0] * (1 - rng.uniform(0.3, 0.6))
        centre[0] = beyond if rng.integers(2) else field[0] - beyond
    return _placed(size, float(angle), centre)


def _half_extent(size: Mm, angle: float) -> NDArray[np.float64]:
    cos, sin = abs(np.cos(angle)), abs(np.sin(angle))
    return np.array([size[0] * cos + size[1] * sin, size[0] * sin + size[1] * cos]) / 2


def _placed(size: Mm, angle: float, centre: NDArray[np.float64]) -> Pose:
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    pose = np.eye(3)
    pose[:2, :2], pose[:2, 2] = turn, centre - turn @ (np.array(size) / 2)
    return pose


def _rect(size: Mm, pose: Pose) -> tuple[tuple[float, float], tuple[float, float], float]:
    centre = pose[:2, :2] @ (np.array(size) / 2) + pose[:2, 2]
    angle = float(np.degrees(np.arctan2(pose[1, 0], pose[0, 0])))
    return (float(centre[0]), float(centre[1])), (size[0] + _APART_MM, size[1] + _APART_MM), angle


def hand_view(size_mm: Mm, size: tuple[int, int], rng: np.random.Generator, *, cut_off: bool) -> tuple[Pose, float]:
    """Return the view of a hand-held camera on a paper, and its pixels per mm at the paper's centre."""
    roll = rng.uniform(0, 2 * np.pi) if rng.random() < 0.15 else rng.normal(0, 0.15) + rng.integers(4) * np.pi / 2
    tilt = np.radians(rng.uniform(-24, 24, 2))
    turned = cv2.Rodrigues(np.array([tilt[0], 0, 0]))[0] @ cv2.Rodrigues(np.array([0, tilt[1], 0]))[0]
    turned = turned @ cv2.Rodrigues(np.array([0, 0, roll]))[0]
    focal = rng.uniform(0.85, 1.3) * max(size)
    fills = 1.25 if cut_off else rng.uniform(0.45, 0.92)
    distance = 2000.0
    for _ in range(40):  # nearer or farther, until the paper fills that much of the frame
        view = _seen(turned, focal, distance, size_mm, size)
        extent = np.ptp(_corners(view, size_mm), axis=0) / np.array(size)
        distance *= float(extent.max()) / fills
    low, high = _corners(view, size_mm).min(axis=0), _corners(view, size_mm).max(axis=0)
    slack = np.maximum(0, np.array(size) - (high - low)) * 0.46
    shift = np.array(size) / 2 - (low + high) / 2 + rng.uniform(-1, 1, 2) * slack
    view = np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]]) @ view
    return view, focal / distance


def _seen(turned: Pose, focal: float, distance: float, size_mm: Mm, size: tuple[int, int]) -> Pose:
    lens = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1]])
    outside = np.column_stack([turned[:, 0], turned[:, 1], [0, 0, distance]])
    middle = np.array([[1, 0, -size_mm[0] / 2], [0, 1, -size_mm[1] / 2], [0, 0, 1]])
    return np.asarray(lens @ outside @ middle, np.float64)


def _corners(view: Pose, size_mm: Mm) -> NDArray[np.float64]:
    w, h = size_mm
    flat = np.array([[[0.0, 0], [w, 0], [w, h], [0, h]]])
    return np.asarray(cv2.perspectiveTransform(flat, view)[0], np.float64)
