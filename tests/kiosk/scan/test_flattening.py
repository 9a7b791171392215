"""Flat pages: straight, upright, in their colours, small, and two sides of a card on one sheet."""

import cv2
import numpy as np
import pytest

from kiosk.scan import on_one_a4, skew_degrees, upright_turns
from kiosk.scan.enhance import encode_jpeg, enhance
from kiosk.scan.geometry import Image
from kiosk.scan.page import PageImage, make_page
from tests.scenes import REPORTED, draw_paper, scene


def decoded(page: PageImage) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(page.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def at_200_dpi(kind: str, variant: int = 1) -> Image:
    drawn = draw_paper(kind, variant).image
    return np.asarray(cv2.resize(drawn, None, fx=0.984, fy=0.984, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("kind", ["letter", "form", "register"])
@pytest.mark.parametrize("degrees", [-10, -2.17, 0, 0.33, 5.5])
def test_how_far_writing_is_turned_is_measured_to_a_twentieth_of_a_degree(kind: str, degrees: float) -> None:
    """Promise 4: a page that was laid askew comes out straight (goal: .05 degrees to 10)."""
    flat = at_200_dpi(kind)
    height, width = flat.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    turned = cv2.warpAffine(flat, matrix, (width, height), borderValue=(250, 250, 250))
    measured = skew_degrees(np.asarray(turned, np.uint8))
    assert measured is not None
    assert abs(measured - degrees) <= 0.05


@pytest.mark.parametrize("kind", ["letter", "form", "register", "certificate", "id_back", "receipt", "coloured"])
@pytest.mark.parametrize("turns", range(4))
def test_a_written_page_is_turned_upright(kind: str, turns: int) -> None:
    """Promise 6: nobody has to lay a paper the right way round."""
    assert upright_turns(np.ascontiguousarray(np.rot90(at_200_dpi(kind), turns))) == turns


def test_a_blank_page_has_no_right_way_round() -> None:
    """Promise 4: what cannot be told is not guessed."""
    blank = at_200_dpi("blank")
    assert (upright_turns(blank), skew_degrees(blank)) == (None, None)


def test_a_stamp_stays_as_red_as_it_was_and_paper_becomes_white() -> None:
    """Promise 1: hue and chroma of the stamp, before and after."""
    drawn = at_200_dpi("form")
    dim = np.clip(drawn * np.linspace(0.95, 0.65, drawn.shape[1])[None, :, None], 0, 255).astype(np.uint8)
    lab_before, lab_after = (
        cv2.cvtColor(page, cv2.COLOR_BGR2LAB).astype(float) - 128 for page in (drawn, enhance(dim))
    )
    red = (drawn[:, :, 2] > 150) & (drawn[:, :, 1] < 90)
    hues, chromas = [], []
    for lab in (lab_before, lab_after):
        a, b = (float(lab[:, :, channel][red].mean()) for channel in (1, 2))
        hues.append(np.degrees(np.arctan2(b, a)))
        chromas.append(np.hypot(a, b))
    assert abs(hues[0] - hues[1]) < 6
    assert 0.85 < chromas[1] / chromas[0] < 1.3
    assert np.median(enhance(dim), axis=(0, 1)).min() >= 250


def test_a_page_full_of_writing_is_small() -> None:
    """Promise 3: at most 200 KB a page at 200 dpi."""
    assert len(encode_jpeg(enhance(at_200_dpi("letter", 2)))) <= 200_000


def test_front_and_back_of_a_card_lie_on_one_sheet_in_true_size() -> None:
    """Promise 4: 1:1, so that the copy can be held against the card."""
    seen = scene(REPORTED[21], tray="black", papers=["id_front", "id_back"], turns=0)
    cards = [make_page(seen.frame, quad, seen.mm_per_pixel) for quad in seen.quads]
    sheet = on_one_a4(cards)
    assert (sheet.mm_size, sheet.paper, sheet.measured) == ((210.0, 297.0), "A4", True)
    ink = cv2.cvtColor(decoded(sheet), cv2.COLOR_BGR2GRAY) < 252
    columns, rows = np.nonzero(ink.any(axis=0))[0], np.nonzero(ink.any(axis=1))[0]
    widest = max(card.mm_size[0] for card in cards)
    assert (columns[-1] - columns[0]) / 200 * 25.4 == pytest.approx(widest, abs=2.5)
    assert rows[-1] - rows[0] > sum(card.mm_size[1] for card in cards) / 25.4 * 200


def test_what_does_not_fit_on_one_sheet_is_refused_in_words() -> None:
    """Promise 4: nothing is shrunk or cut in silence."""
    seen = scene(REPORTED[22], tray="black", papers=["form"], turns=0)
    page = make_page(seen.frame, seen.quads[0], seen.mm_per_pixel)
    for pages in ([], [page, page]):
        with pytest.raises(ValueError, match="do not fit"):
            on_one_a4(pages)
