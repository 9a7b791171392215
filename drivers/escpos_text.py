"""Which characters a Chinese receipt printer can print by itself, and the bytes it wants for them.

Such printers hold GB 2312 (the two-byte area of GB 18030 from A1A1 to F7FE) and ASCII. Everything else, and every
four-byte code above all, prints as ``?`` or swallows its neighbour: whoever prints draws such a line as dots instead.
"""

from functools import lru_cache

ASCII_CELLS = 1
FULL_CELLS = 2


@lru_cache(maxsize=4096)
def printer_can_show(ch: str) -> bool:
    """Say whether the one character `ch` is in GB 2312 or printable ASCII.

    Asked by the bytes, since two code points may share a shape: U+2014 is the printer's A1AA, U+2015 is not.
    """
    if ch.isascii():
        return ch.isprintable()
    try:
        ch.encode("gb18030").decode("gb2312")
    except UnicodeError:
        return False
    return True


def line_can_show(line: str) -> bool:
    """Say whether the printer's own font has every character of `line`."""
    return all(map(printer_can_show, line))


def encode_line(line: str) -> bytes:
    """Return the bytes for a line that `line_can_show`; inside GB 2312 every edition of GB 18030 agrees.

    Raises:
        ValueError: a character outside GB 2312 and ASCII. It is not named, for it may be from a name.
    """
    for place, ch in enumerate(line):
        if not printer_can_show(ch):
            raise ValueError(f"character {place} of the line is outside GB 2312")
    return line.encode("gb18030")


def cells(text: str) -> int:
    """Return how many half-width cells `text` takes in the printer's font (ASCII one, all else two)."""
    return sum(ASCII_CELLS if ch.isascii() else FULL_CELLS for ch in text)
