"""What staff's acts speak of: the services they work with, how a test ended, and what failed in a way that is known."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from drivers.errors import DeviceError
from drivers.model import HealthLevel, HealthReport, StatusReport
from drivers.worker import DeviceWorker
from kiosk.audit import AuditError
from kiosk.closures import Closures
from kiosk.diagnostics import ExportError
from kiosk.health import HealthBoard
from kiosk.print_ledger import PrintLedger, PrintLedgerError
from kiosk.submission import SubmissionError
from kiosk.technicians import TechnicianError
from sync.enrol import IdentityError
from sync.outbox import Outbox, OutboxError
from sync.seal import SealError

T = TypeVar("T")


class Staffed(Protocol):
    """What of the kiosk's services staff works with."""

    workers: tuple[DeviceWorker, ...]
    board: HealthBoard
    closures: Closures

    @property
    def outbox(self) -> Outbox:
        """The open outbox."""

    def hand_in(self, work: Callable[[Outbox], T], /) -> Future[T]:
        """Do `work` with the open outbox, on its own thread."""

    @property
    def ledger(self) -> PrintLedger:
        """The open print ledger."""

    def statuses(self) -> dict[str, StatusReport]:
        """Return the last report of every device."""

    def reprint(self, job_id: str, by: str, done: Callable[[DeviceError | None], None]) -> None:
        """Print a copy, at most once."""


class StaffError(Exception):
    """An act failed in a way that is known. Its text names devices and files, never a person.

    Attributes:
        error: the device's own error, where it was a device's.
    """

    def __init__(self, sentence: str, error: DeviceError | None = None) -> None:
        super().__init__(sentence)
        self.error = error


KNOWN = (
    DeviceError, OutboxError, SubmissionError, PrintLedgerError, TechnicianError, AuditError, ExportError,
    IdentityError, SealError, OSError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tested:
    """How a test ended: the device's report, or why there is none."""

    device: str
    level: HealthLevel
    report: HealthReport | None
    error: StaffError | None

    @property
    def well(self) -> bool:
        """Whether nobody has to act."""
        return self.report is not None and self.report.action is None
