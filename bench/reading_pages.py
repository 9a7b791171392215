"""Pages for the benches of reading and of PDFs: sentences of the kiosk's own words, drawn with its own font."""

import tomllib
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kiosk.text.fonts import REGULAR, font_folder

_WORDS = Path(__file__).resolve().parents[1] / "assets" / "words" / "zh"
_PER_LINE = 26
_LINES = 25


def texts(page: int) -> tuple[str, ...]:
    """Return the lines of the page of that number: about 640 characters, other ones on each page."""
    sentences = "".join(sentence for file in sorted(_WORDS.glob("*.toml")) for sentence in _strings(_table(file)))
    start = page * _PER_LINE * _LINES % len(sentences)
    characters = "".join(islice(cycle(sentences), start, start + _PER_LINE * _LINES))
    return tuple(characters[at : at + _PER_LINE] for at in range(0, len(characters), _PER_LINE))


def drawn(
    lines: tuple[str, ...], dpi: int, points: float = 12.0, mm: tuple[float, float] = (210, 297)
) -> NDArray[np.uint8]:
    """Return a page of that size with lines of that size, uint8 BGR."""
    width, height = (round(side * dpi / 25.4) for side in mm)
    page = Image.new("L", (width, height), 252)
    font = ImageFont.truetype(str(font_folder() / REGULAR), round(points * dpi / 72))
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        pen.text((width * 0.08, height * 0.06 + number * font.size * 1.8), line, fill=35, font=font)
    return np.ascontiguousarray(np.repeat(np.asarray(page, np.uint8)[:, :, None], 3, axis=2))


def _table(file: Path) -> dict[str, object]:
    return tomllib.loads(file.read_text("utf-8"))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, str) and "{" not in value and value.isprintable():
        yield "".join(value.split())
