"""Pages to one PDF in true size, by fpdf2: the JPEGs go in as they are, and over them, unseen, what was read on them.

Two decisions. Equal pages give equal bytes (no date of today, no name, a fixed order), since the file's SHA-256 stands
for it on its way to the office. And a line of text is written as one line at its place, stretched to its width: a layer
of single characters gives a space between any two when it is copied.

It declares PDF/A-2b (ISO 19005-2): fonts embedded, an sRGB output intent, XMP metadata, an identifier of the content.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from io import BytesIO
from math import atan2, degrees, hypot
from unicodedata import category

from fpdf import FPDF
from fpdf.enums import DocumentCompliance, TextMode
from fpdf.fonts import TTFFont

from kiosk.reading.results import Line, Reading
from kiosk.scan.page import PageImage
from kiosk.scan.rectify import MM_PER_INCH
from kiosk.scan.unseen_font import unseen_font

_POINTS_PER_MM = 72.0 / MM_PER_INCH
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # it goes into the identifier alone; the case document has the true one
_EM = 0.78  # of the height of a line's box, which the finder of lines draws a little wider than the ink
_BASELINE = 0.22  # of that height, above the box's lower edge
_STRAIGHT = 0.5  # degrees; a smaller slant is not worth a turned line
_FONT = "unseen"
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="2" '
    'pdfaid:conformance="B"/></rdf:RDF></x:xmpmeta>'
)


def build(pages: Sequence[PageImage], readings: Sequence[Reading] | None = None) -> bytes:
    """Return the PDF of `pages`, in their order, with `readings` as its text, one a page; None: it has no text.

    Raises:
        ValueError: there are no pages, or not as many readings.
    """
    if not pages:
        raise ValueError("a PDF needs a page")
    if readings is not None and len(readings) != len(pages):
        raise ValueError(f"{len(readings)} readings do not belong to {len(pages)} pages")
    document = FPDF(unit="pt", enforce_compliance=DocumentCompliance.PDFA_2B)
    document.set_creation_date(_NO_DATE)
    document.set_xmp_metadata(_XMP)
    document.set_auto_page_break(auto=False)
    for page in pages:
        width, height = (mm * _POINTS_PER_MM for mm in page.mm_size)
        document.add_page(format=(width, height))
        document.image(BytesIO(page.jpeg), 0, 0, width, height)
    if readings is not None:
        _write(document, pages, readings)
    return bytes(document.output())


def _write(document: FPDF, pages: Sequence[PageImage], readings: Sequence[Reading]) -> None:
    """Write the lines of each page, not drawn, at their places."""
    characters = {character for reading in readings for line in reading.lines for character in _clean(line.text)}
    if not characters:
        return
    font = unseen_font(characters)
    document.fonts[_FONT] = TTFFont(document, font, _FONT, "")  # type: ignore[arg-type]  # fontTools takes a file, too
    document.text_mode = TextMode.INVISIBLE
    for number, (page, reading) in enumerate(zip(pages, readings, strict=True), 1):
        document.page = number
        document.set_font(_FONT, size=1)
        for line in reading.lines:
            _line(document, line, page.mm_size[0] * _POINTS_PER_MM / reading.size[0])


def _clean(text: str) -> str:
    """Return the text without what no reader of PDF finds: control and format characters, and white space around it."""
    return "".join(character for character in text if category(character) not in _NOT_TEXT).strip()


def _line(document: FPDF, line: Line, scale: float) -> None:
    """Write one line along the lower edge of its box, as wide as that."""
    text, (top, _, right, bottom) = _clean(line.text), line.quad
    height = hypot(bottom[0] - top[0], bottom[1] - top[1]) * scale
    width = hypot(right[0] - bottom[0], right[1] - bottom[1]) * scale
    if not text or min(width, height) <= 0:
        return
    x, y = ((low + (high - low) * _BASELINE) * scale for low, high in zip(bottom, top, strict=True))
    slant = degrees(atan2(bottom[1] - right[1], right[0] - bottom[0]))
    document.set_font(_FONT, size=height * _EM)
    document.set_stretching(100.0)
    document.set_stretching(100.0 * width / document.get_string_width(text))
    with document.rotation(slant, x, y) if abs(slant) >= _STRAIGHT else nullcontext():
        document.text(x, y, text)
