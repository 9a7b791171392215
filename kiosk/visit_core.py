"""What every part of a visit shares: the case as it grows, the state, the way on, and the wipe.

One decision: whatever a resident brings is a field of `Case` and of nothing else, so that `forget` cannot miss any.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from drivers.model import DeviceClass, Sensitive
from kiosk.catalogue import Catalogue, Material, Service
from kiosk.forms import Form
from kiosk.identity import Person
from kiosk.papers.kinds import PaperKind
from kiosk.ports import Ports, Signature
from kiosk.purpose import Purpose
from kiosk.trouble import Trouble
from kiosk.visit_limits import Limits, Patience
from kiosk.visit_states import MOVES, EndReason, SequenceError, State
from kiosk.words import Language
from sync.asking import CaseProgress, Question
from sync.contract import Answer, Attachment, Consent, PresentedCode, Record

if TYPE_CHECKING:  # the scan brings OpenCV, which the first screen must not wait for
    from kiosk.receipt import Receipt
    from kiosk.scan.geometry import Image
    from kiosk.scan.handling import Source
    from kiosk.scan.judge import Verdict
    from kiosk.scan.page import PageImage
    from kiosk.scan.session import Observation
    from sync.outbox import Numbering

CONSENT_VERSION = "2026-11-24.5"
MAX_PAGES = 8  # of one paper: what `room` is asked for must hold for whatever the resident then lays under the camera


class TaskStatus(StrEnum):
    """How far a paper is."""

    TODO = "TODO"
    DONE = "DONE"
    LATER = "LATER"


class PrintOutcome(StrEnum):
    """What is known of the paper receipt."""

    PRINTING = "PRINTING"
    PRINTED = "PRINTED"
    NOT_PRINTED = "NOT_PRINTED"
    MAY_HAVE_PRINTED = "MAY_HAVE_PRINTED"


@dataclass(slots=True, repr=False)
class Doubt:
    """A page that looks like another paper than the one asked for, and whether the resident wants it used all the same.

    `kind` is UNKNOWN where no more is known than that it is not the one asked for.
    """

    page: "PageImage"
    kind: PaperKind
    answered: bool = False

    def of(self, page: "PageImage") -> bool:
        """Whether it is about that page, turned or not."""
        return self.page.jpeg is page.jpeg


@dataclass(frozen=True, slots=True, repr=False)
class Suggestion:
    """What was read on a page for a form: the `format` of the answer, its value, and the place as a picture (RGB)."""

    page: "PageImage"
    format: str
    value: Sensitive[str]
    picture: "Image"

    def of(self, page: "PageImage") -> bool:
        """Whether it was read on that page, turned or not."""
        return self.page.jpeg is page.jpeg


@dataclass(slots=True, repr=False)
class ScanTask:
    """One paper to be scanned.

    `staging` counts the seals under way; only the last of them is wanted. `place` is where the next page goes: that of
    the one which is taken again; None is the end.
    """

    material: Material
    pages: "list[PageImage]" = field(default_factory=list)
    status: TaskStatus = TaskStatus.TODO
    attachment: Attachment | None = None
    staging: int = 0
    place: int | None = None
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True, slots=True, repr=False)
class Adjusting:
    """Corners being shown by hand: in which frame, of which page (None: of what lies there), and whether it is cut."""

    source: "Source"
    index: int | None
    cutting: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What a visit is told once: what is served here, the forms, the limits, and who this kiosk is."""

    catalogue: Catalogue
    forms: Mapping[str, Form]
    region: str
    kiosk_id: str
    site_id: str
    limits: Limits
    consent_version: str = CONSENT_VERSION


@dataclass(repr=False, eq=False)
class Case:
    """All that one resident brings. No repr: it would be personal data in a log."""

    purpose: Purpose = Purpose.DECLARE
    service: Service | None = None
    question: Question | None = None
    asking: bool = False
    answer_given: Record | None = None
    about: CaseProgress | None = None  # the case that is looked at, or added to
    consent: Consent | None = None
    person: Person | None = None
    confirmed: bool = False
    typing: bool = False
    number_fault: str | None = None
    presented: Sensitive[PresentedCode] | None = None
    awaits_code: bool = False
    code_fault: str | None = None
    forms: tuple[Form, ...] = ()
    form_index: int = 0
    answers: dict[str, dict[str, Answer]] = field(default_factory=dict)
    field_faults: dict[str, str] = field(default_factory=dict)
    tasks: list[ScanTask] = field(default_factory=list)
    task_index: int = 0
    suggestions: list[Suggestion] = field(default_factory=list)
    read_late: list[Suggestion] = field(default_factory=list)  # while a form is being filled in: for afterwards
    declined: set[tuple[str, str]] = field(default_factory=set)  # form and question: to be filled in oneself
    observation: "Observation | None" = None
    verdict: "Verdict | None" = None
    repeated: "PageImage | None" = None  # taken, but the paper has this page already
    adjusting: Adjusting | None = None
    signature: Signature | None = None
    signature_file: Attachment | None = None
    signature_staging: int = 0
    numbering: "Numbering | None" = None
    receipt: "Receipt | None" = None
    print_outcome: PrintOutcome | None = None
    trouble: Trouble | None = None
    unsure: bool = False  # whether it was submitted is known when the outbox is opened anew, not before

    def forget(self) -> None:
        """Set every field to what it was before anybody came; pictures of papers are overwritten first."""
        for suggestion in (*self.suggestions, *self.read_late):
            suggestion.picture.fill(0)
        kept = [page for task in self.tasks for page in task.pages]
        for page in (*kept, self.repeated):
            if page is not None:
                page.preview.fill(0)
        fresh = Case()
        for each in fields(Case):
            setattr(self, each.name, getattr(fresh, each.name))


class VisitCore(Case, ABC):
    """The state machine's frame. The parts (`kiosk.visit_*`) add what can be done in each state."""

    def __init__(self, ports: Ports, setting: Setting) -> None:
        super().__init__()
        self.ports = ports
        self.setting = setting
        self.state = State.ATTRACT
        self.language: Language = "zh"
        self.elder = False
        self.generation = 0
        self.end_reason = EndReason.DONE
        self.closed: Trouble | None = None
        self.cards_lying: frozenset[DeviceClass] = frozenset()  # readers a card read in this visit still lies at
        self.ignored: Counter[str] = Counter()
        self.patience = Patience(setting.limits)
        self._watchers: list[Callable[[], None]] = []

    @property
    def remaining(self) -> float | None:
        """Seconds of the countdown while it is to be shown, else None."""
        return self.patience.remaining

    @property
    def task(self) -> ScanTask | None:
        """The paper that is being scanned."""
        return self.tasks[self.task_index] if self.state is State.SCAN and self.tasks else None

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call `callback` after every change."""
        self._watchers.append(callback)

    def changed(self) -> None:
        """Tell everyone who looks."""
        for watcher in tuple(self._watchers):
            watcher()

    def touch(self) -> None:
        """Somebody is there: any touch, key or button ends the countdown."""
        self.patience.restart()

    def go(self, state: State) -> None:
        """Move on to `state`: leave the old one, enter the new one.

        Raises:
            SequenceError: the table of moves does not have it; a defect of this software.
        """
        if state not in MOVES[self.state]:
            raise SequenceError(f"the move to {state}", self.state)
        self.leave(self.state)
        self.state = state
        self.trouble = None
        self.patience.restart()
        self.enter(state)

    def step(self, route: Iterator[State], wanted: Callable[[State], bool]) -> None:
        """Go to the first `wanted` state of `route`."""
        self.go(next(state for state in route if wanted(state)))

    @abstractmethod
    def enter(self, state: State) -> None:
        """Do what belongs to the beginning of `state`."""

    @abstractmethod
    def leave(self, state: State) -> None:
        """Do what belongs to the end of `state`."""

    def end(self, reason: EndReason) -> None:
        """End the visit, and wipe in the same call: nothing of it is left when this returns (promise 2)."""
        self.end_reason = EndReason.HELP if self.unsure else reason
        self.go(State.END)
        self._wipe()

    def _wipe(self) -> None:
        self.generation += 1
        if self.numbering is None:
            self.ports.abandon()
        self.ports.wipe()
        self.forget()
