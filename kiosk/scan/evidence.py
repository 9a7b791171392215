"""Is a quad a page? By what is seen along its four sides, inside and outside of them.

One decision: edges first, for all quads at once; only the best of those are then asked whether they look like paper.
A keyboard, a cloth's pattern and a telephone have four fine edges, too.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Floats, Image, Quad, area, sides

_BESIDE, _BEYOND = 3.0, 14.0  # pixels from an edge: across a soft one, and across a joint or a shadow
_LEAST_STEP = 7.0
_LEAST_SUPPORT = 0.6
_LEAST_CONTRAST = 10.0
_LEAST_BEHIND = 4.0
_BEHIND_TEXTURE, _APART_TEXTURE = 0.5, 0.35  # of how much the table itself varies: the grain of wood is no edge
_MOST_TEXTURE = 12.0
_FULL_CONTRAST = 40.0
_SURE_SUPPORT, _SURE_CONTRAST, _SURE_BEHIND, _SURE_SIZE = 0.85, 25.0, 18.0, 0.12  # a picture on the page is smaller
_SURE_OVERRUN = 0.25
_FEW, _SAMPLES = 12, 40  # a side
_LEAST_SUPPORT_OF_FEW, _WORTH_MORE = 0.45, 800
_OVERRUN = (6.0, 10.0, 14.0, 18.0)  # pixels past a corner
_OVERRUN_STEP, _MOST_OVERRUN = 0.5, 0.6
_SAME_TINT, _SAME_LIGHT = 0.035, (0.45, 1.7)
_LEAST_EVEN, _LEAST_BORNE_OUT = 0.5, 0.4
_FRAMED = 1.6  # a printed frame's paper is larger by this at most
_ASKED = 24  # of the quads with the best edges
# Paper has margins: along them, nothing changes. Seeds 3000-3095 and 5000-5047 of the tests' hand-held scenes.
_MARGINS = (0.03, 0.055)  # of the short side
_OTHER, _BUSY_CHANGES, _PATTERN = 14.0, 5, 4.0
_DARK_MARGINS, _DARK_CHANGES, _DARK_BUSY = (0.03, 0.055, 0.085), 4, 1
_DARK_SUPPORT, _DARK_OVERRUN = 0.65, 0.3
_BRIGHT = 0.5  # of the brightest in the frame; paper in a shadow has that
_DARKER = 0.85
_DARK_SHAPE = (1.28, 1.92)  # what is dark can be a bank card (1.586, seen at a slant), not a telephone (2.1)
_WRITING = 0.01  # of it: a card is written on
_DETAIL, _DETAIL_SIGMA = 10.0, 5.0
_MOST_SLENDER = 4.2
_LARGER = 0.4  # how much a larger quad is preferred


@dataclass(frozen=True, slots=True)
class Proposal:
    """A quad, how well it is borne out (0: not at all), and whether nothing better need be looked for."""

    quad: Quad
    score: float
    sure: bool


def judge_quads(small: Image, quads: Floats) -> Proposal | None:
    """Return the best of quads (q, 4, 2): sides that are edges all along, apart from what is around, large, paper."""
    soft = _softened(small)
    brightest = float(np.percentile(soft[::4, ::4].max(axis=2), 99))
    return _best(
        soft, quads, lambda quad, seen, index: _is_paper(soft, quad, seen, index, brightest), least_even=_LEAST_EVEN
    )


def judge_edges(left: Image, quads: Floats, fits: Callable[[Quad], bool] | None = None) -> Proposal | None:
    """Return the best of quads that fit by their edges alone, where what they lie on has been taken away."""
    return _best(_softened(left), quads, lambda quad, _seen, _index: fits is None or fits(quad), least_even=0.0)


def side_support(small: Image, quad: Quad) -> Floats:
    """Return the share (4,) of each side of a quad that is an edge of one sense."""
    soft = _softened(small)
    step, _ = _steps(*(along(soft, quad[None], out) for out in (-_BESIDE, _BESIDE)))
    return np.asarray((step > _LEAST_STEP).mean(axis=2)[0], np.float64)


def size_weight(small: Image, quad: Quad) -> float:
    """Return the share of a score, as `judge_edges` gives it, that a quad's size makes."""
    return float(_sizes(small, quad[None])[0] ** _LARGER)


def _softened(small: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 1.2), np.uint8)


def _best(
    soft: Image, quads: Floats, is_paper: Callable[[Quad, "_Evidence", int], bool], *, least_even: float
) -> Proposal | None:
    quads = _worth_more(soft, quads)
    if not len(quads):
        return None
    seen = _evidence(soft, quads)
    scores = seen.score(least_even) * _sizes(soft, quads) ** _LARGER
    likely = np.argsort(-scores, kind="stable")[:_ASKED]
    paper = [i for i in likely if scores[i] > 0 and is_paper(quads[i], seen, int(i))]
    if not paper:
        return None
    best = _outermost(quads, paper)
    sure = bool(seen.sure()[best] and _sizes(soft, quads[best][None])[0] > _SURE_SIZE)
    return Proposal(quads[best], float(scores[best]), sure)


def _sizes(small: Image, quads: Floats) -> Floats:
    """Return what share (q,) of the picture quads take."""
    return np.array([area(quad) / (small.shape[0] * small.shape[1]) for quad in quads], np.float64)


def _outermost(quads: Floats, likely: list[np.intp]) -> int:
    """Return the likeliest, or the one just around it: a frame printed on a paper lies inside of the paper."""
    best = likely[0]
    for other in likely[1:]:
        around = quads[other].astype(np.float32)
        held = all(cv2.pointPolygonTest(around, tuple(corner), measureDist=False) > 0 for corner in quads[best])
        if held and area(quads[other]) < _FRAMED * area(quads[best]):
            best = other
    return int(best)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What is seen along the sides of quads.

    Attributes:
        support: (q, 4) the share of each side that is an edge of one sense.
        contrast: (q,) at the weakest side's edge.
        behind: (q,) with what lies behind the edge, for the joint around a tile and the rule around a table have the
            same on both sides.
        texture: (q,) how much what lies there varies of itself.
        overrun: (q,) the share of the sides' ends that go on past the corner: lines of a pattern, not of a paper.
        apart: (q,) between what lies inside and what lies around, all sides together.
        even: (q,) the share of the inner rim that has one tint, in whatever light.
    """

    support: Floats
    contrast: Floats
    behind: Floats
    texture: Floats
    overrun: Floats
    apart: Floats
    even: Floats

    def score(self, least_even: float) -> Floats:
        """Return one figure a quad (q,), 0 for what is no page; an even rim counts where one is asked for."""
        texture = np.minimum(self.texture, _MOST_TEXTURE)
        hidden = (self.behind < np.maximum(_LEAST_BEHIND, _BEHIND_TEXTURE * texture)) | (
            self.apart < _APART_TEXTURE * texture
        )
        weak = (self.support.min(axis=1) < _LEAST_SUPPORT) | (self.contrast < _LEAST_CONTRAST)
        even = self.even if least_even > 0 else np.ones_like(self.even)
        borne_out = self.support.mean(axis=1) * self.support.min(axis=1) * even * (1 - self.overrun)
        strange = (self.overrun > _MOST_OVERRUN) | (even < least_even) | (borne_out < _LEAST_BORNE_OUT)
        contrast = np.clip(self.contrast / _FULL_CONTRAST, 0, 1) ** 0.5
        return np.where(hidden | weak | strange, 0.0, borne_out * contrast)

    def sure(self) -> NDArray[np.bool_]:
        """Return whose edges leave no doubt (q,)."""
        return np.asarray(
            (self.support.min(axis=1) > _SURE_SUPPORT)
            & (self.contrast > _SURE_CONTRAST)
            & (self.behind > _SURE_BEHIND)
            & (self.overrun <= _SURE_OVERRUN),
            np.bool_,
        )


def _worth_more(soft: Image, quads: Floats) -> Floats:
    """Return the quads that a few samples a side do not rule out, the best of them if there are too many."""
    if not len(quads):
        return quads
    step, _ = _steps(along(soft, quads, -_BESIDE, _FEW), along(soft, quads, _BESIDE, _FEW))
    support = (step > _LEAST_STEP).mean(axis=2)
    least = support.min(axis=1)
    quads, support = quads[least > _LEAST_SUPPORT_OF_FEW], support[least > _LEAST_SUPPORT_OF_FEW]
    return quads[np.argsort(-support.mean(axis=1), kind="stable")[:_WORTH_MORE]]


def _steps(inside: Floats, outside: Floats) -> tuple[Floats, Floats]:
    """Return the steps (q, 4, n) of one sense at the edge, and for each side (q, 4, 3) channel and sense of it."""
    step = inside - outside
    middle = np.median(step, axis=2)
    strongest = np.abs(middle) == np.abs(middle).max(axis=-1, keepdims=True)
    way = np.where(strongest, np.sign(middle), 0.0) / np.maximum(strongest.sum(axis=-1, keepdims=True), 1)
    return np.asarray((step * way[:, :, None]).sum(axis=-1)), way


def _evidence(soft: Image, quads: Floats) -> _Evidence:
    inside, outside, beyond = (along(soft, quads, out, _SAMPLES) for out in (-_BESIDE, _BESIDE, _BEYOND))
    step, way = _steps(inside, outside)
    contrast = np.median(step, axis=2)
    behind = np.median(np.abs(inside - beyond).max(axis=-1), axis=2)
    tint = inside / (inside.sum(axis=-1, keepdims=True) + 30)
    light = inside.max(axis=-1) / np.maximum(np.median(inside.max(axis=-1), axis=(1, 2), keepdims=True), 1)
    even = (np.abs(tint - np.median(tint, axis=(1, 2), keepdims=True)).max(axis=-1) < _SAME_TINT) & (
        (light > _SAME_LIGHT[0]) & (light < _SAME_LIGHT[1])
    )
    return _Evidence(
        support=(step > _LEAST_STEP).mean(axis=2),
        contrast=contrast.min(axis=1),
        behind=behind.min(axis=1),
        texture=np.sort(beyond.std(axis=2).max(axis=-1), axis=1)[:, 2],
        overrun=_overrun(soft, quads, way, contrast),
        apart=np.abs(np.median(inside, axis=(1, 2)) - np.median(beyond, axis=(1, 2))).max(axis=-1),
        even=even.mean(axis=(1, 2)),
    )


def _overrun(soft: Image, quads: Floats, way: Floats, contrast: Floats) -> Floats:
    """Return at what share (q,) of the eight ends of sides the edge goes on past the corner."""
    along = np.roll(quads, -1, axis=1) - quads
    along /= np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-9)
    outward = np.stack([along[..., 1], -along[..., 0]], axis=-1)
    past = np.array(_OVERRUN)[:, None]
    ends = [
        quads[:, :, None] - past * along[:, :, None],
        np.roll(quads, -1, axis=1)[:, :, None] + past * along[:, :, None],
    ]
    goes_on = []
    for points in ends:
        inner, outer = (_colours(soft, points + out * outward[:, :, None]) for out in (-_BESIDE, _BESIDE))
        step = np.median(((inner - outer) * way[:, :, None]).sum(axis=-1), axis=2)
        goes_on.append(step > np.maximum(_LEAST_STEP, _OVERRUN_STEP * contrast))
    return np.asarray(np.mean(goes_on, axis=(0, 2)))


def _is_paper(soft: Image, quad: Quad, seen: _Evidence, index: int, brightest: float) -> bool:
    """Return whether what is inside of a quad has margins, and the tone and shape of a paper or a card."""
    across, down = sides(quad)
    slender = max(across, down) / max(min(across, down), 1.0)
    overrun = float(seen.overrun[index])
    patterned = _busy_sides(soft, quad, _MARGINS, _BUSY_CHANGES) + 4 * overrun
    if slender > _MOST_SLENDER or patterned >= _PATTERN:
        return False
    inside, outside = (along(soft, quad[None], out)[0].max(axis=-1) for out in (-_BESIDE * 1.5, _BESIDE * 2))
    own = float(np.median(inside))
    brighter = np.count_nonzero(np.median(inside, axis=1) > np.median(outside, axis=1))
    if own >= _BRIGHT * brightest and (brighter > 1 or own >= _DARKER * float(np.median(outside))):
        return True
    return (
        _DARK_SHAPE[0] < slender < _DARK_SHAPE[1]
        and float(seen.support[index].min()) > _DARK_SUPPORT
        and overrun < _DARK_OVERRUN
        and _busy_sides(soft, quad, _DARK_MARGINS, _DARK_CHANGES) <= _DARK_BUSY
        and _is_written_on(soft, quad)
    )


def _busy_sides(soft: Image, quad: Quad, margins: tuple[float, ...], changes: int) -> int:
    """Return along how many sides the margin changes all the time: print comes near two of them, keys to all four."""
    short = min(sides(quad))
    most = np.zeros(4, np.intp)
    for share in margins:
        margin = along(soft, quad[None], -max(_BESIDE, share * short))[0]
        other = np.abs(margin - np.median(margin, axis=1, keepdims=True)).max(axis=-1) > _OTHER
        most = np.maximum(most, np.count_nonzero(np.diff(other, axis=1), axis=1))
    return int(np.count_nonzero(most >= changes))


def _is_written_on(soft: Image, quad: Quad) -> bool:
    """Return whether there is any detail inside of a quad."""
    share = np.linspace(0.08, 0.92, 2 * _SAMPLES)
    left, right = (quad[a] + share[:, None] * (quad[b] - quad[a]) for a, b in ((0, 3), (1, 2)))
    inside = _colours(soft, left[:, None] + share[None, :, None] * (right - left)[:, None]).astype(np.float32)
    detail = np.abs(inside - cv2.GaussianBlur(inside, (0, 0), _DETAIL_SIGMA)).max(axis=-1) > _DETAIL
    return bool(detail.mean() > _WRITING)


def along(image: Image, quads: Floats, out: float, samples: int = _SAMPLES) -> Floats:
    """Return the colours (q, 4, samples, 3) along the sides of quads (q, 4, 2), `out` pixels outside of them."""
    along = np.roll(quads, -1, axis=1) - quads
    outward = np.stack([along[..., 1], -along[..., 0]], axis=-1)
    outward /= np.maximum(np.linalg.norm(outward, axis=-1, keepdims=True), 1e-9)
    steps = np.linspace(0.05, 0.95, samples)[:, None]
    points = quads[:, :, None] + steps * along[:, :, None] + out * outward[:, :, None]
    return _colours(image, points)


def _colours(image: Image, points: Floats) -> Floats:
    """Return the colours (..., 3) at points (..., 2), the rim's beyond the frame."""
    x = np.clip(points[..., 0].astype(np.intp), 0, image.shape[1] - 1)
    y = np.clip(points[..., 1].astype(np.intp), 0, image.shape[0] - 1)
    return image[y, x].astype(np.float64)
