"""From a quad in a photograph to a flat page in true scale.

One decision: what the camera's calibration measures is what counts; a known paper's size replaces it only where the two
are close. Without a calibration the shape alone decides, and the page says so (`Paper.measured`).
"""

from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from kiosk.scan.geometry import Image, Quad, sides

MM_PER_INCH = 25.4
DPI = 200
PAPERS = MappingProxyType(
    {
        "A4": (210.0, 297.0),
        "A5": (148.0, 210.0),
        "B5": (176.0, 250.0),
        "register": (105.0, 143.0),  # one page of the household register
        "ID-1": (53.98, 85.6),  # ISO/IEC 7810: identity and bank cards
    }
)
"""Known sizes in mm, upright: width, height."""

_CLOSE = 0.03  # of a side, measured
_CLOSE_SHAPE = 0.025  # of the aspect, where nothing is measured
_UNKNOWN_LONG_SIDE = 297.0
RIM = 2  # pixels
_ENOUGH = 1.3  # times as many pixels as the camera saw: more are made up well by the slower way alone


@dataclass(frozen=True, slots=True)
class Paper:
    """The size of a page in mm as it lies, its name if it is a known paper, and whether a calibration measured it."""

    width: float
    height: float
    name: str | None
    measured: bool


def paper_of(quad: Quad, mm_per_pixel: float | None) -> Paper:
    """Return what paper a quad is; without a calibration the largest known one of its shape."""
    across, down = sides(quad)
    known = [(name, w, h) for name, size in PAPERS.items() for w, h in (size, size[::-1])]
    if mm_per_pixel is None:
        for name, w, h in known:
            if abs(across / down / (w / h) - 1) < _CLOSE_SHAPE:
                return Paper(w, h, name, measured=False)
        scale = _UNKNOWN_LONG_SIDE / max(across, down)
        return Paper(across * scale, down * scale, None, measured=False)
    width, height = across * mm_per_pixel, down * mm_per_pixel
    for name, w, h in known:
        if abs(width / w - 1) < _CLOSE and abs(height / h - 1) < _CLOSE:
            return Paper(w, h, name, measured=True)
    return Paper(width, height, None, measured=True)


def rectify(frame: Image, quad: Quad, paper: Paper, dpi: float = DPI, turns: int = 0, degrees: float = 0.0) -> Image:
    """Return the page flat, uint8 BGR at `dpi`, resampled once.

    `degrees` is by how much its writing is turned clockwise: it is turned back by that, about the page's middle.
    `turns` are the quarter turns clockwise that make it upright then.
    """
    width, height = size_at(paper, dpi)
    size = (width, height) if turns % 2 == 0 else (height, width)
    # Corners are outer corners; warpPerspective speaks of pixel centres, half a pixel away.
    corners = outline((width, height), turns, degrees)
    matrix = cv2.getPerspectiveTransform((quad - 0.5).astype(np.float32), (corners - 0.5).astype(np.float32))
    across, _ = sides(quad)
    # Where the camera saw more than is kept, the sharper and slower way shows nothing more.
    way = cv2.INTER_CUBIC if across * _ENOUGH < width else cv2.INTER_LINEAR
    page = np.asarray(cv2.warpPerspective(frame, matrix, size, flags=way, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    _replace_rim(page)
    return page


def size_at(paper: Paper, dpi: float) -> tuple[int, int]:
    """Return width and height of a paper in pixels."""
    return round(paper.width * dpi / MM_PER_INCH), round(paper.height * dpi / MM_PER_INCH)


def outline(size: tuple[int, int], turns: int, degrees: float) -> Quad:
    """Return where the corners of a page of (width, height) pixels get to when it is straightened, then turned."""
    width, height = size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    middle = np.array([width, height]) / 2
    turned = (turns % 4) * np.pi / 2 - np.radians(degrees)
    cos, sin = np.cos(turned), np.sin(turned)
    to = middle if turns % 2 == 0 else middle[::-1]
    return np.asarray((corners - middle) @ np.array([[cos, sin], [-sin, cos]]) + to, np.float64)


def _replace_rim(page: Image) -> None:
    """The outermost pixels are part tray: the paper's next ones take their place, and the scale stays true."""
    page[:RIM], page[-RIM:] = page[RIM], page[-RIM - 1]
    page[:, :RIM], page[:, -RIM:] = page[:, RIM, None], page[:, -RIM - 1, None]
