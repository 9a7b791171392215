"""What a visit asks of the world: reader, scanner, printer, outbox, clock. Implemented by `kiosk.services`.

One decision: a port returns at once. What it brings, it brings later as an event of the visit, on the visit's own
thread, through `Visit.deliver` with the generation that was current when it was asked: what an earlier visit asked for
can never reach a later one (promise 2).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kiosk.catalogue import Material
    from kiosk.receipt import Receipt
    from kiosk.scan.geometry import Quad
    from kiosk.scan.handling import Source
    from kiosk.scan.page import PageImage
    from sync.asking import Question
    from sync.contract import Attachment
    from sync.outbox import Numbering

ASK_SECONDS = 20.0  # the longest that a question to the office takes, answered or not
SIGNATURE = "signature"  # stands where a material's id does, for the one attachment that is no paper


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature: the picture as PNG, and its strokes as points (x, y) in pixels of that picture."""

    png: bytes = field(repr=False)
    strokes: tuple[tuple[tuple[float, float], ...], ...] = field(default=(), repr=False)


class Ports(Protocol):
    """The world as a visit sees it. In brackets: the event that answers."""

    def now(self) -> datetime:
        """Return the time of day, with its zone."""

    def start_reading(self) -> None:
        """Wait for an identity or citizen card until told otherwise [identity_read | identity_failed]."""

    def stop_reading(self) -> None:
        """Wait no more."""

    def start_code_reading(self) -> bool:
        """Wait for a code until told otherwise; False where there is no scanner [code_shown | code_failed]."""

    def stop_code_reading(self) -> None:
        """Wait for no code any more."""

    def ask(self, question: "Question") -> None:
        """Ask the office, which may take `ASK_SECONDS` [answered | ask_failed]."""

    def start_scanning(self, material: "Material") -> None:
        """Watch the tray for pages of that paper [observed, page_captured | scan_failed]."""

    def stop_scanning(self) -> None:
        """Watch no more, and drop what was seen."""

    def capture(self) -> None:
        """Take the page once it is good; refused often enough, as it lies [page_captured | scan_failed]."""

    def hold_scanning(self) -> None:
        """Look at the tray no more for a while; nothing is taken meanwhile."""

    def release_scanning(self, *, taken: bool) -> None:
        """Look at it again; `taken` if a page was made of what lies there."""

    def crop(self, source: "Source", quad: "Quad") -> None:
        """Make a page of a frame by these corners, pixels of its preview [page_cropped]."""

    def examine(self, material: "Material", page: "PageImage") -> None:
        """See what paper a page is, taken for that material, and what it says.

        [paper_type_seen, fields_read, way_up_read]
        """

    def room(self, pages: int) -> bool:
        """Tell whether a case with that many pages surely fits on the disk."""

    def stage(self, material: "Material", pages: "tuple[PageImage, ...]") -> None:
        """Make one PDF of the pages and keep it sealed in this visit's draft [staged | stage_failed]."""

    def stage_signature(self, signature: Signature) -> None:
        """Keep the signature sealed in this visit's draft [staged(SIGNATURE, ...) | stage_failed]."""

    def drop(self, attachment: "Attachment") -> None:
        """Take a staged file out of the draft again and delete it."""

    def commit(self, build: "Callable[[Numbering], bytes]", attachments: "tuple[Attachment, ...]") -> None:
        """Submit the draft durably with exactly these attachments [committed | commit_failed]."""

    def print_receipt(self, receipt: "Receipt") -> None:
        """Print it at most once [printed | print_failed]."""

    def save_rating(self, submission_id: str, score: int) -> None:
        """Keep what the resident thought of it, 1 to 5; no answer."""

    def abandon(self) -> None:
        """Delete the draft and all that was staged."""

    def wipe(self) -> None:
        """Forget whatever of this visit is still in memory: frames, preview, jobs not begun."""
