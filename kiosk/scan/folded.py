"""A corner folded over on a white tray, where what is bare looks like the paper itself.

One decision: the flap tells it. The paper's back lies on the page as a triangle, the mirror of the missing corner, of
one tone and with two sharp edges, whatever the tray looks like. All folds of the usual sizes are tried at once.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.flat import Flat
from kiosk.scan.geometry import Floats, Image
from kiosk.scan.limits import EVEN_FLAP, FLAP_EDGE, WHITE_TRAY

_LEAST, _MOST, _STEPS = 0.08, 0.22, 22  # of the page's short side, from the corner to the crease
_SAMPLES = 20
_ACROSS = 2.5  # flattened pixels to either side of a flap's edge: it is soft
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)


def is_white(tray: Image) -> bool:
    """Tell whether a tray (BGR) is as bright as paper, in all colours."""
    return float(np.median(tray[::4, ::4].min(axis=2))) > WHITE_TRAY


def folded_over(flat: Flat) -> tuple[float, int]:
    """Return the share (0 to 1) of its edges that is seen of the likeliest flap, and the corner it was."""
    soft = cv2.GaussianBlur(cv2.cvtColor(flat.colour, cv2.COLOR_BGR2GRAY), (3, 3), 0).astype(np.float32)
    return max((_likeliest(soft, flat, corner), corner) for corner in range(4))


def _likeliest(soft: NDArray[np.float32], flat: Flat, corner: int) -> float:
    size = np.array([flat.width, flat.height])
    origin, inward = _CORNERS[corner] * size + flat.rim, np.where(_CORNERS[corner] > 0, -1.0, 1.0)
    reach = np.linspace(_LEAST, _MOST, _STEPS) * min(flat.width, flat.height)
    a, b = (each.ravel() for each in np.meshgrid(reach, reach))
    scale = 2 * a * b / (a**2 + b**2)
    # Where the corner (0, 0) comes to lie when it is folded over the line from (a, 0) to (0, b).
    tip = np.stack([scale * b, scale * a], axis=1)
    ends = np.stack([np.stack([a, 0 * a], axis=1), np.stack([0 * b, b], axis=1)])
    middle = (ends.sum(axis=0) + tip) / 3
    edges = np.minimum(*(_edge_seen(soft, origin, inward, end, tip, middle) for end in ends))
    within = _at(soft, origin + inward * _between(middle, np.concatenate([ends, tip[None]]), 0.6))
    even = np.subtract(*np.percentile(within, (90, 10), axis=1)) < EVEN_FLAP
    return float((edges * even).max())


def _edge_seen(
    soft: NDArray[np.float32], origin: Floats, inward: Floats, end: Floats, tip: Floats, middle: Floats
) -> Floats:
    """Return along what share (n,) of an edge of the flaps the paper outside is brighter than the flap inside."""
    way = tip - end
    across = np.stack([way[:, 1], -way[:, 0]], axis=1) / np.linalg.norm(way, axis=1, keepdims=True)
    across *= np.sign(((end - middle) * across).sum(axis=1, keepdims=True))
    steps = np.linspace(0.12, 0.92, _SAMPLES)[:, None]
    line = end[:, None] + steps * way[:, None]
    outside, inside = (_at(soft, origin + inward * (line + out * across[:, None])) for out in (_ACROSS, -_ACROSS))
    return np.asarray((outside - inside > FLAP_EDGE).mean(axis=1), np.float64)


def _between(middle: Floats, corners: Floats, share: float) -> Floats:
    """Return points (n, m, 2) within triangles, on their way from the middle to the corners and to the sides."""
    sides = (corners + np.roll(corners, 1, axis=0)) / 2
    return np.stack([middle + share * (each - middle) for each in (*corners, *sides)], axis=1)


def _at(soft: NDArray[np.float32], points: Floats) -> NDArray[np.float32]:
    x = np.clip(points[..., 0].astype(np.intp), 0, soft.shape[1] - 1)
    y = np.clip(points[..., 1].astype(np.intp), 0, soft.shape[0] - 1)
    return soft[y, x]
