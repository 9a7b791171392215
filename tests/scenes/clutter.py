"""What else lies on a table: pens, cups, cables, a keyboard, a telephone, the edges of other papers."""

from collections.abc import Callable

import cv2
import numpy as np

from tests.scenes.trays import Image

_Point = tuple[int, int]


def _colour(rng: np.random.Generator, low: int = 20, high: int = 220) -> list[int]:
    return [int(v) for v in rng.integers(low, high, 3)]


def _point(table: Image, rng: np.random.Generator) -> _Point:
    return int(rng.integers(table.shape[1])), int(rng.integers(table.shape[0]))


def _pen(table: Image, unit: float, rng: np.random.Generator) -> None:
    start = np.array(_point(table, rng), float)
    angle, length = rng.uniform(0, 2 * np.pi), 140 * unit
    end = start + length * np.array([np.cos(angle), np.sin(angle)])
    cv2.line(table, _at(start), _at(end), _colour(rng), round(9 * unit), cv2.LINE_AA)
    cv2.line(table, _at(end), _at(end + (end - start) * 0.08), (200, 200, 200), round(4 * unit), cv2.LINE_AA)


def _cup(table: Image, unit: float, rng: np.random.Generator) -> None:
    centre, colour = _point(table, rng), _colour(rng, 60, 250)
    cv2.circle(table, (centre[0] + round(6 * unit), centre[1] + round(8 * unit)), round(44 * unit), (25, 25, 25), -1)
    cv2.circle(table, centre, round(42 * unit), colour, -1, cv2.LINE_AA)
    cv2.circle(table, centre, round(36 * unit), [v // 3 for v in colour], -1, cv2.LINE_AA)


def _cable(table: Image, unit: float, rng: np.random.Generator) -> None:
    ends = [np.array(_point(table, rng), float) for _ in range(4)]
    t = np.linspace(0, 1, 60)[:, None]
    curve = sum(
        w * p for w, p in zip(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3), ends, strict=True)
    )
    cv2.polylines(table, [np.asarray(curve, np.int32)], False, _colour(rng, 10, 70), round(5 * unit), cv2.LINE_AA)


def _board(table: Image, rng: np.random.Generator, size: tuple[float, float], colour: list[int]) -> np.ndarray:
    """Lay a board of (w, h) pixels somewhere at some angle; return the matrix (2, 3) onto the table."""
    angle, centre = rng.uniform(0, 2 * np.pi), np.array(_point(table, rng), float)
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin, centre[0]], [sin, cos, centre[1]]])
    matrix[:, 2] -= matrix[:, :2] @ (np.array(size) / 2)
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]]) @ matrix[:, :2].T + matrix[:, 2]
    cv2.fillConvexPoly(table, corners.astype(np.int32), colour, cv2.LINE_AA)
    return matrix


def _keyboard(table: Image, unit: float, rng: np.random.Generator) -> None:
    matrix = _board(table, rng, (440 * unit, 140 * unit), _colour(rng, 20, 60))
    key = _colour(rng, 50, 110)
    for row in range(6):
        for column in range(20):
            left, top = (8 + 21.3 * column) * unit, (6 + 21.6 * row) * unit
            corners = np.array([[0, 0], [18, 0], [18, 18], [0, 18]]) * unit + (left, top)
            cv2.fillConvexPoly(table, (corners @ matrix[:, :2].T + matrix[:, 2]).astype(np.int32), key, cv2.LINE_AA)


def _telephone(table: Image, unit: float, rng: np.random.Generator) -> None:
    _board(table, rng, (72 * unit, 150 * unit), _colour(rng, 8, 30))


def _paper_edge(table: Image, unit: float, rng: np.random.Generator) -> None:
    """Lay another paper so that most of it is beyond the frame: it is no page."""
    height, width = table.shape[:2]
    side, reach = int(rng.integers(4)), rng.uniform(20, 60) * unit
    span = np.array([width, height])[[1, 0, 1, 0][side]]
    start, length = rng.uniform(-0.3, 0.6) * span, rng.uniform(0.4, 0.9) * span
    tilt = rng.uniform(-0.15, 0.15) * length
    strip = np.array([[start, -9.0], [start, reach], [start + length, reach + tilt], [start + length, -9.0]])
    flips = {0: strip[:, ::-1], 1: strip, 2: np.array([width, 0]) - strip[:, ::-1] * (1, -1)}
    points = flips.get(side, np.array([0, height]) + strip * (1, -1))
    cv2.fillConvexPoly(table, points.astype(np.int32), _colour(rng, 205, 250), cv2.LINE_AA)


_THINGS: tuple[Callable[[Image, float, np.random.Generator], None], ...] = (
    _pen, _cup, _cable, _keyboard, _telephone, _paper_edge, _pen, _cable,
)  # fmt: skip


def strew(table: Image, pixels_per_mm: float, rng: np.random.Generator, most: int = 5) -> None:
    """Lay up to `most` things on the table, in place."""
    for _ in range(int(rng.integers(0, most + 1))):
        _THINGS[int(rng.integers(len(_THINGS)))](table, pixels_per_mm, rng)


def _at(point: np.ndarray) -> _Point:
    return int(point[0]), int(point[1])
