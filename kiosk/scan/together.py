"""Several papers at once: found one by one on the tray, and laid together on one sheet."""

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


def find_pages(frame: Image, empty_tray: Image | None) -> list[Quad]:
    """Find all papers in a frame, from the top to the bottom; without the empty tray one at most.

    Arguments and errors as for `find_page`; each quad as it returns it.
    """
    first = find_page(frame, empty_tray)
    if first is None or empty_tray is None:
        return [] if first is None else [first]
    small = working_copy(frame)
    scale = frame.shape[1] // small.shape[1]
    seen, found = difference(small, empty_tray), [first]
    if not seen.fits:
        return found
    while len(found) < _MOST:
        erase(seen.left, seen.mask, found[-1] / scale)
        rough = rough_in(seen) if anything_left(seen.left) else None
        if rough is None:
            break
        found.append(snap(frame, rough * scale, reach=3.0 * scale))
    return sorted(found, key=lambda quad: float(quad[:, 1].mean()))


def on_one_a4(pages: Sequence[PageImage]) -> PageImage:
    """Lay pages, such as front and back of a card, below each other on one A4 sheet at 1:1.

    Raises:
        ValueError: there are none, or they do not fit on one sheet.
    """
    width, height = PAPERS["A4"]
    needed = sum(page.mm_size[1] for page in pages) + _GAP_MM * (len(pages) + 1)
    if not pages or needed > height or max(page.mm_size[0] for page in pages) > width:
        raise ValueError("these pages do not fit on one A4 sheet")
    sheet = np.full((_pixels(height), _pixels(width), 3), 255, np.uint8)
    top = (height - needed) / 2 + _GAP_MM
    for page in pages:
        picture = np.asarray(cv2.imdecode(np.frombuffer(page.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
        size = (_pixels(page.mm_size[0]), _pixels(page.mm_size[1]))
        x, y = (sheet.shape[1] - size[0]) // 2, _pixels(top)
        sheet[y : y + size[1], x : x + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        top += page.mm_size[1] + _GAP_MM
    measured = all(page.measured for page in pages)
    notes = tuple(dict.fromkeys(note for page in pages for note in page.notes))
    return PageImage(encode_jpeg(sheet), (width, height), preview_of(sheet), "A4", measured, notes)


def _pixels(mm: float) -> int:
    return round(mm * DPI / MM_PER_INCH)
