"""Asking the office while the resident waits: how my cases stand, and what I can add to one at once.

One decision: an answer is the office's or none. While there is none the page says what it waits for and until when;
nothing that this machine remembers is shown in its place (promise 4).
"""

from kiosk.catalogue import Material
from kiosk.purpose import Purpose
from kiosk.trouble import OFFICE_AWAY, OFFICE_REFUSES
from kiosk.visit_core import ScanTask, VisitCore
from kiosk.visit_states import State, event, intent
from sync.asking import CaseProgress, Holder, ProgressAnswer, ProgressQuestion, ReceiptHeld
from sync.contract import Record
from sync.numbering import receipt_number_ok

CODE_LENGTH = 8  # characters of a verification code (sync.numbering)
REFUSED = frozenset({401, 403})  # this kiosk, not this question


class Asking(VisitCore):
    """ASK."""

    @intent
    def come_for(self, purpose: Purpose) -> None:
        """Come for what needs no choice of a service; only PROGRESS does today."""
        self.purpose = purpose
        self.go(State.CONSENT)

    @intent
    def show_receipt(self, receipt_number: str, verification_code: str) -> None:
        """Ask by a receipt that was typed: that one case."""
        fits = receipt_number_ok(receipt_number) and len(verification_code.strip()) == CODE_LENGTH
        self.number_fault = None if fits else "asking.not_a_receipt"
        if fits:
            self.ask_by_receipt(receipt_number, verification_code)

    @intent
    def ask_again(self) -> None:
        """Ask the same once more."""
        if not self.asking:
            self.enter_ask()

    @intent
    def open_case(self, case: CaseProgress | None) -> None:
        """Look at one of the cases, or with None at all of them again."""
        self.about = case

    @intent
    def hand_in_missing(self) -> None:
        """Hand in what the office wants for the case that is looked at; who asked by a receipt says who it is first."""
        if self.about is None or not self.wanted():
            return
        self.purpose = Purpose.SUPPLEMENT
        self.service = self.setting.catalogue.service(self.about.service_id)
        if self.person is None:
            self.go(State.IDENTIFY)
        else:
            self.begin_adding()

    def begin_adding(self) -> None:
        """Lay the papers that are wanted, each once."""
        self.confirmed = True
        self.tasks = [ScanTask(paper) for paper in self.wanted()]
        self.task_index = 0
        self.go(State.SCAN)

    def wanted(self) -> tuple[Material, ...]:
        """Return the papers the office wants for the case that is looked at, as far as they can be scanned here."""
        catalogue = self.setting.catalogue
        if self.about is None or not catalogue.has(self.about.service_id):
            return ()
        known = (catalogue.materials.get(each) for each in self.about.missing)
        return tuple(paper for paper in known if paper is not None and paper.scan)

    @event
    def answered(self, answer: Record) -> None:
        """The office has answered."""
        self.asking = False
        self.trouble = None
        self.answer_given = answer
        if isinstance(answer, ProgressAnswer) and len(answer.cases) == 1:
            self.about = answer.cases[0]

    @event
    def ask_failed(self, status: int | None) -> None:
        """No answer came (None), or what came is none; with 401 and 403 the office does not know this kiosk."""
        self.asking = False
        self.trouble = OFFICE_REFUSES if status in REFUSED else OFFICE_AWAY

    def ask_by_card(self) -> None:
        """Ask for all the cases of whoever's card was read."""
        if self.person is not None:
            self.ask(ProgressQuestion(held=Holder(number=self.person.number, name=self.person.name)))

    def ask_by_receipt(self, receipt_number: str, verification_code: str) -> None:
        """Ask for the case of a receipt."""
        held = ReceiptHeld(receipt_number=receipt_number, verification_code=verification_code)
        self.ask(ProgressQuestion(held=held))

    def ask(self, question: ProgressQuestion) -> None:
        """Go and ask."""
        self.question = question
        self.go(State.ASK)

    def enter_ask(self) -> None:
        """Ask what there is to ask; coming back from the papers, what is known already is shown again."""
        if self.purpose is Purpose.SUPPLEMENT:
            self._drop_papers()
        elif self.question is not None:
            self.asking = True
            self.trouble = None
            self.ports.ask(self.question)

    def _drop_papers(self) -> None:
        """Forget what was laid for a case; the case itself, and who it is, stay.

        What the papers still bring (a seal under way) belongs to nobody now, as after the end of a visit.
        """
        self.generation += 1
        self.ports.abandon()
        kept = (self.consent, self.person, self.question, self.answer_given, self.about)
        self.forget()
        self.consent, self.person, self.question, self.answer_given, self.about = kept
        self.purpose = Purpose.PROGRESS
