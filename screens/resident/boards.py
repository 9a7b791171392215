"""The keyboard of each board: which keys it is made of, for the question that is written in."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from kiosk.forms import Widget
from kiosk.writing.boards import Board
from kiosk.writing.dates import Part
from screens.blocks import Block
from screens.widgets.keyboard import CAPITALS, LETTERS, PROVINCES, digit_pad, keyboard
from screens.widgets.keys_hand import HandKeys
from screens.widgets.keys_wheel import DateKeys
from screens.widgets.keys_zh import Labels, Offer, letter_keys, pinyin_keys, sign_keys, stroke_keys

if TYPE_CHECKING:
    from screens.resident.writing import Writing

_MARKS: Mapping[Widget, str] = {Widget.MONEY: ".", Widget.CITIZEN_NUMBER: "X"}


def _labels(writing: "Writing") -> Labels:
    say = writing.view.say
    return Labels(say("erase"), say("fill.keyboards"), say("space"))


def _offer(writing: "Writing") -> Offer:
    pen = writing.pen
    hint = writing.view.say(f"fill.compose.{writing.board}")
    return Offer(pen.candidates, pen.shelf, hint, partial(writing.choose, pen.candidates), writing.turn)


def _hand(writing: "Writing") -> Block:
    view, pen = writing.view, writing.pen
    words = view.say("fill.pad"), view.say("fill.undo")
    choose = partial(writing.choose, pen.candidates)
    return HandKeys(view.kit, pen.ink, pen.candidates, words, _labels(writing), writing.write, writing.drawn, choose)


def _wheel(writing: "Writing") -> Block:
    view, turned = writing.view, writing.wheel()

    def label(part: Part) -> Callable[[int], str | None]:
        def at(steps: int) -> str | None:
            value = turned.value(part, steps)
            return None if value is None else view.say(f"fill.wheel.{part}", number=value)

        return at

    columns = [(str(part), label(part), partial(writing.rewind, part)) for part in Part]
    return DateKeys(view.kit, columns, writing.write, view.say("fill.board.digits"), chosen=bool(writing.text))


def _digits(writing: "Writing") -> Block:
    view, widget = writing.view, writing.field.widget
    other = view.say("fill.board.wheel") if Board.WHEEL in writing.boards else ""
    return digit_pad(view.kit, writing.write, view.say("erase"), _MARKS.get(widget, ""), other)


def _code(writing: "Writing") -> Block:
    """Return digits and letters: capitals where the code is of capitals."""
    view = writing.view
    if writing.field.schema.get("format") == "credit-code":
        return keyboard(view.kit, writing.write, view.say("erase"), rows=CAPITALS)
    return keyboard(view.kit, writing.write, view.say("erase"), view.say("space"), rows=LETTERS)


KEYS: Mapping[Board, Callable[["Writing"], Block]] = {
    Board.PINYIN: lambda it: pinyin_keys(it.view.kit, it.compose, _labels(it), _offer(it)),
    Board.STROKE: lambda it: stroke_keys(it.view.kit, it.compose, _labels(it), _offer(it)),
    Board.HAND: _hand,
    Board.LATIN: lambda it: letter_keys(it.view.kit, it.write, _labels(it), capitals=it.pen.capitals),
    Board.SIGNS: lambda it: sign_keys(it.view.kit, it.write, _labels(it)),
    Board.WHEEL: _wheel,
    Board.DIGITS: _digits,
    Board.CODE: _code,
    Board.PLATE: lambda it: keyboard(
        it.view.kit, it.write, it.view.say("erase"), rows=CAPITALS if it.text else PROVINCES
    ),
}
"""What builds each."""
