"""The pages of one paper as the clerk gets them: front and back of a card go on one A4 sheet at 1:1, like a copy.

One decision: that is made here, when the paper is finished, and nowhere before. On the screen the two sides stay two
pages, each to be turned, taken again or moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.reading.results import Corners, Line, Reading
from kiosk.scan.handling import upright
from kiosk.scan.page import PageImage
from kiosk.scan.rectify import DPI, MM_PER_INCH
from kiosk.scan.together import on_one_a4, places_on_a4

_BOTH_SIDES = ("front", "back")
_MOST_MM = 110.0  # the longer side of a card; ISO/IEC 7810 ID-1 has 85.6, ID-2 105


@dataclass(frozen=True, slots=True)
class Document:
    """What becomes one PDF: upright pages, and what was read on each, None if nothing is to be written."""

    pages: tuple[PageImage, ...]
    readings: tuple[Reading, ...] | None


def is_card(sheets: Sequence[str], pages: Sequence[PageImage]) -> bool:
    """Tell whether pages are the two sides of a card, where `sheets` (of the catalogue's material) ask for both."""
    sizes_known = all(page.measured or page.paper is not None for page in pages)
    small = all(max(page.mm_size) <= _MOST_MM for page in pages)
    return tuple(sheets) == _BOTH_SIDES and len(pages) == len(_BOTH_SIDES) and sizes_known and small


def document_of(sheets: Sequence[str], pages: Sequence[PageImage], readings: Sequence[Reading] | None) -> Document:
    """Return the pages as they go to the clerk; `readings` are of `pages` as these are turned."""
    ready = tuple(upright(page) for page in pages)
    if not is_card(sheets, pages):
        return Document(ready, None if readings is None else tuple(readings))
    sheet = on_one_a4(ready)
    return Document((sheet,), None if readings is None else (_on_sheet(sheet, ready, readings),))


def _on_sheet(sheet: PageImage, pages: Sequence[PageImage], readings: Sequence[Reading]) -> Reading:
    """Return what was read on the pages, at its places on the sheet."""
    pixels_per_mm = DPI / MM_PER_INCH
    lines: list[Line] = []
    for page, (left, top), reading in zip(pages, places_on_a4(pages), readings, strict=True):
        scale = page.mm_size[0] * pixels_per_mm / reading.size[0]
        moved = (left * pixels_per_mm, top * pixels_per_mm)
        lines.extend(replace(line, quad=_moved(line.quad, scale, moved)) for line in reading.lines)
    width, height = (round(mm * pixels_per_mm) for mm in sheet.mm_size)
    return Reading(tuple(lines), (width, height), 0)


def _moved(quad: Corners, scale: float, by: tuple[float, float]) -> Corners:
    a, b, c, d = ((x * scale + by[0], y * scale + by[1]) for x, y in quad)
    return a, b, c, d
