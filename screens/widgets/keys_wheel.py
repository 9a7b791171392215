"""A date by wheel: three columns, turned by a finger that draws them or touches a value; what is chosen is marked.

One decision: a column knows nothing of dates. It is told what stands so many steps below its middle, and tells how far
it was turned when the finger lifts.
"""

from collections.abc import Callable, Sequence

from screens.blocks import Block, Kit, Row, Text, Touch
from screens.theme import Colour, Tone, Type
from screens.widgets.keyboard import BOARD, Write, key_button, key_height

Label = Callable[[int], str | None]
_FEWEST, _MOST = 3, 5  # values that are seen; odd, for one of them is in the middle


class Wheel(Block):
    """One column. `label` says what stands so many steps below the middle, `turn` is told the steps."""

    enabled = True

    def __init__(self, kit: Kit, target: str, label: Label, turn: Callable[[int], None], *, chosen: bool) -> None:
        super().__init__(kit)
        self.target, self.label, self.turn, self.chosen = target, label, turn, chosen
        self.moved = 0  # steps that the finger has drawn it by so far
        self._from = 0.0
        self._drawn = False

    def fit(self, _width: int) -> int:
        """Return the height of the fewest values."""
        return _FEWEST * key_height(self.kit)

    def spare(self, _width: int) -> int:
        """Return what two more values take."""
        return (_MOST - _FEWEST) * key_height(self.kit)

    def _rows(self) -> int:
        return _MOST if self.box[3] >= _MOST * key_height(self.kit) else _FEWEST

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the column with the chosen value marked in the middle."""
        theme, rows = self.theme, self._rows()
        self.ground(theme.rgb(Colour.CARD), (x, y, width, height), theme.rgb(Colour.TEAL))
        tall, inset = height // rows, theme.px(3)
        middle = (x + inset, y + tall * (rows // 2), width - 2 * inset, tall)
        self.ground(theme.rgb(Colour.TEAL if self.chosen else Colour.WASH), middle, theme.rgb(Colour.TEAL))
        for row in range(rows):
            away = row - rows // 2
            text = self.label(away + self.moved)
            if text is not None:
                self.put(self._words(text, away), x + inset, y + tall * row, width - 2 * inset, tall)

    def _words(self, text: str, away: int) -> Text:
        if away:
            return Text(self.kit, text, Type.SECOND, Tone.SOFT_CARD, align="center")
        return Text(self.kit, text, Type.TEXT, Tone.PRIMARY if self.chosen else Tone.NOTE, bold=True, align="center")

    def on_touch_down(self, touch: Touch) -> bool:
        """Take hold of it."""
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._from, self.moved, self._drawn = touch.pos[1], 0, False
        return True

    def on_touch_move(self, touch: Touch) -> bool:
        """Show how far it is drawn, no further than its end."""
        if touch.grab_current is not self:
            return False
        steps = round((touch.pos[1] - self._from) * self._rows() / self.box[3])
        while steps and self.label(steps) is None:
            steps -= 1 if steps > 0 else -1
        if steps != self.moved:
            self.moved, self._drawn = steps, True
            self.place(*self.box)
        return True

    def on_touch_up(self, touch: Touch) -> bool:
        """Turn it by as much as it was drawn, or to the value that was touched."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        _, y, _, height = self.box
        from_top = self.theme.screen.height - touch.pos[1] - y
        touched = int(min(max(from_top, 0), height - 1) * self._rows() / height) - self._rows() // 2
        steps = self.moved if self._drawn else touched
        self.moved = 0
        if self.label(steps) is not None:
            self.turn(steps)
        return True


class DateKeys(Block):
    """The columns, and below them the key to the digits, for a hand that cannot draw."""

    def __init__(
        self, kit: Kit, columns: Sequence[tuple[str, Label, Callable[[int], None]]], write: Write, digits: str, *,
        chosen: bool,
    ) -> None:  # fmt: skip
        super().__init__(kit)
        self.wheels = Row(
            kit, [Wheel(kit, f"wheel:{name}", label, turn, chosen=chosen) for name, label, turn in columns]
        )
        self.key = key_button(kit, write, BOARD, digits, key_height(kit))
        self.gap = kit.theme.px(3)

    def fit(self, width: int) -> int:
        """Return the height of the fewest values and the key."""
        return self.wheels.fit(width) + self.gap + self.key.fit(width)

    def spare(self, width: int) -> int:
        """Return what more values take."""
        return self.wheels.spare(width)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Place both."""
        high = self.key.fit(width)
        self.put(self.wheels, x, y, width, height - high - self.gap)
        self.put(self.key, x, y + height - high, width, high)
