"""The printer's side of the ports: every job goes through the ledger, before its first byte, at it, and when it ended.

One decision: the ledger has a thread of its own for what waits on the disk. Only the first byte waits too, on the
printer's thread: what could not be noted is not sent.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, Protocol

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass
from drivers.print_job import PrintJob
from drivers.print_length import paper_mm
from drivers.worker import DeviceWorker
from kiosk.print_ledger import PrintLedger, PrintLedgerError, PrintLedgerFault
from kiosk.services_devices import absent

if TYPE_CHECKING:
    from kiosk.receipt import Receipt

P = ParamSpec("P")
Done = Callable[[DeviceError | None], None]
"""Told how a job ended, on the visit's thread: None for "it is out"."""

PRINT_SECONDS = 60.0

_log = logging.getLogger(__name__)
_CLOSED = "the print ledger is not open"


class Send(Protocol):
    """Hands a job to the printer; `before_first_byte` is called at that moment, and may forbid it by raising."""

    def __call__(self, job: PrintJob, before_first_byte: Callable[[], None]) -> Future[None]:
        """Return a future that ends with None or a `DeviceError`."""


def sender(printer: DeviceWorker | None) -> Send:
    """Return what hands jobs to this printer, or says of each that this kiosk has none."""

    def send(job: PrintJob, before_first_byte: Callable[[], None]) -> Future[None]:
        from drivers.receipt_printer import PrintReceipt  # noqa: PLC0415 - the driver's commands come with its driver

        if printer is not None:
            return printer.execute(PrintReceipt(job, before_first_byte), PRINT_SECONDS)
        future: Future[None] = Future()
        future.set_exception(absent(DeviceClass.RECEIPT_PRINTER))
        return future

    return send


class Printing:
    """Prints at most once, over every end of the process. Called on the visit's thread."""

    def __init__(self, folder: Path, send: Send, post: Callable[[Callable[[], None]], None]) -> None:
        self._folder, self._send, self._post = folder, send, post
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="print ledger")
        self._ledger: PrintLedger | None = None

    def start(self) -> None:
        """Open the ledger, beside the screen; if that fails it is tried again with the next job."""
        self._pool.submit(self._open_or_tell)

    def close(self) -> None:
        """Note what has ended and close the ledger; the printer's worker has stopped before."""
        self._pool.shutdown(wait=True)
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()

    @property
    def ledger(self) -> PrintLedger:
        """The open ledger.

        Raises:
            PrintLedgerError: IO_FAILED: it is not open.
        """
        if self._ledger is None:
            raise PrintLedgerError(PrintLedgerFault.IO_FAILED, _CLOSED)
        return self._ledger

    def print_receipt(self, receipt: "Receipt", job: PrintJob, submission_id: str | None, done: Done) -> None:
        """Print `job`, which is `receipt`."""

        def record(ledger: PrintLedger) -> PrintJob:
            ledger.record(
                job.id,
                receipt_number=receipt.receipt_number,
                item_title=receipt.service,
                language=receipt.language,
                submitted_at=receipt.submitted_at,
                mm=paper_mm(job),
                submission_id=submission_id,
            )
            return job

        self._run(record, done)

    def reprint(self, job_id: str, by: str, done: Done) -> None:
        """Print a copy of `job_id`, asked for by `by`."""
        self._run(lambda ledger: ledger.reprint(job_id, by), done)

    def paper_ran_out(self) -> None:
        """Note that the roll is at its end. From any thread."""
        self._pool.submit(self._note_paper_out)

    # ---- on the ledger's thread

    def _run(self, record: Callable[[PrintLedger], PrintJob], done: Done) -> None:
        """Have the job recorded, then sent; every way ends in `done`."""

        def recorded() -> None:
            try:
                ledger = self._opened()
                job = record(ledger)
            except PrintLedgerError as error:
                _log.error("a print job is not recorded, so it is not printed: %s", error)
                self._post(partial(done, _refusal(error)))
                return
            future = self._send(job, partial(_begin, ledger, job.id))
            future.add_done_callback(lambda ended: self._later(self._ended, ledger, job.id, ended, done))

        self._pool.submit(recorded).add_done_callback(lambda ended: self._look_for_defect(ended, done))

    def _later(self, work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do it on the ledger's thread; while that finishes its last work, nobody else uses the ledger: do it here."""
        try:
            self._pool.submit(work, *args, **kwargs)
        except RuntimeError:  # what a pool that takes nothing more raises
            work(*args, **kwargs)

    def _ended(self, ledger: PrintLedger, job_id: str, ended: "Future[None]", done: Done) -> None:
        failure = ended.exception()
        error = failure if isinstance(failure, DeviceError) else None
        try:
            state = ledger.end(job_id, None if error is None else error.reason)
            _log.info("print job %s: %s", job_id, state)
        except PrintLedgerError as fault:
            # It stays PRINTING, so the next start tells it as what may have printed.
            _log.error("how print job %s ended is not noted: %s", job_id, fault)
        self._post(partial(done, error))

    def _look_for_defect(self, ended: "Future[None]", done: Done) -> None:
        """Nobody waits for this future: a defect in it would leave a resident waiting. Only its name is kept."""
        error = ended.exception()
        if error is not None:
            _log.error("printing: a defect, %s", type(error).__name__)
            self._post(partial(done, _defect()))

    def _opened(self) -> PrintLedger:
        if self._ledger is None:
            self._ledger = PrintLedger(self._folder)
        return self._ledger

    def _open_or_tell(self) -> None:
        try:
            self._opened()
        except PrintLedgerError as error:
            _log.error("%s: %s", _CLOSED, error)

    def _note_paper_out(self) -> None:
        try:
            self._opened().paper_ran_out()
        except PrintLedgerError as error:
            _log.error("that the paper ran out is not noted: %s", error)


def _begin(ledger: PrintLedger, job_id: str) -> None:
    """Note the first byte (on the printer's thread)."""
    try:
        ledger.begin(job_id)
    except PrintLedgerError as error:
        raise _refusal(error) from error


_REFUSALS: dict[PrintLedgerFault, tuple[CompletionCode, Reason, ErrorAction]] = {
    PrintLedgerFault.BEGUN_BEFORE: (CompletionCode.SEQUENCE_ERROR, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR),
    PrintLedgerFault.UNKNOWN_JOB: (CompletionCode.INVALID_DATA, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR),
    PrintLedgerFault.DISK_FULL: (CompletionCode.DEVICE_NOT_READY, Reason.NOT_RECORDED, ErrorAction.CLEAR),
    PrintLedgerFault.IN_USE: (CompletionCode.DEVICE_NOT_READY, Reason.NOT_RECORDED, ErrorAction.RESET),
    PrintLedgerFault.IO_FAILED: (CompletionCode.HARDWARE_ERROR, Reason.NOT_RECORDED, ErrorAction.MAINTENANCE),
    PrintLedgerFault.NOT_DURABLE: (CompletionCode.DEVICE_NOT_READY, Reason.NOT_RECORDED, ErrorAction.CONFIGURATION),
    PrintLedgerFault.OTHER_VERSION: (CompletionCode.DEVICE_NOT_READY, Reason.NOT_RECORDED, ErrorAction.CONFIGURATION),
}


def _refusal(error: PrintLedgerError) -> DeviceError:
    code, reason, action = _REFUSALS[error.reason]
    return DeviceError(code, reason, action, str(error))


def _defect() -> DeviceError:
    detail = "the kiosk failed while it handed the job over"
    return DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.DEFECT, ErrorAction.SOFTWARE_ERROR, detail)
