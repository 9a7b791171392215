"""Does a reflection hide writing? Laminated cards and plastic sleeves always shine: beside the writing it is no fault.

One decision: what a burnt-out spot hides cannot be seen, so it counts as over writing when letters stand at its very
rim: the lines go on under it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.scan.flat import Flat, Mask
from kiosk.scan.geometry import Image
from kiosk.scan.limits import BURNT, DARK_CARD, GLARE_STEP, LEAST_BESIDE, LEAST_GLARE

_SPECK = 5  # flattened pixels; smaller spots hide half a letter at most
# Flattened pixels, twice how far a spot's soft rim reaches over letters that are still seen; light ones on a dark card
# drown before the card does.
_NEAR, _NEAR_DARK = 13, 23


@dataclass(frozen=True, slots=True)
class Glare:
    """The burnt-out `area` as a share of the page, and its middle (x, y) on the page if it is `over_writing`."""

    area: float
    over_writing: tuple[float, float] | None


def glare_at(flat: Flat) -> Glare:
    """Look for a burnt-out spot, brighter than the paper, between writing."""
    above = max(BURNT - 1, float(np.median(flat.low[::4, ::4])) + GLARE_STEP)
    burnt = np.where(flat.low >= above, np.uint8(255), np.uint8(0))
    burnt = np.asarray(cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((_SPECK, _SPECK), np.uint8)), np.uint8)
    area = cv2.countNonZero(burnt) / burnt.size
    if area < LEAST_GLARE:
        return Glare(area, None)
    near = _NEAR_DARK if float(np.median(flat.low[::4, ::4])) < DARK_CARD else _NEAR
    count, labels, boxes, middles = cv2.connectedComponentsWithStats(burnt)
    for label in sorted(range(1, count), key=lambda each: -int(boxes[each, cv2.CC_STAT_AREA])):
        if boxes[label, cv2.CC_STAT_AREA] < LEAST_GLARE * burnt.size:
            break
        if _hides_writing(flat.ink, np.asarray(labels == label, np.bool_), near):
            x, y = middles[label]
            return Glare(area, (float(x), float(y)))
    return Glare(area, None)


def _hides_writing(ink: Image, spot: Mask, near: int) -> bool:
    """Tell whether there is writing all around the spot, or somewhere along its rim, which then goes on beneath it."""
    around = cv2.dilate(spot.astype(np.uint8), np.ones((near, near), np.uint8)) > 0
    around &= ~spot
    rim = np.asarray(ink[around], np.uint8)
    return cv2.countNonZero(rim) > LEAST_BESIDE * rim.size if rim.size else False
