"""The PDF of a paper: the pictures untouched, and over them the text that was read, where it stands."""

import hashlib
import io
import subprocess
import time
from functools import lru_cache

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.reading.results import Line, Reading
from kiosk.scan import pdf
from kiosk.scan.enhance import encode_jpeg
from kiosk.scan.page import PageImage
from tests.kiosk.scan.pictures import page

SIZE = (1654, 2339)  # A4 at 200 dpi
POINTS = 72 / 25.4 * 210 / SIZE[0]  # a pixel
# Rare on purpose: outside of the basic plane, of GB 18030-2022's latest, one that no single font of the kiosk has all.
TEXTS = (
    "姓名：王小明 Wang Xiaoming",
    "罕见字：𠮷𬭩㐂䶮𰻝𱅒",
    "公民身份号码 320581199001010017",
    "本人承诺以上所填内容真实有效，如有不实，愿意承担相应的责任。",
)


@lru_cache(maxsize=1)
def sheet() -> PageImage:
    flat = cv2.resize(page("form").image, SIZE, interpolation=cv2.INTER_AREA)
    return PageImage(encode_jpeg(np.asarray(flat, np.uint8)), (210.0, 297.0), np.zeros((4, 4, 3), np.uint8), "A4", True)


def box(x: float, y: float, width: float, height: float) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def line(text: str, quad: tuple[tuple[float, float], ...]) -> Line:
    first, second, third, fourth = quad
    return Line(text, (first, second, third, fourth), 0.99)


def reading(*texts: str) -> Reading:
    return Reading(tuple(line(text, box(200, 200 + 90 * i, 900, 48)) for i, text in enumerate(texts)), SIZE, 0)


def poppler(document: bytes) -> list[str]:
    found = subprocess.run(["pdftotext", "-", "-"], input=document, capture_output=True, check=True)
    return [row for row in found.stdout.decode().replace("\f", "\n").splitlines() if row]


def pdfium(document: bytes) -> list[str]:
    opened = pypdfium2.PdfDocument(document)
    return [row for sheet in opened for row in sheet.get_textpage().get_text_bounded().splitlines() if row]


def test_the_pictures_go_in_as_they_are() -> None:
    """Promise 4: what a clerk sees is what was captured, to the byte."""
    assert sheet().jpeg in pdf.build([sheet()], [reading(*TEXTS)])


def test_every_line_is_found_whole_by_both_readers() -> None:
    """Promise 5: as it was read, rare characters too, and without a stray space."""
    document = pdf.build([sheet(), sheet()], [reading(*TEXTS[:2]), reading(*TEXTS[2:])])
    assert poppler(document) == list(TEXTS)
    assert pdfium(document) == list(TEXTS)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(categories=["L", "Nd"], max_codepoint=0x323AF), min_size=1, max_size=24))
def test_no_text_that_may_be_read_breaks_the_file(text: str) -> None:
    """Promise 3: whatever the reader believes to have seen, the paper is kept."""
    with pikepdf.open(io.BytesIO(pdf.build([sheet()], [reading(text)]))) as opened:
        assert len(opened.pages) == 1


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u0007"])
def test_what_nobody_can_search_for_is_not_written(text: str) -> None:
    """Promise 3: a line of nothing is nothing."""
    assert poppler(pdf.build([sheet()], [reading(text)])) == []


@pytest.mark.parametrize(
    ("quad", "bounds"),
    [
        (box(200, 300, 900, 48), (200, 300, 1100, 348)),
        (((900, 300), (900, 1200), (852, 1200), (852, 300)), (852, 300, 900, 1200)),  # reads downwards
        (((852, 1200), (852, 300), (900, 300), (900, 1200)), (852, 300, 900, 1200)),  # reads upwards
        (((1100, 348), (200, 348), (200, 300), (1100, 300)), (200, 300, 1100, 348)),  # lies on its head
    ],
)
def test_a_line_is_chosen_where_it_stands(
    quad: tuple[tuple[float, float], ...], bounds: tuple[float, float, float, float]
) -> None:
    """Promise 7: who drags over the writing marks that writing, however the page lies."""
    text = "常熟市支塘镇示例路1号"
    opened = pypdfium2.PdfDocument(pdf.build([sheet()], [Reading((line(text, quad),), SIZE, 0)]))
    found = opened[0].get_textpage()
    assert found.get_text_range().strip() == text
    boxes = np.array([found.get_charbox(i) for i in range(len(text))]) / POINTS  # left, bottom, right, top
    seen = (boxes[:, 0].min(), SIZE[1] - boxes[:, 3].max(), boxes[:, 2].max(), SIZE[1] - boxes[:, 1].min())
    assert np.abs(np.array(seen) - bounds).max() < 12  # a quarter of the line's height


def test_equal_pages_and_readings_give_equal_bytes() -> None:
    """Promise 1: the SHA-256 of the PDF can stand for the paper, whenever it is made."""
    first = hashlib.sha256(pdf.build([sheet()], [reading(*TEXTS)])).digest()
    time.sleep(1.1)  # over a whole second of whatever clock might get in
    assert hashlib.sha256(pdf.build([sheet()], [reading(*TEXTS)])).digest() == first


def test_the_file_is_marked_for_archives_and_names_nobody() -> None:
    """Promise 2: its metadata say what it is (PDF/A-2b) and nothing of whom it is."""
    document = pdf.build([sheet()], [reading(*TEXTS)])
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert "/Info" not in opened.trailer
        assert "/ID" in opened.trailer
        metadata = opened.open_metadata()
        assert metadata.pdfa_status == "2B"
        assert {key for key in metadata if "pdfa" not in key} == set()
        (intent,) = opened.Root.OutputIntents
        assert (intent.S, int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
        fonts = list(opened.pages[0].Resources.Font.values())
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)
        assert all("/ToUnicode" in font for font in fonts)
        assert b"3 Tr" in opened.pages[0].Contents.read_bytes()  # ISO 32000-1 9.3.6: neither filled nor stroked


def test_without_readings_the_file_is_whole_and_has_no_text() -> None:
    """Promise 3: who is faster than the reader hands in the same paper, not searchable."""
    document = pdf.build([sheet()])
    assert (poppler(document), pdfium(document)) == ([], [])
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert opened.open_metadata().pdfa_status == "2B"
        assert not opened.check_pdf_syntax()


def test_ten_pages_take_less_than_a_second_and_a_third_more_than_their_pictures() -> None:
    """Promise 6: nobody waits for the PDF."""
    pages = [sheet()] * 10
    readings = [reading(*(f"{text}第{i}页" for text in TEXTS * 5)) for i in range(10)]
    began = time.perf_counter()
    document = pdf.build(pages, readings)
    assert time.perf_counter() - began < 1.0
    one = pdf.build(pages[:1], readings[:1])
    assert len(one) <= 1.3 * len(sheet().jpeg)
    assert len(document) <= 1.3 * 10 * len(sheet().jpeg)


def test_readings_of_other_pages_are_refused() -> None:
    """Promise 4: no text is laid over a page it was not read on."""
    with pytest.raises(ValueError, match="2 readings do not belong to 1 pages"):
        pdf.build([sheet()], [reading("一"), reading("二")])


def test_nothing_of_a_text_stays_in_memory_when_the_file_is_made() -> None:
    """Promise 2: fpdf2 caches the characters of all documents, and empties it itself: seen if it stops to."""
    from fpdf.fonts import SubsetMap

    pdf.build([sheet()], [reading(*TEXTS)])
    assert (SubsetMap.pick.cache_info().currsize, SubsetMap.get_glyph.cache_info().currsize) == (0, 0)


def test_a_reading_never_shows_in_a_log() -> None:
    """Promise 2: what was read on a page gets into no repr."""
    assert "王小明" not in repr(reading(*TEXTS))
