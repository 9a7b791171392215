"""The page flattened from the working copy, small, with a rim of what is around it: what judging looks at.

One decision: at one size (long side 400 px) "at the edge", "over the writing" and "how much of the page" are plain
coordinates. The empty tray, where it is known, is flattened alike, so that what lies around the page can be told.
"""

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scan.geometry import Image, Quad, sides
from kiosk.scan.limits import INK

Pixel = TypeVar("Pixel", np.uint8, np.bool_)
Mask = NDArray[np.bool_]

LONG_SIDE = 400
_RIM = 0.06  # of the long side, around the page
_LEAST_EXPOSURE, _MOST_EXPOSURE = 0.6, 1.6


def extremes(picture: Image) -> tuple[Image, Image]:
    """Return the darkest and the brightest colour of each pixel (ten times as fast as numpy's along an axis)."""
    blue, green, red = cv2.split(picture)
    low, high = cv2.min(cv2.min(blue, green), red), cv2.max(cv2.max(blue, green), red)
    return np.asarray(low, np.uint8), np.asarray(high, np.uint8)


class Flat:
    """The flattened page; all pictures are uint8, `colour` and `tray` BGR with the rim, the rest the page alone.

    Attributes:
        page: the page in colour.
        grey: the page in grey.
        low: its darkest colour, pixel by pixel; where that is burnt out, all is.
        high: its brightest colour.
        relief: by how much each pixel is darker or lighter than the paper around it.
        ink: 255 where something is written.
        tray: what the empty tray looks like there, as bright as the rim is now; None where it is not known.
    """

    def __init__(self, small: Image, quad: Quad, empty_tray: Image | None) -> None:
        across, down = sides(quad)
        factor = LONG_SIDE / max(across, down)
        self.rim = round(_RIM * LONG_SIDE)
        self.width, self.height = max(8, round(across * factor)), max(8, round(down * factor))
        left, top, right, bottom = self.rim, self.rim, self.rim + self.width, self.rim + self.height
        flat = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        to_flat = np.asarray(cv2.getPerspectiveTransform(quad.astype(np.float32), flat), np.float64)
        self._to_small = np.linalg.inv(to_flat)
        self._size = (self.width + 2 * self.rim, self.height + 2 * self.rim)
        self.colour = self._flattened(small, to_flat)
        self.page = self.inside(self.colour, 0)
        self.grey = np.asarray(cv2.cvtColor(self.page, cv2.COLOR_BGR2GRAY), np.uint8)
        self.low, self.high = extremes(self.page)
        self.relief = self._relief()
        self.ink = np.where(self.relief > INK, np.uint8(255), np.uint8(0))
        self.tray = None if empty_tray is None else self._as_bright(self._flattened(empty_tray, to_flat))

    def inside(self, image: NDArray[Pixel], inset: int) -> NDArray[Pixel]:
        """Return the part of a picture with rim that is page, `inset` pixels in from its edges."""
        start = self.rim + inset
        return image[start : image.shape[0] - start, start : image.shape[1] - start]

    def where(self, x: float, y: float) -> tuple[float, float]:
        """Return a point (of the picture with rim) in pixels of the working copy."""
        u, v, w = self._to_small @ np.array([x, y, 1.0])
        return float(u / w), float(v / w)

    def wipe(self) -> None:
        """Zero every picture; they show what is written on the page."""
        for picture in (self.colour, self.grey, self.low, self.high, self.relief, self.ink):
            picture.fill(0)

    def _flattened(self, picture: Image, to_flat: NDArray[np.float64]) -> Image:
        seen = cv2.warpPerspective(
            picture, to_flat, self._size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(seen, np.uint8)

    def _as_bright(self, tray: Image) -> Image:
        """Return the tray exposed as the rim around the page is; the camera brightens when white paper comes."""
        strips = []
        for picture in (self.colour, tray):
            grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
            half = self.rim // 2  # the outer half: the inner one is in the page's shadow
            rims = (grey[:half], grey[-half:], grey[:, :half], grey[:, -half:])
            strips.append(np.concatenate([rim.ravel() for rim in rims]).astype(np.float32))
        ratio = float(np.median(strips[0] / np.maximum(strips[1], 1.0)))
        exposure = float(np.clip(ratio, _LEAST_EXPOSURE, _MOST_EXPOSURE))
        return np.asarray(cv2.convertScaleAbs(tray, alpha=exposure), np.uint8)

    def _relief(self) -> Image:
        kernel = np.ones((13, 13), np.uint8)
        dark = cv2.morphologyEx(self.grey, cv2.MORPH_BLACKHAT, kernel)
        light = cv2.morphologyEx(self.grey, cv2.MORPH_TOPHAT, kernel)
        relief = np.asarray(cv2.max(dark, light), np.uint8)
        margin = LONG_SIDE // 25  # edges, shadows and punched holes are not writing
        relief[:margin], relief[-margin:], relief[:, :margin], relief[:, -margin:] = 0, 0, 0, 0
        return relief
