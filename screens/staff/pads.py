"""What is touched to test the glass: a grid that fills, a cross to hit, and the picture of what stayed empty."""

from collections.abc import Callable

from kivy.graphics import Color, Rectangle

from screens.blocks import Block, Kit, Text, Touch
from screens.theme import Colour, Theme, Tone, Type

CELL_MM = 24.0  # about a finger and a half: a dead zone that matters is larger
Cell = tuple[int, int]


def counts(theme: Theme) -> tuple[int, int]:
    """Return how many cells stand side by side and below one another."""
    return max(1, round(theme.screen.width / theme.px(CELL_MM))), max(1, round(theme.screen.height / theme.px(CELL_MM)))


def cells(theme: Theme) -> list[Cell]:
    """Return every cell as column and row."""
    across, down = counts(theme)
    return [(column, row) for row in range(down) for column in range(across)]


class TouchGrid(Block):
    """The whole screen as cells; each touched one is filled at once, in `swept`."""

    target = "glass"
    enabled = True

    def __init__(self, kit: Kit, hint: str, swept: set[Cell], touched: Callable[[], None]) -> None:
        super().__init__(kit)
        self.words = Text(kit, hint, Type.TEXT, Tone.ON_CARD, bold=True, align="center")
        self.swept = swept
        self._touched = touched
        self._inks: dict[Cell, Color] = {}

    def _box(self, cell: Cell) -> tuple[int, int, int, int]:
        across, down = counts(self.theme)
        screen = self.theme.screen
        left, right = (screen.width * edge // across for edge in (cell[0], cell[0] + 1))
        top, bottom = (screen.height * edge // down for edge in (cell[1], cell[1] + 1))
        return left, top, right - left, bottom - top

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the grid, what is filled, and what to do."""
        theme = self.theme
        self.fill(theme.rgb(Colour.LINE), (x, y, width, height))
        for cell in cells(theme):
            self._cell(cell)
        room = width - 2 * theme.margin
        high = self.words.fit(room)
        self.put(self.words, x + theme.margin, y + (height - high) // 2, room, high)

    def _cell(self, cell: Cell) -> None:
        left, top, wide, high = self._box(cell)
        with self.canvas:
            self._inks[cell] = Color(*self._ink(cell))
            Rectangle(pos=(left + 1, self.bottom(top + 1, high - 2)), size=(wide - 2, high - 2))

    def _ink(self, cell: Cell) -> tuple[float, ...]:
        colour = Colour.DONE_WASH if cell in self.swept else Colour.CARD
        return (*(part / 255 for part in self.theme.rgb(colour)), 1.0)

    def on_touch_down(self, touch: Touch) -> bool:
        """Fill where the finger is."""
        self._sweep(touch)
        return True

    def on_touch_move(self, touch: Touch) -> bool:
        """Fill where the finger goes."""
        self._sweep(touch)
        return True

    def _sweep(self, touch: Touch) -> None:
        across, down = counts(self.theme)
        screen = self.theme.screen
        column = min(across - 1, max(0, int(touch.pos[0] * across / screen.width)))
        row = min(down - 1, max(0, int((screen.height - touch.pos[1]) * down / screen.height)))
        if (column, row) not in self.swept:
            self.swept.add((column, row))
            self._inks[column, row].rgba = self._ink((column, row))  # drawing all anew would fall behind the finger
            self._touched()


class Cross(Block):
    """One cross on an empty screen; where it is touched is told in fractions from the top left."""

    target = "cross"
    enabled = True

    def __init__(
        self, kit: Kit, hint: str, point: tuple[float, float], pointed: Callable[[float, float], None]
    ) -> None:
        super().__init__(kit)
        self.words = Text(kit, hint, Type.TEXT, Tone.PLAIN, bold=True, align="center")
        self.point = point
        self._pointed = pointed

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the cross and what to do, well away from it."""
        theme = self.theme
        self.fill(theme.rgb(Colour.PAPER), (x, y, width, height))
        across, down = round(x + width * self.point[0]), round(y + height * self.point[1])
        arm, thick = theme.px(9), max(2, theme.px(0.8))
        teal = theme.rgb(Colour.TEAL)
        self.fill(teal, (across - arm, down - thick // 2, 2 * arm, thick))
        self.fill(teal, (across - thick // 2, down - arm, thick, 2 * arm))
        room = width - 2 * theme.margin
        high = self.words.fit(room)
        self.put(self.words, x + theme.margin, y + round(height * 0.3), room, high)

    def on_touch_down(self, _touch: Touch) -> bool:
        """Nothing below hears of it; what counts is where the finger lifts."""
        return True

    def on_touch_up(self, touch: Touch) -> bool:
        """Tell where it was touched."""
        screen = self.theme.screen
        self._pointed(touch.pos[0] / screen.width, 1 - touch.pos[1] / screen.height)
        return True


class SweptPicture(Block):
    """The screen in small: filled cells, and those that stayed empty, which carry a bar too."""

    def __init__(self, kit: Kit, swept: set[Cell]) -> None:
        super().__init__(kit)
        self.swept = swept

    def fit(self, _width: int) -> int:
        """Return its height: 110 mm."""
        return self.theme.px(110)

    def spare(self, width: int) -> int:
        """The larger the picture, the easier a dead zone is found on the glass."""
        return max(0, width * self.theme.screen.height // self.theme.screen.width - self.fit(width))

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw it in the screen's own shape, in the middle."""
        theme = self.theme
        across, down = counts(theme)
        side = min(width // across, height // down)
        left, top = x + (width - side * across) // 2, y + (height - side * down) // 2
        self.fill(theme.rgb(Colour.LINE), (left - 2, top - 2, side * across + 4, side * down + 4))
        for column, row in cells(theme):
            whole = (column, row) in self.swept
            box = (left + column * side + 1, top + row * side + 1, side - 2, side - 2)
            self.fill(theme.rgb(Colour.DONE_WASH if whole else Colour.SEAL), box)
            if not whole:
                bar = (box[0] + side // 5, box[1] + side // 2 - 1, side * 3 // 5 - 2, max(2, side // 10))
                self.fill(theme.rgb(Colour.CARD), bar)
