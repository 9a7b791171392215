"""Takes the lens's bend out of a page: a paper's sides are straight, and a millimetre at the rim is one in the middle.

One decision: only the piece of the frame that a page is cut from is straightened, when it is taken; frames that are
only looked at stay as they are.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.scan.geometry import Floats, Image, Quad
from kiosk.scan.snap import snap

_STEPS = 12  # of the inverse; a lens of 6 % is within a hundredth of a pixel after five
_REACH = 6.0  # pixels
_MARGIN = 0.04  # of the piece's sides: what its edges are found again in


@dataclass(frozen=True, slots=True)
class Bend:
    """How a lens bends, by a calibration (`drivers.camera_lens.Lens.radial`).

    Attributes:
        k1: what is at distance r from the frame's centre (1: half its diagonal) is seen at ``r (1 + k1 r^2 + k2 r^4)``.
        k2: see there.
    """

    k1: float
    k2: float

    @property
    def none(self) -> bool:
        """Whether there is nothing to straighten."""
        return self.k1 == 0 and self.k2 == 0

    def bent(self, points: Floats, size: tuple[int, int]) -> Floats:
        """Return where points (n, 2) of a straight picture of (width, height) are seen."""
        centre, reach = np.array(size) / 2, np.hypot(*size) / 2
        r2 = (((points - centre) / reach) ** 2).sum(axis=1, keepdims=True)
        return np.asarray(centre + (points - centre) * (1 + self.k1 * r2 + self.k2 * r2 * r2), np.float64)

    def straight(self, points: Floats, size: tuple[int, int]) -> Floats:
        """Return where points (n, 2) of a frame of (width, height) are in the straight picture."""
        found = np.array(points, np.float64)
        for _ in range(_STEPS):
            found += points - self.bent(found, size)
        return found

    def bow(self, quad: Quad, size: tuple[int, int]) -> float:
        """Return by how many pixels the sides of a straight quad are bowed where they are seen, the most of them."""
        middles = (quad + np.roll(quad, -1, axis=0)) / 2
        seen = self.bent(quad, size)
        chords = (seen + np.roll(seen, -1, axis=0)) / 2
        return float(np.linalg.norm(self.bent(middles, size) - chords, axis=1).max())


def straightened(frame: Image, quad: Quad, bend: Bend) -> tuple[Image, Quad]:
    """Return the piece of a frame (BGR) around the page at `quad`, straight, and the page's quad in it."""
    high, wide = frame.shape[:2]
    page = bend.straight(quad, (wide, high))
    margin = _MARGIN * float(np.ptp(page, axis=0).max())
    left, top = (int(edge) for edge in np.floor(page.min(axis=0) - margin))
    right, bottom = (int(edge) for edge in np.ceil(page.max(axis=0) + margin))
    ys, xs = np.mgrid[top:bottom, left:right]
    seen = bend.bent(np.stack([xs.ravel(), ys.ravel()], axis=1) + 0.5, (wide, high)) - 0.5
    x, y = (seen[:, axis].astype(np.float32).reshape(xs.shape) for axis in (0, 1))
    piece = np.asarray(cv2.remap(frame, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    return piece, page - (left, top)


def found_again(piece: Image, quad: Quad, bow: float) -> Quad:
    """Return a page's quad on its edges in the straight `piece`; it was found where its sides were bowed by `bow`."""
    return snap(piece, quad, reach=_REACH + bow)
