"""What is peculiar to the receipt printer's faults: errors that the technician ends, late paper, endless talk."""

from collections.abc import Iterator
from typing import Any

import pytest

from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import CheckHealth, Command, HealthLevel
from drivers.print_job import PrintJob
from drivers.receipt_printer import PrintReceipt, ReceiptPrinterOptions
from tests.drivers.printing import HELLO, Bench, bench

SECONDS = 10.0
Outcome = tuple[CompletionCode, Reason, ErrorAction]

NOT_READY, HARDWARE = CompletionCode.DEVICE_NOT_READY, CompletionCode.HARDWARE_ERROR
NO_ANSWER: Outcome = (CompletionCode.TIME_OUT, Reason.NO_ANSWER, ErrorAction.RESET)


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
