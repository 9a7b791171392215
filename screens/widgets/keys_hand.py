"""The keyboard one writes on with a finger: a field with a cross, and beside it what was written."""

from collections.abc import Callable, Sequence

from screens.blocks import Block, Kit, Row, Space
from screens.strokes import Stroke
from screens.theme import Colour, Type
from screens.widgets.buttons import Button, Look
from screens.widgets.keyboard import BOARD, ERASE, KeyStack, Write, key_button, key_height
from screens.widgets.keys_zh import Labels
from screens.widgets.signature import SignaturePad

UNDO = "undo"
_ACROSS, _DOWN = 4, 3
SHOWN = _ACROSS * _DOWN
"""How many candidates there is room for."""


class HandPad(SignaturePad):
    """The field; its strokes are pixels from its top left, as a signature's are."""

    target = "hand"

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the field, the cross that characters are taught in, and the ink so far."""
        theme = self.theme
        self.ground(theme.rgb(Colour.CARD), (x, y, width, height), theme.rgb(Colour.TEAL))
        side, thin = min(width, height) - 2 * theme.px(6), max(2, theme.px(0.5))
        left, top = x + (width - side) // 2, y + (height - side) // 2
        self.fill(theme.rgb(Colour.LINE), (left, top + side // 2, side, thin))
        self.fill(theme.rgb(Colour.LINE), (left + side // 2, top, thin, side))
        if not self.strokes:
            inner = width - 2 * theme.px(8)
            high = self.hint.fit(inner)
            self.put(self.hint, x + theme.px(8), y + height - high - theme.px(4), inner, high)
        self.redraw_ink()

    def in_square(self) -> list[list[tuple[float, float]]]:
        """Return the strokes in a square of side 1 in the middle of which the field lies."""
        _, _, width, height = self.box
        side = max(width, height)
        left, top = (side - width) / 2, (side - height) / 2
        return [[((x + left) / side, (y + top) / side) for x, y in stroke] for stroke in self.strokes]


class HandKeys(Block):
    """The field at the left, candidates and keys at the right."""

    def __init__(
        self, kit: Kit, ink: list[Stroke], found: Sequence[str], words: tuple[str, str], labels: Labels, write: Write,
        drawn: Callable[[HandPad], None], choose: Callable[[int], None],
    ) -> None:  # fmt: skip
        """Make it of the strokes so far and what they may be; `words`: the hint in the field, the key that undoes."""
        super().__init__(kit)
        hint, undo = words
        self.pad = HandPad(kit, hint, ink, lambda: drawn(self.pad))

        def press(key: str) -> None:
            if key != UNDO:
                write(key)
            elif ink:
                ink.pop()
                drawn(self.pad)

        tall, gap = key_height(kit), kit.theme.px(3)
        shown: list[Block] = [self._candidate(index, word, choose) for index, word in enumerate(found[:SHOWN])]
        shown += [Space(kit) for _ in range(SHOWN - len(shown))]
        rows: list[Block] = [Row(kit, shown[at : at + _ACROSS], gap=gap) for at in range(0, SHOWN, _ACROSS)]
        keys = ((BOARD, labels.board), (UNDO, undo), (ERASE, labels.erase))
        rows.append(Row(kit, [key_button(kit, press, key, label, tall) for key, label in keys], gap=gap))
        self.column = KeyStack(kit, rows)
        self.whole = Row(kit, [self.pad, self.column], [0.85, 1.0], gap=kit.theme.px(4))

    def _candidate(self, index: int, word: str, choose: Callable[[int], None]) -> Button:
        def press() -> None:
            choose(index)

        return Button(
            self.kit, f"candidate:{index}", word, press, Look.QUIET, high=key_height(self.kit), size=Type.TEXT
        )

    def fit(self, _width: int) -> int:
        """Return the height of four rows of keys."""
        rows = len(self.column.blocks)
        return self.column.gap * (rows - 1) + rows * key_height(self.kit)

    def spare(self, width: int) -> int:
        """A larger field is easier to write on."""
        return 2 * self.column.spare(width)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Place both."""
        self.put(self.whole, x, y, width, height)
