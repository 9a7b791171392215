"""The codes printed on a flattened page: their kind and what they say, by zxing-cpp. Handed on, never acted upon.

One decision: a code is taken whole or not at all. One that is too long, or holds what cannot be shown as text (control
and format characters, which can also hide or turn round what a clerk reads), is left out rather than mended. So is one
whose bytes are not UTF-8: most codes do not say what their bytes mean, and the library's guess would pass for a fact.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import category

import zxingcpp

from kiosk.scan.geometry import Image
from kiosk.scan.page import PageImage
from kiosk.scan.pictures import decode_picture
from sync.contract import MOST_CODE_CHARACTERS, MOST_CODES, PaperCode, Symbology

_KINDS: Mapping[object, Symbology] = {
    zxingcpp.BarcodeFormat.QRCode: "QR",
    zxingcpp.BarcodeFormat.Code128: "CODE128",
    zxingcpp.BarcodeFormat.DataMatrix: "DATAMATRIX",
    zxingcpp.BarcodeFormat.PDF417: "PDF417",
}
_FORMATS = zxingcpp.BarcodeFormats(list(_KINDS))
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class FoundCode:
    """One code: its kind, a value of `_KINDS`, and its text; that may be personal, so never in a repr."""

    symbology: Symbology
    text: str = field(repr=False)


def codes_on(page: Image) -> tuple[FoundCode, ...]:
    """Return the codes on a flat page, uint8 BGR, from top to bottom, each once; at most `MOST_CODES`."""
    found = sorted(
        zxingcpp.read_barcodes(page, formats=_FORMATS, text_mode=zxingcpp.TextMode.Plain),
        key=lambda code: (code.position.top_left.y, code.position.top_left.x),
    )
    said = (FoundCode(_KINDS[code.format], code.text) for code in found if code.text.encode() == code.bytes)
    return tuple(dict.fromkeys(code for code in said if _can_be_shown(code.text)))[:MOST_CODES]


def codes_of(pages: Sequence[PageImage]) -> tuple[PaperCode, ...]:
    """Return the codes on the pages of a paper, at most `MOST_CODES` of all of them."""
    return tuple(_codes_of(pages))[:MOST_CODES]


def _codes_of(pages: Sequence[PageImage]) -> Iterator[PaperCode]:
    for number, page in enumerate(pages, 1):
        for code in codes_on(decode_picture(page.jpeg)):
            yield PaperCode(page=number, symbology=code.symbology, text=code.text)


def _can_be_shown(text: str) -> bool:
    return 0 < len(text) <= MOST_CODE_CHARACTERS and not any(category(each) in _HIDDEN for each in text)
