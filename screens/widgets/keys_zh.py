"""The keyboards that compose: pinyin and strokes, each below the row of its candidates; and letters, and signs."""

from collections.abc import Callable
from dataclasses import dataclass

from screens.blocks import Block, Kit, Row
from screens.widgets.candidates import Candidates
from screens.widgets.keyboard import BOARD, ERASE, KeyStack, Write, key_button, key_height

CAPITALS = "capitals"
STROKES = {"h": "一", "s": "丨", "p": "丿", "n": "丶", "z": "乛"}  # as librime's stroke data names them
_LETTERS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SIGNS = ("1234567890", "，。、；：？！（）·", "“”《》—.,-/@")
_END = 1.5  # as wide as one and a half letters, so that the last row is as wide as the first


@dataclass(frozen=True, slots=True)
class Labels:
    """The words on the keys that are no characters."""

    erase: str
    board: str
    space: str


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """The candidates, which part of them is shown, and what to do with one. No repr: they are personal."""

    found: tuple[str, ...]
    shelf: int
    hint: str
    choose: Callable[[int], None]
    turn: Callable[[int], None]

    def row(self, kit: Kit) -> Candidates:
        """Return the row that shows it."""
        return Candidates(kit, self.found, self.shelf, self.hint, self.choose, self.turn)


def _row(kit: Kit, write: Write, keys: list[tuple[str, str, float]]) -> Row:
    """Return one row of keys: each its key, its label, its share of the width."""
    tall = key_height(kit)
    blocks: list[Block] = [key_button(kit, write, key, label, tall) for key, label, _ in keys]
    return Row(kit, blocks, [share for _, _, share in keys], gap=kit.theme.px(3))


def _plain(characters: str) -> list[tuple[str, str, float]]:
    return [(each, each, 1.0) for each in characters]


def pinyin_keys(kit: Kit, write: Write, labels: Labels, offer: Offer) -> KeyStack:
    """Return candidates above the letters."""
    first, second, third = _LETTERS
    last = [(BOARD, labels.board, _END), *_plain(third), (ERASE, labels.erase, _END)]
    return KeyStack(kit, [offer.row(kit), *(_row(kit, write, keys) for keys in (_plain(first), _plain(second), last))])


def stroke_keys(kit: Kit, write: Write, labels: Labels, offer: Offer) -> KeyStack:
    """Return candidates above the five strokes; a key shows the stroke and says its letter."""
    strokes = [(key, label, 1.0) for key, label in STROKES.items()]
    last = [(BOARD, labels.board, 1.0), (ERASE, labels.erase, 1.0)]
    return KeyStack(kit, [offer.row(kit), _row(kit, write, strokes), _row(kit, write, last)])


def letter_keys(kit: Kit, write: Write, labels: Labels, *, capitals: bool) -> KeyStack:
    """Return letters of one case, a key to the other, and a space."""
    first, second, third = (row.upper() if capitals else row for row in _LETTERS)
    other = "abc" if capitals else "ABC"
    last = [(BOARD, labels.board, 2.0), (" ", labels.space, 4.0), (".", ".", 1.0), ("-", "-", 1.0)]
    ends = [(CAPITALS, other, _END), *_plain(third), (ERASE, labels.erase, _END)]
    return KeyStack(kit, [_row(kit, write, keys) for keys in (_plain(first), _plain(second), ends, last)])


def sign_keys(kit: Kit, write: Write, labels: Labels) -> KeyStack:
    """Return digits and punctuation."""
    last = [(BOARD, labels.board, 2.0), (" ", labels.space, 4.0), (ERASE, labels.erase, 2.0)]
    return KeyStack(kit, [_row(kit, write, keys) for keys in (*map(_plain, _SIGNS), last)])
