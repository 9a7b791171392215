"""The pages taken so far as small pictures that can be touched, one of them large; and a page's flight to its place."""

from math import ceil

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image

from screens.blocks import Block, Kit, Press, Text, Touchable
from screens.shapes import texture_of
from screens.theme import Colour, Tone, Type

FLIGHT_SECONDS = 0.18


def shrunk(picture: NDArray[uint8], wide: int, high: int) -> Image.Image:
    """Return an RGB picture (height, width, 3) as large as fits into `wide` by `high` pixels."""
    image = Image.fromarray(picture).convert("RGBA")
    scale = min(wide / image.width, high / image.height)
    return image.resize((ceil(image.width * scale), ceil(image.height * scale)), Image.Resampling.LANCZOS)


class Thumb(Touchable):
    """One page: its picture, and below it the word for looking at it."""

    def __init__(self, kit: Kit, target: str, picture: NDArray[uint8], words: str, press: Press, *, mm: float) -> None:
        super().__init__(kit, target, press)
        self.picture_of = picture
        self.label = words
        self.high = kit.theme.px(mm)
        self.pad = kit.theme.px(2.5)

    def _words(self) -> Text:
        tone = Tone.PRESSED if self.down else Tone.LINK_CARD
        return Text(self.kit, self.label, Type.SMALL, tone, bold=True, align="center")

    def fit(self, width: int) -> int:
        """Return the height of picture and word."""
        return max(self.theme.target, self.high + self._words().fit(width - 2 * self.pad) + 3 * self.pad)

    def frame(self) -> tuple[int, int, int, int]:
        """Return where the picture lies."""
        x, y, width, _ = self.box
        return x + self.pad, y + self.pad, width - 2 * self.pad, self.high

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw card, picture and word."""
        theme = self.theme
        ground = theme.rgb(Colour.PRESSED if self.down else Colour.CARD)
        self.ground(ground, (x, y, width, height), theme.rgb(Colour.TEAL), theme.line, radius=theme.px(5))
        left, top, wide, high = self.frame()
        image = shrunk(self.picture_of, wide, high)
        across, down = left + (wide - image.width) // 2, top + (high - image.height) // 2
        self.fill(theme.rgb(Colour.LINE), (across - 1, down - 1, image.width + 2, image.height + 2))
        self.picture(texture_of(image), across, down)
        words = self._words()
        under = y + 2 * self.pad + self.high
        self.put(words, x + self.pad, under, width - 2 * self.pad, height - (under - y) - self.pad)


class Large(Block):
    """One page as large as there is room."""

    stretch = True

    def __init__(self, kit: Kit, picture: NDArray[uint8]) -> None:
        super().__init__(kit)
        self.picture_of = picture

    def fit(self, _width: int) -> int:
        """Return the least height in which one sees whether a page is upright and sharp: 55 mm."""
        return self.theme.px(55)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the page in the middle, with a hairline around it."""
        line = max(2, self.theme.line // 2)
        image = shrunk(self.picture_of, width - 2 * line, height - 2 * line)
        across, down = x + (width - image.width) // 2, y + (height - image.height) // 2
        edge = (across - line, down - line, image.width + 2 * line, image.height + 2 * line)
        self.fill(self.theme.rgb(Colour.SOFT), edge)
        self.picture(texture_of(image), across, down)


class Flight(Block):
    """A page that shrinks from where it was seen to where it is kept, to show where it went. It takes no touch."""

    def __init__(self, kit: Kit, source: Block, goal: Thumb) -> None:
        super().__init__(kit)
        self.source = source
        self.goal = goal
        self._spent = 0.0
        self._rectangle: Rectangle | None = None

    def start(self) -> None:
        """Begin; it ends by itself and goes."""
        x, y, width, height = self.source.box
        self.place(x, y, width, height)
        Clock.schedule_interval(self.step, 0)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the page in the middle of where it was seen."""
        image = shrunk(self.goal.picture_of, width, height)
        self._from = (x + (width - image.width) / 2, y + (height - image.height) / 2, image.width, image.height)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(texture=texture_of(image))
        self._move(0.0)

    def step(self, seconds: float) -> bool:
        """Take one step; False, when it is there, ends the schedule."""
        self._spent += seconds
        part = min(1.0, self._spent / FLIGHT_SECONDS)
        self._move(1 - (1 - part) ** 2)
        if self.parent is not None and part < 1:
            return True
        if self.parent is not None:
            self.parent.remove_widget(self)
        return False

    def _move(self, part: float) -> None:
        if self._rectangle is None:
            return
        left, top, wide, high = self.goal.frame()
        scale = min(wide / self._from[2], high / self._from[3])
        goal = (left + (wide - self._from[2] * scale) / 2, top + (high - self._from[3] * scale) / 2,
                self._from[2] * scale, self._from[3] * scale)  # fmt: skip
        x, y, width, height = (a + (b - a) * part for a, b in zip(self._from, goal, strict=True))
        self._rectangle.pos = (x, self.theme.screen.height - y - height)
        self._rectangle.size = (width, height)
