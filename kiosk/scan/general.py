"""Where is the page, when nothing is known of what it lies on?

One decision: cheap proposals first, and all are judged alike, by what is seen along their four sides. What is brighter
than its surroundings proposes; when that is not sure, the pairs of line segments do, first without the small dark
print, whose lines outnumber the page's own, then with everything.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.scan.geometry import Floats, Image, Quad, area, quads_from
from kiosk.scan.lines import segment_points, strongest_lines
from kiosk.scan.outline import LEAST_AREA, quad_in
from kiosk.scan.snap import snap

_LEAST_ALONE = 3 * LEAST_AREA  # without a tray to compare with, anything smaller may be anything
_PRINT = 9  # pixels at working size: strokes thinner than this are print
_TEXT_LINES = 15  # and lines of print, letters and gaps, are this high
_MOST_PIECES = 3
_SNAP_REACH = 4.0
_MOST_EDGE_LINES = 16
_BESIDE, _BEYOND = 3.0, 14.0  # pixels from an edge: across a soft one, and across a joint or a shadow
_LEAST_STEP = 7.0
_LEAST_SUPPORT = 0.6
_LEAST_CONTRAST = 10.0
_LEAST_BEHIND = 4.0
_SURE_SUPPORT, _SURE_CONTRAST, _SURE_SIZE = 0.85, 25.0, 0.12  # a picture on the page is smaller


@dataclass(frozen=True, slots=True)
class Proposal:
    """A quad, how well it is borne out (0: not at all), and whether nothing better need be looked for."""

    quad: Quad
    score: float
    sure: bool


def find_anywhere(small: Image) -> Quad | None:
    """Return the page in a working copy (BGR), in its pixels; None when nothing in it is borne out as one."""
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    proposers: tuple[Callable[[], Floats], ...] = (
        lambda: _bright_pieces(small),
        lambda: _line_pairs(np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, _square(_PRINT)), np.uint8)),
        lambda: _line_pairs(grey),
    )
    best: Proposal | None = None
    for propose in proposers:
        found = judge_quads(small, propose())
        if found is not None and (best is None or found.score > best.score):
            best = found
        if best is not None and best.sure:
            break
    return None if best is None else best.quad


def judge_quads(small: Image, quads: Floats) -> Proposal | None:
    """Return the best of quads (q, 4, 2): sides that are edges all along, apart from what is around, and large."""
    if not len(quads):
        return None
    support, contrast, behind = _evidence(small, quads)
    sizes = np.array([area(quad) for quad in quads]) / (small.shape[0] * small.shape[1])
    scores = support.mean(axis=1) * np.minimum(contrast / 40, 1) ** 0.5 * sizes**0.4
    scores[(support.min(axis=1) < _LEAST_SUPPORT) | (contrast < _LEAST_CONTRAST) | (behind < _LEAST_BEHIND)] = 0
    best = int(np.argmax(scores))
    if scores[best] == 0:
        return None
    sure = support[best].min() > _SURE_SUPPORT and contrast[best] > _SURE_CONTRAST and sizes[best] > _SURE_SIZE
    return Proposal(quads[best], float(scores[best]), bool(sure))


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


def _line_pairs(grey: Image) -> Floats:
    """Return the quads (q, 4, 2) that pairs of line segments make."""
    points, normals = segment_points(grey, 0.02 * grey.shape[1])
    lines = strongest_lines(points, normals, _MOST_EDGE_LINES, 0.08 * grey.shape[0])
    return quads_from(lines, (grey.shape[0], grey.shape[1]), _LEAST_ALONE * grey.size)


def _evidence(small: Image, quads: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what is seen along the sides of quads (q, 4, 2).

    Per quad: the share of each side that is an edge of one sense; the weakest side's contrast at the edge; and with
    what lies behind the edge, for the joint around a tile and the rule around a table have the same on both sides.
    """
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), 1.2), np.uint8)
    nxt = np.roll(quads, -1, axis=1)
    along = nxt - quads
    outward = np.stack([along[..., 1], -along[..., 0]], axis=-1)
    outward /= np.maximum(np.linalg.norm(outward, axis=-1, keepdims=True), 1e-9)
    steps = np.linspace(0.05, 0.95, 40)[:, None]
    on_side = quads[:, :, None] + steps * along[:, :, None]
    inside, outside, beyond = (
        _colours(soft, on_side + way * outward[:, :, None]) for way in (-_BESIDE, _BESIDE, _BEYOND)
    )
    step = inside - outside
    sense = np.sign(np.median(step, axis=2, keepdims=True))
    strength = np.abs(step).max(axis=-1)
    channel = np.argmax(np.abs(step), axis=-1)[..., None]
    agrees = np.take_along_axis(step * sense, channel, axis=-1)[..., 0] > 0
    support = ((strength > _LEAST_STEP) & agrees).mean(axis=2)
    behind = np.abs(inside - beyond).max(axis=-1)
    return support, np.median(strength, axis=2).min(axis=1), np.median(behind, axis=2).min(axis=1)


def _colours(image: Image, points: Floats) -> Floats:
    """Return the colours (..., 3) at points (..., 2), the rim's beyond the frame."""
    x = np.clip(points[..., 0].astype(np.intp), 0, image.shape[1] - 1)
    y = np.clip(points[..., 1].astype(np.intp), 0, image.shape[0] - 1)
    return image[y, x].astype(np.float64)
