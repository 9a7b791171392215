"""One line of text in pictures, whatever characters it holds: a chain of fonts, and a box where no font has the glyph.

Screens, receipts and simulated pages all draw through `FontChain`, so a name looks the same everywhere. Code points of
the private use areas are always boxed: what some font holds there is another character than the one on the card.
No text is cached, since it may be a name; only opened fonts are.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from pathlib import Path
from unicodedata import category

from PIL import Image, ImageDraw, ImageFont

from kiosk.text.clusters import INVISIBLE, clusters
from kiosk.text.coverage import Coverage, FontError, read_coverage

REGULAR = "NotoSansCJKsc-Regular.otf"
BOLD = "NotoSansCJKsc-Bold.otf"
FALLBACKS = ("HanaMinA.ttf", "HanaMinB.ttf", "BabelStoneHan.ttf")
INK = 255
_HALF_WIDTH = ["hwid"]  # OpenType: half-width forms, which Noto has for ASCII

_ASCENT = 1.14  # em above the baseline: Noto Bold's tallest accented capital, Ǘ, is 1.13
_DESCENT = 0.29  # em below: its lowest Latin bracket is 0.285
_STROKE_FOR_BOLD = 1 / 40  # em added around glyphs of fonts that have no bold face
# Control and format characters (reversed writing, zero width) and separators: some fonts hold an empty picture of them.
_NO_PICTURE = frozenset({"Cc", "Cf", "Zl", "Zp"})
_BOX_SIDE = 0.88  # em, as wide and high as a Chinese glyph's ink
_BOX_TOP = 0.84  # em above the baseline
_BOX_DIGITS = {2: 0.46, 3: 0.4}  # digits in a row -> em their height
_SHORT_CODE = 4  # hex digits of a code point in the basic plane: two rows of two, else two rows of three


def font_folder() -> Path:
    """Return assets/fonts below the project, or inside the packed program (PyInstaller's ``sys._MEIPASS``)."""
    packed = getattr(sys, "_MEIPASS", None)
    root = Path(packed) if packed else Path(__file__).resolve().parents[2]
    return root / "assets" / "fonts"


@dataclass(frozen=True)
class FontFile:
    """One font file of the chain; its coverage is read when first asked for."""

    path: Path
    bold_by_stroke: bool = False

    @cached_property
    def coverage(self) -> Coverage:
        """The code points this font has."""
        return read_coverage(self.path)

    def has(self, cluster: str) -> bool:
        """Say whether the font has every visible character of `cluster`."""
        visible = [ch for ch in cluster if ch not in INVISIBLE] or [cluster[0]]
        return all(ord(ch) in self.coverage and category(ch) not in _NO_PICTURE for ch in visible)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters drawn by one font; `font` None means each is drawn as its boxed code point."""

    font: FontFile | None
    text: str


class FontChain:
    """Fonts asked one after another for each character: the site's own, Noto Sans CJK, HanaMin, BabelStone."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take the fonts in `folder` (by default the project's).

        Raises:
            FontError: a font of the chain is not there.
        """
        folder = folder if folder is not None else font_folder()
        site = sorted(path for path in (folder / "site").glob("*") if path.suffix.lower() in {".ttf", ".otf"})
        for name in (REGULAR, BOLD, *FALLBACKS):
            if not (folder / name).exists():
                raise FontError(f"the font {name} is not in assets/fonts; run `make run`, which lays it there")
        own = tuple(FontFile(path, bold_by_stroke=True) for path in site)
        rest = tuple(FontFile(folder / name, bold_by_stroke=True) for name in FALLBACKS)
        self._digits = folder / BOLD
        self._chains = {False: (*own, FontFile(folder / REGULAR), *rest), True: (*own, FontFile(folder / BOLD), *rest)}

    def runs(self, text: str, *, bold: bool = False) -> list[Run]:
        """Split `text` into runs of one font each; marks and variation selectors stay with their base."""
        chain = self._chains[bold]
        found: list[Run] = []
        for cluster in clusters(text):
            for font, part in _dress(cluster, chain):
                if found and found[-1].font is font:
                    found[-1] = Run(font, found[-1].text + part)
                else:
                    found.append(Run(font, part))
        return found

    def measure(self, text: str, px: int, *, bold: bool = False) -> int:
        """Return the width in pixels of `text` drawn at `px` pixels to the em, before any wrapping."""
        return ceil(sum(_width(run, px, bold=bold) for run in self.runs(text, bold=bold)))

    def draw(self, text: str, px: int, *, bold: bool = False, cells: bool = False) -> Image.Image:
        """Return one line as an 'L' image, 255 = ink, `line_height(px)` high, the baseline `ascent(px)` below its top.

        At least one pixel wide, so that an empty line can be shown too. With `cells`, ASCII is half an em wide each, as
        in a printer's own font, so that columns stay columns.
        """
        runs = self.runs(text, bold=bold)
        features = _HALF_WIDTH if cells else None
        widths = [_width(run, px, bold=bold, features=features) for run in runs]
        image = Image.new("L", (max(1, ceil(sum(widths))), line_height(px)), 0)
        pen, left = ImageDraw.Draw(image), 0.0
        for run, width in zip(runs, widths, strict=True):
            if run.font is None:
                self._draw_boxes(pen, left, run.text, px)
            else:
                stroke = _stroke(run, px, bold=bold)
                face = _open(run.font.path, px)
                place = (left, ascent(px))
                pen.text(place, run.text, INK, face, anchor="ls", stroke_width=stroke, features=features)
            left += width
        return image

    def _draw_boxes(self, pen: ImageDraw.ImageDraw, left: float, text: str, px: int) -> None:
        """Draw each character of `text` as a box holding its code point: U+E863 as E8 over 63."""
        for ch in text:
            code = f"{ord(ch):04X}"
            columns = 2 if len(code) == _SHORT_CODE else 3
            side, top = round(px * _BOX_SIDE), ascent(px) - round(px * _BOX_TOP)
            x = round(left + (px - side) / 2)
            pen.rectangle((x, top, x + side - 1, top + side - 1), outline=INK, width=max(1, px // 24))
            digits = _open(self._digits, max(6, round(px * _BOX_DIGITS[columns])))
            for row, part in enumerate((code[:columns], code[columns:])):
                middle = (x + side / 2, top + side * (0.29 + 0.43 * row))
                pen.text(middle, part, INK, digits, anchor="mm")
            left += px


def ascent(px: int) -> int:
    """Return how many pixels the baseline lies below a line's top at `px` pixels to the em."""
    return ceil(px * _ASCENT)


def line_height(px: int) -> int:
    """Return the height in pixels of a line at `px` pixels to the em."""
    return ascent(px) + ceil(px * _DESCENT)


@lru_cache(maxsize=1)
def default_chain() -> FontChain:
    """Return the one chain over the project's fonts, made when first asked for."""
    return FontChain()


def _dress(cluster: str, chain: Sequence[FontFile]) -> Iterable[tuple[FontFile | None, str]]:
    """Give the cluster to the first font that has all of it; else character by character; else to the box."""
    whole = next((font for font in chain if font.has(cluster)), None)
    if whole is not None or len(cluster) == 1:
        return [(whole, cluster)]
    visible = [ch for ch in cluster if ch not in INVISIBLE] or [cluster[0]]
    return [(next((font for font in chain if font.has(ch)), None), ch) for ch in visible]


def _width(run: Run, px: int, *, bold: bool, features: list[str] | None = None) -> float:
    if run.font is None:
        return float(px * len(run.text))
    return _open(run.font.path, px).getlength(run.text, features=features) + _stroke(run, px, bold=bold)


def _stroke(run: Run, px: int, *, bold: bool) -> float:
    return px * _STROKE_FOR_BOLD if bold and run.font is not None and run.font.bold_by_stroke else 0.0


@lru_cache(maxsize=128)
def _open(path: Path, px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, px)
