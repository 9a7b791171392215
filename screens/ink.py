"""Type: every character of every name, from the font that has it, or its code point in a box (promise 5).

Kivy draws a label from one font and shows an empty box for the rest, so no Kivy label is used: lines are set by
`kiosk.text.fonts.FontChain`, broken by our own rule (no closing mark begins a line), and kept as white masks.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from kivy.graphics.texture import Texture
from PIL import Image

from kiosk.text.fonts import FontChain
from screens.shapes import texture_of

_CLOSING = "，。；：！？、）》」』】〕”’…—·,.;:!?)]}%"
_OPENING = "（《「『【〔“‘([{¥"
# A space, a word (broken after a hyphen or stroke that no digit follows), or one character.
_PIECES = re.compile(r"\s+|(?:[A-Za-z0-9À-ɏ'’\"@_*#&+.:,;]|[-/](?=\d))+[-/]?|.", re.DOTALL)
_LEADING = 1.3  # MIIT 适老化通用设计规范 1.2


def pieces(text: str) -> list[str]:
    """Return `text` in the smallest parts a line may be broken between."""
    parts: list[str] = []
    glue = False
    for piece in _PIECES.findall(text):
        if parts and (glue or (piece[0] in _CLOSING and not parts[-1].isspace())):
            parts[-1] += piece
        else:
            parts.append(piece)
        glue = piece[-1] in _OPENING
    return parts


class Typesetter:
    """Sets lines of type and remembers them until `forget`."""

    def __init__(self, chain: FontChain) -> None:
        self._chain = chain
        self._width = lru_cache(maxsize=8192)(self._measure)
        self._wrap = lru_cache(maxsize=2048)(self._break)
        self._texture = lru_cache(maxsize=600)(self._set)

    def leading(self, em: int) -> int:
        """Return the distance between lines of `em` pixels."""
        return round(em * _LEADING)

    def width(self, text: str, em: int, *, bold: bool) -> int:
        """Return the width of `text` in one line, in pixels."""
        return self._width(text, em, bold)

    def wrap(self, text: str, em: int, *, bold: bool, width: int) -> tuple[str, ...]:
        """Return `text` in lines no wider than `width`; a line feed always begins a new one."""
        return self._wrap(text, em, bold, width)

    def texture(self, line: str, em: int, *, bold: bool) -> Texture:
        """Return one line as a white mask, `leading(em)` pixels high."""
        return self._texture(line, em, bold)

    @property
    def set_lines(self) -> int:
        """How many lines had to be set since the last `forget`."""
        return self._texture.cache_info().misses

    def forget(self) -> None:
        """Drop every line set so far: what a visit showed does not outlive it (promise 2)."""
        for cache in (self._width, self._wrap, self._texture):
            cache.cache_clear()

    def _measure(self, text: str, em: int, bold: bool) -> int:
        return self._chain.measure(text, em, bold=bold)

    def _break(self, text: str, em: int, bold: bool, width: int) -> tuple[str, ...]:
        def wide(part: str) -> int:
            return self._width(part, em, bold)

        return tuple(line for paragraph in text.split("\n") for line in break_paragraph(paragraph, wide, width))

    def _set(self, line: str, em: int, bold: bool) -> Texture:
        mask = self._chain.draw(line, em, bold=bold)
        high = self.leading(em)
        image = Image.new("RGBA", (max(1, mask.width), high), (255, 255, 255, 0))
        alpha = Image.new("L", image.size, 0)
        alpha.paste(mask, (0, (high - mask.height) // 2))
        image.putalpha(alpha)
        return texture_of(image)


def break_paragraph(text: str, wide: Callable[[str], int], width: int) -> list[str]:
    """Return the lines of one paragraph; a piece wider than a line is broken between its characters."""
    lines: list[str] = []
    line = ""
    for piece in pieces(text):
        if wide((line + piece).rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while wide(line) > width:
            fitting = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or wide(line[:n]) <= width)
            lines.append(line[:fitting])
            line = line[fitting:]
    return [*lines, line.rstrip()]
