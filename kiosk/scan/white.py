"""White paper on a white tray, whatever shadow falls across both: the paper's own shadow is a dark ring around it.

One decision: the light is taken away first. It is what is left of the share that the tray gives back of its light when
all that is narrow (print, a paper's own shadow) has been closed. Then all that is darker than its surroundings is print
or the ring, and the ring is the outermost of it.
"""

import cv2
import numpy as np

from kiosk.scan.evidence import judge_edges, size_weight
from kiosk.scan.faint import Left, left_over
from kiosk.scan.geometry import Image, Quad
from kiosk.scan.outline import quad_in
from kiosk.scan.own_shadow import without_shadow
from kiosk.scan.snap import snap

_COARSE, _SMOOTH = 8, 15.0  # pixels: of the light a cell; how softly it changes
_NARROW = 5  # cells, 40 pixels
_LEAST_LIGHT = 0.45  # a shadow takes half of the light at most: what is darker is a dark card
_LEAST_KNOWN = 0.02
# Tuned: on white trays, shaded or not, the rings of all of 240 papers are found by these, and none on a bare tray.
_AROUND, _DARKER = 19, 8  # pixels; amplified brightness
_SPECKS, _GAPS = 3, 13  # pixels
_SNAP_REACH = 4.0
_LEAST_BORNE = 0.5  # of 1, by its edges, whatever its size; tuned: papers 0.6 and more, other rings 0.36


def evened(left: Left) -> Left:
    """Return what is left of a picture without the tray as it is lit there, shadows and all."""
    tray = left.tray
    size = (tray.shape[1] // _COARSE, tray.shape[0] // _COARSE)
    if min(size) < 1:
        return left
    seen, empty = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (left.soft, tray))
    share = cv2.divide(seen, empty, dtype=cv2.CV_32F).max(axis=2)
    share = cv2.morphologyEx(share, cv2.MORPH_CLOSE, np.ones((_NARROW, _NARROW), np.uint8))
    known = cv2.erode((share > _LEAST_LIGHT).astype(np.float32), np.ones((3, 3), np.uint8))
    around, sure = (cv2.GaussianBlur(each, (0, 0), _SMOOTH / _COARSE) for each in (share * known, known))
    light = cv2.resize(around / np.maximum(sure, _LEAST_KNOWN), (tray.shape[1], tray.shape[0]))
    return left_over(left.soft, np.asarray(cv2.multiply(tray, cv2.merge([light] * 3), dtype=cv2.CV_8U), np.uint8))


def find_ringed(even: Left) -> Quad | None:
    """Return the paper within the largest ring of shadow, if its edges bear it out; `even` is as `evened` gives it."""
    rough = quad_in(_darker(even.strong))
    if rough is None:
        return None
    paper = without_shadow(even.soft, even.tray, rough)
    # A card's edge is not the strongest near it, but there must be one.
    seen = judge_edges(even.strong, np.array([paper, snap(even.strong, paper, _SNAP_REACH)]))
    borne_out = seen is not None and seen.score > _LEAST_BORNE * size_weight(even.strong, paper)
    return paper if borne_out else None


def _darker(strong: Image) -> Image:
    """Return 255 where it is darker than around, in one colour at least, gaps closed."""
    soft = cv2.blur(strong, (3, 3))
    around = cv2.blur(cv2.blur(soft, (_AROUND, _AROUND)), (_AROUND, _AROUND))  # nearly as a Gaussian's, and much faster
    blue, green, red = cv2.split(cv2.subtract(around, soft))
    darker = cv2.threshold(cv2.max(cv2.max(blue, green), red), _DARKER, 255, cv2.THRESH_BINARY)[1]
    mask = cv2.medianBlur(darker, _SPECKS)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((_GAPS, _GAPS), np.uint8)), np.uint8)
