"""A font of boxes, made for one document: it says how large each character is and which one it is, no more.

One decision: text that is not drawn needs no drawing. So a line is always one piece of one font, whatever rare
characters are in it (readers break a line where the font changes), and a document's font is a few kilobytes. Each
character has a glyph of its own, since PDF/A forbids the ``.notdef`` glyph even where nothing is drawn; it is a box,
since pdfium marks what is chosen by the glyphs' outlines and loses a sideways line of empty ones.
"""

from io import BytesIO
from unicodedata import east_asian_width

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM = 1000
_ASCENT, _DESCENT = 800, -200
_NO_DATE = 3_029_529_600  # 2000-01-01 in TrueType's seconds since 1904: equal text must give equal bytes
_WIDE = frozenset("WFA")  # Unicode, UAX #11: as wide as a Chinese character, in a Chinese context


def unseen_font(characters: set[str]) -> BytesIO:
    """Return a TrueType font that has exactly `characters`, and space; equal sets give equal bytes."""
    order = [" ", *sorted(characters - {" "})]
    names = {character: f"u{ord(character):04X}" for character in order}
    widths = {".notdef": EM, **{names[character]: _width(character) for character in order}}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(list(widths))
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    builder.setupGlyf({name: _box(width) for name, width in widths.items()})
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupNameTable({"familyName": "Unseen", "styleName": "Regular", "psName": "Unseen"})
    builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT)
    builder.setupPost()
    builder.font.recalcTimestamp = False
    builder.updateHead(created=_NO_DATE, modified=_NO_DATE)
    made = BytesIO()
    builder.save(made)
    made.seek(0)
    return made


def _width(character: str) -> int:
    return EM if east_asian_width(character) in _WIDE else EM // 2


def _box(width: int) -> object:
    pen = TTGlyphPen(None)
    pen.moveTo((0, _DESCENT))
    for corner in ((0, _ASCENT), (width, _ASCENT), (width, _DESCENT)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
