"""One visit of one resident, as a state machine without I/O: what it needs done it asks of `kiosk.ports.Ports`.

Screens read its attributes and send it intents; ports send it events through `deliver`; both on one thread. The parts
of the way are in `kiosk.visit_opening`, `visit_filling`, `visit_scanning` (and `visit_pages`) and `visit_closing`; here
are the way itself, the time limits, and what fits everywhere: language, back, cancel, another way.
"""

import logging
from collections.abc import Callable, Iterable

from kiosk.purpose import Purpose
from kiosk.trouble import Trouble, Way
from kiosk.visit_asking import Asking
from kiosk.visit_closing import Closing
from kiosk.visit_core import TaskStatus
from kiosk.visit_filling import Filling
from kiosk.visit_opening import Opening
from kiosk.visit_pages import PageHandling
from kiosk.visit_papers import Papers
from kiosk.visit_states import EndReason, State, intent
from kiosk.words import Language
from sync.asking import ProgressAnswer

_log = logging.getLogger(__name__)

ROUTE = (State.IDENTIFY, State.FILL, State.SCAN, State.SIGN, State.REVIEW)
BACK = {State.GUIDE: State.CHOOSE, State.CONSENT: State.GUIDE, State.IDENTIFY: State.CONSENT, State.RATE: State.RECEIPT}


class Visit(Asking, Opening, Filling, PageHandling, Papers, Closing):
    """The visit. `docs/resident-journeys.md` tells it as a story."""

    def deliver(self, generation: int, happened: Callable[[], None]) -> None:
        """Let an event happen if it belongs to this very visit; one of an earlier visit touches nothing (promise 2)."""
        if generation == self.generation:
            happened()
            return
        self.ignored["deliver"] += 1
        _log.info("an event of an earlier visit was dropped")

    def tick(self, now: float) -> None:
        """Take the time, in monotonic seconds; a visit whose resident has gone away ends and is wiped."""
        before = self.remaining
        if self.patience.tick(now, self.state, elder=self.elder):
            self._ran_out()
            self.changed()
        elif self.remaining != before:
            self.changed()

    @intent
    def back(self) -> None:
        """Go one page back."""
        if self.state is State.CHOOSE:
            self.end(EndReason.CANCELLED)
        elif self.state is State.FILL:
            self.previous_page()
        elif self.state is State.SCAN:
            self.previous_task()
        elif self.state is State.IDENTIFY and self.typing:
            self.typing = False
        elif self.state is State.IDENTIFY and self.purpose is Purpose.SUPPLEMENT:
            self.go(State.ASK)
        elif self.state is State.CONSENT and self.service is None:
            self.go(State.CHOOSE)
        elif self.state is State.ASK:
            self._back_from_answer()
        elif self.state in BACK:
            self.go(BACK[self.state])
        else:
            self.backward()

    @intent
    def cancel(self) -> None:
        """Stop here and be forgotten; after the commit it only means good-bye."""
        self.end(EndReason.CANCELLED if self.numbering is None else EndReason.DONE)

    @intent
    def finish(self) -> None:
        """Say good-bye; from the last page, make room for the next resident."""
        if self.state is State.END:
            self._next_resident()
        else:
            self.end(EndReason.DONE)

    @intent
    def choose_way(self, way: Way) -> None:
        """Take another way than the one in trouble; only a way that is offered, and typing the number always."""
        offered = self.trouble.ways if self.trouble else ()
        if way in offered or (way is Way.TYPE_NUMBER and self.state is State.IDENTIFY):
            self.trouble = None
            self._take(way)

    def more_time(self) -> None:
        """Ask for more time, as often as one likes (WCAG 2.2.1)."""
        self.touch()
        self.changed()

    def set_language(self, language: Language) -> None:
        """Speak `language` from now on; what is said at the fields is said anew."""
        self.touch()
        self.language = language
        if self.field_faults:
            self.check_form()
        self.changed()

    def set_elder(self, *, on: bool) -> None:
        """Take the slower pace of the elder mode, or leave it."""
        self.touch()
        self.elder = on
        self.changed()

    def out_of_service(self, trouble: Trouble | None) -> None:
        """Close the kiosk, or with None open it again. A visit that is under way goes on by its other ways."""
        self.closed = trouble
        self.changed()

    def onward(self) -> None:
        """Go on to the next state in which there is something to do."""
        self.step(iter(ROUTE[ROUTE.index(self.state) + 1 :]), self._has_work)

    def backward(self) -> None:
        """Go back to the last state in which there is something to see."""
        if self.purpose is Purpose.SUPPLEMENT and self.state is State.SCAN:
            self.go(State.ASK)
            return
        self.step(reversed(ROUTE[: ROUTE.index(self.state)]), self._has_content)

    def enter(self, state: State) -> None:
        """Do what belongs to the beginning of `state`."""
        begin = {
            State.GUIDE: self.withdraw,
            State.CONSENT: self.withdraw,
            State.IDENTIFY: self.enter_identify,
            State.ASK: self.enter_ask,
            State.SCAN: self.enter_scan,
            State.SIGN: self.enter_sign,
        }
        if state in begin:
            begin[state]()

    def leave(self, state: State) -> None:
        """Do what belongs to the end of `state`."""
        if state is State.IDENTIFY:
            self.ports.stop_reading()
            self.stop_awaiting_code()
        elif state is State.FILL:
            self.take_late()
        elif state is State.SCAN:
            self.ports.stop_scanning()
            self.observation = self.verdict = None

    def _back_from_answer(self) -> None:
        """From one case back to all of them, from there to the card."""
        several = isinstance(self.answer_given, ProgressAnswer) and len(self.answer_given.cases) > 1
        if self.about is not None and several:
            self.about = None
        else:
            self.forget_person()
            self.go(State.IDENTIFY)

    def _take(self, way: Way) -> None:
        if way is Way.HELP:
            self.end(EndReason.HELP)
        elif way is Way.TYPE_NUMBER:
            self.typing = True
        elif way is Way.LATER_AT_WINDOW:
            self.defer_all()
        elif way is Way.TRY_AGAIN:
            self._try_again()

    def _try_again(self) -> None:
        again: dict[State, Callable[[], None]] = {
            State.IDENTIFY: self.ports.start_reading,
            State.ASK: self.ask_again,
            State.SCAN: self.enter_scan,
            State.REVIEW: self.submit,
            State.RECEIPT: self.reprint,
        }
        again[self.state]()

    def _has_work(self, state: State) -> bool:
        if state is State.SCAN:
            return any(task.status is TaskStatus.TODO for task in self.tasks)
        return self._has_content(state)

    def _has_content(self, state: State) -> bool:
        contents: dict[State, Iterable[object]] = {State.FILL: self.forms, State.SCAN: self.tasks}
        return bool(contents.get(state, (state,)))

    def _ran_out(self) -> None:
        if self.state is State.END:
            self._next_resident()
        else:
            self.end(EndReason.TIMED_OUT if self.numbering is None else EndReason.DONE)

    def _next_resident(self) -> None:
        self.language, self.elder = "zh", False
        self.go(State.ATTRACT)
