"""Writing an answer: the line that shows it, and the keyboard of the moment, with whatever composes behind it.

One decision: a key does its work and the page is built anew; what is composed and not yet text is the draft's pen,
which belongs to one question and goes when another is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from kiosk.dates import today_in_china
from kiosk.form_checks import span_end
from kiosk.forms import Field, Form, Widget
from kiosk.writing.boards import ENGINES, Board, boards
from kiosk.writing.composing import Composed
from kiosk.writing.dates import DateWheel, Part, wheel
from kiosk.writing.numbers import DATE_DIGITS, LIMITS, amount, dashed, grouped
from kiosk.writing.writer import WriterError, WriterNotReadyError
from screens.blocks import Block, Stack, grid
from screens.pen import Pen
from screens.resident.boards import KEYS
from screens.view import View
from screens.widgets.buttons import Button
from screens.widgets.keyboard import (
    BOARD,
    ERASE,
    InputLine,
    edit,
    key_height,
)
from screens.widgets.keys_hand import HandPad
from screens.widgets.keys_zh import CAPITALS as CASE
from screens.widgets.words import Note

_LIMIT = 64
_FULL, _LOST, _UNFINISHED, _WAITING = "fill.full", "fill.lost", "fill.unfinished", "fill.waiting"
_LINES = 2  # of a long answer that are seen while it is written


@dataclass(frozen=True, slots=True)
class Writing:
    """One question as it is written."""

    view: View
    form: Form
    field: Field

    # -- what there is ---------------------------------------------------------------------------------------------

    @property
    def pen(self) -> Pen:
        """Return the pen of this question; that of another is put away, with what it composed."""
        draft, at = self.view.draft, (self.form.id, self.field.id)
        if draft.pen.at != at:
            if draft.pen.composing:
                self._clear(draft.pen)
            draft.pen = Pen(at=at)
        return draft.pen

    @property
    def text(self) -> str:
        """Return the answer so far."""
        value = self.view.visit.answers[self.form.id].get(self.field.id)
        return "" if value is None else str(value)

    @property
    def most(self) -> int:
        """Return how many characters the answer has at most."""
        most: int = self.field.schema.get("maxLength", LIMITS.get(self.field.widget, _LIMIT))
        return most

    @property
    def boards(self) -> tuple[Board, ...]:
        """Return the keyboards of this question, the first of them first."""
        return boards(self.field.widget, self.view.visit.language)

    @property
    def board(self) -> Board:
        """Return the keyboard of the moment."""
        return self.pen.board or self.boards[0]

    @property
    def missing(self) -> bool:
        """Tell whether nothing composes behind the keyboard of the moment."""
        engine = ENGINES.get(self.board)
        return engine is not None and engine in self.view.writer.missing()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def line(self) -> InputLine:
        """Return the line that shows what was written, with what is being composed at its end."""
        view, field = self.view, self.field
        unit = field.unit(view.visit.language)
        text = grouped(field.widget, self.text)
        if self.pen.composing:
            text = f"{text} {self.pen.composing}" if text else self.pen.composing
        hint = view.say(f"fill.hint.{field.widget}")
        screen = view.theme.screen
        most = 1 if screen.landscape and view.theme.low else _LINES
        return InputLine(
            view.kit, f"field:{field.id}", f"{text} {unit}" if unit and text else text, hint,
            active=not unit, press=view.refresh, most=most,
        )  # fmt: skip

    def notes(self) -> list[Block]:
        """Return what went wrong with the last key, or with the keyboard."""
        view = self.view
        if self.missing:
            return [Note(view.kit, view.say(f"fill.absent.{self.board}"), trouble=True)]
        if self.pen.told:
            values = {"most": self.most} if self.pen.told == _FULL else {}
            return [Note(view.kit, view.say(self.pen.told, **values), trouble=True)]
        return []

    def note(self) -> str | None:
        """Return the words key of that, for the probe."""
        if self.missing:
            return f"screens.fill.absent.{self.board}"
        return f"screens.{self.pen.told}" if self.pen.told else None

    def keys(self) -> Block:
        """Return the keyboard of the moment, or the keyboards to choose from."""
        if self.pen.choosing or self.missing:
            return self._chooser()
        return KEYS[self.board](self)

    def _chooser(self) -> Block:
        view, kit, gone = self.view, self.view.kit, self.view.writer.missing()
        buttons = [
            Button(
                kit, f"board:{each}", view.say(f"fill.board.{each}"), partial(self._take, each), high=key_height(kit)
            )
            for each in self.boards
            if ENGINES.get(each) not in gone
        ]
        return Stack(kit, grid(kit, buttons, 2), gap=view.theme.px(3))

    # -- what keys do ----------------------------------------------------------------------------------------------

    def answer(self, text: str) -> None:
        """Give the answer, and show it."""
        self.view.does(self.view.visit.answer, self.field.id, text)()

    def write(self, key: str) -> None:
        """Do what a key says that writes by itself: a character, or one of the keys beside them."""
        pen = self.pen
        pen.told = ""
        if key == BOARD:
            self._switch()
        elif key == CASE:
            pen.capitals = not pen.capitals
        elif key == ERASE and pen.ink:
            pen.drop()
        else:
            self.answer(self._edited(key))
            return
        self.view.refresh()

    def _edited(self, key: str) -> str:
        widget, text = self.field.widget, self.text
        if widget is Widget.DATE:
            return dashed(edit(text.replace("-", ""), key, DATE_DIGITS))
        if widget is Widget.MONEY and key != ERASE:
            return amount(text, key)
        return edit(text, key, self.most)

    def compose(self, key: str) -> None:
        """Do what a key of a keyboard says that composes."""
        engine, writer = ENGINES[self.board], self.view.writer
        if key == BOARD or (key == ERASE and not self.pen.composing):
            self.write(key)
            return
        self._asked((lambda: writer.erase(engine)) if key == ERASE else lambda: writer.key(engine, key))

    def choose(self, shown: tuple[str, ...], index: int) -> None:
        """Take the candidate that stands at `index` of those that were shown; if others are there by now, show them."""
        if self.pen.candidates != shown:
            self.view.refresh()
        elif self.board is Board.HAND:
            self._taken(Composed(shown[index]))
        else:
            engine = ENGINES[self.board]
            self._asked(lambda: self.view.writer.choose(engine, index))

    def drawn(self, pad: HandPad) -> None:
        """Look for what was drawn so far."""
        self._asked(lambda: self.view.writer.recognise(pad.in_square()), keep_ink=True)

    def turn(self, shelf: int) -> None:
        """Show another part of the candidates."""
        self.pen.shelf = shelf
        self.view.refresh()

    def rewind(self, part: Part, steps: int) -> None:
        """Turn a column of the wheel."""
        self.answer(self.wheel().turned(part, steps).shown.isoformat())

    def wheel(self) -> DateWheel:
        """Return the wheel at the answer."""
        today = today_in_china()
        earliest, latest = (span_end(span, today) for span in self.field.schema.get("x-dates", ("-120y", "+20y")))
        return wheel(earliest, latest, self.text, today)

    def finish(self) -> bool:
        """Tell whether nothing is still being composed, so that one may go on. Spaces at the end are dropped."""
        if self.pen.composing or self.pen.ink:
            self.pen.told = _UNFINISHED
            self.view.refresh()
            return False
        if self.field.widget is Widget.TEXT and self.text != self.text.strip():
            self.view.visit.answer(self.field.id, self.text.strip())
        return True

    def _asked(self, ask: Callable[[], Composed], *, keep_ink: bool = False) -> None:
        """Ask what composes, and show what came of it; if it is gone, so is the composition, and that is said."""
        try:
            done = ask()
        except WriterError as error:
            self.pen.drop()
            self.pen.told = _WAITING if isinstance(error, WriterNotReadyError) else _LOST
            self.view.refresh()
            return
        self._taken(done, keep_ink=keep_ink)

    def _taken(self, done: Composed, *, keep_ink: bool = False) -> None:
        pen, ink = self.pen, self.pen.ink
        pen.drop()
        pen.composing, pen.candidates = done.composing, done.candidates
        if keep_ink:
            pen.ink = ink
        text = self.text + done.text
        if len(text) > self.most:
            pen.told = _FULL
        if done.text:
            self.answer(text[: self.most])
        self.view.refresh()

    def _clear(self, pen: Pen) -> None:
        """Have what composes forget it too; if it is gone, it has."""
        for board, engine in ENGINES.items():
            if board is not Board.HAND and engine not in self.view.writer.missing():
                try:
                    self.view.writer.clear(engine)
                except WriterError:
                    break
        pen.drop()

    def _switch(self) -> None:
        """Offer the keyboards; where there are only two, show the other."""
        if len(self.boards) == len((Board.WHEEL, Board.DIGITS)):
            self._take(next(each for each in self.boards if each is not self.board))
        else:
            self.pen.choosing = True

    def _take(self, board: Board) -> None:
        if self.pen.composing:
            self._clear(self.pen)
        self.pen.drop()
        self.pen.board, self.pen.choosing, self.pen.capitals = board, False, False
        self.view.refresh()
