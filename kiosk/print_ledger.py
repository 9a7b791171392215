"""The ledger of print jobs: what was to be printed, whether it may be on paper, and how much paper that took.

One decision: a job is durable here before its first byte is sent, and again at that byte, so that after any end of the
process the next start knows: RECORDED means nothing was sent, PRINTING means it may have printed. No name, no identity
number and no verification code is ever stored; a copy is made from what stands here alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from drivers.errors import Reason
from drivers.print_job import PrintJob
from drivers.print_length import paper_mm
from kiosk.print_ledger_file import LedgerFile, PrintLedgerError, PrintLedgerFault
from kiosk.words import LANGUAGES, Language, Words

__all__ = ["JobKind", "JobState", "PrintJobRecord", "PrintLedger", "PrintLedgerError", "PrintLedgerFault"]

KEPT_DAYS = 90
_JOB = (
    "job_id, submission_id, receipt_number, kind, item_title, language, submitted_at, recorded_at, began_at, ended_at,"
    " state, reason, asked_by, mm,"
    " (SELECT count(*) FROM job AS copy WHERE copy.copy_of = job.job_id AND copy.began_at IS NOT NULL)"
)


class JobKind(StrEnum):
    """What was printed."""

    RECEIPT = "RECEIPT"
    COPY = "COPY"


class JobState(StrEnum):
    """How far a job came. Only a FAILED one, of which nothing was sent, is ever begun again under its id."""

    RECORDED = "RECORDED"
    PRINTING = "PRINTING"
    PRINTED = "PRINTED"
    FAILED = "FAILED"
    MAY_HAVE_PRINTED = "MAY_HAVE_PRINTED"


@dataclass(frozen=True, slots=True)
class PrintJobRecord:
    """One job of the ledger. Times are UTC; `submitted_at` has the offset of the kiosk's clock.

    Attributes:
        began_at: the moment of the first byte; None while nothing was sent.
        reason: why it failed or is not sure; None where it is neither.
        asked_by: who asked for this copy; None of a receipt.
        mm: paper it takes, in millimetres.
        copies: copies of it of which a first byte was sent.
    """

    job_id: str
    submission_id: str | None
    receipt_number: str
    kind: JobKind
    item_title: str
    language: Language
    submitted_at: datetime
    recorded_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    state: JobState
    reason: Reason | None
    asked_by: str | None
    mm: float
    copies: int


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class PrintLedger:
    """The opened ledger. One process opens it; safe between threads. Every method raises `PrintLedgerError`."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = utc_now) -> None:
        """Open or make the ledger in `folder`; what the last process left half done is told as what it may be.

        Raises:
            PrintLedgerError: IN_USE, DISK_FULL, IO_FAILED, NOT_DURABLE or OTHER_VERSION.
        """
        self._now = now
        self._file = LedgerFile(folder, made_at=_text(now()))
        try:
            self._settle_what_was_left()
        except PrintLedgerError:
            self._file.close()
            raise

    def close(self) -> None:
        """Close it and let another process open it."""
        self._file.close()

    # ---- one job

    def record(
        self,
        job_id: str,
        *,
        receipt_number: str,
        item_title: str,
        language: Language,
        submitted_at: datetime,
        mm: float,
        submission_id: str | None = None,
    ) -> None:
        """Write a receipt down before anything of it is sent.

        Raises:
            PrintLedgerError: BEGUN_BEFORE: it printed, may have printed, or is under way.
        """
        self._insert(
            (job_id, submission_id, receipt_number, JobKind.RECEIPT, item_title, language, submitted_at.isoformat(), mm)
        )

    def reprint(self, job_id: str, by: str) -> PrintJob:
        """Write a copy of `job_id` down, asked for by `by`, and return it: marked as a copy, and without any name.

        Raises:
            PrintLedgerError: UNKNOWN_JOB, or BEGUN_BEFORE while the job or another copy of it is under way.
        """
        from kiosk.receipt_copy import copy_parts  # noqa: PLC0415 - opens the fonts

        original = self._original(job_id)
        number = 1 + self._file.count("SELECT count(*) FROM job WHERE copy_of = ?", original.job_id)
        parts = copy_parts(
            Words(original.language),
            receipt_number=original.receipt_number,
            item_title=original.item_title,
            submitted_at=original.submitted_at,
            copy_number=number,
            printed_at=self._now().astimezone(original.submitted_at.tzinfo),
        )
        job = PrintJob(f"{original.job_id}-C{number}", parts)
        self._insert(
            (
                job.id, original.submission_id, original.receipt_number, JobKind.COPY, original.item_title,
                original.language, original.submitted_at.isoformat(), paper_mm(job),
            ),
            copy_of=original.job_id, asked_by=by,
        )  # fmt: skip
        return job

    def begin(self, job_id: str) -> None:
        """Note that the first byte is about to be sent: from here on the job may have printed.

        Raises:
            PrintLedgerError: BEGUN_BEFORE: it is not RECORDED.
        """
        changed = self._file.write(
            "UPDATE job SET state = ?, began_at = ? WHERE job_id = ? AND state = ?",
            JobState.PRINTING, _text(self._now()), job_id, JobState.RECORDED,
        )  # fmt: skip
        if not changed:
            raise PrintLedgerError(PrintLedgerFault.BEGUN_BEFORE, f"job {job_id} is not waiting to be printed")

    def end(self, job_id: str, reason: Reason | None = None) -> JobState:
        """Note how a job ended: without a `reason` it printed. Return its state.

        What failed after the first byte may have printed, whatever the reason; only then, and when it printed, is its
        paper counted.
        """
        rows = self._file.read("SELECT began_at IS NOT NULL, state, mm FROM job WHERE job_id = ?", job_id)
        if not rows:
            raise PrintLedgerError(PrintLedgerFault.UNKNOWN_JOB, f"there is no print job {job_id}")
        [(begun, told, taken)] = rows
        began, held, mm = bool(begun), JobState(str(told)), float(str(taken))
        if held not in (JobState.RECORDED, JobState.PRINTING):
            return held
        failed = JobState.MAY_HAVE_PRINTED if began else JobState.FAILED
        state = JobState.PRINTED if reason is None else failed
        with self._file.transaction() as database:
            database.execute(
                "UPDATE job SET state = ?, reason = ?, ended_at = ? WHERE job_id = ?",
                (state, reason, _text(self._now()), job_id),
            )
            if state is not JobState.FAILED:
                database.execute("UPDATE paper SET used_mm = used_mm + ?", (mm,))
        return state

    def jobs(self, limit: int) -> tuple[PrintJobRecord, ...]:
        """Return the last `limit` jobs, the newest first."""
        rows = self._file.read(f"SELECT {_JOB} FROM job ORDER BY place DESC LIMIT ?", limit)  # noqa: S608 - constant
        return tuple(map(_record, rows))

    def job(self, job_id: str) -> PrintJobRecord | None:
        """Return one job; None where there is none of that id (any more)."""
        rows = self._file.read(f"SELECT {_JOB} FROM job WHERE job_id = ?", job_id)  # noqa: S608 - constant
        return _record(rows[0]) if rows else None

    # ---- paper

    def use_per_day(self, days: float) -> float | None:
        """Return the millimetres of paper used a day, over the last `days` (at most 90) or since the ledger began.

        None before the ledger is a day old: nobody can tell yet.
        """
        if not 0 < days <= KEPT_DAYS:
            raise ValueError(f"the ledger tells of 90 days at most, not of {days}")
        now = self._now()
        age = (now - datetime.fromisoformat(self._file.text("SELECT made_at FROM paper"))) / timedelta(days=1)
        if age < 1:
            return None
        since = _text(now - timedelta(days=days))
        used = self._file.number("SELECT coalesce(sum(mm), 0) FROM job WHERE began_at >= ?", since)
        return used / min(days, age)

    def paper_changed(self, length_mm: float) -> None:
        """Take note that a roll of `length_mm` is in the printer now."""
        if not (math.isfinite(length_mm) and length_mm > 0):
            raise ValueError(f"a roll has a length, not {length_mm} mm")
        self._file.write("UPDATE paper SET length_mm = ?, used_mm = 0, changed_at = ?", length_mm, _text(self._now()))

    def paper_ran_out(self) -> None:
        """Take note that the roll is at its end: nobody has said yet what comes after it."""
        self._file.write("UPDATE paper SET length_mm = NULL, used_mm = 0")

    def paper_left_mm(self) -> float | None:
        """Return what should be left on the roll; None where nobody said what roll is in."""
        [(length, used)] = self._file.read("SELECT length_mm, used_mm FROM paper")
        return None if length is None else max(0.0, float(str(length)) - float(str(used)))

    # ---- inside

    def _original(self, job_id: str) -> PrintJobRecord:
        origin = self._file.read("SELECT coalesce(copy_of, job_id) FROM job WHERE job_id = ?", job_id)
        found = self.job(str(origin[0][0])) if origin else None
        if found is None:
            raise PrintLedgerError(PrintLedgerFault.UNKNOWN_JOB, f"there is no print job {job_id}")
        if self._file.count(
            "SELECT count(*) FROM job WHERE ? IN (job_id, copy_of) AND state IN (?, ?)",
            found.job_id, JobState.RECORDED, JobState.PRINTING,
        ):  # fmt: skip
            raise PrintLedgerError(PrintLedgerFault.BEGUN_BEFORE, f"job {found.job_id} is being printed")
        return found

    def _insert(self, values: tuple[object, ...], copy_of: str | None = None, asked_by: str | None = None) -> None:
        now = self._now()
        with self._file.transaction() as database:
            database.execute("DELETE FROM job WHERE recorded_at < ?", (_text(now - timedelta(days=KEPT_DAYS)),))
            database.execute("DELETE FROM job WHERE job_id = ? AND state = ?", (values[0], JobState.FAILED))
            added = database.execute(
                "INSERT INTO job (job_id, submission_id, receipt_number, kind, item_title, language, submitted_at, mm,"
                " recorded_at, state, copy_of, asked_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (job_id) DO NOTHING",
                (*values, _text(now), JobState.RECORDED, copy_of, asked_by),
            )
            if not added.rowcount:
                raise PrintLedgerError(PrintLedgerFault.BEGUN_BEFORE, f"job {values[0]} was begun before")

    def _settle_what_was_left(self) -> None:
        """Say of the jobs that a dead process left what they are: begun, so perhaps printed; or never begun."""
        left = self._file.read("SELECT job_id FROM job WHERE state IN (?, ?)", JobState.RECORDED, JobState.PRINTING)
        for (job_id,) in left:
            self.end(str(job_id), Reason.STOPPED)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))


def _record(row: tuple[object, ...]) -> PrintJobRecord:
    job_id, submission, number, kind, title, language, submitted, recorded, began, ended, state, reason, by, mm, n = row
    return PrintJobRecord(
        job_id=str(job_id),
        submission_id=None if submission is None else str(submission),
        receipt_number=str(number),
        kind=JobKind(str(kind)),
        item_title=str(title),
        language=next(each for each in LANGUAGES if each == language),
        submitted_at=datetime.fromisoformat(str(submitted)),
        recorded_at=datetime.fromisoformat(str(recorded)),
        began_at=_moment(began),
        ended_at=_moment(ended),
        state=JobState(str(state)),
        reason=None if reason is None else Reason(str(reason)),
        asked_by=None if by is None else str(by),
        mm=float(str(mm)),
        copies=int(str(n)),
    )
