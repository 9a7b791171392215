"""The head of every receipt: the centre's name beside the moon, white on a dark band, drawn in dots."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from kiosk.text.fonts import INK, ascent, default_chain

_WIDTH, _HEIGHT, _CORNER = 576, 116, 18
_MOON = (26, 22, 72)  # left, top, diameter
_TEXT_LEFT, _TEXT_RIGHT = 116, 18
_NAME_PX, _PLACE_PX = 42, 28
_INK_MIDDLE = 0.38  # em from the baseline up to the middle of a Chinese glyph
_FINE = 4  # drawn four times as fine, for smooth edges at 8 dots to the millimetre


def mark(name: str, place: str) -> NDArray[np.bool_]:
    """Return the band in dots, True = black: the moon, `name` large and `place` below it, made to fit."""
    band = Image.new("L", (_WIDTH * _FINE, _HEIGHT * _FINE), 0)
    pen = ImageDraw.Draw(band)
    pen.rounded_rectangle((0, 0, _WIDTH * _FINE - 1, _HEIGHT * _FINE - 1), _CORNER * _FINE, fill=INK)
    _draw_moon(pen)
    band = band.resize((_WIDTH, _HEIGHT), Image.Resampling.BOX)
    name_px = _fit(name, _NAME_PX)
    _draw_line(band, name, name_px, middle=42)
    _draw_line(band, place, _fit(place, min(_PLACE_PX, name_px - 3)), middle=84)
    return np.asarray(band) > INK // 2


def _draw_moon(pen: ImageDraw.ImageDraw) -> None:
    left, top, side = (value * _FINE for value in _MOON)
    pen.ellipse((left, top, left + side, top + side), fill=0)
    bite = round(side * 0.86)
    x, y = left + round(side * 0.34), top - round(side * 0.1)
    pen.ellipse((x, y, x + bite, y + bite), fill=INK)


def _fit(text: str, px: int) -> int:
    """Return the largest size up to `px` at which `text` fits beside the moon."""
    room = _WIDTH - _TEXT_LEFT - _TEXT_RIGHT
    return min(px, px * room // max(1, default_chain().measure(text, px, bold=True)))


def _draw_line(band: Image.Image, text: str, px: int, *, middle: int) -> None:
    line = default_chain().draw(text, px, bold=True)
    above = ascent(px) - round(px * _INK_MIDDLE)
    band.paste(0, (_TEXT_LEFT, middle - above), line)
