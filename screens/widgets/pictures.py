"""Things to look at: a QR code, where the card goes, the progress of a wait, a large mark."""

from collections.abc import Callable, Sequence
from io import BytesIO

import segno
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from PIL import Image, ImageDraw

from screens.blocks import Block, Kit, Text
from screens.shapes import drawing, icon, moon, texture_of
from screens.theme import Colour, Rgb, Tone, Type

_PORTRAIT_MM = 32
_CARD_GROUND: Rgb = (227, 239, 240)
_QUIET_ZONE = 4  # modules, ISO/IEC 18004
_PACE_SECONDS = 1.5  # after which a wait's bar stands at half


class Qr(Block):
    """A QR code on white, with its words below; error correction M."""

    def __init__(self, kit: Kit, data: str, words: str, mm: float = 52.0) -> None:
        super().__init__(kit)
        self.data = data
        self.words = Text(kit, words, Type.SECOND, Tone.SOFT, align="center")
        self.side = kit.theme.px(mm)

    def fit(self, width: int) -> int:
        """Return the height of code and words."""
        return self.side + self.theme.px(2) + self.words.fit(width)

    def spare(self, width: int) -> int:
        """The larger the code, the farther away a phone may be held."""
        return min(self.side, width - self.side)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the code in whole pixels a module."""
        words = self.words.fit(width)
        side = max(self.side, height - words - self.theme.px(2))
        code = segno.make(self.data, error="m", micro=False)
        rows = [bytes(row) for row in code.matrix_iter(scale=1, border=_QUIET_ZONE)]
        count = len(rows)
        module = max(1, side // count)
        image = Image.new("L", (count, count), 255)
        image.putdata([0 if dark else 255 for row in rows for dark in row])
        image = image.resize((count * module, count * module), Image.Resampling.NEAREST)
        self.picture(texture_of(image.convert("RGBA")), x + (width - image.width) // 2, y + (side - image.height) // 2)
        self.put(self.words, x, y + side + self.theme.px(2), width, words)


def _reader(draw: ImageDraw.ImageDraw, unit: float) -> None:
    """A card above the reader's ring, and the arrow down: 160 by 100 units."""

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return left * unit, top * unit, right * unit, bottom * unit

    teal, wash, lamp, white, ink = (10, 79, 92), (227, 239, 240), (255, 217, 138), (255, 255, 255), (22, 35, 59)
    draw.rounded_rectangle(box(18, 66, 142, 96), 8 * unit, fill=(16, 27, 51))
    draw.ellipse(box(56, 70, 104, 92), outline=lamp, width=round(1.6 * unit))
    draw.ellipse(box(66, 75, 94, 87), outline=lamp, width=round(1.2 * unit))
    draw.rounded_rectangle(box(46, 4, 114, 46), 4 * unit, fill=white, outline=teal, width=round(1.4 * unit))
    draw.rounded_rectangle(box(92, 12, 108, 34), 2 * unit, fill=wash, outline=teal, width=round(unit))
    draw.ellipse(box(96.5, 15, 103.5, 22), fill=teal)
    draw.pieslice(box(94, 24, 106, 40), 180, 360, fill=teal)
    for top, right in ((12, 70), (19, 80), (26, 74), (38, 104)):
        draw.rounded_rectangle(box(52, top, right, top + 3), 1.5 * unit, fill=ink)
    draw.line([(80 * unit, 50 * unit), (80 * unit, 62 * unit)], fill=teal, width=round(1.8 * unit))
    draw.line([(75 * unit, 57 * unit), (80 * unit, 63 * unit), (85 * unit, 57 * unit)], fill=teal,
              width=round(1.8 * unit), joint="curve")  # fmt: skip


class Portrait(Block):
    """The photo of a card, 26 by 32 mm as it is printed there; what is no picture is not shown."""

    def __init__(self, kit: Kit, data: bytes) -> None:
        super().__init__(kit)
        self.image: Image.Image | None
        try:
            with Image.open(BytesIO(data)) as opened:
                self.image = opened.convert("RGBA")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # what PIL raises for a broken file
            self.image = None

    def fit(self, _width: int) -> int:
        """Return its height; none when there is no picture."""
        return 0 if self.image is None else self.theme.px(_PORTRAIT_MM)

    def draw(self, x: int, y: int, _width: int, height: int) -> None:
        """Draw it in its own proportions, at the left."""
        if self.image is not None and height > 0:
            wide = max(1, round(self.image.width * height / self.image.height))
            self.picture(texture_of(self.image.resize((wide, height), Image.Resampling.LANCZOS)), x, y)


class CardPicture(Block):
    """Where the card goes: on the reader below the screen; or what else `shows` draws of a card, 160 by 100 units."""

    stretch = True

    def __init__(self, kit: Kit, shows: Callable[[ImageDraw.ImageDraw, float], None] = _reader) -> None:
        super().__init__(kit)
        self.shows = shows

    def fit(self, _width: int) -> int:
        """Return its height: 75 mm."""
        return self.theme.px(75)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw card and reader on a wash."""
        theme = self.theme
        # The drawings are dark on light; on the black of high contrast they would be gone.
        ground: Rgb = _CARD_GROUND if theme.high_contrast else theme.rgb(Colour.WASH)
        self.ground(ground, (x, y, width, height), theme.rgb(Colour.LINE) if theme.high_contrast else None)
        high = min(round(height * 0.84), theme.px(95))
        wide = min(round(high * 1.6), width - theme.gap)
        high = round(wide / 1.6)
        self.picture(drawing(self.shows, wide, high, ground), x + (width - wide) // 2, y + (height - high) // 2)


class Rail(Block):
    """A bar that shows that something goes on: from `start` it fills `share` of its length, slower and slower.

    It never reaches the end of its share: that it is done is shown by what comes then, and by nothing before.
    """

    def __init__(self, kit: Kit, start: float = 0.0, share: float = 1.0, *, dark: bool = False) -> None:
        super().__init__(kit)
        self.start = start
        self.share = share
        self.colours = (
            Colour.TEAL if dark and not kit.theme.high_contrast else Colour.LINE,
            Colour.LAMP if dark else Colour.TEAL,
        )
        self._done: Rectangle | None = None
        self._spent = 0.0

    def fit(self, _width: int) -> int:
        """Return its height: 3 mm."""
        return self.theme.px(3)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the rail and what is filled of it."""
        rail, done = (self.theme.rgb(colour) for colour in self.colours)
        self.fill(rail, (x, y, width, height))
        with self.canvas:
            Color(*(part / 255 for part in done), 1)
            self._done = Rectangle(pos=(x, self.bottom(y, height)), size=(0, height))
        self._advance(0)
        Clock.unschedule(self._advance)
        Clock.schedule_interval(self._advance, 0.25 if self.theme.elder else 1 / 20)

    def _advance(self, seconds: float) -> bool | None:
        if self._done is None or (self.parent is None and self._spent):
            return False
        self._spent += seconds
        part = self.start + self.share * self._spent / (self._spent + _PACE_SECONDS)
        self._done.size = (self.box[2] * part, self._done.size[1])
        return None


class Progress(Block):
    """A wait: what has been done, what is being done, and a bar that shows that something goes on."""

    def __init__(self, kit: Kit, steps: Sequence[str], present: int) -> None:
        super().__init__(kit)
        self.steps = [
            Text(kit, step, Type.TEXT, Tone.PLAIN if number <= present else Tone.SOFT, bold=number == present)
            for number, step in enumerate(steps)
        ]
        self.present = present
        self.rail = Rail(kit, present / max(1, len(steps)), 1 / max(1, len(steps)))

    def fit(self, width: int) -> int:
        """Return the height of the steps and the bar."""
        room = width - self._mark() - self.theme.gap
        return sum(step.fit(room) + self.theme.gap for step in self.steps) + self.rail.fit(width)

    def _mark(self) -> int:
        return round(self.theme.type_px(Type.TEXT) * 1.1)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw steps and bar."""
        theme = self.theme
        side = self._mark()
        for number, step in enumerate(self.steps):
            high = step.fit(width - side - theme.gap)
            name = "check" if number < self.present else "clock"
            if number <= self.present:
                colour = Colour.DONE if number < self.present else Colour.TEAL
                self.picture(icon(name, side, theme.rgb(colour)), x, y + (high - side) // 2)
            self.put(step, x + side + theme.gap, y, width - side - theme.gap, high)
            y += high + theme.gap
        self.put(self.rail, x, y, width, self.rail.fit(width))
        del height


class Mark(Block):
    """A large icon in a circle of wash, or the moon, in the middle."""

    def __init__(self, kit: Kit, name: str, colour: Colour = Colour.TEAL, mm: float = 46.0) -> None:
        super().__init__(kit)
        self.name = name
        self.colour = colour
        self.side = kit.theme.px(mm * (0.8 if kit.theme.screen.landscape else 1.0))

    def fit(self, _width: int) -> int:
        """Return its height."""
        return self.side

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw circle and icon."""
        theme = self.theme
        left, top = x + (width - self.side) // 2, y + (height - self.side) // 2
        if self.name == "moon":
            self.ground(theme.rgb(Colour.NIGHT), (left, top, self.side, self.side), radius=self.side // 2)
            inner = round(self.side * 0.52)
            shift = (self.side - inner) // 2
            self.picture(moon(inner, theme.rgb(Colour.LAMP)), left + shift, top + shift)
            return
        wash = Colour.SEAL_WASH if self.colour is Colour.SEAL else Colour.WASH
        wash = Colour.DONE_WASH if self.colour is Colour.DONE else wash
        outline = theme.rgb(Colour.LINE) if theme.high_contrast else None
        self.ground(theme.rgb(wash), (left, top, self.side, self.side), outline, radius=self.side // 2)
        inner = round(self.side * 0.55)
        shift = (self.side - inner) // 2
        self.picture(icon(self.name, inner, theme.rgb(self.colour)), left + shift, top + shift)
