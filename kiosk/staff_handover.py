"""The diagnosis over the line: sealed into the outbox as submissions are, and delivered like them, exactly once.

One decision: the outbox's own thread commits it, so that a disk which fails here closes the kiosk as in any visit. What
residents need stays free: a diagnosis that would leave no room for one page is not taken.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kiosk.config import KioskConfig
from kiosk.device_health import utc_now
from kiosk.diagnostics import ExportError, versions
from kiosk.line_record import read_line
from kiosk.staff_export import diagnosis
from sync.contract import DiagnosticsDocument, SealedFile, canonical
from sync.numbering import Numbering
from sync.outbox import Outbox

T = TypeVar("T")
_TOLD = ("budayang", "python", "kernel", "machine", "system")  # of the versions; all packages are inside the zip


class HandIn(Protocol):
    """The way to the outbox's own thread."""

    def __call__(self, work: Callable[[Outbox], T], /) -> Future[T]:
        """Do `work` there."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What waits in the outbox now.

    Attributes:
        size: of the zip, in bytes.
        line_up: whether the office answered last; False too where nobody knows: then it waits here.
    """

    size: int
    line_up: bool


def hand_over(config: KioskConfig, technician: str, hand_in: HandIn) -> HandedOver:
    """Build the diagnosis and commit it to the outbox; when this returns, it is durable there.

    Raises:
        ExportError: it cannot be built, or the disk has no room beside what residents need.
        OutboxError: the disk does not take it.
        SubmissionError: the outbox is not open.
    """
    plain = diagnosis(config)
    hand_in(lambda outbox: _commit(outbox, config, technician, plain)).result()
    line = read_line(config.kiosk.state, utc_now())
    return HandedOver(len(plain), line is not None and line.up is True and not line.refused)


def _commit(outbox: Outbox, config: KioskConfig, technician: str, plain: bytes) -> Numbering:
    if not outbox.room(1):
        raise ExportError("the outbox has no room for a diagnosis beside what residents need")
    told = {name: str(value) for name, value in versions().items() if name in _TOLD}
    draft = outbox.begin()
    try:
        blob = draft.add(plain)
        archive = SealedFile(sha256=blob.sha256, size=blob.size, sealed_sha256=blob.sealed_sha256)

        def build(numbering: Numbering) -> bytes:
            return canonical(
                DiagnosticsDocument(
                    submission_id=numbering.submission_id,
                    kiosk_id=config.kiosk.id,
                    technician=technician,
                    exported_at=numbering.created_at,
                    versions=told,
                    archive=archive,
                )
            )

        return draft.commit(build, "diagnostics")
    finally:
        draft.abandon()  # does nothing once it is committed
