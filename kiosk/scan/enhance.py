"""Make a photographed page look scanned: even light, white paper, red stamps still red; and pack it.

One decision: one grey estimate of the light divides all channels. An estimate per channel gives rainbow noise, and
takes the colour out of stamps and coloured paper.
"""

from bisect import bisect_left

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Image

Floats32 = NDArray[np.float32]

MOST_BYTES = 200_000
_QUALITIES = (85, 78, 70, 62, 54, 46, 38, 30, 24, 18, 14)
_WRITING = 15  # sixteenths: what is smaller (30 mm at 200 dpi: a line, a stamp, a portrait) is on the paper, not light
_DARKEST_LIGHT = 40.0  # below it, dividing only amplifies noise
_WHITE = 246.0  # where paper goes before the curve
_NEUTRAL = 0.09  # paper whose channels differ by less is white paper in tinted light
_COLOURED = 0.4  # what differs by more is no paper, and there is no white to measure the light by
_INK_LEVEL, _PAPER_LEVEL = 24.0, 236.0  # the curve: darker is black, lighter is white
_CURVE = ((np.arange(256) - _INK_LEVEL) * (255.0 / (_PAPER_LEVEL - _INK_LEVEL))).clip(0, 255).round().astype(np.uint8)


def enhance(page: Image) -> Image:
    """Return the page, uint8 BGR, with its shading removed and its paper white; a coloured card as it is."""
    paper = _paper_colour(page)
    if np.ptp(paper) > _COLOURED * paper.max():
        return page
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    light = np.maximum(_light(np.asarray(grey, np.uint8)), _DARKEST_LIGHT)
    gains = cv2.merge([np.asarray(_WHITE * share / light, np.float32) for share in _balance(paper)])
    even = cv2.multiply(page, gains, dtype=cv2.CV_8U)
    return np.asarray(cv2.LUT(even, _CURVE), np.uint8)


def _light(grey: Image) -> Floats32:
    """Estimate the light on the paper (h, w): writing closed over at a sixteenth of the size, smoothed."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(8, width // 16), max(8, height // 16)), interpolation=cv2.INTER_AREA)
    # Closing, not dilating alone: where the light falls off, that would take the brighter neighbour's.
    wide = cv2.copyMakeBorder(small, _WRITING, _WRITING, _WRITING, _WRITING, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((_WRITING, _WRITING), np.uint8))
    closed = cv2.medianBlur(closed[_WRITING:-_WRITING, _WRITING:-_WRITING].copy(), 5)
    # A photograph or a dark field is not a shadow: the light never falls below what most of the paper has, by half.
    closed = np.maximum(closed, np.uint8(np.percentile(closed, 60) * 0.55))
    return np.asarray(cv2.resize(cv2.GaussianBlur(closed, (0, 0), 3).astype(np.float32), (width, height)), np.float32)


def _paper_colour(page: Image) -> Floats32:
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
    """Return the page as JPEG, as good as fits `most_bytes` (the smallest there is if none does)."""
    packed = _packed(page, _QUALITIES[0])
    if len(packed) <= most_bytes:
        return packed
    # The first quality that fits, by halves: each try costs as much as the last.
    first = bisect_left(_QUALITIES, x=True, lo=1, key=lambda quality: len(_packed(page, quality)) <= most_bytes)
    return _packed(page, _QUALITIES[min(first, len(_QUALITIES) - 1)])


def _packed(page: Image, quality: int) -> bytes:
    return cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])[1].tobytes()
