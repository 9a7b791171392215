"""Which way a flat page's writing runs: the small angle it is off by, and the quarter turns that make it upright.

One decision: both are read from the rows of ink. Rows are straight when their profile is steepest; they are upright
when their beginnings stand under each other and the small marks between them (，。、) lie low.
"""

from dataclasses import dataclass
from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.flat import extremes
from kiosk.scan.geometry import Image

Floats32 = NDArray[np.float32]

LONG_SIDE = 1100  # pixels at which rows are looked for
_MOST_DEGREES = 12.0
_STEPS = (0.5, 0.125, 0.03)  # degrees: each search is four steps of the one before to either side
_FEW, _MANY = 5_000, 20_000  # points of ink: to find the angle, and to measure it
_COLOURED = (
    55  # chroma (most less least of B, G, R) above the paper's of what is no black ink; a stamp in the shade: 80
)
_LEAST_INK = 0.002
_LEAST_ROWS = 3
_MOST_LETTER = 0.08  # of the long side; a title over a whole A4 page is .07
_LEAST_HEIGHT = 0.6  # of the other rows': less is a rule, or a seal's foot
_ACROSS_RATIO = 1.35  # how much steeper the rows' profile must be than the columns'
_SMALL_MARK = (0.12, 0.5)  # of a row's height
_BLANK = 0.05
# Tuned on drawn pages at three sizes of frame: a wrong turn is worse than none, so what tells little tells nothing.
_CLEARLY_BEGUN = 0.18  # more of the pairs of rows begin alike than end alike: enough by itself
_CLEARLY_LOW = 8.0  # more small marks lie low than high: enough by itself
_MOST_MARKS = 2.0  # of one row: a portrait's row has any number


class _Along(IntEnum):
    """Which profile of the ink: of its rows, or of its columns."""

    ROWS = 0
    COLUMNS = 1


def ink(page: Image) -> Image:
    """Return all black ink of a page (BGR), small, 255 where there is some; stamps are red."""
    light = extremes(_small(page))[1]  # red ink is light in red
    black = cv2.adaptiveThreshold(light, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)
    return np.asarray(black, np.uint8)


def coloured(page: Image) -> Image:
    """Return what is more coloured than its paper, small, 255 there and close by, for its edges are dark."""
    dark, light = extremes(_small(page))
    chroma = np.asarray(cv2.subtract(light, dark), np.uint8)
    stamps = cv2.threshold(chroma, float(np.median(chroma[::8, ::8])) + _COLOURED, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.dilate(stamps, np.ones((5, 5), np.uint8)), np.uint8)


def _small(page: Image) -> Image:
    scale = min(1.0, LONG_SIDE / max(page.shape[:2]))
    if scale == 1.0:
        return page
    return np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def writing(black: Image) -> Image:
    """Return the ink that is letters: no rules, portraits, emblems, codes."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(black)
    letters = black.copy()
    large = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) > _MOST_LETTER * max(black.shape)
    for label in np.flatnonzero(large[1:]) + 1:  # 0 is what is not ink
        left, top, width, height = boxes[label, :4]
        place = (slice(top, top + height), slice(left, left + width))
        letters[place][labels[place] == label] = 0
    return letters


def skew_degrees(page: Image) -> float | None:
    """Return by how many degrees clockwise the page's rows (or columns) are turned; None without writing."""
    return skew_of(ink(page))


def skew_of(written: Image) -> float | None:
    """Return the same of ink (see `ink`)."""
    if cv2.countNonZero(written) < _LEAST_INK * written.size:
        return None
    # Ink lies on whole pixels: unshaken, it would always be steepest at exactly 0 degrees.
    dice = np.random.default_rng(0)
    points = np.asarray(cv2.findNonZero(written), np.float32).reshape(-1, 2)
    points = points[dice.permutation(len(points))[:_MANY]]
    points += dice.uniform(-0.5, 0.5, points.shape).astype(np.float32)
    angles = np.arange(-_MOST_DEGREES, _MOST_DEGREES + _STEPS[0] / 2, _STEPS[0])
    steepest = np.array([[_steepness(points[:_FEW], float(angle), along) for along in _Along] for angle in angles])
    first, along = np.unravel_index(int(steepest.argmax()), steepest.shape)
    best = float(angles[first])
    for step in _STEPS[1:]:
        angles = best + step * np.arange(-4, 5)
        energies = [_steepness(points, float(angle), _Along(int(along))) for angle in angles]
        at = int(np.argmax(energies))
        best = float(angles[at])
    return best + step * _peak(energies, at)


def _peak(energies: list[float], at: int) -> float:
    """Return how many steps beside its highest value a curve has its top, by the parabola through three values."""
    if not 0 < at < len(energies) - 1:
        return 0.0
    before, top, after = energies[at - 1 : at + 2]
    bend = before - 2 * top + after
    return 0.0 if bend == 0 else 0.5 * (before - after) / bend


def _steepness(points: Floats32, degrees: float, along: _Along) -> float:
    """Return the energy of the steps between neighbouring rows (or columns) of ink, turned back by that angle.

    Ink is shared between the two rows it lies on.
    """
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    positions = points @ np.array((-sin, cos) if along is _Along.ROWS else (cos, sin), np.float32)
    positions -= positions.min()
    index = positions.astype(np.intp)
    part = positions - index
    size = int(index.max()) + 2
    upper = np.bincount(index, part, size)
    counts = np.bincount(index, minlength=size) - upper
    counts[1:] += upper[:-1]
    return float(np.square(np.diff(counts)).sum())


def upright_turns(page: Image) -> int | None:
    """Return the quarter turns clockwise, 0 to 3, that make a flat page (BGR) upright; None when it cannot tell."""
    small = _small(page)
    return upright_of(np.asarray(cv2.subtract(ink(small), coloured(small)), np.uint8))


def upright_of(black: Image) -> int | None:
    """Return the same of black ink alone (`ink` without what is `coloured`) whose rows run straight."""
    written = writing(black)
    if cv2.countNonZero(written) < _LEAST_INK * written.size:
        return None
    lying, standing = (_row_energy(written, along) for along in (1, 0))
    if max(lying, standing) < _ACROSS_RATIO * min(lying, standing):
        return None
    quarter = 0 if lying > standing else 1
    likelier = _evidence_upright(np.ascontiguousarray(np.rot90(written, -quarter)))
    if abs(likelier) < 1:
        return None
    return quarter if likelier > 0 else quarter + 2


def _row_energy(written: Image, dimension: int) -> float:
    """Return how much rows (1) or columns (0) look like rows of writing: steep, with blank between them."""
    profile = cv2.reduce(written, dimension, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel()
    inked = np.nonzero(profile)[0]
    blank = np.mean(profile[inked[0] : inked[-1] + 1] < _BLANK * profile.max())
    return float(np.square(np.diff(profile)).sum() * (blank + _BLANK))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of writing: its ink, and where it begins and ends."""

    ink: Image
    left: int
    right: int


def _evidence_upright(written: Image) -> float:
    """Return how much more speaks for rows being upright (1: enough) than for them standing on their heads (-1).

    Upright rows are begun, not ended, under each other, and small marks lie low in them.
    """
    rows = _rows(written)
    typical = float(np.median([row.ink.shape[0] for row in rows])) if rows else 0.0
    rows = [row for row in rows if row.ink.shape[0] >= _LEAST_HEIGHT * typical]
    if len(rows) < _LEAST_ROWS:
        return 0.0
    begun, ended = (
        float(np.mean(np.abs(ends[:, None] - ends[None]) < typical / 2))
        for ends in (np.array([row.left for row in rows]), np.array([row.right for row in rows]))
    )
    low = sum(max(-_MOST_MARKS, min(_MOST_MARKS, _low_marks(row.ink))) for row in rows)
    return (begun - ended) / _CLEARLY_BEGUN + low / _CLEARLY_LOW


def _rows(written: Image) -> list[_Row]:
    """Return the rows of writing, from top to bottom."""
    full = cv2.reduce(written, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() > 2 * 255
    rows = []
    for top, bottom in _runs(full):
        columns = np.flatnonzero(written[top:bottom].any(axis=0))
        if bottom - top >= 6 and len(columns) > 2 * (bottom - top):  # noqa: PLR2004 - pixels; two letters
            left, right = int(columns[0]), int(columns[-1]) + 1
            rows.append(_Row(written[top:bottom, left:right], left, right))
    return rows


def _runs(flags: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return where flags are set without a break: (n, 2), start and end."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)


def _low_marks(row: Image) -> float:
    """Return by how many the small marks that stand alone in a row lie low rather than high."""
    height = row.shape[0]
    runs = _runs(np.asarray(row.any(axis=0), np.bool_))  # what shares a column is one letter
    tops = np.minimum.reduceat(np.where(row.any(axis=0), (row > 0).argmax(axis=0), height), runs[:, 0])
    ends = np.maximum.reduceat(np.where(row.any(axis=0), height - (row[::-1] > 0).argmax(axis=0), 0), runs[:, 0])
    tall, middle = (ends - tops) / height, (ends + tops - 1) / 2 / height
    small = (tall > _SMALL_MARK[0]) & (tall < _SMALL_MARK[1]) & (runs[:, 1] - runs[:, 0] < height)
    return float(np.count_nonzero(small & (middle > 0.6)) - np.count_nonzero(small & (middle < 0.4)))  # noqa: PLR2004 - of the row's height
