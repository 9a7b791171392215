"""Millimetres, colours and modes: everything a widget needs to know before it draws a line.

One decision: nothing in `screens` is measured in pixels. Sizes are millimetres of the configured screen, so that a
12 mm letter is 12 mm on a 21-inch and on a 32-inch panel (EN 301 549 5.1.4, WCAG 2.2 2.5.5).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import hypot
from typing import Literal

MM_PER_INCH = 25.4
_SRGB_KNEE = 0.04045
Rgb = tuple[int, int, int]
Mode = Literal["elder", "low", "high_contrast"]
MODES: tuple[Mode, ...] = ("elder", "low", "high_contrast")


class Colour(StrEnum):
    """The palette by name."""

    PAPER = "paper"
    CARD = "card"
    INK = "ink"
    SOFT = "soft"
    TEAL = "teal"
    ON_TEAL = "on_teal"
    WASH = "wash"
    SEAL = "seal"
    ON_SEAL = "on_seal"
    SEAL_WASH = "seal_wash"
    DONE = "done"
    DONE_WASH = "done_wash"
    NIGHT = "night"
    ON_NIGHT = "on_night"
    LAMP = "lamp"
    LINE = "line"
    PRESSED = "pressed"
    DIM = "dim"


def _rgb(code: str) -> Rgb:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


_WARM = {
    Colour.PAPER: "#FBF9F4",
    Colour.CARD: "#FFFFFF",
    Colour.INK: "#16233B",
    Colour.SOFT: "#44516B",
    Colour.TEAL: "#0A4F5C",
    Colour.ON_TEAL: "#FFFFFF",
    Colour.WASH: "#E3EFF0",
    Colour.SEAL: "#A6251B",
    Colour.ON_SEAL: "#FFFFFF",
    Colour.SEAL_WASH: "#FBEAE7",
    Colour.DONE: "#14562F",
    Colour.DONE_WASH: "#E4F2E8",
    Colour.NIGHT: "#101B33",
    Colour.ON_NIGHT: "#FFFFFF",
    Colour.LAMP: "#FFD98A",
    Colour.LINE: "#D9D3C5",
    Colour.PRESSED: "#CBE0E2",
    Colour.DIM: "#101B33",
}
_BLACK_WHITE_YELLOW = {
    Colour.PAPER: "#000000",
    Colour.CARD: "#000000",
    Colour.INK: "#FFFFFF",
    Colour.SOFT: "#FFFFFF",
    Colour.TEAL: "#FFE14D",
    Colour.ON_TEAL: "#000000",
    Colour.WASH: "#000000",
    Colour.SEAL: "#FFFFFF",
    Colour.ON_SEAL: "#000000",
    Colour.SEAL_WASH: "#000000",
    Colour.DONE: "#FFFFFF",
    Colour.DONE_WASH: "#000000",
    Colour.NIGHT: "#000000",
    Colour.ON_NIGHT: "#FFFFFF",
    Colour.LAMP: "#FFE14D",
    Colour.LINE: "#FFFFFF",
    Colour.PRESSED: "#3A3A00",
    Colour.DIM: "#000000",
}


class Tone(StrEnum):
    """Which ink stands on which ground. Text is drawn in no other pair."""

    PLAIN = "plain"
    SOFT = "soft"
    LINK = "link"
    ON_CARD = "on_card"
    SOFT_CARD = "soft_card"
    LINK_CARD = "link_card"
    PRESSED = "pressed"
    PRIMARY = "primary"
    HELP = "help"
    NOTE = "note"
    NOTE_TAG = "note_tag"
    TROUBLE = "trouble"
    DONE = "done"
    BAR = "bar"
    LAMP = "lamp"


PAIRS: dict[Tone, tuple[Colour, Colour]] = {
    Tone.PLAIN: (Colour.INK, Colour.PAPER),
    Tone.SOFT: (Colour.SOFT, Colour.PAPER),
    Tone.LINK: (Colour.TEAL, Colour.PAPER),
    Tone.ON_CARD: (Colour.INK, Colour.CARD),
    Tone.SOFT_CARD: (Colour.SOFT, Colour.CARD),
    Tone.LINK_CARD: (Colour.TEAL, Colour.CARD),
    Tone.PRESSED: (Colour.INK, Colour.PRESSED),
    Tone.PRIMARY: (Colour.ON_TEAL, Colour.TEAL),
    Tone.HELP: (Colour.ON_SEAL, Colour.SEAL),
    Tone.NOTE: (Colour.INK, Colour.WASH),
    Tone.NOTE_TAG: (Colour.TEAL, Colour.WASH),
    Tone.TROUBLE: (Colour.INK, Colour.SEAL_WASH),
    Tone.DONE: (Colour.DONE, Colour.DONE_WASH),
    Tone.BAR: (Colour.ON_NIGHT, Colour.NIGHT),
    Tone.LAMP: (Colour.LAMP, Colour.NIGHT),
}


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    parts = (channel / 255 for channel in colour)
    red, green, blue = (part / 12.92 if part <= _SRGB_KNEE else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class Type(StrEnum):
    """The type sizes by name."""

    HEADING = "heading"
    TITLE = "title"
    TEXT = "text"
    SECOND = "second"
    SMALL = "small"
    HUGE = "huge"


# em height in mm: normal, elder.
# Nothing under 7.3 mm (EN 301 549 5.1.4 at 600 mm); for elder eyes 12, but for the words on a keyboard's keys.
TYPE_MM: dict[Type, tuple[float, float]] = {
    Type.HEADING: (20.0, 24.0),
    Type.TITLE: (14.0, 17.0),
    Type.TEXT: (12.0, 15.0),
    Type.SECOND: (9.5, 12.0),
    Type.SMALL: (8.2, 10.5),
    Type.HUGE: (40.0, 46.0),
}


@cache  # asked thousands of times a page
def _density(width: int, height: int, diagonal: float) -> float:
    return hypot(width, height) / (diagonal * MM_PER_INCH)


@dataclass(frozen=True, slots=True)
class Screen:
    """The panel: size in pixels, diagonal in inches."""

    width: int
    height: int
    diagonal: float

    @property
    def px_per_mm(self) -> float:
        """Return how many pixels make a millimetre."""
        return _density(self.width, self.height, self.diagonal)

    @property
    def landscape(self) -> bool:
        """Return whether the panel is wider than high."""
        return self.width > self.height


@dataclass(frozen=True, slots=True)
class Theme:
    """One way of showing everything: a screen and the modes the resident chose."""

    screen: Screen
    elder: bool = False
    low: bool = False
    high_contrast: bool = False

    def px(self, mm: float) -> int:
        """Return `mm` in whole pixels."""
        return round(mm * self.screen.px_per_mm)

    def type_px(self, size: Type) -> int:
        """Return the em height of `size` in pixels."""
        return self.px(TYPE_MM[size][self.elder])

    def rgb(self, colour: Colour) -> Rgb:
        """Return `colour` as 0-255 red, green, blue."""
        return _rgb((_BLACK_WHITE_YELLOW if self.high_contrast else _WARM)[colour])

    def pair(self, tone: Tone) -> tuple[Rgb, Rgb]:
        """Return the ink and the ground of `tone`."""
        ink, ground = PAIRS[tone]
        return self.rgb(ink), self.rgb(ground)

    def toggled(self, mode: Mode) -> "Theme":
        """Return this theme with `mode` the other way round."""
        changed = {each: getattr(self, each) != (each == mode) for each in MODES}
        return Theme(self.screen, **changed)

    @property
    def mode(self) -> str:
        """Return the modes that are on, joined by ``+``, or ``normal``."""
        on = [name for name in MODES if getattr(self, name)]
        return "+".join(on) or "normal"

    @property
    def button(self) -> int:
        """Height of a button of the action row in pixels (35 mm, elder 42; landscape spares a little height)."""
        return self.px((42.0 if self.elder else 35.0) * (0.86 if self.screen.landscape else 1.0))

    @property
    def target(self) -> int:
        """The least side of anything to be touched, in pixels: 22 mm, elder 27."""
        return self.px(27.0 if self.elder else 22.0)

    @property
    def gap(self) -> int:
        """The space between neighbours: 6 mm and a bit."""
        return self.px(7.0)

    @property
    def margin(self) -> int:
        """The space at the edge of the screen: 15 mm."""
        return self.px(15.0)

    @property
    def radius(self) -> int:
        """Corner radius of cards and buttons: 8 mm, drawn a little smaller on small things."""
        return self.px(8.0)

    @property
    def line(self) -> int:
        """Width of an outline: 1.2 mm, thicker in high contrast."""
        return max(2, self.px(1.6 if self.high_contrast else 1.1))

    @property
    def columns(self) -> int:
        """How many tiles stand side by side: one for elder eyes."""
        return 1 if self.elder else 2
