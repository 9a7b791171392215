"""Is the writing sharp, and if not: was it out of focus, or did it move?

One decision: sharpness needs the frame's own pixels, so it is measured on a few tiles where most is written, in four
directions. Out of focus all are blunt alike; what moved is blunt along its way and sharp across it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.flat import Flat
from kiosk.scan.geometry import Floats, Image
from kiosk.scan.limits import INK

_TILE = 64  # half the side of a tile, frame pixels
_TILES = 5
_CELL = 20  # flattened pixels
_DIAGONAL = 2 * 2**0.5


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Steepest edges a pixel, relative to their contrast, in the bluntest and the sharpest of four directions.

    Both are 0 where nothing has enough contrast to tell.
    """

    bluntest: float
    sharpest: float


def page_sharpness(frame: Image, flat: Flat, scale: int) -> Sharpness:
    """Return the sharpness of the sharpest of the tiles with most writing; `scale` is frame / working copy."""
    steepest = np.zeros(4)
    for x, y in _written_places(flat):
        u, v = (int(value * scale) for value in flat.where(x + flat.rim, y + flat.rim))
        tile = frame[max(0, v - _TILE) : max(0, v + _TILE), max(0, u - _TILE) : max(0, u + _TILE)]
        if min(tile.shape[:2]) > _TILE // 2:
            # Of each direction the best: one tile may have lines in one direction alone.
            steepest = np.maximum(steepest, _steepness(tile))
    return Sharpness(float(steepest.min()), float(steepest.max()))


def _steepness(tile: Image) -> Floats:
    """Return how steep the edges of one piece of a frame are, in four directions; all 0 where it has no contrast."""
    grey = cv2.cvtColor(tile, cv2.COLOR_BGR2GRAY).astype(np.float32)
    low, high = np.percentile(grey, (1, 95))
    if high - low < INK:
        return np.zeros(4)
    return np.asarray([_steepest(step) for step in _steps(grey)], np.float64) / float(high - low)


def _steps(grey: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    """Return the change of brightness a pixel: across, down, and along both diagonals."""
    return (
        np.asarray((grey[1:-1, 2:] - grey[1:-1, :-2]) / 2, np.float32),
        np.asarray((grey[2:, 1:-1] - grey[:-2, 1:-1]) / 2, np.float32),
        np.asarray((grey[2:, 2:] - grey[:-2, :-2]) / _DIAGONAL, np.float32),
        np.asarray((grey[2:, :-2] - grey[:-2, 2:]) / _DIAGONAL, np.float32),
    )


def _steepest(step: NDArray[np.float32]) -> float:
    return float(np.percentile(np.abs(step), 99))


def _written_places(flat: Flat) -> list[tuple[float, float]]:
    """Return the middles of the cells with most writing, faint as it may be, in the page's flattened pixels."""
    rows, columns = max(1, flat.height // _CELL), max(1, flat.width // _CELL)
    density = cv2.resize(flat.relief, (columns, rows), interpolation=cv2.INTER_AREA)
    best = np.argsort(density, axis=None)[::-1][:_TILES]
    return [
        ((column + 0.5) * flat.width / columns, (row + 0.5) * flat.height / rows)
        for row, column in zip(*np.unravel_index(best, density.shape), strict=True)
    ]
