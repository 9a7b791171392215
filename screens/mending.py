"""After a defect: what becomes of the visit, and what the resident is told.

One decision: nothing is claimed that is not known (promise 4). Before the commit the visit is cancelled and wiped;
after it the case is done and its number stays on the screen; while the disk is being asked, one waits for its answer.
"""

import time
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from kiosk.visit_states import EndReason, State

if TYPE_CHECKING:
    from screens.view import View

_ANSWER_SECONDS = 20.0  # a commit has long been answered by then, or never will be


class Aftermath(StrEnum):
    """What is known of the case when the screens had a defect."""

    NOT_SENT = "NOT_SENT"
    HANDED_IN = "HANDED_IN"
    WAITING = "WAITING"
    UNSURE = "UNSURE"


class Mending:
    """Brings a visit to a good end after a defect."""

    def __init__(self, view: "View", clock: Callable[[], float] = time.monotonic) -> None:
        self._view = view
        self._clock = clock
        self._until = 0.0

    def mend(self) -> None:
        """Cancel and wipe, or keep the number that was given; then show what to do next."""
        visit = self._view.visit
        if visit.state is State.END:
            visit.finish()
        elif visit.numbering is not None:
            self._handed_in()
        elif visit.state is State.SUBMIT:
            self._until = self._clock() + _ANSWER_SECONDS
            self._view.aftermath = Aftermath.WAITING
        elif visit.state is not State.ATTRACT:
            visit.cancel()
            self._view.aftermath = Aftermath.UNSURE if visit.end_reason is EndReason.HELP else Aftermath.NOT_SENT
        self._view.refresh()

    def check(self) -> None:
        """Look whether the disk has answered, or no longer will."""
        visit = self._view.visit
        if self._view.aftermath is not Aftermath.WAITING:
            return
        if visit.state is not State.SUBMIT:
            self.mend()
        elif self._clock() >= self._until:
            visit.unsure = True
            visit.go(State.REVIEW)
            self.mend()

    def _handed_in(self) -> None:
        """The case is safe: stay where its number can be read for as long as at any receipt."""
        visit = self._view.visit
        if visit.state is State.SUBMIT:  # the defect was in what follows the commit
            visit.go(State.RECEIPT)
        self._view.aftermath = Aftermath.HANDED_IN
