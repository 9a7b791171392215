"""Writing by touch: letters and digits, a pad of digits, and the line that shows what was written."""

from collections.abc import Callable, Sequence

from screens.blocks import Block, Kit, Row, Stack, Text, Touchable
from screens.shapes import icon
from screens.theme import Colour, Tone, Type
from screens.widgets.buttons import Button, Look

LETTERS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
CAPITALS = tuple(row.upper() for row in LETTERS)
DIGITS = ("123", "456", "789", "0")
# The provinces of number plates (GA 36), this kiosk's own first.
PROVINCES = ("苏沪浙皖京津冀豫", "云辽黑湘鲁新赣鄂", "桂甘晋蒙陕吉闽贵", "粤青藏川宁琼渝")
ERASE = "erase"
Write = Callable[[str], None]


def edit(text: str, key: str, limit: int) -> str:
    """Return `text` after one more key: a character, or ``erase``."""
    if key == ERASE:
        return text[:-1]
    return text + key if len(text) + len(key) <= limit else text


class Keys(Stack):
    """Rows of keys; `write` is told each key touched. Row for row of one width, short rows set in."""

    def __init__(
        self, kit: Kit, rows: Sequence[str], write: Write, *, extra: Sequence[tuple[str, str]] = (), high: float = 24.0
    ) -> None:
        theme = kit.theme
        self.key_height = max(theme.target, theme.px(high))
        longest = max(len(row) for row in rows)
        self.pad = longest == len(DIGITS[0])
        lines: list[Block] = []
        for row in rows:
            keys: list[Block] = [self._key(kit, write, char, char) for char in row]
            shares = [1.0] * len(keys)
            if row is rows[-1]:
                for key, label in extra:
                    keys.append(self._key(kit, write, key, label))
                    shares.append(1.0 if self.pad else (longest - len(row)) / max(1, len(extra)))
            lines.append(Row(kit, keys, shares, gap=theme.px(3)))
        super().__init__(kit, lines, gap=theme.px(3))

    def _key(self, kit: Kit, write: Write, key: str, label: str) -> Button:
        def press() -> None:
            write(key)

        erase = key == ERASE
        name = "space" if key == " " else key
        return Button(
            kit, f"key:{name}", label, press, Look.OUTLINE if erase else Look.QUIET, high=self.key_height,
            size=Type.SMALL if len(label) > 1 else Type.TEXT,
        )  # fmt: skip

    def spare(self, _width: int) -> int:
        """Keys may be a little higher than they must, those of a pad by half."""
        return round(len(self.blocks) * self.key_height * (0.5 if self.pad else 0.25))

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Place the rows, all of one height."""
        high = (height - self.gap * (len(self.blocks) - 1)) // len(self.blocks)
        for row in self.blocks:
            self.put(row, x, y, width, high)
            y += high + self.gap

    def split(self, _width: int, _height: int) -> None:
        """Never part a keyboard."""


def keyboard(kit: Kit, write: Write, erase: str, space: str = "", rows: Sequence[str] = LETTERS) -> Keys:
    """Return letters and digits; `erase` and `space` are the words on those keys (no space key without its word)."""
    extra = [*([(" ", space)] if space else []), (ERASE, erase)]
    return Keys(kit, rows, write, extra=extra)


def digit_pad(kit: Kit, write: Write, erase: str, mark: str = "") -> Keys:
    """Return the twelve-key pad; `mark` is one more character (X of an identity number, a decimal point)."""
    rows = (*DIGITS[:-1], (mark + "0") if mark else "0")
    return Keys(kit, rows, write, extra=[(ERASE, erase)], high=27.0)


class InputLine(Touchable):
    """The line that shows what was written, with a caret while it is being written in."""

    def __init__(
        self, kit: Kit, target: str, text: str, hint: str, *, active: bool, press: Callable[[], None] | None,
        icon_name: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(kit, target, press)
        self.label = text
        self.hint = hint
        self.active = active
        self.icon_name = icon_name
        self.pad = kit.theme.px(7)
        self.side = kit.theme.px(12) if icon_name else 0

    def _words(self) -> Text:
        tone = Tone.PRESSED if self.down else Tone.ON_CARD if self.label else Tone.SOFT_CARD
        return Text(self.kit, self.label or self.hint, Type.TEXT, tone, bold=bool(self.label))

    def _left(self) -> int:
        return self.pad + (self.side + self.theme.px(5) if self.side else 0)

    def fit(self, width: int) -> int:
        """Return the height of what it shows."""
        words = self._words().fit(width - self._left() - 2 * self.pad)
        return max(self.theme.px(34 if self.theme.elder else 29), words + self.theme.px(8))

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the frame, the words, the caret."""
        theme = self.theme
        ground = theme.rgb(Colour.PRESSED if self.down else Colour.CARD)
        self.ground(ground, (x, y, width, height), theme.rgb(Colour.TEAL))
        if self.icon_name:
            top = y + (height - self.side) // 2
            self.picture(icon(self.icon_name, self.side, theme.rgb(Colour.TEAL)), x + self.pad, top)
        words = self._words()
        room = width - self._left() - 2 * self.pad
        hinted = self.theme.px(2.5) if self.active and not self.label else 0
        self.put(words, x + self._left() + hinted, y, room - hinted, height)
        if self.active:
            last = words.lines(room)[-1] if self.label else ""
            caret = x + self._left() + self.kit.types.width(last, words.em, bold=True) + (theme.px(0.8) if last else 0)
            tall = round(words.em * 1.1)
            lowest = y + (height + self.kit.types.leading(words.em) * len(words.lines(room))) // 2
            top = lowest - (self.kit.types.leading(words.em) + tall) // 2 if self.label else y + (height - tall) // 2
            self.fill(theme.rgb(Colour.TEAL), (caret, top, max(2, theme.px(0.8)), tall))
