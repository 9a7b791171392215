"""From what is set apart from its surroundings, a mask, to the four sides of the page in it."""

import cv2
import numpy as np

from kiosk.scan.geometry import Image, Quad, fill, quads_from
from kiosk.scan.lines import outline_points, strongest_lines

LEAST_AREA = 0.008  # of the frame; a bank card on a tray of 440 mm is 0.032
_MOST_LINES = 10
_LEAST_FILLED = 0.86  # of the page; the shaded rim of a finger on wood passes for a shadow


def quad_in(mask: Image) -> Quad | None:
    """Return the quad whose sides lie along the outline of the largest piece of `mask` (255 there), fingers and all."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    least = LEAST_AREA * mask.size
    if cv2.contourArea(outline) < least:
        return None
    solid = np.zeros_like(mask)
    cv2.drawContours(solid, [outline], -1, 255, cv2.FILLED)
    points, normals = outline_points(outline.reshape(-1, 2).astype(np.float64))
    lines = strongest_lines(points, normals, _MOST_LINES, max(20.0, 0.02 * len(points)))
    best, best_score = None, 0.0
    quarter = np.asarray(cv2.resize(solid, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8)
    solid = np.asarray(cv2.threshold(quarter, 127, 255, cv2.THRESH_BINARY)[1], np.uint8)
    for quad in quads_from(lines, (mask.shape[0], mask.shape[1]), least):
        inside = fill(quad / 4, (solid.shape[0], solid.shape[1]))
        held, whole = cv2.countNonZero(cv2.bitwise_and(inside, solid)), cv2.countNonZero(inside)
        # The largest quad that is all page: an arm reaches out of it, but nothing of it may be bare tray.
        score = held - 4 * (whole - held)
        if held > _LEAST_FILLED * whole and score > best_score:
            best, best_score = quad, score
    return best
