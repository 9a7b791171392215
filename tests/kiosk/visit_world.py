"""A visit without a screen and without devices: ports that remember what they were asked, and answer when told to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from drivers.identity import IdentityDocument, parse_identity
from drivers.sim.specimens import SPECIMENS
from kiosk.catalogue import Catalogue, Material, load
from kiosk.forms import shipped_forms
from kiosk.ports import SIGNATURE, Signature
from kiosk.receipt import Receipt
from kiosk.scan.geometry import Quad
from kiosk.scan.handling import Source
from kiosk.scan.page import PageImage
from kiosk.visit import Visit
from kiosk.visit_core import PrintOutcome, Setting, TaskStatus
from kiosk.visit_limits import Limit, Limits
from kiosk.visit_states import State
from sync.asking import Question
from sync.contract import Attachment, CaseDocument, sha256_hex
from sync.numbering import Numbering
from tests.kiosk.answers import right_answers

PENSION = "ZT-RS-001"
NUMBER = "32058119900101123X"
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SHORT = {State.ATTRACT: Limit(None), State.SUBMIT: Limit(None), State.END: Limit(15)}
LIMITS = Limits({s: SHORT.get(s, Limit(60, 20)) for s in State}, {s: SHORT.get(s, Limit(120, 40)) for s in State})
NUMBERING = Numbering("01935b3e-7c00-7000-8000-000000000001", 7, "ZT-K01-261124-00007-K", "ABCDEFGH", NOON)


@cache
def catalogue() -> Catalogue:
    return load()


def setting() -> Setting:
    return Setting(catalogue(), shipped_forms(), "ZT", "ZT-K01", "ZT-S00", LIMITS)


def card(specimen: str = "wang") -> IdentityDocument:
    return parse_identity(SPECIMENS[specimen].payload())


def page(text: str = "page") -> PageImage:
    return PageImage(text.encode(), (210.0, 297.0), np.zeros((2, 2, 3), np.uint8), "a4", measured=False)


SIGNED = Signature(b"\x89PNG the name of a fictional person")


@dataclass
class MemoryPorts:
    """Everything a visit asks, by name, in `asked`; what was staged waits in `staging` until `seal` answers it."""

    asked: list[str] = field(default_factory=list)
    staging: list[tuple[str, int]] = field(default_factory=list)
    dropped: list[Attachment] = field(default_factory=list)
    committing: tuple[Callable[[Numbering], bytes], tuple[Attachment, ...]] | None = None
    receipts: list[Receipt] = field(default_factory=list)
    ratings: list[tuple[str, int]] = field(default_factory=list)
    has_room: bool = True
    has_scanner: bool = True
    asked_room: list[int] = field(default_factory=list)
    examined: list[tuple[str, PageImage]] = field(default_factory=list)
    files: int = 0
    questions: list[Question] = field(default_factory=list)

    def now(self) -> datetime:
        return NOON

    def start_reading(self) -> None:
        self.asked.append("start_reading")

    def stop_reading(self) -> None:
        self.asked.append("stop_reading")

    def start_code_reading(self) -> bool:
        self.asked.append("start_code_reading")
        return self.has_scanner

    def stop_code_reading(self) -> None:
        self.asked.append("stop_code_reading")

    def ask(self, question: Question) -> None:
        self.questions.append(question)

    def start_scanning(self, material: Material) -> None:
        self.asked.append(f"start_scanning {material.id}")

    def stop_scanning(self) -> None:
        self.asked.append("stop_scanning")

    def capture(self) -> None:
        self.asked.append("capture")

    def hold_scanning(self) -> None:
        self.asked.append("hold_scanning")

    def release_scanning(self, *, taken: bool) -> None:
        self.asked.append(f"release_scanning {taken}")

    def crop(self, source: Source, quad: Quad) -> None:
        assert source.quad is not quad
        self.asked.append("crop")

    def examine(self, material: Material, page: PageImage) -> None:
        self.examined.append((material.id, page))

    def room(self, pages: int) -> bool:
        self.asked_room.append(pages)
        return self.has_room

    def stage(self, material: Material, pages: tuple[PageImage, ...]) -> None:
        self.staging.append((material.id, len(pages)))

    def stage_signature(self, signature: Signature) -> None:
        assert signature.png
        self.staging.append((SIGNATURE, 1))

    def drop(self, attachment: Attachment) -> None:
        self.dropped.append(attachment)

    def commit(self, build: Callable[[Numbering], bytes], attachments: tuple[Attachment, ...]) -> None:
        self.committing = (build, attachments)

    def print_receipt(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)

    def save_rating(self, submission_id: str, score: int) -> None:
        self.ratings.append((submission_id, score))

    def abandon(self) -> None:
        self.asked.append("abandon")

    def wipe(self) -> None:
        self.asked.append("wipe")

    def attachment(self, material_id: str, pages: int) -> Attachment:
        self.files += 1
        name = sha256_hex(f"{material_id} {self.files}".encode())
        return Attachment(
            name=f"{material_id}.pdf",
            material_id=None if material_id == SIGNATURE else material_id,
            media_type="image/png" if material_id == SIGNATURE else "application/pdf",
            sha256=name,
            size=9,
            pages=pages,
            sealed_sha256=name,
        )


class World:
    """A visit and its ports, with the steps of a usual resident."""

    def __init__(self) -> None:
        self.ports = MemoryPorts()
        self.visit = Visit(self.ports, setting())
        self.now = 1000.0

    def at(self) -> State:
        """Return the state of this moment."""
        return self.visit.state

    def outcome(self) -> PrintOutcome | None:
        """Return what is known of the receipt at this moment."""
        return self.visit.print_outcome

    def pass_time(self, seconds: float) -> None:
        self.visit.tick(self.now)
        self.now += seconds
        self.visit.tick(self.now)

    def seal(self) -> None:
        """Answer everything that waits to be sealed, in its order."""
        while self.ports.staging:
            material_id, pages = self.ports.staging.pop(0)
            self.visit.staged(material_id, self.ports.attachment(material_id, pages))

    def to(self, state: State, *, service: str = PENSION) -> "World":
        """Walk to `state` as a usual resident does."""
        visit = self.visit
        steps: dict[State, Callable[[], None]] = {
            State.ATTRACT: lambda: visit.start("zh"),
            State.CHOOSE: lambda: visit.choose(catalogue().service(service)),
            State.GUIDE: visit.begin,
            State.CONSENT: visit.accept_consent,
            State.IDENTIFY: self.identify,
            State.FILL: self.fill,
            State.SCAN: self.scan,
            State.SIGN: lambda: visit.sign(SIGNED),
            State.REVIEW: self.submit,
            State.SUBMIT: lambda: visit.committed(NUMBERING),
            State.RECEIPT: visit.to_rating,
            State.RATE: lambda: visit.rate(5),
            State.END: visit.finish,
        }
        for _ in range(40):
            if visit.state is state:
                return self
            steps[visit.state]()
        raise AssertionError(f"the visit stays in {visit.state}")

    def identify(self) -> None:
        self.visit.identity_read(card())
        self.visit.confirm_identity()

    def fill(self) -> None:
        form = self.visit.forms[self.visit.form_index]
        for name, value in right_answers(form).items():
            self.visit.answer(name, value)
        self.visit.next_form()
        assert self.visit.field_faults == {}

    def scan(self) -> None:
        self.visit.page_captured(page())
        self.visit.finish_material()

    def submit(self) -> None:
        self.visit.submit()
        self.seal()

    def document(self) -> CaseDocument:
        assert self.ports.committing is not None
        return CaseDocument.model_validate_json(self.ports.committing[0](NUMBERING))


def statuses(visit: Visit) -> list[TaskStatus]:
    return [task.status for task in visit.tasks]


WORDS_FOLDER = Path(__file__).resolve().parents[2] / "assets/words"


class Seen:
    """An observation, as far as the visit looks at it."""

    verdict = None

    def __init__(self, *, quad: bool, still: bool) -> None:
        self.quad = object() if quad else None
        self.still = still
