"""What is being written in one question and is not yet its answer."""

from dataclasses import dataclass, field

from kiosk.writing.boards import Board
from screens.strokes import Stroke


@dataclass(slots=True, repr=False)
class Pen:
    """The composition of one question, of one keyboard. No repr: it is what somebody writes.

    Attributes:
        at: which question it writes in, by form and field.
        board: the keyboard that was chosen; None: the question's first.
        choosing: the keyboards themselves are offered.
        composing: letters and choices that are not text yet.
        shelf: which part of the candidates is shown.
        ink: strokes of a character, in pixels of the pad.
        told: words key of what went wrong with the last key, below ``screens.fill``.
    """

    at: tuple[str, str] = ("", "")
    board: Board | None = None
    choosing: bool = False
    composing: str = ""
    candidates: tuple[str, ...] = ()
    shelf: int = 0
    capitals: bool = False
    ink: list[Stroke] = field(default_factory=list)
    told: str = ""

    def drop(self) -> None:
        """Forget the composition; the keyboard stays."""
        self.composing, self.candidates, self.shelf, self.ink, self.told = "", (), 0, [], ""
