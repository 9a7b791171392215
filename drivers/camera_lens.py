"""How millimetres on the tray become pixels: a plane seen in perspective through a lens that bends radially.

One decision: no focal length. One flat sheet seen from straight above cannot tell it from the height (so
`calibrateCamera` would give numbers that mean nothing); a homography and two radial terms about the frame's centre
say all that a fixed camera over a fixed tray needs, and ten numbers are well held by eighty corners.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_STEPS = 12
_NUDGE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """One camera over its tray.

    Attributes:
        matrix: (3, 3), millimetres to the pixels a straight lens would give; its last entry is 1.
        radial: k1, k2: a point at distance r from the frame's centre (1 = half its diagonal) is seen at
            ``r * (1 + k1 r^2 + k2 r^4)``.
        size: width and height of the frame.
    """

    matrix: Points
    radial: tuple[float, float]
    size: tuple[int, int]

    def pixels(self, mm: Points) -> Points:
        """Return where points (n, 2) of the tray are seen."""
        return _bend(_project(self.matrix, mm), self.radial, self.size)

    def mm_per_pixel(self) -> tuple[float, float]:
        """Return the millimetres of one pixel at the frame's centre, across and down."""
        return _scale_at(self.matrix, _centre(self.size))

    def tilt(self) -> tuple[float, float]:
        """Return by how much the scale changes from the left to the right rim and from top to bottom (0: not)."""
        width, height = self.size
        x, y = _centre(self.size)
        places = [(0.0, y), (width - 1.0, y), (x, 0.0), (x, height - 1.0)]
        left, right, top, bottom = (float(np.sqrt(np.prod(_scale_at(self.matrix, np.array(at))))) for at in places)
        return right / left - 1, bottom / top - 1

    def bend(self) -> float:
        """Return how far off its place the lens shows what is in the frame's corner, in pixels."""
        k1, k2 = self.radial
        return abs(k1 + k2) * float(np.hypot(*self.size)) / 2


def fit(mm: Points, seen: Points, size: tuple[int, int]) -> tuple[Lens, Points]:
    """Return the lens under which the points `mm` are seen at `seen` (both (n, 2)), and what is left over in pixels.

    Gauss-Newton from the homography; it is within rounding of its end after few steps.
    """
    matrix, _ = cv2.findHomography(mm, seen)
    values = np.append((np.asarray(matrix, np.float64) / matrix[2, 2]).reshape(-1)[:8], (0.0, 0.0))
    scale = np.maximum(np.abs(values), 1e-4)

    def off(at: Points) -> Points:
        return (_lens(at, size).pixels(mm) - seen).reshape(-1)

    for _ in range(_STEPS):
        here = off(values)
        slopes = [(off(values + step) - here) / _NUDGE for step in np.diag(scale * _NUDGE)]
        change, *_ = np.linalg.lstsq(np.stack(slopes, axis=1), -here, rcond=None)
        values = values + change * scale
    return _lens(values, size), np.linalg.norm(off(values).reshape(-1, 2), axis=1)


def _lens(values: Points, size: tuple[int, int]) -> Lens:
    return Lens(np.append(values[:8], 1.0).reshape(3, 3), (float(values[8]), float(values[9])), size)


def _project(matrix: Points, points: Points) -> Points:
    return np.asarray(cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0], np.float64)


def _bend(straight: Points, radial: tuple[float, float], size: tuple[int, int]) -> Points:
    from_centre = straight - _centre(size)
    squared = (from_centre**2).sum(axis=1, keepdims=True) / (np.hypot(*size) / 2) ** 2
    bent: Points = _centre(size) + from_centre * (1 + radial[0] * squared + radial[1] * squared**2)
    return bent


def _centre(size: tuple[int, int]) -> Points:
    return np.array([(size[0] - 1) / 2, (size[1] - 1) / 2])


def _scale_at(matrix: Points, pixel: Points) -> tuple[float, float]:
    back = np.asarray(np.linalg.inv(matrix), np.float64)
    here, right, below = _project(back, pixel + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    return float(np.linalg.norm(right - here)), float(np.linalg.norm(below - here))
