"""The beginning of a visit: choosing, the guide, the consent, and who the resident is."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from drivers.citizen_card_codec import CitizenCard
from drivers.errors import DeviceError
from drivers.model import DeviceClass
from kiosk.catalogue import Service
from kiosk.forms import forms_for, prefill
from kiosk.identity import Person, citizen_number_fault
from kiosk.purpose import Purpose
from kiosk.submission import papers_to_scan
from kiosk.trouble import NO_ROOM, PUT_AGAIN, device_trouble
from kiosk.visit_codes import Presenting
from kiosk.visit_core import MAX_PAGES, ScanTask
from kiosk.visit_states import EndReason, State, event, intent
from kiosk.words import Language
from sync.contract import Consent

if TYPE_CHECKING:
    from drivers.sam import IdentityDocument


class Opening(Presenting):
    """ATTRACT to IDENTIFY."""

    @intent
    def start(self, language: Language) -> None:
        """Begin a visit in `language`; while the kiosk is out of service nothing begins."""
        if self.closed is not None:
            return
        self.language = language
        self.go(State.CHOOSE)

    @intent
    def choose(self, service: Service) -> None:
        """Show the guide of a service."""
        self.service = service
        if self.state is State.CHOOSE:
            self.go(State.GUIDE)

    @intent
    def begin(self) -> None:
        """Begin the application, if it can be handed in here and surely fits on the disk."""
        if self.service is None or not self.setting.catalogue.declared_items(self.service):
            return
        papers = papers_to_scan(self.setting.catalogue, self.service, by_card=False)
        if not self.ports.room(MAX_PAGES * len(papers)):
            self.trouble = NO_ROOM
            return
        self.go(State.CONSENT)

    @intent
    def accept_consent(self) -> None:
        """Agree; only now a card may be read."""
        self.consent = Consent(version=self.setting.consent_version, language=self.language, given_at=self.ports.now())
        self.go(State.IDENTIFY)

    @intent
    def refuse_consent(self) -> None:
        """Refuse; the last page tells of the window, the appointment and the agent."""
        self.end(EndReason.REFUSED)

    @intent
    def type_number(self, text: str) -> None:
        """Say who one is by the citizen number; `number_fault` has the words key of what is wrong with it.

        It says no more than that somebody knows the number: cases are shown to a card or a receipt alone.
        """
        if self.purpose is Purpose.PROGRESS:
            self.ignored["type_number"] += 1
            return
        self.number_fault = citizen_number_fault(text)
        if self.number_fault is None:
            self.ports.stop_reading()
            self._identified(Person.typed(text))

    @intent
    def confirm_identity(self) -> None:
        """Say that this is me: the forms and the list of papers follow from it."""
        if self.person is not None and self.purpose is Purpose.PROGRESS:
            self.ask_by_card()
            return
        if self.person is not None and self.purpose is Purpose.SUPPLEMENT:
            self.begin_adding()
            return
        if self.person is None or self.service is None:
            return
        catalogue = self.setting.catalogue
        self.confirmed = True
        self.forms = forms_for(self.service, catalogue)
        for form in self.forms:
            self.answers[form.id] = {**prefill(form, self.person), **self.answers.get(form.id, {})}
        papers = papers_to_scan(catalogue, self.service, by_card=self.person.from_id_card)
        self.tasks = [ScanTask(paper) for paper in papers]
        self.onward()

    @intent
    def reject_identity(self) -> None:
        """Say that this is somebody else's card: it is forgotten and the reader waits again."""
        self.forget_person()
        self.typing = False
        self.await_code()
        self.ports.start_reading()

    @event
    def identity_read(self, document: "IdentityDocument | CitizenCard") -> None:
        """A card was read: an identity card or a citizen card."""
        self.touch()
        self.ports.stop_reading()
        if isinstance(document, CitizenCard):
            self._identified(Person.from_citizen_card(document))
        else:
            self._identified(Person.from_card(document))

    @event
    def identity_failed(self, error: DeviceError, device: DeviceClass = DeviceClass.ID_CARD_READER) -> None:
        """A reader or the card failed. A card that only has to be put again is waited for at once."""
        self.trouble = device_trouble(device, error)
        if error.reason in PUT_AGAIN:
            self.ports.start_reading()

    @abstractmethod
    def onward(self) -> None:
        """Go on to the next state in which there is something to do."""

    @abstractmethod
    def begin_adding(self) -> None:
        """Lay the papers that are wanted for a case."""

    @abstractmethod
    def ask_by_card(self) -> None:
        """Ask the office for what is known of this person."""

    def enter_identify(self) -> None:
        """Wait for a card, unless the resident is known already."""
        self.form_index = 0
        self.await_code()
        if self.person is None:
            self.ports.start_reading()

    def withdraw(self) -> None:
        """Going back behind the consent takes it back, and all that was brought under it."""
        purpose, service = self.purpose, self.service
        self.ports.abandon()
        self.forget()
        self.purpose, self.service = purpose, service

    def _identified(self, person: Person) -> None:
        # A code shown before the first card belongs to whoever lays it; one shown beside another person's does not.
        codes = (self.presented, self.awaits_code, self.code_fault) if self.person is None else (None, False, None)
        self.forget_person()
        self.presented, self.awaits_code, self.code_fault = codes
        self.trouble = None
        self.typing = False
        self.person = person

    def forget_person(self) -> None:
        """Another person's answers, papers and signature are not this one's."""
        if self.confirmed:
            self.ports.abandon()
        purpose, service, consent, typing = self.purpose, self.service, self.consent, self.typing
        asked = (self.question, self.answer_given, self.about)  # by a receipt, which is nobody's
        self.forget()
        self.purpose, self.service, self.consent, self.typing = purpose, service, consent, typing
        if purpose is Purpose.SUPPLEMENT:
            self.question, self.answer_given, self.about = asked
