"""Every keyboard of the fill page: empty, composing, with many candidates, missing, lost."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.form_records import Widget
from kiosk.writing.boards import Board
from kiosk.writing.child import Engine
from screens.resident.fill import groups
from screens.resident.writing import Writing
from screens.view import View
from tests.drivers.helpers import eventually
from tests.kiosk.writing.strokes import WRITTEN
from tests.screens.scenes import answer_all, at_fill

if TYPE_CHECKING:
    from kiosk.writing.writer import Writer

RESIDENCE, SIGNBOARD, LEGAL = "ZT-GA-001", "ZT-CG-001", "ZT-SF-001"
LONGEST = (
    "江苏省苏州市常熟市支塘镇蒋巷村 8 号，从村口的桥往东走两百米，红色大门，"
    "门口有两棵银杏树，右手边是小店，找不到可以打电话问"
)
_SIDE = 300.0  # pixels of the field that a scene's strokes are drawn in


def writing_at(view: View, service: str, widget: Widget) -> Writing:
    """Go to the first question of a service that is answered by such a widget."""
    visit = at_fill(view, service)
    view.writer.start()  # a visit that ended has taken it along
    eventually(lambda: view.writer.ready, 60)
    for engine in (Engine.PINYIN, Engine.STROKE):  # of the scene before, whose visit had no end
        view.writer.clear(engine)
    while not any(field.widget is widget for field in visit.forms[visit.form_index].fields):
        answer_all(visit)
        visit.next_form()
    form = visit.forms[visit.form_index]
    number, field = next(
        (number, fields[0]) for number, fields in enumerate(groups(form)) if fields[0].widget is widget
    )
    view.write(group=number)
    return Writing(view, form, field)


def _board(board: Board, keys: str = "", *, text: str = "", shelf: int = 0) -> Callable[[View], None]:
    def go(view: View) -> None:
        writing = writing_at(view, RESIDENCE, Widget.TEXT)
        writing.answer(text)
        writing.pen.board = board
        for key in keys:
            writing.compose(key)
        if shelf:
            writing.turn(shelf)

    return go


def _hand(view: View) -> None:
    writing = writing_at(view, RESIDENCE, Widget.TEXT)
    writing.pen.board = Board.HAND
    writing.pen.ink = [[(x * _SIDE, y * _SIDE) for x, y in stroke] for stroke in WRITTEN["王"]]
    writing.pen.candidates = view.writer.recognise(WRITTEN["王"]).candidates


def _choosing(view: View) -> None:
    writing = writing_at(view, RESIDENCE, Widget.TEXT)
    writing.pen.choosing = True


def _capitals(view: View) -> None:
    writing = writing_at(view, RESIDENCE, Widget.TEXT)
    writing.pen.board, writing.pen.capitals = Board.LATIN, True


def _told(words: str) -> Callable[[View], None]:
    def go(view: View) -> None:
        writing = writing_at(view, RESIDENCE, Widget.TEXT)
        writing.answer(LONGEST)
        writing.pen.board, writing.pen.told = Board.PINYIN, words

    return go


def _absent(view: View) -> None:
    writing = writing_at(view, RESIDENCE, Widget.TEXT)
    writing.pen.board = Board.PINYIN
    view.writer = _without_library()


def _without_library() -> "Writer":
    """Return a writer that knows already that there is no librime."""
    from kiosk.writing.writer import Writer

    writer = Writer()
    writer._told = {"pinyin": "librime1", "stroke": "librime1"}
    return writer


def _other(service: str, widget: Widget, text: str = "", *, digits: bool = False) -> Callable[[View], None]:
    def go(view: View) -> None:
        writing = writing_at(view, service, widget)
        if text:
            writing.answer(text)
        if digits:
            writing.pen.board = Board.DIGITS

    return go


WRITING_SCENES: dict[str, Callable[[View], None]] = {
    "60-write-pinyin": _board(Board.PINYIN),
    "60-write-pinyin-word": _board(Board.PINYIN, "changshushizhitangzhen", text="江苏省"),
    "60-write-pinyin-letter": _board(Board.PINYIN, "yi", shelf=3),
    "60-write-pinyin-sentence": _board(Board.PINYIN, "wodeshenfenzhengdiulelaopodeyibaozenmezhuanyidixian"),
    "61-write-hand": _board(Board.HAND),
    "61-write-hand-drawn": _hand,
    "62-write-stroke": _board(Board.STROKE, "hspn"),
    "63-write-latin": _board(Board.LATIN),
    "63-write-capitals": _capitals,
    "64-write-signs": _board(Board.SIGNS, text=LONGEST),
    "65-write-choosing": _choosing,
    "66-write-lost": _told("fill.lost"),
    "66-write-waiting": _told("fill.waiting"),
    "66-write-full": _told("fill.full"),
    "67-write-absent": _absent,
    "68-write-date": _other(RESIDENCE, Widget.DATE),
    "68-write-date-chosen": _other(RESIDENCE, Widget.DATE, "2026-09-30"),
    "68-write-date-digits": _other(RESIDENCE, Widget.DATE, "2026-09", digits=True),
    "69-write-phone": _other(RESIDENCE, Widget.PHONE, "13800005678"),
    "69-write-amount": _other(LEGAL, Widget.MONEY, "1200000.5"),
    "69-write-code": _other(SIGNBOARD, Widget.TEXT_LATIN, "91320581MA1ABCD44D"),
}
