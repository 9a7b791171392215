"""One captured page, ready to be kept: JPEG in true scale, and a small picture to show."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from kiosk.scan.enhance import MOST_BYTES, encode_jpeg, even_out, light_on, paper_colour
from kiosk.scan.geometry import Image, Quad
from kiosk.scan.handling import Source
from kiosk.scan.lie import lie_of, small_page
from kiosk.scan.rectify import DPI, RIM, outline, paper_of, rectify, size_at

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
        by_hand: whether the resident has turned it: then nobody else does.
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
    by_hand: bool = field(default=False, repr=False)


def make_page(
    frame: Image, quad: Quad, mm_per_pixel: float | None, turns: int | None = None, dpi: int = DPI
) -> PageImage:
    """Cut the page at `quad` out of a frame (BGR): straight, upright, evenly lit, at `dpi`.

    `turns` are the quarter turns clockwise that make it upright; None: as its writing tells, 0 where it does not.
    """
    paper = paper_of(quad, mm_per_pixel)
    small = small_page(frame, quad, paper)
    lie = lie_of(small, paper)
    turns = (lie.turns or 0) if turns is None else turns
    image = rectify(frame, quad, paper, dpi, turns, lie.degrees)
    light = light_on(small, (paper.width, paper.height))
    if light is not None:
        even_out(image, _laid_alike(light, turns, lie.degrees))
    if lie.degrees:
        _fill_around(image, outline(size_at(paper, dpi), turns, lie.degrees))
    size = (paper.width, paper.height) if turns % 2 == 0 else (paper.height, paper.width)
    jpeg = encode_jpeg(image, round(MOST_BYTES * (dpi / DPI) ** 2))
    page = PageImage(jpeg, size, preview_of(image), paper.name, paper.measured)
    for picture in (small, image):
        picture.fill(0)  # nobody else has them (promise 2)
    return page


def _laid_alike(light: Image, turns: int, degrees: float) -> Image:
    """Return the map of the light turned as the page was."""
    if degrees:
        width, height = light.shape[1], light.shape[0]
        turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
        light = np.asarray(cv2.warpAffine(light, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    return np.ascontiguousarray(np.rot90(light, -turns))


def _fill_around(page: Image, corners: Quad) -> None:
    """Paint what is beyond the corners of a straightened page in the colour of its paper: it is tray."""
    colour = [float(value) for value in paper_colour(page)]
    far = float(max(page.shape))
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        inward = np.array([-along[1], along[0]])
        edge = np.array([start - far * along, end + far * along])
        beyond = np.concatenate([edge + RIM * inward, edge[::-1] - far * inward])
        cv2.fillConvexPoly(page, np.round(beyond).astype(np.int32), colour)


def preview_of(image: Image) -> Image:
    """Return a page (BGR) small, as RGB."""
    factor = max(1, max(image.shape[:2]) // _PREVIEW)  # first by a whole one: several times as fast
    size = (image.shape[1] // factor, image.shape[0] // factor)
    small = cv2.resize(image[: size[1] * factor, : size[0] * factor], size, interpolation=cv2.INTER_AREA)
    scale = min(1.0, _PREVIEW / max(size))
    exact = cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(exact, cv2.COLOR_BGR2RGB), np.uint8)
