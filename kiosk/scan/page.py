"""One captured page, ready to be kept: JPEG in true scale, and a small picture to show."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from kiosk.scan.enhance import encode_jpeg, enhance
from kiosk.scan.geometry import Image, Quad
from kiosk.scan.handling import Source
from kiosk.scan.rectify import paper_of, rectify

_PREVIEW = 480


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """A page.

    Attributes:
        jpeg: the page, enhanced; personal data, so never in a repr.
        mm_size: width and height in mm.
        preview: uint8 RGB (h, w, 3), at most 480 pixels long.
        paper: name of the known paper it is (see `rectify.PAPERS`), None if it is none.
        measured: whether `mm_size` was measured by a calibrated camera, not taken from the page's shape.
        source: the frame it was cut from, while its corners may still be shown by hand; else None.
        turns: quarter turns clockwise that `jpeg` still waits for (`handling.upright`); the rest is turned already.
        notes: what was wrong with it when it was taken all the same; codes for the clerk (`sync.contract.ScanNote`).
    """

    jpeg: bytes = field(repr=False)
    mm_size: tuple[float, float]
    preview: Image = field(repr=False)
    paper: str | None
    measured: bool
    notes: tuple[str, ...] = ()
    source: Source | None = field(default=None, repr=False)
    turns: int = field(default=0, repr=False)


def make_page(frame: Image, quad: Quad, mm_per_pixel: float | None, turns: int = 0) -> PageImage:
    """Cut the page at `quad` out of a frame (BGR), flatten and enhance it; `turns` quarter turns clockwise."""
    paper = paper_of(quad, mm_per_pixel)
    image = enhance(rectify(frame, quad, paper, turns=turns))
    size = (paper.width, paper.height) if turns % 2 == 0 else (paper.height, paper.width)
    return PageImage(encode_jpeg(image), size, preview_of(image), paper.name, paper.measured)


def preview_of(image: Image) -> Image:
    """Return a page (BGR) small, as RGB."""
    scale = min(1.0, _PREVIEW / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)
