"""Is this frame worth keeping, and if not, what can the resident do about it?

One decision: everything but sharpness is judged on a small flattened copy of the page with a rim of its surroundings,
where "at the edge", "over the writing" and "how much of the page" are plain coordinates. Sharpness needs the frame's
own pixels: a few tiles where most is written. Glare counts only near writing, for laminated cards always shine.
"""

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.fault import FINGERS, OK, Fault, Verdict
from kiosk.scan.geometry import CORNERS, Floats, Image, Quad, sides

__all__ = ["FINGERS", "OK", "Fault", "Verdict", "judge", "sharpness"]

Pixel = TypeVar("Pixel", np.uint8, np.bool_)


LEAST_PIXELS_PER_MM = 5.3  # 135 dots per inch: 12 pt text is still read without a fault
_LEAST_SIDE = 200.0  # pixels; for a camera without calibration
_DARK_FRAME, _DARK_PAPER = 18.0, 70.0
_EDGE = 1.5  # working pixels from the frame's rim
_CUT = (Fault.EDGE_CUT_LEFT, Fault.EDGE_CUT_TOP, Fault.EDGE_CUT_RIGHT, Fault.EDGE_CUT_BOTTOM)
_THUMB = 400  # long side of the flattened copy
_RIM = 0.06  # of the long side, around the page
_INK = 22  # darker or lighter than the paper around it
_LEAST_INK = 0.0012
_GLARE_LEVEL, _GLARE_STEP = 251, 8
_LEAST_GLARE = 0.003
_LEAST_FINGER, _MOST_FINGER = 0.001, 0.5
_TILE = 64  # half the side of a sharpness tile, frame pixels
_TILES = 5
_LEAST_SHARPNESS = 0.11


def judge(frame: Image, quad: Quad | None, small: Image, mm_per_pixel: float | None = None) -> Verdict:
    """Judge a page that lies still.

    Args:
        frame: uint8 BGR at full size.
        quad: the page in the frame's pixels, None if there is none.
        small: `detect.working_copy(frame)`.
        mm_per_pixel: the camera's calibration if it has one.
    """
    if quad is None:
        return Verdict(ok=False, fault=Fault.DARK if small.mean() < _DARK_FRAME else Fault.NO_PAGE)
    scale = frame.shape[1] // small.shape[1]
    placed = _placing(quad / scale, small) or _size(quad, mm_per_pixel)
    if placed is not None:
        return placed
    thumb = _Thumb(small, quad / scale)
    return thumb.dark() or thumb.finger() or thumb.glare() or _blurred(frame, thumb, scale) or thumb.empty() or OK


def _placing(quad: Quad, small: Image) -> Verdict | None:
    """Return EDGE_CUT at the corner that is farthest out, if one touches the rim of the frame."""
    height, width = small.shape[:2]
    margin = np.minimum(quad, np.array([width, height]) - quad).min(axis=1)
    worst = int(np.argmin(margin))
    if margin[worst] >= _EDGE:
        return None
    x, y = np.clip(quad[worst], 0, [width - 1, height - 1])
    beyond = np.array([quad[worst, 0], quad[worst, 1], width - quad[worst, 0], height - quad[worst, 1]])
    return Verdict(ok=False, fault=_CUT[int(np.argmin(beyond))], where=(float(x), float(y)))


def _size(quad: Quad, mm_per_pixel: float | None) -> Verdict | None:
    small = min(sides(quad)) < _LEAST_SIDE if mm_per_pixel is None else 1 / mm_per_pixel < LEAST_PIXELS_PER_MM
    return Verdict(ok=False, fault=Fault.TOO_SMALL) if small else None


class _Thumb:
    """The page flattened from the working copy, its long side 400 px, with a rim of what is around it."""

    def __init__(self, small: Image, quad: Quad) -> None:
        across, down = sides(quad)
        factor = _THUMB / max(across, down)
        self.rim = round(_RIM * _THUMB)
        self.width, self.height = round(across * factor), round(down * factor)
        left, top, right, bottom = self.rim, self.rim, self.rim + self.width, self.rim + self.height
        flat = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        to_thumb = cv2.getPerspectiveTransform(quad.astype(np.float32), flat)
        self._to_small = np.linalg.inv(to_thumb)
        size = (self.width + 2 * self.rim, self.height + 2 * self.rim)
        seen = cv2.warpPerspective(small, to_thumb, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        self.colour = np.asarray(seen, np.uint8)
        self.page = self.inside(self.colour, 0)
        self.grey = np.asarray(cv2.cvtColor(self.page, cv2.COLOR_BGR2GRAY), np.uint8)
        self.relief = self._relief()
        self.ink = np.where(self.relief > _INK, np.uint8(255), np.uint8(0))

    def inside(self, image: NDArray[Pixel], inset: int) -> NDArray[Pixel]:
        """Return the part of a thumb-sized picture that is page, `inset` pixels in from its edges."""
        start = end = self.rim + inset
        return image[start : image.shape[0] - end, start : image.shape[1] - end]

    def where(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the thumb in pixels of the working copy."""
        u, v, w = self._to_small @ np.array([x, y, 1.0])
        return float(u / w), float(v / w)

    def _relief(self) -> Image:
        """Return by how much each pixel is darker or lighter than the paper around it."""
        kernel = np.ones((13, 13), np.uint8)
        dark = cv2.morphologyEx(self.grey, cv2.MORPH_BLACKHAT, kernel)
        light = cv2.morphologyEx(self.grey, cv2.MORPH_TOPHAT, kernel)
        relief = np.asarray(cv2.max(dark, light), np.uint8)
        margin = _THUMB // 25  # edges, shadows and punched holes are not writing
        relief[:margin], relief[-margin:], relief[:, :margin], relief[:, -margin:] = 0, 0, 0, 0
        return relief

    def dark(self) -> Verdict | None:
        """Return DARK if even the brightest tenth of the page is."""
        return Verdict(ok=False, fault=Fault.DARK) if np.percentile(self.page.max(axis=2), 90) < _DARK_PAPER else None

    def empty(self) -> Verdict | None:
        """Return EMPTY_PAGE if next to nothing is written on it."""
        share = cv2.countNonZero(self.ink) / self.ink.size
        return Verdict(ok=False, fault=Fault.EMPTY_PAGE) if share < _LEAST_INK else None

    def glare(self) -> Verdict | None:
        """Return GLARE if a burnt-out spot, brighter than the paper, lies next to writing."""
        low = self.page.min(axis=2)
        paper = float(np.median(low))
        burnt = np.where((low >= _GLARE_LEVEL) & (low > paper + _GLARE_STEP), np.uint8(255), np.uint8(0))
        burnt = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        if cv2.countNonZero(burnt) < _LEAST_GLARE * burnt.size:
            return None
        around = cv2.dilate(burnt, np.ones((41, 41), np.uint8))
        if cv2.countNonZero(cv2.bitwise_and(around, self.ink)) < _LEAST_INK / 4 * burnt.size:
            return None
        ys, xs = np.nonzero(burnt)
        where = self.where(float(xs.mean()) + self.rim, float(ys.mean()) + self.rim)
        return Verdict(ok=False, fault=Fault.GLARE, where=where)

    def finger(self) -> Verdict | None:
        """Return FINGER if something skin-coloured reaches over the page's edge, and at which corner."""
        luma = cv2.cvtColor(self.colour, cv2.COLOR_BGR2YCrCb)
        skin = cv2.inRange(luma, np.array([60, 138, 80]), np.array([250, 180, 122]))
        skin = cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        count, labels, boxes, _ = cv2.connectedComponentsWithStats(skin)
        inset, page = 4, self.width * self.height
        for label in range(1, count):
            if boxes[label, cv2.CC_STAT_AREA] < _LEAST_FINGER * page:
                continue
            own = labels == label
            ys, xs = np.nonzero(self.inside(own, inset))
            own[self.rim - 2 : -self.rim + 2, self.rim - 2 : -self.rim + 2] = False
            if _LEAST_FINGER < len(xs) / page < _MOST_FINGER and own.any():
                return self._finger_at(float(xs.mean()) + self.rim + inset, float(ys.mean()) + self.rim + inset)
        return None

    def _finger_at(self, x: float, y: float) -> Verdict:
        across, down = (x - self.rim) / self.width, (y - self.rim) / self.height
        corners: Floats = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
        distance = np.linalg.norm(corners - (across, down), axis=1)
        nearest = int(np.argmin(distance))
        fault = Fault(f"finger_{CORNERS[nearest]}") if distance[nearest] < 1 / 3 else Fault.FINGER
        return Verdict(ok=False, fault=fault, where=self.where(x, y))


def _blurred(frame: Image, thumb: _Thumb, scale: int) -> Verdict | None:
    """Return BLURRED if the sharpest of the tiles with most writing is not sharp, across or down."""
    sharpest = 0.0
    for x, y in _written_places(thumb):
        u, v = (int(value * scale) for value in thumb.where(x + thumb.rim, y + thumb.rim))
        tile = frame[max(0, v - _TILE) : v + _TILE, max(0, u - _TILE) : u + _TILE]
        if tile.size:
            sharpest = max(sharpest, sharpness(tile))
    # Nothing with contrast anywhere is an empty page, not a blurred one.
    return Verdict(ok=False, fault=Fault.BLURRED) if 0 < sharpest < _LEAST_SHARPNESS else None


def _written_places(thumb: _Thumb) -> list[tuple[float, float]]:
    """Return the middles of the cells with most writing, faint as it may be, in the page's thumb pixels."""
    cell = 20
    rows, columns = max(1, thumb.height // cell), max(1, thumb.width // cell)
    density = cv2.resize(thumb.relief, (columns, rows), interpolation=cv2.INTER_AREA)
    best = np.argsort(density, axis=None)[::-1][:_TILES]
    return [
        ((column + 0.5) * thumb.width / columns, (row + 0.5) * thumb.height / rows)
        for row, column in zip(*np.unravel_index(best, density.shape), strict=True)
    ]


def sharpness(tile: Image) -> float:
    """Return how steep a tile's edges are in the blunter of two directions, per pixel and relative to its contrast."""
    grey = cv2.cvtColor(tile, cv2.COLOR_BGR2GRAY).astype(np.float32)
    low, high = np.percentile(grey, (1, 95))
    if high - low < _INK:
        return 0.0
    across = np.abs(grey[:, 2:] - grey[:, :-2]) / 2
    down = np.abs(grey[2:] - grey[:-2]) / 2
    return float(min(np.percentile(across, 99), np.percentile(down, 99)) / (high - low))
