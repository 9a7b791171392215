"""The paper of the simulated receipt printer: dots, 8 to the millimetre, as its print head would burn them.

Glyphs are 24 dots high from a font that is given; a character outside the printer's own set is drawn as ``?``, as the
real ones do, so that a test can see that none was sent.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Dots = NDArray[np.bool_]

CELL_WIDTH, EM = 12, 24
DOTS_PER_MM = 8
PAPER_WIDTH = 640  # dots of 80 mm paper; the print area lies in its middle
DEFAULT_PITCH = 30
# em in dots and row of the baseline, in a cell 24 rows high: Latin tails need more room below than Chinese glyphs
_HALF_FACE, _FULL_FACE = (22, 18), (EM, 21)
_BURN_ABOVE = 110
_MARGIN = 24  # rows of bare paper above and below a receipt in its picture
_ROOM: tuple[Callable[[int], int], ...] = (lambda _room: 0, lambda room: room // 2, lambda room: room)


@dataclass
class Style:
    """How the next characters print (ESC E, GS !, ESC a, FS !)."""

    bold: bool = False
    underline: bool = False
    width: int = 1
    height: int = 1
    align: int = 0


@dataclass
class Paper:
    """The strip that comes out of the printer, from the last cut on."""

    font: Path
    width: int = 576
    style: Style = field(default_factory=Style)
    pitch: int = DEFAULT_PITCH
    _line: list[Dots] = field(default_factory=list)
    _strips: list[Dots] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)

    @property
    def line_open(self) -> bool:
        """Whether characters wait in the line buffer for a line feed."""
        return bool(self._line)

    def reset(self) -> None:
        """Take power-on settings; what is in the line buffer is lost, what was burnt stays on the paper."""
        self.style, self.pitch = Style(), DEFAULT_PITCH
        self._line.clear()

    def put(self, ch: str) -> None:
        """Put one character into the line, wrapping when it is full."""
        self._said.append(ch)
        dots = _glyph(self.font, ch, bold=self.style.bold)
        dots = np.kron(dots, np.ones((self.style.height, self.style.width), dtype=bool))
        if self.style.underline:
            dots[-2:] = True
        if sum(cell.shape[1] for cell in self._line) + dots.shape[1] > self.width:
            self.end_line()
        self._line.append(dots)

    def end_line(self) -> None:
        """Burn the line and feed to the next (LF)."""
        height = max((cell.shape[0] for cell in self._line), default=0)
        line = [np.pad(cell, ((height - cell.shape[0], 0), (0, 0))) for cell in self._line]
        self._line.clear()
        self._said.append("\n")
        self._burn(np.hstack(line) if line else np.zeros((0, 0), dtype=bool))
        self.feed(max(0, self.pitch - height))

    def feed(self, dots: int) -> None:
        """Let `dots` rows of bare paper pass."""
        self._strips.append(np.zeros((dots, self.width), dtype=bool))

    def picture(self, dots: Dots) -> None:
        """Burn a picture at the alignment in force; what reaches beyond the print area is lost."""
        if self._line:
            self.end_line()
        self._burn(dots[:, : self.width])

    def qr(self, data: bytes, module: int, correction: str) -> None:
        """Burn a QR code of model 2."""
        code = segno.make(data, error=correction, micro=False, boost_error=False)
        modules = np.array([list(row) for row in code.matrix], dtype=bool)
        self.picture(np.kron(modules, np.ones((module, module), dtype=bool)))

    def cut(self) -> tuple[str, Image.Image]:
        """Cut here and return what came out: the characters of the printer's own font, and a picture of the paper.

        The picture is white paper with its margins, mode '1'.
        """
        strips = [strip for strip in self._strips if strip.shape[0]]
        said, self._strips, self._said = "".join(self._said), [], []
        dots = np.vstack(strips) if strips else np.zeros((1, self.width), dtype=bool)
        side = (PAPER_WIDTH - self.width) // 2
        return said, Image.fromarray(~np.pad(dots, ((_MARGIN, _MARGIN), (side, PAPER_WIDTH - self.width - side))))

    def _burn(self, dots: Dots) -> None:
        rows, columns = dots.shape
        if rows:
            left = _ROOM[self.style.align](self.width - columns)
            self._strips.append(np.pad(dots, ((0, 0), (left, self.width - columns - left))))


@lru_cache(maxsize=4)
def _face(font: Path, em: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font, em)


@lru_cache(maxsize=4096)
def _glyph(font: Path, ch: str, *, bold: bool) -> Dots:
    """Return one character in its cell; half-width forms where the font has them (OpenType ``hwid``)."""
    half = ch.isascii()
    em, baseline = _HALF_FACE if half else _FULL_FACE
    cell = Image.new("L", (CELL_WIDTH if half else EM, EM), 0)
    features = ["hwid"] if half else None
    place = ((cell.width - (em // 2 if half else em)) / 2, baseline)
    ImageDraw.Draw(cell).text(place, ch, 255, _face(font, em), anchor="ls", features=features)
    dots = np.asarray(cell) > _BURN_ABOVE
    if bold:
        dots = dots | np.pad(dots, ((0, 0), (1, 0)))[:, :-1]
    return dots
