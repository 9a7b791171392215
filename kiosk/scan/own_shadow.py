"""The soft shadow that a paper throws around itself: on a white tray it differs from the tray more than the paper does.

One decision: each side of a quad is moved inward over it, to where the paper begins. From the tray inward a shadow only
darkens, softly, and takes the same share of every colour: the outermost place where it gets brighter, or coloured, is
the paper's edge. What else changes, further in, is print.
"""

import numpy as np

from kiosk.scan.evidence import along
from kiosk.scan.geometry import Floats, Image, Quad, intersect, order

# A paper's shadow is up to 10 mm wide, wider than a frame printed on it is from its edge.
_OUTSIDE = 2
_ACROSS = tuple(float(out) for out in range(-24, _OUTSIDE + 1))  # pixels, outward
_RISE, _TINT, _DARKER = 2.4, 2.0, 1.2  # brightness, of 255; a mean along a side is exact to 0.3
_SOFT = 3  # pixels: a shadow begins softly


def without_shadow(soft: Image, tray: Image, quad: Quad) -> Quad:
    """Return the quad with each side that lies on the outer rim of the paper's own shadow moved to the paper's edge.

    Args:
        soft: what is seen, BGR, smoothed.
        tray: the empty tray, as large and as bright.
        quad: what is other than the tray, in their pixels.
    """
    other, empty = _across(soft, quad), _across(tray, quad)
    other -= empty
    tint = other - empty * (other.sum(axis=2) / np.maximum(empty.sum(axis=2), 1))[:, :, None]
    moved = [side_moved(quad[i], quad[(i + 1) % 4], _shift(other[i], tint[i])) for i in range(4)]
    return order(np.array([intersect(moved[i - 1], moved[i]) for i in range(4)]))


def side_moved(start: Floats, end: Floats, by: float) -> Floats:
    """Return the line of a side, moved `by` pixels outward."""
    along_side = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    outward = np.array([along_side[1], -along_side[0]])
    return np.array([outward[0], outward[1], float(outward @ start) + by])


def _across(picture: Image, quad: Quad) -> Floats:
    """Return the colours (4, across, 3) along lines beside each side, inside to outside; a finger does not count."""
    rows = np.array([along(picture, quad[None], out)[0] for out in _ACROSS])  # (across, 4, samples, 3)
    rows.sort(axis=2)
    few = rows.shape[2] // 4
    # A median of whole numbers would be off by half of one.
    return np.asarray(rows[:, :, few:-few].mean(axis=2).transpose(1, 0, 2))


def _shift(other: Floats, tint: Floats) -> float:
    """Return how far (pixels, 0 or less) a side has to move, from how other (across, 3) it is than the tray."""
    start = innermost = len(_ACROSS) - _OUTSIDE - 1
    brightness = other.mean(axis=1)
    while innermost > 1 and (brightness[innermost] < -_DARKER or innermost > start - _SOFT):
        innermost -= 1
    step = np.zeros(len(_ACROSS))
    rise, coloured = (other[:-2] - other[2:]).max(axis=1), np.abs(tint[:-2] - tint[2:]).max(axis=1)
    step[1:-1] = np.maximum(rise - _RISE, coloured - _TINT)
    stepping = step[innermost : start + _OUTSIDE]
    steep = np.flatnonzero(stepping > 0)
    if not len(steep) or innermost + steep[-1] >= start - 1:
        return 0.0
    edge = int(steep[-1])
    while edge > 0 and stepping[edge - 1] > stepping[edge]:
        edge -= 1
    return float(_ACROSS[innermost + edge])
