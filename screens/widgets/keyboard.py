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
ERASE, BOARD = "erase", "board"
Write = Callable[[str], None]


def edit(text: str, key: str, limit: int) -> str:
    """Return `text` after one more key: a character, or ``erase``."""
    if key == ERASE:
        return text[:-1]
    return text + key if len(text) + len(key) <= limit else text


def key_button(kit: Kit, write: Write, key: str, label: str, high: int) -> Button:
    """Return one key; `write` is told it when it is touched."""

    def press() -> None:
        write(key)

    aside = key in (ERASE, BOARD)
    name = "space" if key == " " else key
    return Button(
        kit, f"key:{name}", label, press, Look.OUTLINE if aside else Look.QUIET, high=high,
        size=Type.SMALL if len(label) > 1 else Type.TEXT,
    )  # fmt: skip


def key_height(kit: Kit, high: float = 24.0) -> int:
    """Return how high a key is at least, in pixels; `high` in millimetres."""
    return max(kit.theme.target, kit.theme.px(high))


class KeyStack(Stack):
    """Rows of keys below one another, all of one height."""

    def __init__(self, kit: Kit, lines: Sequence[Block], *, high: float = 24.0, more: float = 0.25) -> None:
        """Make it of `lines` at least `high` millimetres high each; `more`: how much of that they may grow."""
        super().__init__(kit, lines, gap=kit.theme.px(3))
        self.key_height = key_height(kit, high)
        self.more = more

    def spare(self, _width: int) -> int:
        """Keys may be a little higher than they must."""
        return round(len(self.blocks) * self.key_height * self.more)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Place the rows, all of one height."""
        high = (height - self.gap * (len(self.blocks) - 1)) // len(self.blocks)
        for row in self.blocks:
            self.put(row, x, y, width, high)
            y += high + self.gap

    def split(self, _width: int, _height: int) -> None:
        """Never part a keyboard."""


class Keys(KeyStack):
    """Rows of characters; `write` is told each key touched. Short rows take the whole width; a pad grows by half."""

    def __init__(
        self, kit: Kit, rows: Sequence[str], write: Write, *, extra: Sequence[tuple[str, str]] = (), high: float = 24.0
    ) -> None:
        longest = max(len(row) for row in rows)
        pad = longest == len(DIGITS[0])
        tall = key_height(kit, high)
        lines: list[Block] = []
        for row in rows:
            keys: list[Block] = [key_button(kit, write, char, char, tall) for char in row]
            shares = [1.0] * len(keys)
            if row is rows[-1]:
                for key, label in extra:
                    keys.append(key_button(kit, write, key, label, tall))
                    shares.append(1.0 if pad else (longest - len(row)) / max(1, len(extra)))
            lines.append(Row(kit, keys, shares, gap=kit.theme.px(3)))
        super().__init__(kit, lines, high=high, more=0.5 if pad else 0.25)


def keyboard(kit: Kit, write: Write, erase: str, space: str = "", rows: Sequence[str] = LETTERS) -> Keys:
    """Return letters and digits; `erase` and `space` are the words on those keys (no space key without its word)."""
    extra = [*([(" ", space)] if space else []), (ERASE, erase)]
    return Keys(kit, rows, write, extra=extra)


def digit_pad(kit: Kit, write: Write, erase: str, mark: str = "", board: str = "") -> Keys:
    """Return the twelve-key pad.

    `mark` is one more character (X of an identity number, a decimal point), `board` the word on a key to another one.
    """
    rows = (*DIGITS[:-1], (mark + "0") if mark else "0")
    return Keys(kit, rows, write, extra=[*([(BOARD, board)] if board else []), (ERASE, erase)], high=27.0)


class InputLine(Touchable):
    """The line that shows what was written, with a caret while it is being written in."""

    def __init__(
        self, kit: Kit, target: str, text: str, hint: str, *, active: bool, press: Callable[[], None] | None,
        icon_name: str | None = None, most: int | None = None,
    ) -> None:  # fmt: skip
        """Make it; of a text that takes more than `most` lines, the end is shown."""
        super().__init__(kit, target, press)
        self.most = most
        self.label = text
        self.hint = hint
        self.active = active
        self.icon_name = icon_name
        self.pad = kit.theme.px(7)
        self.side = kit.theme.px(12) if icon_name else 0

    def _words(self, room: int) -> Text:
        tone = Tone.PRESSED if self.down else Tone.ON_CARD if self.label else Tone.SOFT_CARD
        words = Text(self.kit, self.label or self.hint, Type.TEXT, tone, bold=bool(self.label))
        gone = 0
        while self.label and self.most is not None and len(words.lines(room)) > self.most:
            gone += 1
            words.text = "…" + self.label[gone:]
        return words

    def _left(self) -> int:
        return self.pad + (self.side + self.theme.px(5) if self.side else 0)

    def fit(self, width: int) -> int:
        """Return the height of what it shows."""
        room = width - self._left() - 2 * self.pad
        words = self._words(room).fit(room)
        return max(self.theme.px(34 if self.theme.elder else 29), words + self.theme.px(8))

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the frame, the words, the caret."""
        theme = self.theme
        ground = theme.rgb(Colour.PRESSED if self.down else Colour.CARD)
        self.ground(ground, (x, y, width, height), theme.rgb(Colour.TEAL))
        if self.icon_name:
            top = y + (height - self.side) // 2
            self.picture(icon(self.icon_name, self.side, theme.rgb(Colour.TEAL)), x + self.pad, top)
        room = width - self._left() - 2 * self.pad
        words = self._words(room)
        hinted = self.theme.px(2.5) if self.active and not self.label else 0
        self.put(words, x + self._left() + hinted, y, room - hinted, height)
        if self.active:
            last = words.lines(room)[-1] if self.label else ""
            caret = x + self._left() + self.kit.types.width(last, words.em, bold=True) + (theme.px(0.8) if last else 0)
            tall = round(words.em * 1.1)
            lowest = y + (height + self.kit.types.leading(words.em) * len(words.lines(room))) // 2
            top = lowest - (self.kit.types.leading(words.em) + tall) // 2 if self.label else y + (height - tall) // 2
            self.fill(theme.rgb(Colour.TEAL), (caret, top, max(2, theme.px(0.8)), tall))
