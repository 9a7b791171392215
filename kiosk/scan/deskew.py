"""Which way a flat page's writing runs: the small angle it is off by, and the quarter turns that make it upright.

One decision: both are read from the rows of ink. Rows are straight when their profile is steepest; they are upright
when their beginnings stand under each other and the small marks between them (，。、) lie low.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Image

Floats32 = NDArray[np.float32]

_LONG_SIDE = 1100  # pixels at which rows are looked for
_MOST_DEGREES = 12.0
_LEAST_INK = 0.002
_LEAST_ROWS = 3
_MOST_LETTER = 0.08  # of the long side; a title over a whole A4 page is .07
_ACROSS_RATIO = 1.35  # how much steeper the rows' profile must be than the columns'
_SMALL_MARK = (0.12, 0.5)  # of a row's height
_BLANK = 0.05
_SURE = 0.5  # how much one way must be likelier than the other


def ink(page: Image) -> Image:
    """Return all black ink of a page (BGR), small, 255 where there is some; stamps are red."""
    scale = min(1.0, _LONG_SIDE / max(page.shape[:2]))
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    light = np.asarray(small.max(axis=2), np.uint8)  # red ink is light in red
    black = cv2.adaptiveThreshold(light, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)
    return np.asarray(black, np.uint8)


def writing(black: Image) -> Image:
    """Return the ink that is letters: no rules, portraits, emblems, codes."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(black)
    large = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) > _MOST_LETTER * max(black.shape)
    large[0] = True  # what is not ink
    return np.where(large[labels], np.uint8(0), np.uint8(255))


def skew_degrees(page: Image) -> float | None:
    """Return by how many degrees clockwise the page's rows (or columns) are turned; None without writing."""
    written = ink(page)
    if np.count_nonzero(written) < _LEAST_INK * written.size:
        return None
    # Ink lies on whole pixels: unshaken, it would always be steepest at exactly 0 degrees.
    shaken = np.random.default_rng(0).uniform(-0.5, 0.5, (2, np.count_nonzero(written)))
    ys, xs = (np.asarray(axis + shake, np.float32) for axis, shake in zip(np.nonzero(written), shaken, strict=True))
    step, best = 0.5, 0.0
    span = _MOST_DEGREES
    while step > 0.01:  # noqa: PLR2004 - degrees, finer than can be seen
        angles = np.arange(best - span, best + span + step / 2, step)
        best = float(angles[int(np.argmax([_steepness(xs, ys, angle) for angle in angles]))])
        span, step = step * 1.5, step / 3
    return best


def _steepness(xs: Floats32, ys: Floats32, degrees: float) -> float:
    """Return how steep the profile of ink is, rows turned back by that angle; of rows or columns, the steeper."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return max(_profile_energy(ys * cos - xs * sin), _profile_energy(xs * cos + ys * sin))


def _profile_energy(positions: Floats32) -> float:
    """Return the energy of the steps between neighbouring rows, ink shared between the two rows it lies on."""
    shifted = positions - positions.min()
    low = np.floor(shifted)
    part = shifted - low
    size = int(low.max()) + 2
    index = low.astype(np.intp)
    counts = np.bincount(index, 1 - part, size) + np.bincount(index + 1, part, size)
    return float(np.square(np.diff(counts)).sum())


def upright_turns(page: Image) -> int | None:
    """Return the quarter turns clockwise, 0 to 3, that make a flat page (BGR) upright; None when it cannot tell."""
    written = writing(ink(page))
    if np.count_nonzero(written) < _LEAST_INK * written.size:
        return None
    lying, standing = (_row_energy(picture) for picture in (written, np.rot90(written)))
    if max(lying, standing) < _ACROSS_RATIO * min(lying, standing):
        return None
    quarter = 0 if lying > standing else 1
    rows = np.ascontiguousarray(np.rot90(written, -quarter))
    likelier = _evidence_upright(rows) - _evidence_upright(np.ascontiguousarray(np.rot90(rows, 2)))
    if abs(likelier) < _SURE:
        return None
    return quarter if likelier > 0 else quarter + 2


def _row_energy(written: Image) -> float:
    """Return how much rows look like rows of writing: steep, with blank between them."""
    profile = written.astype(np.float32).mean(axis=1)
    inked = np.nonzero(profile)[0]
    blank = np.mean(profile[inked[0] : inked[-1] + 1] < _BLANK * profile.max())
    return float(np.square(np.diff(profile)).sum() * (blank + _BLANK))


def _evidence_upright(written: Image) -> float:
    """Return how much speaks for rows being upright: begun under each other, marks lying low."""
    rows = _rows(written)
    if len(rows) < _LEAST_ROWS:
        return 0.0
    starts = np.array([left for _, _, left, _ in rows], np.float64)
    typical = float(np.median([bottom - top for top, bottom, _, _ in rows]))
    aligned = np.mean(np.abs(starts[:, None] - starts[None]) < typical / 2)
    low = sum(_low_marks(written[top:bottom, left:right]) for top, bottom, left, right in rows)
    return float(3 * aligned + 0.5 * low)


def _rows(written: Image) -> list[tuple[int, int, int, int]]:
    """Return top, bottom, left and right of each row of writing."""
    inked = np.concatenate([[0], (written.sum(axis=1, dtype=np.int64) > 2 * 255).astype(np.int8), [0]])
    edges = np.diff(inked)
    rows = []
    for top, bottom in zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0], strict=True):
        columns = np.nonzero(written[top:bottom].any(axis=0))[0]
        if bottom - top >= 6 and len(columns) > 2 * (bottom - top):  # noqa: PLR2004 - pixels; two letters
            rows.append((int(top), int(bottom), int(columns[0]), int(columns[-1]) + 1))
    return rows


def _low_marks(row: Image) -> float:
    """Return by how many the small marks that stand alone in a row lie low rather than high."""
    height = row.shape[0]
    alone = cv2.dilate(row, np.ones((height, 1), np.uint8))  # what shares a column is one letter
    _, _, boxes, _ = cv2.connectedComponentsWithStats(alone)
    balance = 0.0
    for label in range(1, len(boxes)):
        left, width = boxes[label, cv2.CC_STAT_LEFT], boxes[label, cv2.CC_STAT_WIDTH]
        inked = np.nonzero(row[:, left : left + width].any(axis=1))[0]
        tall, middle = (inked[-1] - inked[0] + 1) / height, (inked[-1] + inked[0] + 1) / 2 / height
        if _SMALL_MARK[0] < tall < _SMALL_MARK[1] and width < height:
            balance += 1.0 if middle > 0.6 else -1.0 if middle < 0.4 else 0.0  # noqa: PLR2004 - of the row's height
    return balance
