"""Front and back of a card become one A4 sheet at 1:1, as a copier makes it; every other paper keeps its pages."""

import io
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pypdfium2
import pytest

from kiosk.reading.results import Line, Reading
from kiosk.scan import pdf
from kiosk.scan.document import document_of, is_card
from kiosk.scan.handling import turned
from kiosk.scan.page import PageImage, make_page
from tests.kiosk.scan.pictures import MM_PER_PIXEL, photograph

BOTH = ("front", "back")
CARD = (85.6, 53.98)
PIXELS = (674, 425)  # of a card at 200 dpi
MM_PER_POINT = 25.4 / 72


@lru_cache(maxsize=2)
def side(seed: int) -> PageImage:
    """Return a side of a card as it was taken."""
    seen = photograph("bank_card", seed)
    assert seen.corners is not None
    return make_page(seen.frames[0], seen.corners, MM_PER_PIXEL)


def read(text: str) -> Reading:
    """Return what was read in the top left of a card, 10 mm in and 10 mm down."""
    left, top, right, bottom = (mm * PIXELS[0] / CARD[0] for mm in (10, 10, 50, 15))
    return Reading((Line(text, ((left, top), (right, top), (right, bottom), (left, bottom)), 0.99),), PIXELS, 0)


def test_two_sides_are_one_sheet_with_both_in_true_size() -> None:
    """Promise 4: laid on the copy, the card covers its picture to the millimetre."""
    document = document_of(BOTH, (side(2), side(3)), None)
    with pypdfium2.PdfDocument(io.BytesIO(pdf.build(document.pages))) as made:
        assert len(made) == 1
        assert [points * MM_PER_POINT for points in made[0].get_size()] == pytest.approx([210, 297], abs=0.1)
        dark = np.asarray(made[0].render(scale=4).to_numpy()).min(axis=2) < 200
    mm = MM_PER_POINT / 4
    columns, rows = np.nonzero(dark.any(axis=0))[0], np.nonzero(dark.any(axis=1))[0]
    assert (columns[-1] - columns[0]) * mm == pytest.approx(CARD[0], abs=1)
    blocks = np.split(rows, np.nonzero(np.diff(rows) > 5 / mm)[0] + 1)
    assert [(block[-1] - block[0]) * mm for block in blocks] == pytest.approx([CARD[1], CARD[1]], abs=1)


def test_what_was_read_on_each_side_lies_where_it_is_seen() -> None:
    """Promise 7: the clerk finds the text, and marks it at its place."""
    document = document_of(BOTH, (side(2), side(3)), (read("示例银行"), read("签名栏")))
    with pypdfium2.PdfDocument(io.BytesIO(pdf.build(document.pages, document.readings))) as made:
        page = made[0]
        text = page.get_textpage()
        assert text.get_text_range().split() == ["示例银行", "签名栏"]
        lefts, tops = zip(*((text.get_charbox(at)[0], text.get_charbox(at)[3]) for at in (0, 6)), strict=True)
        high = page.get_size()[1]
    assert [left * MM_PER_POINT for left in lefts] == pytest.approx([(210 - CARD[0]) / 2 + 10] * 2, abs=1)
    first = (297 - 2 * CARD[1] - 12) / 2
    found = [(high - top) * MM_PER_POINT for top in tops]
    assert found == pytest.approx([first + 10, first + CARD[1] + 12 + 10], abs=2)


def test_a_side_that_was_turned_lies_on_the_sheet_as_it_was_turned() -> None:
    """Promise 4: what the resident saw is what the clerk sees."""
    upside_down = turned(turned(side(3)))
    sheet = document_of(BOTH, (side(2), upside_down), None).pages[0]
    assert sheet.mm_size == (210.0, 297.0)
    assert sheet.jpeg != document_of(BOTH, (side(2), side(3)), None).pages[0].jpeg


@pytest.mark.parametrize(
    ("sheets", "pages"),
    [
        ((), (side(2), side(3))),
        (("register_front", "register_own"), (side(2), side(3))),
        (BOTH, (side(2),)),
        (BOTH, (side(2), side(3), side(2))),
        (BOTH, (side(2), replace(side(3), mm_size=(210.0, 297.0)))),
        (BOTH, (side(2), replace(side(3), paper=None, measured=False))),
    ],
    ids=["no sides", "a register", "one side", "a third page", "a copy", "nobody measured it"],
)
def test_any_other_paper_keeps_its_pages(sheets: tuple[str, ...], pages: tuple[PageImage, ...]) -> None:
    """Promise 4: 1:1 is promised only where the size is known, and for cards alone."""
    assert not is_card(sheets, pages)
    assert [page.jpeg for page in document_of(sheets, pages, None).pages] == [page.jpeg for page in pages]
