"""The fault matrix of the receipt printer: each fault, each command: code, reason, who must act, status, recovery."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import CheckHealth, Command, DeviceStatus, HealthLevel, SupplyStatus
from drivers.print_job import PrintJob
from drivers.receipt_printer import PrintReceipt, ReceiptPrinterOptions
from tests.drivers.printing import HELLO, Bench, bench

SECONDS = 10.0
Outcome = tuple[CompletionCode, Reason, ErrorAction]

NOT_READY, HARDWARE = CompletionCode.DEVICE_NOT_READY, CompletionCode.HARDWARE_ERROR
NO_ANSWER: Outcome = (CompletionCode.TIME_OUT, Reason.NO_ANSWER, ErrorAction.RESET)
GONE: Outcome = (HARDWARE, Reason.GONE, ErrorAction.MAINTENANCE)
UNSURE: Outcome = (CompletionCode.TIME_OUT, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR)


@dataclass(frozen=True)
class Row:
    """One fault, and what ends it.

    Attributes:
        prints: how a command that prints ends; None: it prints.
        asks: how the silent self-test ends when it raises; None: it reports `status`.
        acts: who must act by that report.
        copies: what is on paper after the fault has ended.
    """

    fault: str
    cure: str
    prints: Outcome | None
    status: DeviceStatus | None
    acts: ErrorAction | None = None
    asks: Outcome | None = None
    paper: SupplyStatus = SupplyStatus.FULL
    copies: int = 0
    reopens: bool = False


def told(fault: str, cure: str, outcome: Outcome, status: DeviceStatus, paper: SupplyStatus = SupplyStatus.FULL) -> Row:
    """Return the row of a fault the printer names itself: every command fails by it, with nothing sent."""
    return Row(fault, cure, outcome, status, outcome[2], paper=paper)


MATRIX = [
    told(
        "paper_out", "refill", (NOT_READY, Reason.PAPER_OUT, ErrorAction.CLEAR), DeviceStatus.USER_ERROR,
        SupplyStatus.OUT,
    ),
    told("cover_open", "cover_close", (NOT_READY, Reason.COVER_OPEN, ErrorAction.CLEAR), DeviceStatus.USER_ERROR),
    told(
        "cutter_jam", "cutter_clear", (HARDWARE, Reason.CUTTER_JAMMED, ErrorAction.MAINTENANCE),
        DeviceStatus.HARDWARE_ERROR,
    ),
    told("overheated", "cooled", (NOT_READY, Reason.OVERHEATED, ErrorAction.SUSPEND), DeviceStatus.OFFLINE),
    told(
        "unrecoverable", "clear", (HARDWARE, Reason.DEFECT, ErrorAction.MAINTENANCE), DeviceStatus.HARDWARE_ERROR
    ),
    Row("paper_near_end", "refill", None, DeviceStatus.ONLINE, paper=SupplyStatus.LOW, copies=1),
    Row("dribble", "speak", None, DeviceStatus.ONLINE, copies=1),
    Row("garbage", "speak", None, DeviceStatus.ONLINE, copies=1),
    Row("silent", "speak", UNSURE, None, asks=NO_ANSWER, copies=1),
    Row("stop_reading", "resume", UNSURE, None, asks=NO_ANSWER, copies=1),
    Row("power_cycle", "speak", GONE, None, asks=GONE, reopens=True),
    Row("vanish", "return", GONE, None, asks=GONE, reopens=True),
]  # fmt: skip
PRINTING: dict[str, Callable[[], Command[Any]]] = {
    "PrintReceipt": lambda: PrintReceipt(PrintJob("job", HELLO)),
    "EXTERNAL": lambda: CheckHealth(HealthLevel.EXTERNAL),
    "INTERACTIVE": lambda: CheckHealth(HealthLevel.INTERACTIVE),
}


@pytest.fixture
def found(nothing_left: None) -> Iterator[Bench]:  # noqa: ARG001 - it watches
    """A printer that is not waited for long."""
    with bench(options=ReceiptPrinterOptions(confirm_seconds=0.2)) as made:
        yield made


def do(found: Bench, command: Command[Any]) -> object:
    return found.printer.execute(command, Deadline.after(SECONDS), lambda: False)


def outcome(found: Bench, command: Command[Any]) -> Outcome | None:
    try:
        do(found, command)
    except DeviceError as error:
        return error.code, error.reason, error.action
    return None


def slips(found: Bench) -> int:
    """Return how many papers have something on them; what was broken off is cut off, and may be bare."""
    return sum(1 for receipt in found.simulator.receipts if receipt.text)


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.fault)
@pytest.mark.parametrize("name", PRINTING)
def test_a_command_that_prints_says_what_is_wrong_and_prints_when_it_is_well(found: Bench, row: Row, name: str) -> None:
    """Promise 4 and 8: no fault is a success, each names who must act, and after its end one more receipt comes out."""
    found.simulator.do(row.fault)
    assert outcome(found, PRINTING[name]()) == row.prints
    found.simulator.do(row.cure)
    if row.reopens:
        found.reopen()
    found.print(*HELLO, id="after")
    assert slips(found) == row.copies + 1
    assert found.simulator.unknown == []


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.fault)
def test_the_silent_self_test_tells_the_fault_and_its_end(found: Bench, row: Row) -> None:
    """Promise 4: it prints nothing, and an answer that did not come is an error, never "well"."""
    found.simulator.do(row.fault)
    if row.asks is not None:
        assert outcome(found, CheckHealth()) == row.asks
    else:
        report = found.printer.execute(CheckHealth(), Deadline.after(SECONDS), lambda: False)
        assert (report.status, report.action) == (row.status, row.acts)
        assert found.printer.poll(Deadline.after(2)).supplies == {"paper": row.paper}
    found.simulator.do(row.cure)
    if row.reopens:
        found.reopen()
    report = found.printer.execute(CheckHealth(), Deadline.after(SECONDS), lambda: False)
    assert (report.status, report.action) == (DeviceStatus.ONLINE, None)
    assert found.simulator.receipts == []


@pytest.mark.parametrize("fault", ["cutter_jam", "recoverable"])
def test_an_error_whose_cause_is_removed_ends_with_the_technicians_test(found: Bench, fault: str) -> None:
    """Promise 8: no power switch is needed (DLE ENQ 2), and a resident's job never moves a blade that was jammed."""
    found.simulator.do(fault)
    assert outcome(found, CheckHealth(HealthLevel.EXTERNAL)) in (
        None, (HARDWARE, Reason.CUTTER_JAMMED, ErrorAction.MAINTENANCE),
    )  # fmt: skip
    found.simulator.do("clear")
    found.simulator.do(fault)
    found.simulator.do("cutter_freed")
    sent = len(found.simulator.received)
    assert outcome(found, PrintReceipt(PrintJob("job", HELLO))) is not None
    assert b"\x10\x05" not in found.simulator.received[sent:]
    assert outcome(found, CheckHealth(HealthLevel.EXTERNAL)) is None
    assert b"\x10\x05\x01" not in found.simulator.received, "what was half printed is never gone on with"
    found.print(*HELLO, id="after")


def test_a_receipt_held_by_a_jam_is_dropped_by_the_recovery_and_not_printed_late(found: Bench) -> None:
    """Promise 2: what may have printed for one resident does not come out before the next."""
    found.simulator.do("cutter_jam", after_bytes=20)
    assert outcome(found, PrintReceipt(PrintJob("job", HELLO))) == (
        HARDWARE, Reason.MAY_HAVE_PRINTED, ErrorAction.MAINTENANCE,
    )  # fmt: skip
    found.simulator.do("cutter_freed")
    assert outcome(found, CheckHealth(HealthLevel.EXTERNAL)) is None
    found.print(*HELLO, id="after")
    assert sum(receipt.text == "您好\n" for receipt in found.simulator.receipts) == 1


def test_a_fault_told_by_the_printer_itself_ends_the_wait_at_once() -> None:
    """Promise 6: automatic status shortens the wait; the printer need not be asked every second."""
    with bench() as patient:
        patient.simulator.do("cover_open", after_bytes=30)
        before = len(patient.simulator.received)
        deadline = Deadline.after(0.9)
        assert outcome(patient, PrintReceipt(PrintJob("job", HELLO))) == (
            NOT_READY, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR,
        )  # fmt: skip
        assert not deadline.expired
        assert b"\x1da\x0e" in patient.simulator.received[before:]


def test_a_printer_that_talks_without_pause_holds_nobody(found: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 6: a flood of what nobody asked for ends at the deadline too."""

    class Flood:
        def read(self, size: int, deadline: Deadline) -> bytes:  # noqa: ARG002 - a flood waits for nobody
            return b"\x11" * size

        def write(self, data: bytes, deadline: Deadline) -> None: ...

        def discard_input(self) -> None: ...

        def close(self) -> None: ...

    monkeypatch.setattr("drivers.receipt_printer.open_transport", lambda *_args, **_named: Flood())
    found.reopen()
    assert outcome(found, CheckHealth()) == NO_ANSWER
