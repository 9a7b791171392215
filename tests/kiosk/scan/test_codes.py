"""Codes printed on papers: read from the flat page, handed on with it, never trusted."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.scan.codes import FoundCode, codes_of, codes_on
from kiosk.scan.enhance import encode_jpeg
from kiosk.scan.geometry import Image
from kiosk.scan.page import PageImage
from sync.contract import MOST_CODE_CHARACTERS, PaperCode, Symbology

TEXT = "FP-20261124-000318"
KINDS: Mapping[Symbology, str] = {"QR": "QRCode", "CODE128": "Code128", "DATAMATRIX": "DataMatrix", "PDF417": "PDF417"}


def drawn(kind: Symbology, text: str = TEXT, module: int = 4) -> Image:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, KINDS[kind]))
    grey = np.asarray(zxingcpp.write_barcode_to_image(code, scale=module), np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def qr(text: str) -> Image:
    """Return a QR code of UTF-8 bytes, as practically all are that say Chinese."""
    matrix = np.array(segno.make_qr(text, encoding="utf-8").matrix, np.uint8)
    large = np.kron(255 - 255 * np.pad(matrix, 4), np.ones((4, 4), np.uint8)).astype(np.uint8)
    return np.asarray(cv2.cvtColor(large, cv2.COLOR_GRAY2BGR), np.uint8)


def sheet(*codes: Image) -> Image:
    """Return an A4 page at 200 dpi with codes one below another."""
    page = np.full((2339, 1654, 3), 250, np.uint8)
    cv2.putText(page, "Budayang", (300, 140), cv2.FONT_HERSHEY_SIMPLEX, 2, (40, 40, 40), 3)
    top = 260
    for code in codes:
        page[top : top + code.shape[0], 200 : 200 + code.shape[1]] = code
        top += code.shape[0] + 120
    return page


def captured(image: Image) -> PageImage:
    return PageImage(encode_jpeg(image), (210.0, 297.0), np.zeros((4, 4, 3), np.uint8), "A4", measured=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turns", range(4))
def test_a_code_is_read_however_the_page_lies(kind: Symbology, turns: int) -> None:
    """Promise 5: what is printed is handed on exactly as it is printed."""
    page = np.ascontiguousarray(np.rot90(sheet(drawn(kind)), turns))
    assert codes_on(page) == (FoundCode(kind, TEXT),)


def test_the_codes_of_a_paper_are_told_page_by_page() -> None:
    """Promise 4: the clerk learns on which page it stands; through the JPEG that is kept."""
    first, second = sheet(drawn("QR")), sheet(drawn("CODE128", "A-1"), qr("常熟市支塘镇"))
    assert codes_of([captured(first), captured(second)]) == (
        PaperCode(page=1, symbology="QR", text=TEXT),
        PaperCode(page=2, symbology="CODE128", text="A-1"),
        PaperCode(page=2, symbology="QR", text="常熟市支塘镇"),
    )


def test_a_page_without_codes_has_none() -> None:
    """Promise 4: nothing is made up."""
    assert codes_on(sheet()) == ()


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\nb", "a\x00b", "ab\u202egnp.exe", "a\u2028b", "\ue000"])
def test_a_code_with_hidden_characters_is_left_out(text: str) -> None:
    """Promise 4: nobody reads something else at the desk than what is in it."""
    assert codes_on(sheet(qr(text))) == ()


def test_a_code_that_is_too_long_is_left_out_whole() -> None:
    """Promise 4: half a code is another code."""
    assert codes_on(sheet(drawn("QR", "7" * (MOST_CODE_CHARACTERS + 1)))) == ()


def test_what_a_code_says_never_shows_in_a_log() -> None:
    """Promise 2: it may be somebody's number."""
    (found,) = codes_on(sheet(drawn("QR")))
    (told,) = codes_of([captured(sheet(drawn("QR")))])
    assert TEXT not in repr(found) + repr(told)


@settings(max_examples=20, deadline=None)
@given(st.text(min_size=1, max_size=40), st.sampled_from([qr, lambda text: drawn("QR", text)]))
def test_a_code_is_read_exactly_or_not_at_all(text: str, draw: Callable[[str], Image]) -> None:
    """Promise 5: no character is lost, mended or replaced, whatever the code's bytes mean."""
    page = draw(text)
    assert [code.text for code in codes_on(np.pad(page, ((40, 40), (40, 40), (0, 0)), constant_values=250))] in (
        [],
        [text],
    )


def test_a_code_whose_bytes_may_mean_two_things_is_left_out() -> None:
    """Promise 4: "¡" in Latin-1 is a full stop in Shift JIS, and the code does not say which."""
    assert codes_on(sheet(drawn("QR", "¡"))) == ()
