"""Pull a rough quad onto the page's true edges at full size, to a fraction of a pixel.

One decision: each side is refined alone, from brightness profiles across it; what does not agree with the line (a
finger, a shadow, a tear) is left out. A side without an edge to hold on to (cut by the frame) stays where it was.
"""

import cv2
import numpy as np

from kiosk.scan.geometry import Floats, Image, Quad, intersect, order
from kiosk.scan.lines import fit

_SAMPLES = 96
_LEAST_STEP = 1.2  # brightness per pixel: less is noise
_FLAT = 1e-6
_FIRST_REACH = 8.0  # pixels from the median: the rough side may be turned a little
_LEAST_SHARE = 0.25  # of the samples that must agree on a side


def snap(frame: Image, quad: Quad, reach: float) -> Quad:
    """Return `quad` with its sides on the strongest edges within `reach` pixels, then again within a third of that."""
    for distance in (reach, max(4.0, reach / 3)):
        lines = [_side(frame, quad[i], quad[(i + 1) % 4], distance) for i in range(4)]
        corners = np.array([intersect(lines[i - 1], lines[i]) for i in range(4)])
        if not np.isfinite(corners).all() or np.abs(corners - quad).max() > 6 * reach:
            return quad
        quad = order(corners)
    return quad


def _side(frame: Image, start: Floats, end: Floats, reach: float) -> Floats:
    """Return the line of one side; outside is on the right-hand normal of start → end, clockwise on the screen."""
    along = end - start
    length = float(np.linalg.norm(along))
    outward = np.array([along[1], -along[0]]) / max(length, 1e-9)
    given = np.array([outward[0], outward[1], float(outward @ start)])
    # Near the corners a card is round, and the neighbour's edge is near.
    steps = np.linspace(0.07, 0.93, _SAMPLES)[:, None]
    base = start + steps * along
    offsets = np.arange(-reach, reach + 1.0)
    profiles = _profiles(frame, base, outward, offsets)
    shift, height = _edges(profiles)
    good = height > max(_LEAST_STEP, 0.3 * float(np.median(height)))
    points = base + (shift - reach)[:, None] * outward
    return _agreed(points[good], given)


def _profiles(frame: Image, base: Floats, outward: Floats, offsets: Floats) -> Floats:
    """Return brightness (samples, offsets) in the channel in which inside and outside differ most."""
    x = (base[:, :1] + offsets * outward[0] - 0.5).astype(np.float32)
    y = (base[:, 1:] + offsets * outward[1] - 0.5).astype(np.float32)
    colours = cv2.remap(frame, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float64)
    third = max(1, len(offsets) // 3)
    contrast = np.median(colours[:, :third].mean(axis=1) - colours[:, -third:].mean(axis=1), axis=0)
    channel = int(np.argmax(np.abs(contrast)))
    bright_inside = colours[:, :, channel] * (1.0 if contrast[channel] >= 0 else -1.0)
    return np.asarray(cv2.GaussianBlur(bright_inside, (5, 7), sigmaX=1.0, sigmaY=1.5), np.float64)


def _edges(profiles: Floats) -> tuple[Floats, Floats]:
    """Return where each profile falls most steeply, as a fractional index, and how steeply."""
    fall = profiles[:, :-2] - profiles[:, 2:]
    peak = np.clip(np.argmax(fall, axis=1), 1, fall.shape[1] - 2)
    rows = np.arange(len(fall))
    before, at, after = fall[rows, peak - 1], fall[rows, peak], fall[rows, peak + 1]
    bend = before - 2 * at + after
    flat = np.abs(bend) < _FLAT
    shift = np.where(flat, 0.0, 0.5 * (before - after) / np.where(flat, 1.0, bend))
    return peak + 1 + np.clip(shift, -1, 1), at / 2


def _agreed(points: Floats, given: Floats) -> Floats:
    """Fit a line to the points that agree with each other; `given` if too few do."""
    line = given
    if len(points) < _LEAST_SHARE * _SAMPLES:
        return given
    residual = points @ given[:2] - given[2]
    near = np.abs(residual - np.median(residual)) < _FIRST_REACH
    for reach in (4.0, 2.0, 1.2):
        if np.count_nonzero(near) < _LEAST_SHARE * _SAMPLES:
            return line
        line = fit(points[near])
        near = np.abs(points @ line[:2] - line[2]) < reach
    return line
