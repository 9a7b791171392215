"""Several papers at once: found one by one on the tray, and laid together on one sheet.

One decision: they are taken in the order in which one reads: row by row from the top, each row from the left.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from kiosk.scan.detect import difference, find_page, rough_in, working_copy
from kiosk.scan.enhance import encode_jpeg
from kiosk.scan.faint import anything_left, erase
from kiosk.scan.geometry import Image, Quad
from kiosk.scan.page import PageImage, preview_of
from kiosk.scan.rectify import DPI, MM_PER_INCH, PAPERS
from kiosk.scan.snap import snap

_MOST = 4
_GAP_MM = 12.0
_SHADOW = 8  # pixels of a working copy, a paper's own
_ABREAST = 0.5  # of the smaller one's extent: papers that share more stand in one row, or in one column


def find_pages(frame: Image, empty_tray: Image | None) -> list[Quad]:
    """Find all papers in a frame, in reading order; without the empty tray one at most.

    Arguments and errors as for `find_page`; each quad as it returns it.
    """
    first = find_page(frame, empty_tray)
    if first is None:
        return []
    others = [] if empty_tray is None else find_others(frame, working_copy(frame), empty_tray, first)
    return in_reading_order([first, *others])


def find_others(frame: Image, small: Image, empty_tray: Image, first: Quad) -> list[Quad]:
    """Find the papers beside `first`, largest first; `small` is `detect.working_copy(frame)`.

    None is found where the picture of the empty tray does not fit.
    """
    scale = frame.shape[1] // small.shape[1]
    seen, found = difference(small, empty_tray), [first]
    while seen.fits and len(found) < _MOST:
        erase(seen.left, seen.mask, found[-1] / scale)
        rough = rough_in(seen) if anything_left(seen.left) else None
        if rough is None:
            break
        found.append(snap(frame, rough * scale, reach=3.0 * scale))
    return found[1:]


def laid_on(empty_tray: Image, small: Image, quads: Sequence[Quad]) -> Image:
    """Return the empty tray with the papers at `quads` on it, as a frame's working copy `small` shows them.

    A page beside them is judged against it: to that page they are the tray it lies on.
    """
    size = (small.shape[1], small.shape[0])
    tray = np.array(cv2.resize(empty_tray, size, interpolation=cv2.INTER_AREA), np.uint8)
    for quad in quads:
        mask = np.zeros(small.shape[:2], np.uint8)
        corners = np.round(quad * 16).astype(np.int32)
        cv2.fillConvexPoly(mask, corners, 255, shift=4)
        cv2.polylines(mask, [corners], isClosed=True, color=255, thickness=2 * _SHADOW, shift=4)
        tray[mask > 0] = small[mask > 0]
    return tray


def in_reading_order(quads: Sequence[Quad]) -> list[Quad]:
    """Return the quads row by row from the top, each row from the left; those above each other in it from the top."""
    return [quad for row in _groups(quads, 1) for column in _groups(row, 0) for quad in column]


def _groups(quads: Sequence[Quad], axis: int) -> list[list[Quad]]:
    """Return the quads in groups that stand abreast along `axis` (0: x, 1: y), the groups and their members by it."""
    groups: list[list[Quad]] = []
    for quad in sorted(quads, key=lambda each: float(each[:, axis].min())):
        group = next((each for each in groups if _abreast(each[0], quad, axis)), None)
        if group is None:
            groups.append([quad])
        else:
            group.append(quad)
    return groups


def _abreast(one: Quad, other: Quad, axis: int) -> bool:
    low, high = zip(*((each[:, axis].min(), each[:, axis].max()) for each in (one, other)), strict=True)
    return bool(min(high) - max(low) > _ABREAST * min(high[0] - low[0], high[1] - low[1]))


def on_one_a4(pages: Sequence[PageImage]) -> PageImage:
    """Lay pages, such as front and back of a card, below each other on one A4 sheet at 1:1.

    Raises:
        ValueError: there are none, or they do not fit on one sheet.
    """
    width, height = PAPERS["A4"]
    sheet = np.full((_pixels(height), _pixels(width), 3), 255, np.uint8)
    for page, (left, top) in zip(pages, places_on_a4(pages), strict=True):
        picture = np.asarray(cv2.imdecode(np.frombuffer(page.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
        size = (_pixels(page.mm_size[0]), _pixels(page.mm_size[1]))
        x, y = _pixels(left), _pixels(top)
        sheet[y : y + size[1], x : x + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    measured = all(page.measured for page in pages)
    notes = tuple(dict.fromkeys(note for page in pages for note in page.notes))
    return PageImage(encode_jpeg(sheet), (width, height), preview_of(sheet), "A4", measured, notes)


def places_on_a4(pages: Sequence[PageImage]) -> list[tuple[float, float]]:
    """Return where each page lies on that sheet: its left and top in mm.

    Raises:
        ValueError: as for `on_one_a4`.
    """
    width, height = PAPERS["A4"]
    needed = sum(page.mm_size[1] for page in pages) + _GAP_MM * (len(pages) + 1)
    if not pages or needed > height or max(page.mm_size[0] for page in pages) > width:
        raise ValueError("these pages do not fit on one A4 sheet")
    places, top = [], (height - needed) / 2 + _GAP_MM
    for page in pages:
        places.append(((width - page.mm_size[0]) / 2, top))
        top += page.mm_size[1] + _GAP_MM
    return places


def _pixels(mm: float) -> int:
    return round(mm * DPI / MM_PER_INCH)
