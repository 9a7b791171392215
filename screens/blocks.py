"""The ground all widgets stand on: a block says how high it is for a width, is put in place, and draws itself once.

One decision: height for width, in one pass, from the top left, in whole pixels. A page that does not fit is turned
like a page (`split`), never scrolled: the hand that trembles and the hand in a wheelchair can both turn pages.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

from kivy.graphics import BorderImage, Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from screens.ink import Typesetter
from screens.shapes import rounded
from screens.theme import Colour, Rgb, Theme, Tone, Type

Press = Callable[[], None]
_PLAIN = {"__no_builder": True}  # Kivy's own style sheet knows a Button too; ours takes nothing from it


class Touch(Protocol):
    """What of a Kivy touch is used here: its place in pixels from the bottom left, and who follows it."""

    pos: tuple[float, float]
    grab_current: object

    def grab(self, widget: object) -> None:
        """Follow this finger even outside the widget."""

    def ungrab(self, widget: object) -> None:
        """Follow it no more."""


class Kit:
    """What every block needs: the theme and the typesetter."""

    def __init__(self, theme: Theme, types: Typesetter) -> None:
        self.theme = theme
        self.types = types


class Block(Widget):
    """One rectangle of the page."""

    stretch = False  # takes what height is left
    seam = True  # a page may be turned after it

    def __init__(self, kit: Kit) -> None:
        super().__init__(size_hint=(None, None), **_PLAIN)
        self.kit = kit
        self.theme = kit.theme

    def fit(self, width: int) -> int:
        """Return the least height in pixels that shows all of it in `width`."""
        raise NotImplementedError

    def spare(self, _width: int) -> int:
        """Return how much more height than the least it puts to good use, in pixels: larger keys, a larger picture."""
        return 0

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Take the rectangle whose top left corner is `x`, `y` from the top left of the screen, and draw."""
        self.pos = (x, self.theme.screen.height - y - height)
        self.size = (width, height)
        self.box = (x, y, width, height)
        self.clear_widgets()
        self.canvas.clear()
        self.draw(x, y, width, height)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw inside the rectangle."""

    def split(self, _width: int, _height: int) -> "tuple[Block, Block] | None":
        """Return two blocks, the first no higher than `height`, or None if it cannot be parted."""
        return None

    # -- drawing helpers -------------------------------------------------------------------------------------------

    def bottom(self, y: int, height: int) -> int:
        """Turn a distance from the top into Kivy's from the bottom."""
        return self.theme.screen.height - y - height

    def fill(self, colour: Rgb, box: tuple[int, int, int, int], opacity: float = 1.0) -> None:
        """Fill `box` with one colour."""
        x, y, width, height = box
        with self.canvas:
            Color(*(part / 255 for part in colour), opacity)
            Rectangle(pos=(x, self.bottom(y, height)), size=(width, height))

    def ground(
        self,
        fill: Rgb,
        box: tuple[int, int, int, int],
        outline: Rgb | None = None,
        width: int | None = None,
        radius: int | None = None,
    ) -> None:
        """Draw a rounded ground, with an outline if there is one."""
        x, y, wide, high = box
        corner = min(radius or self.theme.radius, wide // 2 - 2, high // 2 - 2)
        texture = rounded(corner, fill, outline, width or self.theme.line)
        with self.canvas:
            Color(1, 1, 1, 1)
            BorderImage(
                pos=(x, self.bottom(y, high)),
                size=(wide, high),
                texture=texture,
                border=(corner,) * 4,
                auto_scale="off",
            )

    def picture(self, texture: Texture, x: int, y: int, size: tuple[int, int] | None = None) -> None:
        """Draw a texture with its top left corner at `x`, `y`."""
        width, height = size or texture.size
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(texture=texture, pos=(x, self.bottom(y, height)), size=(width, height))

    def mask(self, texture: Texture, colour: Rgb, x: int, y: int) -> None:
        """Draw a white mask (a line of type) in `colour`."""
        with self.canvas:
            Color(*(part / 255 for part in colour), 1)
            Rectangle(texture=texture, pos=(x, self.bottom(y, texture.height)), size=texture.size)

    def put(self, block: "Block", x: int, y: int, width: int, height: int) -> None:
        """Place `block` as a child."""
        block.place(x, y, width, height)
        self.add_widget(block)


class Text(Block):
    """A paragraph in one size and tone, broken where the language allows, never cut off."""

    def __init__(
        self,
        kit: Kit,
        text: str,
        size: Type = Type.TEXT,
        tone: Tone = Tone.PLAIN,
        *,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        super().__init__(kit)
        self.text = text
        self.size_name = size
        self.tone = tone
        self.bold = bold
        self.align = align
        self.em = kit.theme.type_px(size)

    def lines(self, width: int) -> tuple[str, ...]:
        """Return the lines it takes in `width`."""
        return self.kit.types.wrap(self.text, self.em, bold=self.bold, width=width)

    def fit(self, width: int) -> int:
        """Return the height of its lines."""
        count = len(self.lines(width))
        return self.kit.types.leading(self.em) * count

    def natural(self) -> int:
        """Return its width in one line."""
        return self.kit.types.width(self.text, self.em, bold=self.bold)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the lines, centred in whatever height there is to spare."""
        lines = self.lines(width)
        leading = self.kit.types.leading(self.em)
        top = y + max(0, (height - leading * len(lines)) // 2)
        ink, _ = self.theme.pair(self.tone)
        for number, line in enumerate(lines):
            texture = self.kit.types.texture(line, self.em, bold=self.bold)
            shift = {"left": 0, "center": (width - texture.width) // 2, "right": width - texture.width}[self.align]
            self.mask(texture, ink, x + shift, top + number * leading)


class Space(Block):
    """Nothing, so many millimetres high; with `stretch`, all that is left."""

    def __init__(self, kit: Kit, mm: float = 0, *, stretch: bool = False) -> None:
        super().__init__(kit)
        self.mm = mm
        self.stretch = stretch

    def fit(self, _width: int) -> int:
        """Return its height."""
        return self.theme.px(self.mm)


class Stack(Block):
    """Blocks below one another."""

    def __init__(self, kit: Kit, blocks: Sequence[Block], gap: int | None = None) -> None:
        super().__init__(kit)
        self.blocks = list(blocks)
        self.gap = kit.theme.gap if gap is None else gap
        self.stretch = any(block.stretch for block in self.blocks)

    def fit(self, width: int) -> int:
        """Return the sum of its blocks and the gaps between them."""
        return sum(block.fit(width) for block in self.blocks) + self.gap * max(0, len(self.blocks) - 1)

    def spare(self, width: int) -> int:
        """Return the sum of what its blocks can use."""
        return sum(block.spare(width) for block in self.blocks)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Place the blocks; those that stretch share what is left, else those that can use it."""
        left = max(0, height - self.fit(width))
        wants = [float(block.stretch) for block in self.blocks]
        if not any(wants):
            wants = [float(block.spare(width)) for block in self.blocks]
            left = min(left, self.spare(width))
        for block, want in zip(self.blocks, wants, strict=True):
            high = block.fit(width) + (int(left * want / sum(wants)) if want else 0)
            self.put(block, x, y, width, high)
            y += high + self.gap

    def split(self, width: int, height: int) -> "tuple[Block, Block] | None":
        """Part between two blocks, or within the one that reaches over the end."""
        parts = part(self.blocks, width, height, self.gap)
        if parts is None:
            return None
        return Stack(self.kit, parts[0], self.gap), Stack(self.kit, parts[1], self.gap)


def part(blocks: Sequence[Block], width: int, height: int, gap: int) -> tuple[list[Block], list[Block]] | None:
    """Return what of `blocks` fits in `height` and the rest, or None if not even the first does.

    A heading (`seam` False) goes with what follows it.
    """
    used = 0
    for number, block in enumerate(blocks):
        high = block.fit(width)
        if used + high > height:
            halves = block.split(width, height - used)
            if halves is not None:
                return [*blocks[:number], halves[0]], [halves[1], *blocks[number + 1 :]]
            while number and not blocks[number - 1].seam:
                number -= 1  # noqa: PLW2901 - steps back over headings that would be left alone
            return (list(blocks[:number]), list(blocks[number:])) if number else None
        used += high + gap
    return list(blocks), []


class Row(Block):
    """Blocks side by side, all of one height. `shares` gives their widths as parts of the whole."""

    def __init__(self, kit: Kit, blocks: Sequence[Block], shares: Sequence[float] = (), gap: int | None = None) -> None:
        super().__init__(kit)
        self.blocks = list(blocks)
        self.shares = list(shares) or [1.0] * len(self.blocks)
        self.gap = kit.theme.gap if gap is None else gap

    def widths(self, width: int) -> list[int]:
        """Return each block's width."""
        room = width - self.gap * (len(self.blocks) - 1)
        edges = [round(room * sum(self.shares[:count]) / sum(self.shares)) for count in range(len(self.shares) + 1)]
        return [end - start for start, end in pairwise(edges)]

    def fit(self, width: int) -> int:
        """Return the height of the highest."""
        return max(block.fit(wide) for block, wide in zip(self.blocks, self.widths(width), strict=True))

    def spare(self, width: int) -> int:
        """Return what the one that can use most of it can use."""
        return max(block.spare(wide) for block, wide in zip(self.blocks, self.widths(width), strict=True))

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Place the blocks from left to right."""
        for block, wide in zip(self.blocks, self.widths(width), strict=True):
            self.put(block, x, y, wide, height)
            x += wide + self.gap


class Panel(Block):
    """A white card with a hairline that holds other blocks; it may be parted between them."""

    def __init__(self, kit: Kit, blocks: Sequence[Block], gap: int | None = None) -> None:
        super().__init__(kit)
        self.inner = Stack(kit, blocks, kit.theme.px(3.5) if gap is None else gap)
        self.stretch = self.inner.stretch
        self.pad = kit.theme.px(9)

    def fit(self, width: int) -> int:
        """Return the height of what it holds and its padding."""
        return self.inner.fit(width - 2 * self.pad) + 2 * self.pad

    def spare(self, width: int) -> int:
        """Return what the blocks it holds can use."""
        return self.inner.spare(width - 2 * self.pad)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the card, then what it holds."""
        theme = self.theme
        self.ground(theme.rgb(Colour.CARD), (x, y, width, height), theme.rgb(Colour.LINE), max(2, theme.line // 2))
        self.put(self.inner, x + self.pad, y + self.pad, width - 2 * self.pad, height - 2 * self.pad)

    def split(self, width: int, height: int) -> "tuple[Block, Block] | None":
        """Part between two of its blocks."""
        halves = part(self.inner.blocks, width - 2 * self.pad, height - 2 * self.pad, self.inner.gap)
        if halves is None:
            return None
        first, second = halves
        return Panel(self.kit, first, self.inner.gap), Panel(self.kit, second, self.inner.gap)


class Touchable(Block):
    """A block that can be touched: it darkens in the very next frame and acts when the finger lifts on it."""

    def __init__(self, kit: Kit, target: str, press: Press | None) -> None:
        super().__init__(kit)
        self.target = target
        self.press = press
        self.down = False

    @property
    def enabled(self) -> bool:
        """Whether a touch does anything."""
        return self.press is not None

    def redraw(self) -> None:
        """Draw again in the same place."""
        self.place(*self.box)

    def on_touch_down(self, touch: Touch) -> bool:
        """Show the touch at once."""
        if not self.enabled or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self.down = True
        self.redraw()
        return True

    def on_touch_up(self, touch: Touch) -> bool:
        """Act, if the finger is still on it."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self.down = False
        self.redraw()
        if self.press is not None and self.collide_point(*touch.pos):
            self.press()
        return True


def grid(kit: Kit, cells: Sequence[Block], columns: int) -> list[Block]:
    """Return `cells` as rows of `columns`; the last row is filled up with nothing."""
    if columns == 1:
        return list(cells)
    rows: list[Block] = []
    for start in range(0, len(cells), columns):
        row: list[Block] = list(cells[start : start + columns])
        row += [Space(kit) for _ in range(columns - len(row))]
        rows.append(Row(kit, row))
    return rows
