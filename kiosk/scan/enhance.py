"""Make a photographed page look scanned: even light, white paper, red stamps still red; and pack it.

Two decisions. One grey estimate of the light divides all channels: an estimate per channel gives rainbow noise, and
takes the colour out of stamps and coloured paper. And the light is estimated from a small copy, so that the page itself
is gone over once, in bytes and in place.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Image
from kiosk.scan.rectify import DPI, MM_PER_INCH

Floats32 = NDArray[np.float32]

MOST_BYTES = 200_000
_QUALITIES = {85: 1.0, 78: 0.88, 70: 0.79, 62: 0.73, 54: 0.68, 46: 0.64, 38: 0.59, 30: 0.54, 24: 0.5, 18: 0.44, 14: 0.4}
"""JPEG qualities, and what share of the first one's bytes written pages have (measured: .02 either way)."""

_STRIP = 64  # rows
_CELL_MM = 2.0  # of the map of the light
_WRITING = 15  # cells: what is smaller (30 mm: a line, a stamp, a portrait) is on the paper, not light
_DARKEST_LIGHT = 40.0  # below it, dividing only amplifies noise
_WHITE = 246.0  # where paper goes before the curve
_NEUTRAL = 0.09  # paper whose channels differ by less is white paper in tinted light
_COLOURED = 0.4  # what differs by more is no paper, and there is no white to measure the light by
_INK_LEVEL, _PAPER_LEVEL = 24.0, 236.0  # the curve: darker is black, lighter is white
_CURVE = ((np.arange(256) - _INK_LEVEL) * (255.0 / (_PAPER_LEVEL - _INK_LEVEL))).clip(0, 255).round().astype(np.uint8)


def enhance(page: Image, dpi: int = DPI) -> Image:
    """Return a page, uint8 BGR, with its shading removed and its paper white; a coloured card as it is."""
    light = light_on(page, (page.shape[1] * MM_PER_INCH / dpi, page.shape[0] * MM_PER_INCH / dpi))
    even = page.copy()
    if light is not None:
        even_out(even, light)
    return even


def light_on(page: Image, mm_size: tuple[float, float]) -> Image | None:
    """Return the light on a page (BGR, of any size in pixels), small, uint8 (h, w, 3); None on a coloured card."""
    cells = (max(8, round(mm_size[0] / _CELL_MM)), max(8, round(mm_size[1] / _CELL_MM)))
    mosaic = np.asarray(cv2.resize(page, cells, interpolation=cv2.INTER_AREA), np.uint8)
    paper = paper_colour(mosaic)
    if np.ptp(paper) > _COLOURED * paper.max():
        return None
    grey = cv2.cvtColor(mosaic, cv2.COLOR_BGR2GRAY)
    light = np.maximum(_light(np.asarray(grey, np.uint8)), _DARKEST_LIGHT)
    return (light[:, :, None] / _balance(paper)).clip(1, 255).round().astype(np.uint8)


def even_out(page: Image, light: Image) -> None:
    """Divide a page (BGR) by the light on it, in place, and make its paper white and its ink black."""
    everywhere = cv2.resize(light, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_LINEAR)
    for top in range(0, page.shape[0], _STRIP):  # strips stay in the processor's cache from one step to the next
        strip, here = page[top : top + _STRIP], everywhere[top : top + _STRIP]
        cv2.divide(strip, here, dst=strip, scale=_WHITE)
        cv2.LUT(strip, _CURVE, dst=strip)


def _light(grey: Image) -> Floats32:
    """Estimate the light on the paper, a cell a pixel: writing closed over, smoothed."""
    # Closing, not dilating alone: where the light falls off, that would take the brighter neighbour's.
    wide = cv2.copyMakeBorder(grey, _WRITING, _WRITING, _WRITING, _WRITING, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((_WRITING, _WRITING), np.uint8))
    closed = cv2.medianBlur(closed[_WRITING:-_WRITING, _WRITING:-_WRITING].copy(), 5)
    # A photograph or a dark field is not a shadow: the light never falls below what most of the paper has, by half.
    closed = np.maximum(closed, np.uint8(np.percentile(closed, 60) * 0.55))
    return np.asarray(cv2.GaussianBlur(closed.astype(np.float32), (0, 0), 3), np.float32)


def paper_colour(page: Image) -> Floats32:
    """Return the colour (3,) of the paper: the median of the brighter pixels."""
    small = cv2.resize(page, (64, 64), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float32)
    grey = small.mean(axis=1)
    return np.asarray(np.median(small[grey >= np.percentile(grey, 60)], axis=0), np.float32)


def _balance(paper: Floats32) -> Floats32:
    """Return one gain a channel that makes nearly white paper neutral; coloured paper keeps its colour."""
    if np.ptp(paper) > _NEUTRAL * paper.max():
        return np.ones(3, np.float32)
    return np.asarray(paper.mean() / paper, np.float32)


def encode_jpeg(page: Image, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the page as JPEG, good enough to print and within `most_bytes` (the smallest there is if none is)."""
    first, *others = _QUALITIES
    packed = _packed(page, first)
    # Each try costs as much as the last: the first that fits is guessed, and those below tried only if it does not.
    likely = [quality for quality in others if len(packed) * _QUALITIES[quality] <= most_bytes] or others[-1:]
    for quality in likely:
        if len(packed) <= most_bytes:
            break
        packed = _packed(page, quality)
    return packed


def _packed(page: Image, quality: int) -> bytes:
    return cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])[1].tobytes()
