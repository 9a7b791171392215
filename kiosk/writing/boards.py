"""Which keyboards a question has, the first of them first: the one key that switches goes through these."""

from collections.abc import Mapping
from enum import StrEnum

from kiosk.form_records import Widget
from kiosk.words import Language
from kiosk.writing.child import Engine


class Board(StrEnum):
    """A keyboard on the screen."""

    PINYIN = "pinyin"
    HAND = "hand"
    STROKE = "stroke"
    LATIN = "latin"  # letters large and small
    SIGNS = "signs"  # digits and punctuation
    WHEEL = "wheel"
    DIGITS = "digits"
    PLATE = "plate"
    CODE = "code"  # digits and small letters together


_ZH = (Board.PINYIN, Board.HAND, Board.STROKE, Board.LATIN, Board.SIGNS)
_BOARDS: Mapping[Widget, tuple[Board, ...]] = {
    Widget.TEXT: _ZH,
    Widget.DATE: (Board.WHEEL, Board.DIGITS),
    Widget.TEXT_LATIN: (Board.CODE,),
    Widget.PLATE: (Board.PLATE,),
}
ENGINES: Mapping[Board, Engine] = {
    Board.PINYIN: Engine.PINYIN,
    Board.HAND: Engine.HAND,
    Board.STROKE: Engine.STROKE,
}
"""What composes behind a keyboard; the others write what is on their keys."""


def boards(widget: Widget, language: Language) -> tuple[Board, ...]:
    """Return the keyboards of a question; whoever reads English begins with letters."""
    found = _BOARDS.get(widget, (Board.DIGITS,))
    if widget is Widget.TEXT and language == "en":
        return (Board.LATIN, *(each for each in found if each is not Board.LATIN))
    return found
