"""What is kept of a page: true size, readable writing, red stamps, and one PDF."""

import hashlib
from io import BytesIO

import cv2
import numpy as np
import pytest
from pypdf import PdfReader

from kiosk.scan import pdf
from kiosk.scan.detect import find_page
from kiosk.scan.enhance import encode_jpeg, enhance
from kiosk.scan.geometry import Image
from kiosk.scan.page import PageImage, make_page
from kiosk.scan.rectify import paper_of, rectify
from tests.kiosk.scan.pictures import KINDS, MM_PER_PIXEL, empty_tray, page, photograph


def captured(kind: str, seed: int = 2, turns: int = 0) -> PageImage:
    image = photograph(kind, seed).frames[0]
    quad = find_page(image, empty_tray())
    assert quad is not None
    return make_page(image, quad, MM_PER_PIXEL, turns)


def decoded(taken: PageImage) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(taken.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_kept_in_its_true_size(kind: str) -> None:
    """Promise 4: 1:1 on the office's printer, measured and not guessed."""
    taken = captured(kind)
    assert taken.mm_size == page(kind).size_mm
    assert taken.measured
    height, width = decoded(taken).shape[:2]
    assert (width, height) == tuple(round(mm * 200 / 25.4) for mm in page(kind).size_mm)
    assert len(taken.jpeg) <= 200_000


@pytest.mark.parametrize("kind", ["hukou", "form", "certificate", "id_copy"])
def test_what_was_written_can_be_read(kind: str) -> None:
    """Promise 1: the page in the office is the page that was laid: its ink lies where the paper's ink lay."""
    taken = cv2.cvtColor(decoded(captured(kind)), cv2.COLOR_BGR2GRAY)
    drawn = cv2.cvtColor(page(kind).image, cv2.COLOR_BGR2GRAY)
    drawn = cv2.resize(drawn, (taken.shape[1], taken.shape[0]), interpolation=cv2.INTER_AREA)
    score = np.corrcoef(cv2.GaussianBlur(taken, (0, 0), 1.5).ravel(), cv2.GaussianBlur(drawn, (0, 0), 1.5).ravel())[
        0, 1
    ]
    assert score > 0.85


def test_paper_is_white_ink_is_black_and_stamps_are_red() -> None:
    """Promise 1: a stamp stays a stamp."""
    image = decoded(captured("form"))
    assert np.median(image, axis=(0, 1)).min() >= 250
    assert np.percentile(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 0.5) < 90
    blue, green, red = image[int(255 * 200 / 25.4), int(160 * 200 / 25.4)].astype(int)
    assert red > 150
    assert max(blue, green) < 110


def test_a_shadow_over_the_page_is_taken_away() -> None:
    """Promise 1: what lay in the shade is as readable as the rest."""
    sheet = np.full((800, 600, 3), 230, np.uint8)
    shade = np.linspace(1.0, 0.5, 600)[None, :, None]
    even = enhance((sheet * shade).astype(np.uint8))
    assert np.ptp(cv2.GaussianBlur(even, (9, 9), 0)[20:-20, 20:-20]) < 16


def test_a_coloured_card_keeps_its_colours() -> None:
    """Promise 4: a blue card is blue."""
    blue, _, red = np.median(decoded(captured("bank_card")), axis=(0, 1))
    assert blue > 2 * red


def test_without_calibration_the_shape_decides_and_the_page_says_so() -> None:
    """Promise 4: what was not measured is not called measured."""
    seen = photograph("form", 2)
    assert seen.corners is not None
    paper = paper_of(seen.corners, None)
    assert (paper.name, paper.measured) == ("A4", False)
    strange = paper_of(np.array([[0.0, 0], [100, 0], [100, 400], [0, 400]]), None)
    assert (strange.name, strange.height) == (None, 297.0)


def test_an_unknown_size_is_kept_as_measured() -> None:
    """Promise 4: only what is close to a known paper is called that."""
    paper = paper_of(np.array([[0.0, 0], [1000, 0], [1000, 600], [0, 600]]), 0.2)
    assert (paper.name, paper.width, paper.height) == (None, 200.0, 120.0)


def test_a_quarter_turn_makes_a_page_upright() -> None:
    """Promise 7: a page that lay sideways can be turned."""
    seen = photograph("form", 2)
    assert seen.corners is not None
    paper = paper_of(seen.corners, MM_PER_PIXEL)
    upright = rectify(seen.frames[0], seen.corners, paper)
    turned = rectify(seen.frames[0], seen.corners, paper, turns=1)
    assert np.abs(turned.astype(int) - np.rot90(upright, -1)).max() <= 2  # of 255: both were cut from the frame
    assert captured("form", turns=1).mm_size == (297.0, 210.0)


def test_a_page_that_will_not_shrink_is_as_small_as_it_gets() -> None:
    """Promise 3: a page full of noise is kept, not refused."""
    noise = np.random.default_rng(0).integers(0, 255, (300, 200, 3), np.uint8)
    assert len(encode_jpeg(noise, most_bytes=1)) < len(encode_jpeg(noise, most_bytes=10**7))


def test_pages_become_one_pdf_in_true_size_that_names_nobody() -> None:
    """Promise 2: nothing but the pages is in it. Promise 4: each page has its paper's size."""
    document = pdf.build([captured("hukou"), captured("form"), captured("bank_card")])
    reader = PdfReader(BytesIO(document))
    sizes = [
        (round(float(p.mediabox.width) / 72 * 25.4, 1), round(float(p.mediabox.height) / 72 * 25.4, 1))
        for p in reader.pages
    ]
    assert sizes == [(105.0, 143.0), (210.0, 297.0), (85.6, 54.0)]
    assert not {key: value for key, value in (reader.metadata or {}).items() if str(value)}
    assert len(reader.pages[1].images) == 1


def test_equal_pages_give_equal_bytes() -> None:
    """Promise 1: the SHA-256 of the PDF can stand for the pages."""
    pages = [captured("hukou")]
    assert hashlib.sha256(pdf.build(pages)).digest() == hashlib.sha256(pdf.build(pages)).digest()


def test_a_pdf_without_pages_is_refused() -> None:
    """Promise 4: no empty document pretends to be a paper."""
    with pytest.raises(ValueError, match="page"):
        pdf.build([])


def test_a_page_never_shows_in_a_log() -> None:
    """Promise 2: neither its bytes nor its picture get into a repr."""
    assert repr(captured("hukou")) == "PageImage(mm_size=(105.0, 143.0), paper='register', measured=True, notes=())"
