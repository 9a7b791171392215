"""The print ledger: at most once over any end of the process, without a word about the person, and how much paper."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from drivers.errors import Reason
from drivers.print_job import Text
from kiosk.print_ledger import JobKind, JobState, PrintJobRecord, PrintLedger, PrintLedgerError, PrintLedgerFault
from kiosk.print_ledger_file import LedgerFile
from roles.processes import ROOT

SUBMITTED = datetime(2026, 11, 24, 3, 12, tzinfo=timezone(timedelta(hours=8)))
NUMBER = "ZT-K01-261124-00042-R"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_days(self, days: float) -> None:
        self.moment += timedelta(days=days)


@pytest.fixture
def clock() -> Clock:
    """A clock at a known day."""
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[PrintLedger]:
    """An open, empty ledger."""
    made = PrintLedger(tmp_path, now=clock)
    yield made
    made.close()


def record(ledger: PrintLedger, job_id: str = NUMBER, mm: float = 120.0) -> None:
    ledger.record(
        job_id,
        receipt_number=job_id,
        item_title="生育服务登记",
        language="zh",
        submitted_at=SUBMITTED,
        mm=mm,
        submission_id="s-1",
    )


def put_through(ledger: PrintLedger, job_id: str, reason: Reason | None = None, mm: float = 120.0) -> None:
    record(ledger, job_id, mm)
    ledger.begin(job_id)
    ledger.end(job_id, reason)


def only(ledger: PrintLedger) -> PrintJobRecord:
    [job] = ledger.jobs(10)
    return job


def refused(fault: PrintLedgerFault) -> "pytest.RaisesExc[PrintLedgerError]":
    return pytest.raises(PrintLedgerError, check=lambda error: error.reason is fault)


def test_a_job_is_written_down_step_by_step(ledger: PrintLedger, clock: Clock) -> None:
    """Promise 8: staff see which receipt it was, of which item, when, and how it ended."""
    record(ledger)
    assert (only(ledger).state, only(ledger).began_at) == (JobState.RECORDED, None)
    clock.pass_days(1 / 86400)
    ledger.begin(NUMBER)
    assert only(ledger).state is JobState.PRINTING
    clock.pass_days(1 / 86400)
    assert ledger.end(NUMBER) is JobState.PRINTED
    job = only(ledger)
    assert (job.receipt_number, job.item_title, job.kind) == (NUMBER, "生育服务登记", JobKind.RECEIPT)
    assert (job.submitted_at, job.reason, job.copies) == (SUBMITTED, None, 0)
    assert job.began_at is not None
    assert job.ended_at is not None
    assert job.recorded_at < job.began_at < job.ended_at


def test_what_failed_before_its_first_byte_may_be_printed_again_and_nothing_else(ledger: PrintLedger) -> None:
    """Promise 1: one receipt of one number, whoever asks, as often as they ask."""
    record(ledger)
    with refused(PrintLedgerFault.BEGUN_BEFORE):
        record(ledger)
    assert ledger.end(NUMBER, Reason.PAPER_OUT) is JobState.FAILED
    assert only(ledger).reason is Reason.PAPER_OUT
    record(ledger)
    ledger.begin(NUMBER)
    assert ledger.end(NUMBER, Reason.PAPER_OUT) is JobState.MAY_HAVE_PRINTED
    with refused(PrintLedgerFault.BEGUN_BEFORE):
        record(ledger)
    with refused(PrintLedgerFault.BEGUN_BEFORE):
        ledger.begin(NUMBER)


def test_how_a_job_ended_is_said_once(ledger: PrintLedger) -> None:
    """Promise 4: a late word of a watchdog does not turn a printed receipt into a doubtful one."""
    put_through(ledger, NUMBER)
    assert ledger.end(NUMBER, Reason.NO_ANSWER) is JobState.PRINTED
    with refused(PrintLedgerFault.UNKNOWN_JOB):
        ledger.end("another")


DIES = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from kiosk.print_ledger import PrintLedger
ledger = PrintLedger(Path(sys.argv[1]))
for job in ("waiting", "begun"):
    ledger.record(job, receipt_number=job, item_title="t", language="zh", submitted_at=datetime.now(UTC), mm=100)
ledger.begin("begun")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_kill_9_what_was_begun_may_have_printed_and_what_was_not_did_not(tmp_path: Path) -> None:
    """Promise 1 and 4: neither "printed" nor "not printed" is guessed; only the one that was never sent is free."""
    ended = subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], cwd=ROOT, env=os.environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    ledger = PrintLedger(tmp_path)
    states = {job.job_id: (job.state, job.reason) for job in ledger.jobs(10)}
    assert states == {
        "begun": (JobState.MAY_HAVE_PRINTED, Reason.STOPPED),
        "waiting": (JobState.FAILED, Reason.STOPPED),
    }
    with refused(PrintLedgerFault.BEGUN_BEFORE):
        record(ledger, "begun")
    record(ledger, "waiting")
    ledger.close()


def test_a_copy_is_marked_numbered_and_names_nobody(ledger: PrintLedger) -> None:
    """Promise 2: number, item and time, 补打 on top; each copy is a job of its own and is counted."""
    put_through(ledger, NUMBER)
    copy = ledger.reprint(NUMBER, "technician 7")
    assert copy.id == f"{NUMBER}-C1"
    said = "\n".join(part.text for part in copy.parts if isinstance(part, Text))
    for word in ("补打", NUMBER, "生育服务登记", "11月24日", "03:12"):
        assert word in said
    with refused(PrintLedgerFault.BEGUN_BEFORE):
        ledger.reprint(NUMBER, "technician 7")
    ledger.begin(copy.id)
    ledger.end(copy.id)
    again = ledger.reprint(copy.id, "technician 8")
    assert again.id == f"{NUMBER}-C2", "a copy of a copy is a copy of the receipt"
    ledger.end(again.id, Reason.PAPER_OUT)
    last, first, original = ledger.jobs(10)
    assert (last.state, last.asked_by, last.kind) == (JobState.FAILED, "technician 8", JobKind.COPY)
    assert (first.state, first.copies) == (JobState.PRINTED, 0)
    assert original.copies == 1, "of the second nothing was sent"


def test_a_job_nobody_knows_cannot_be_copied(ledger: PrintLedger) -> None:
    """Promise 8: a wrong number is said to be one."""
    with refused(PrintLedgerFault.UNKNOWN_JOB):
        ledger.reprint("ZT-K01-000000-00000-X", "technician 7")


def test_after_ninety_days_a_job_is_forgotten(ledger: PrintLedger, clock: Clock) -> None:
    """Promise 6: the ledger does not grow for ever."""
    put_through(ledger, "old")
    clock.pass_days(89)
    put_through(ledger, "newer")
    assert [job.job_id for job in ledger.jobs(10)] == ["newer", "old"]
    clock.pass_days(2)
    put_through(ledger, "newest")
    assert [job.job_id for job in ledger.jobs(10)] == ["newest", "newer"]
    assert [job.job_id for job in ledger.jobs(1)] == ["newest"]


def test_paper_used_a_day_is_told_once_there_is_a_day(ledger: PrintLedger, clock: Clock) -> None:
    """Promise 4: no forecast from nothing; what was refused with nothing sent took no paper."""
    put_through(ledger, "first", mm=300)
    assert ledger.use_per_day(7) is None
    clock.pass_days(2)
    put_through(ledger, "second", Reason.NO_ANSWER, mm=100)
    record(ledger, "refused", mm=1000)
    ledger.end("refused", Reason.COVER_OPEN)
    assert ledger.use_per_day(7) == pytest.approx(200.0)
    assert ledger.use_per_day(1) == pytest.approx(100.0)
    clock.pass_days(8)
    assert ledger.use_per_day(7) == 0.0
    with pytest.raises(ValueError, match="90"):
        ledger.use_per_day(91)


def test_paper_left_is_known_once_somebody_said_what_roll_is_in(ledger: PrintLedger, tmp_path: Path) -> None:
    """Promise 4: nobody said is None, never a full roll; and it is kept over a restart."""
    put_through(ledger, "before", mm=100)
    assert ledger.paper_left_mm() is None
    ledger.paper_changed(50_000)
    put_through(ledger, "after", mm=250)
    assert ledger.paper_left_mm() == 49_750
    ledger.close()
    again = PrintLedger(tmp_path)
    assert again.paper_left_mm() == 49_750
    put_through(again, "long", mm=60_000)
    assert again.paper_left_mm() == 0
    again.paper_ran_out()
    assert again.paper_left_mm() is None
    with pytest.raises(ValueError, match="length"):
        again.paper_changed(0)
    again.close()


def test_a_second_process_does_not_open_it(ledger: PrintLedger, tmp_path: Path) -> None:
    """Promise 1: who opens it settles what was left, so only one may."""
    record(ledger)
    with refused(PrintLedgerFault.IN_USE):
        PrintLedger(tmp_path)
    assert only(ledger).state is JobState.RECORDED


def test_a_damaged_ledger_is_put_aside_and_the_kiosk_prints(tmp_path: Path) -> None:
    """Promise 3: an ill history keeps no receipt back, and is not thrown away."""
    ledger = PrintLedger(tmp_path)
    put_through(ledger, NUMBER)
    ledger.close()
    [file] = tmp_path.glob("print-jobs.sqlite3")
    file.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    again = PrintLedger(tmp_path)
    assert again.jobs(10) == ()
    record(again)
    again.close()
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1


def test_a_ledger_of_a_later_program_is_not_touched(tmp_path: Path) -> None:
    """Promise 1: nothing is rewritten that is not understood."""
    file = LedgerFile(tmp_path, made_at="2026-11-24T00:00:00.000+00:00")
    with file.transaction() as database:
        database.execute("PRAGMA user_version = 2")
    file.close()
    with refused(PrintLedgerFault.OTHER_VERSION):
        PrintLedger(tmp_path)


def test_a_disk_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Promise 8: the fault has a name; where the folder should be there is a file."""
    (tmp_path / "place").write_bytes(b"")
    with refused(PrintLedgerFault.IO_FAILED):
        PrintLedger(tmp_path / "place")
