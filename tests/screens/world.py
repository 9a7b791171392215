"""The world behind the ports, in memory: answers when a test says so, so that each page can be held still."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from drivers.identity import IdentityDocument, parse_identity
from drivers.sim.specimens import SPECIMENS
from kiosk.ports import SIGNATURE, Signature
from sync.contract import Attachment
from sync.numbering import Numbering

if TYPE_CHECKING:
    from kiosk.catalogue import Material
    from kiosk.config import KioskConfig
    from kiosk.receipt import Receipt
    from kiosk.scan.geometry import Quad
    from kiosk.scan.handling import Source
    from kiosk.scan.session import PageImage
    from kiosk.services_staff import StaffServices
    from kiosk.visit import Visit
    from sync.asking import Question

NIGHT = datetime(2026, 11, 24, 3, 7, tzinfo=timezone(timedelta(hours=8)))
NUMBERING = Numbering(
    submission_id="01890a5d-ac96-774b-bcce-b302099a8057",
    seq=1,
    receipt_number="ZT-K01-261124-00001-J",
    verification_code="7K3M9QXD",
    created_at=NIGHT.astimezone(UTC),
)
Post = Callable[[Callable[[], None]], None]


def card(key: str) -> IdentityDocument:
    """Return what the card of a fictional person says."""
    return parse_identity(SPECIMENS[key].payload())


def attachment(name: str) -> Attachment:
    """Return a sealed file as the draft would tell of it."""
    digest = "ab" * 32
    return Attachment(
        name=name, material_id=None, media_type="application/pdf", sha256=digest, size=1, pages=1, sealed_sha256=digest
    )


class World:
    """Ports that note what they are asked. `answers` True: they answer at once, as fast devices would."""

    staff: "StaffServices | None" = None
    on_key: Callable[[str], None]

    def __init__(self, _config: "KioskConfig | None" = None, post: Post | None = None, *, answers: bool = True) -> None:
        self.post: Post = post or (lambda job: job())
        self.answers = answers
        self.visit: Visit | None = None
        self.asked: list[str] = []
        self.time = NIGHT
        self.has_room = True

    def attach(self, visit: "Visit") -> None:
        """Say whose ports these are."""
        self.visit = visit

    def start(self) -> None:
        """Nothing has to be opened."""

    def headphones_in(self) -> bool:
        """Say that there are none."""
        return False

    def stop(self) -> None:
        """Note that the window said good-bye."""
        self.asked.append("stop")

    def now(self) -> datetime:
        """Return an hour at which most networks are closed."""
        return self.time

    def start_reading(self) -> None:
        """Note it."""
        self.asked.append("start_reading")

    def stop_reading(self) -> None:
        """Note it."""
        self.asked.append("stop_reading")

    def start_code_reading(self) -> bool:
        """Note it; there is a scanner."""
        self.asked.append("start_code_reading")
        return True

    def stop_code_reading(self) -> None:
        """Note it."""
        self.asked.append("stop_code_reading")

    def ask(self, question: "Question") -> None:
        """Answer nothing by itself: a scene has the office say what it shows."""

    def start_scanning(self, material: "Material") -> None:
        """Note it."""
        self.asked.append(f"start_scanning {material.id}")

    def stop_scanning(self) -> None:
        """Note it."""
        self.asked.append("stop_scanning")

    def capture(self) -> None:
        """Note it."""
        self.asked.append("capture")

    def hold_scanning(self) -> None:
        """Note it."""
        self.asked.append("hold_scanning")

    def release_scanning(self, *, taken: bool) -> None:
        """Note it."""
        self.asked.append(f"release_scanning {taken}")

    def crop(self, source: "Source", quad: "Quad") -> None:
        """Note it; a test says what came of it."""
        assert source.quad is not quad
        self.asked.append("crop")

    def examine(self, material: "Material", page: "PageImage") -> None:
        """Note it; a test says what was seen."""
        assert page.jpeg
        self.asked.append(f"examine {material.id}")

    def room(self, pages: int) -> bool:
        """Tell what the test wants."""
        self.asked.append(f"room {pages}")
        return self.has_room

    def stage(self, material: "Material", pages: "tuple[PageImage, ...]") -> None:
        """Seal at once."""
        self.asked.append(f"stage {material.id} {len(pages)}")
        self._answer(lambda visit: visit.staged(material.id, attachment(material.id)))

    def stage_signature(self, signature: Signature) -> None:
        """Seal at once."""
        self.asked.append(f"stage_signature {len(signature.png)}")
        self._answer(lambda visit: visit.staged(SIGNATURE, attachment("signature")))

    def drop(self, attachment: Attachment) -> None:
        """Note it."""
        self.asked.append(f"drop {attachment.name}")

    def commit(self, build: Callable[[Numbering], bytes], attachments: tuple[Attachment, ...]) -> None:
        """Commit at once, under one number."""
        build(NUMBERING)
        self.asked.append(f"commit {len(attachments)}")
        self._answer(lambda visit: visit.committed(NUMBERING))

    def print_receipt(self, receipt: "Receipt") -> None:
        """Note it; a test says how it ended."""
        self.asked.append(f"print {receipt.receipt_number}")

    def save_rating(self, submission_id: str, score: int) -> None:
        """Note it."""
        self.asked.append(f"rating {submission_id[:4]} {score}")

    def abandon(self) -> None:
        """Note it."""
        self.asked.append("abandon")

    def wipe(self) -> None:
        """Note it."""
        self.asked.append("wipe")

    def _answer(self, event: "Callable[[Visit], None]") -> None:
        visit = self.visit
        assert visit is not None
        if self.answers:
            generation = visit.generation
            self.post(lambda: visit.deliver(generation, lambda: event(visit)))
