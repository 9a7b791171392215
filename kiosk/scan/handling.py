"""What a resident does with a page that was taken: turns it, or shows where its corners really are.

One decision: a turn changes what is shown at once and the picture itself only when the paper is finished, so that a
page turned four times is what it was. Corners are cut from the frame the page came from, never from the page.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from kiosk.scan.geometry import Image, Quad, area
from kiosk.scan.straight import Bend, straightened

if TYPE_CHECKING:
    from kiosk.scan.page import PageImage

_QUARTERS = 4
_LEAST_SHARE = 0.01  # of the frame: a smaller piece was cut by mistake


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The frame a page was cut from.

    Attributes:
        image: uint8 BGR (h, w, 3) at full size; personal data, so never in a repr.
        preview: the same, uint8 RGB, as `Observation.preview`.
        quad: where the machine saw the page, pixels of `preview`; None where it saw none.
        mm_per_pixel: of `image`, None without a calibration.
        bend: of the lens, None without a calibration or for a straight one.
    """

    image: Image = field(repr=False)
    preview: Image = field(repr=False)
    quad: Quad | None
    mm_per_pixel: float | None
    bend: Bend | None = None


def turned(page: "PageImage", quarters: int = 1) -> "PageImage":
    """Return the page that many quarter turns clockwise; its `jpeg` waits for `upright`.

    Its preview is the page's own, seen otherwise: what overwrites one overwrites both.
    """
    mm_size = page.mm_size if quarters % 2 == 0 else page.mm_size[::-1]
    return replace(
        page, preview=np.rot90(page.preview, -quarters), mm_size=mm_size, turns=(page.turns + quarters) % _QUARTERS
    )


def upright(page: "PageImage") -> "PageImage":
    """Return the page with its turns made in the JPEG, once, however often it was turned."""
    from kiosk.scan.enhance import encode_jpeg  # noqa: PLC0415 - a page that was not turned needs none of it

    if page.turns == 0:
        return page
    image = np.asarray(cv2.imdecode(np.frombuffer(page.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    turned_image = np.ascontiguousarray(np.rot90(image, -page.turns), np.uint8)
    return replace(page, jpeg=encode_jpeg(turned_image), turns=0)


def can_be_cut(quad: Quad, size: tuple[int, int]) -> bool:
    """Tell whether corners (4, 2) TL, TR, BR, BL make a page in a picture of (width, height): convex and not tiny."""
    edges = np.roll(quad, -1, axis=0) - quad
    after = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * after[:, 1] - edges[:, 1] * after[:, 0]
    return bool((turns > 0).all() and area(quad) >= _LEAST_SHARE * size[0] * size[1])


def cut(source: Source, quad: Quad) -> "PageImage":
    """Return the page at `quad` (pixels of `source.preview`, see `can_be_cut`)."""
    from kiosk.scan.page import make_page  # noqa: PLC0415 - that module knows this one's Source

    scale = source.image.shape[1] // source.preview.shape[1]
    image, corners = source.image, quad * scale
    if source.bend is not None:
        image, corners = straightened(image, corners, source.bend)
    return replace(make_page(image, corners, source.mm_per_pixel), source=replace(source, quad=quad))
