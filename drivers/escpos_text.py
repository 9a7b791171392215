"""Which characters a Chinese receipt printer can print by itself, and the bytes it wants for them.

Such printers hold GB 2312 (the two-byte area of GB 18030 from A1A1 to F7FE) or the two-byte areas of GBK, and ASCII.
Everything else, and every four-byte code above all, prints as ``?`` or swallows its neighbour: whoever prints draws
such a line as dots instead.
"""

from functools import lru_cache

from drivers.escpos_models import ChineseFont

ASCII_CELLS = 1
FULL_CELLS = 2
_CODECS = {ChineseFont.GB2312: "gb2312", ChineseFont.GB18030: "gbk"}


@lru_cache(maxsize=4096)
def printer_can_show(ch: str, font: ChineseFont) -> bool:
    """Say whether the one character `ch` is in the printer's `font` or printable ASCII.

    Asked by the bytes, since two code points may share a shape: U+2014 is the printer's A1AA, U+2015 is not.
    """
    if ch.isascii():
        return ch.isprintable()
    if font not in _CODECS:
        return False
    try:
        ch.encode("gb18030").decode(_CODECS[font])
    except UnicodeError:
        return False
    return True


def line_can_show(line: str, font: ChineseFont) -> bool:
    """Say whether the printer's own font has every character of `line`."""
    return all(printer_can_show(ch, font) for ch in line)


def encode_line(line: str, font: ChineseFont) -> bytes:
    """Return the bytes for a line that `line_can_show`; inside these fonts every edition of GB 18030 agrees.

    Raises:
        ValueError: a character outside the font and ASCII. It is not named, for it may be from a name.
    """
    for place, ch in enumerate(line):
        if not printer_can_show(ch, font):
            raise ValueError(f"character {place} of the line is outside the printer's font")
    return line.encode("gb18030")


def cells(text: str) -> int:
    """Return how many half-width cells `text` takes in the printer's font (ASCII one, all else two)."""
    return sum(ASCII_CELLS if ch.isascii() else FULL_CELLS for ch in text)
