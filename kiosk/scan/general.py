"""Where is the page, when nothing is known of what it lies on?

One decision: cheap proposals first, and all are judged alike, by what is seen along their four sides. What is brighter
than its surroundings proposes; when that is not sure, the pairs of line segments do, first without the small dark
print, whose lines outnumber the page's own, then with everything.
"""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from kiosk.scan.evidence import Proposal, judge_quads
from kiosk.scan.geometry import Floats, Image, Quad, quads_from
from kiosk.scan.lines import lines_and_runs, segment_points
from kiosk.scan.outline import LEAST_AREA, quad_in
from kiosk.scan.snap import snap

_LEAST_ALONE = 3 * LEAST_AREA  # without a tray to compare with, anything smaller may be anything
_PRINT = 9  # pixels at working size: strokes thinner than this are print
_TEXT_LINES = 15  # and lines of print, letters and gaps, are this high
_MOST_PIECES = 3
_SNAP_REACH = 4.0
_ACROSS = 2.5  # pixels to either side of a segment
_STRONG, _LEAST_WEIGHT = 40.0, 0.1
_AMPLIFY = 3.0
_MOST_EDGE_LINES = 36


def find_anywhere(small: Image) -> Quad | None:
    """Return the page in a working copy (BGR), in its pixels; None when nothing in it is borne out as one."""
    # A sensor's noise breaks long segments into nothing.
    grey = np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (0, 0), 1.2), np.uint8)
    proposers: tuple[Callable[[], Floats], ...] = (
        lambda: _bright_pieces(small),
        lambda: quads_of_lines(small, print_removed(grey)),
        lambda: quads_of_lines(small, grey, _colourful(small), _faint(grey)),
    )
    best: Proposal | None = None
    for propose in proposers:
        found = judge_quads(small, propose())
        if found is not None and (best is None or found.score > best.score):
            best = found
        if best is not None and best.sure:
            break
    return None if best is None else best.quad


def _square(side: int) -> Image:
    return np.ones((side, side), np.uint8)


def _bright_pieces(small: Image) -> Floats:
    """Return the quads (q, 4, 2) of the large pieces that are brighter than their surroundings, print filled in."""
    soft = cv2.GaussianBlur(small, (5, 5), 0)
    blank = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, _square(_TEXT_LINES))
    blue, green, red = cv2.split(blank)
    least = np.asarray(cv2.min(cv2.min(blue, green), red), np.uint8)  # paper is bright in every colour
    quads = [snap(small, quad, _SNAP_REACH) for mask in _levels(least) for quad in _pieces(mask)]
    return np.array(quads, np.float64).reshape(-1, 4, 2)


def _levels(grey: Image) -> Iterator[Image]:
    """Yield what is above Otsu's threshold, and what is above Otsu's threshold of that again."""
    level, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    yield np.asarray(bright, np.uint8)
    upper = grey[grey > level]
    if upper.size:
        level, _ = cv2.threshold(upper.reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)
        yield np.where(grey > level, np.uint8(255), np.uint8(0))


def _pieces(mask: Image) -> Iterator[Quad]:
    """Yield the quads of the largest connected pieces of a mask."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    for piece in np.argsort(-areas)[:_MOST_PIECES]:
        if areas[piece] < _LEAST_ALONE * mask.size:
            break
        quad = quad_in(np.where(labels == piece + 1, np.uint8(255), np.uint8(0)))
        if quad is not None:
            yield quad


def print_removed(grey: Image) -> Image:
    """Return a grey picture without small dark print, whose lines outnumber the page's own."""
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, _square(_PRINT)), np.uint8)


def quads_of_lines(small: Image, *views: Image) -> Floats:
    """Return the quads (q, 4, 2) that pairs of line segments make, seen in several grey views of the same picture."""
    found = [segment_points(view, 0.02 * small.shape[1]) for view in views]
    points, normals = (np.concatenate(parts) for parts in zip(*found, strict=True))
    weights = _strengths(small, points, normals)
    lines, runs = lines_and_runs(points, normals, _MOST_EDGE_LINES, 0.03 * max(small.shape), weights)
    return quads_from(lines, (small.shape[0], small.shape[1]), _LEAST_ALONE * small.shape[0] * small.shape[1], runs)


def _strengths(small: Image, points: Floats, normals: Floats) -> Floats:
    """Return how much each edge point counts, 0 to 1: the grain of wood has more lines than a page, but weak ones."""
    sides = []
    for way in (-_ACROSS, _ACROSS):
        at = (points + way * normals).astype(np.intp)
        x, y = np.clip(at[:, 0], 0, small.shape[1] - 1), np.clip(at[:, 1], 0, small.shape[0] - 1)
        sides.append(small[y, x].astype(np.float64))
    step = np.abs(sides[0] - sides[1]).max(axis=1)
    return np.asarray(np.minimum(step / _STRONG, 1) + _LEAST_WEIGHT, np.float64)


def _colourful(small: Image) -> Image:
    """Return how coloured it is, amplified: tinted paper on a white table differs in this alone."""
    soft = cv2.GaussianBlur(small, (0, 0), 1.2)
    blue, green, red = cv2.split(soft)
    most, least = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
    return np.asarray(cv2.convertScaleAbs(cv2.subtract(most, least), alpha=_AMPLIFY), np.uint8)


def _faint(grey: Image) -> Image:
    """Return what differs from its wider surroundings, amplified: white paper on a white table."""
    soft = cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.float32)
    around = cv2.GaussianBlur(soft, (0, 0), 20)
    return np.asarray(np.clip(128 + _AMPLIFY * (soft - around), 0, 255), np.uint8)
