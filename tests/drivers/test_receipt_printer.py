"""The receipt printer's driver against a printer at the wire: every fault, and at most once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers import escpos_line
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Reason
from drivers.escpos_line import ASK_WHEN_DONE
from drivers.model import CheckHealth, DeviceClass, DeviceStatus, Event, HealthLevel, SupplyStatus, SupplyThreshold
from drivers.print_job import Cut, PrintJob, Qr, Raster, Text
from drivers.receipt_printer import PrintReceipt, ReceiptPrinter, ReceiptPrinterOptions
from drivers.recorder import FlightRecorder
from drivers.registry import lookup
from drivers.transport import TcpTransport
from drivers.worker import Cadence, DeviceWorker
from tests.drivers.helpers import eventually
from tests.drivers.printing import HELLO, Bench, bench, draw

IMPATIENT = ReceiptPrinterOptions(confirm_seconds=0.2)
JOB_BYTES = 700  # of the job below, roughly; offsets beyond its end are part of the test
QUESTIONS = 4 * 3  # bytes asked before the first byte of a job


@pytest.fixture
def ready(nothing_left: None) -> Iterator[Bench]:  # noqa: ARG001 - it watches
    with bench() as found:
        yield found


@pytest.fixture
def impatient(nothing_left: None) -> Iterator[Bench]:  # noqa: ARG001 - it watches
    with bench(options=IMPATIENT) as found:
        yield found


def poll(found: Bench) -> tuple[DeviceStatus, SupplyStatus]:
    report = found.printer.poll(Deadline.after(2))
    return report.device, report.supplies["paper"]


def answers(found: Bench) -> bool:
    try:
        return poll(found)[0] is DeviceStatus.ONLINE
    except DeviceTimeout:
        return False


def test_a_receipt_comes_out_on_tcp(ready: Bench) -> None:
    """Promise 1: what was sent is on the paper, cut, and its code can be scanned."""
    ready.print(Text("您好，王**"), Qr("BDY1:K01-261124-00042-R:7Q4M9XKD"), Cut())
    (receipt,) = ready.simulator.receipts
    (code,) = zxingcpp.read_barcodes(receipt.image.convert("L"))
    assert code.text == "BDY1:K01-261124-00042-R:7Q4M9XKD"
    assert receipt.text == "您好，王**\n"
    assert receipt.raw.endswith(b"\x1dVB\x00")


@pytest.mark.usefixtures("nothing_left")
def test_a_receipt_comes_out_on_a_serial_line(tmp_path: Path) -> None:
    """Promise 1: the same on a pty, and saved as the picture and the bytes of it."""
    with bench(link=tmp_path / "printer", folder=tmp_path / "receipts") as found:
        found.print(*HELLO)
    assert sorted(path.name for path in (tmp_path / "receipts").iterdir()) == ["receipt-0001.bin", "receipt-0001.png"]


def test_it_says_what_it_is(ready: Bench) -> None:
    """Promise 8: a technician sees which printer it is; the registry knows its driver."""
    assert ready.printer.information.model_name == "BDY-80 SIM"
    assert ready.printer.information.serial_number == "SIM000001"
    assert (ready.printer.information.maker, ready.printer.information.fonts) == ("Budayang", "CHINA GB2312")
    assert lookup(DeviceClass.RECEIPT_PRINTER, "escpos").factory is ReceiptPrinter


def test_a_byte_of_noise_ends_no_job(impatient: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 4: only what an answer to GS r can be is one; 20 would do by its fixed bits, but is no paper status."""
    impatient.simulator.do("busy", after_bytes=QUESTIONS + 10)
    plain = TcpTransport.read

    def noisy(transport: TcpTransport, size: int, deadline: Deadline) -> bytes:
        return b"\x20\x4f" + plain(transport, size, deadline)

    monkeypatch.setattr(TcpTransport, "read", noisy)
    with pytest.raises(DeviceError) as caught:
        impatient.print(*HELLO)
    assert caught.value.reason is Reason.MAY_HAVE_PRINTED


def test_the_first_byte_can_be_forbidden(ready: Bench) -> None:
    """Promise 1: who cannot write the job down says so at the last moment, and nothing is sent."""

    def forbid() -> None:
        raise DeviceError(CompletionCode.HARDWARE_ERROR, Reason.NOT_RECORDED, ErrorAction.MAINTENANCE)

    sent = len(ready.simulator.received)
    with pytest.raises(DeviceError) as caught:
        ready.printer.execute(PrintReceipt(PrintJob("job", HELLO), forbid), Deadline.after(5), lambda: False)
    assert caught.value.reason is Reason.NOT_RECORDED
    assert len(ready.simulator.received) == sent + QUESTIONS
    ready.print(*HELLO)


def test_no_question_mark_is_printed_for_a_rare_name(ready: Bench) -> None:
    """Promise 5: every character of the test names is drawn; the printer's own font is never asked for one."""
    ready.print(Text("龴䶮㛃𠅤𬭎𫖯\U00030000\U00031350\U0002ebf0\ue863"), Text("李𬭎，您好"), Cut())
    (receipt,) = ready.simulator.receipts
    assert receipt.text == ""
    assert receipt.raw.count(b"\x1dv0\x00") == 2
    assert ready.simulator.unknown == []


FAULTS = [
    ("paper_out", "refill", Reason.PAPER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR, SupplyStatus.OUT),
    ("cover_open", "cover_close", Reason.COVER_OPEN, ErrorAction.CLEAR, DeviceStatus.USER_ERROR, SupplyStatus.FULL),
    (
        "cutter_jam", "cutter_clear", Reason.CUTTER_JAMMED, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR,
        SupplyStatus.FULL,
    ),
    ("overheated", "cooled", Reason.OVERHEATED, ErrorAction.SUSPEND, DeviceStatus.OFFLINE, SupplyStatus.FULL),
    (
        "unrecoverable", "clear", Reason.DEFECT, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR,
        SupplyStatus.FULL,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "cure", "reason", "action", "device", "paper"), FAULTS)
def test_a_fault_before_the_job_refuses_it_with_nothing_sent(
    ready: Bench, fault: str, cure: str, reason: Reason, action: ErrorAction, device: DeviceStatus, paper: SupplyStatus
) -> None:
    """Promise 8: the cause and who must act are named, nothing was sent, and after the cure the same job prints."""
    ready.simulator.do(fault)
    assert poll(ready) == (device, paper)
    sent = len(ready.simulator.received)
    with pytest.raises(DeviceError) as caught:
        ready.print(*HELLO)
    assert (caught.value.reason, caught.value.action) == (reason, action)
    hardware = action is ErrorAction.MAINTENANCE
    assert caught.value.code is (CompletionCode.HARDWARE_ERROR if hardware else CompletionCode.DEVICE_NOT_READY)
    assert len(ready.simulator.received) == sent + QUESTIONS
    ready.simulator.do(cure)
    assert poll(ready) == (DeviceStatus.ONLINE, SupplyStatus.FULL)
    ready.print(*HELLO)
    assert len(ready.simulator.receipts) == 1


@pytest.mark.parametrize(("fault", "cure", "reason", "action", "device", "paper"), FAULTS)
def test_a_fault_after_the_first_byte_may_have_printed(
    impatient: Bench,
    fault: str,
    cure: str,
    reason: Reason,
    action: ErrorAction,
    device: DeviceStatus,
    paper: SupplyStatus,
) -> None:
    """Promise 4: a job interrupted is neither a success nor a clean failure, and it is never printed again."""
    impatient.simulator.do(fault, after_bytes=QUESTIONS + 10)
    with pytest.raises(DeviceError) as caught:
        impatient.print(*HELLO)
    assert (caught.value.reason, caught.value.action) == (Reason.MAY_HAVE_PRINTED, action)
    assert reason in caught.value.detail
    assert poll(impatient) == (device, paper)
    impatient.simulator.do(cure)
    with pytest.raises(DeviceError) as again:
        impatient.print(*HELLO)
    assert (again.value.code, again.value.reason) == (CompletionCode.SEQUENCE_ERROR, Reason.MAY_HAVE_PRINTED)
    assert len(impatient.simulator.receipts) == 1, "what was in the printer came out when it could, once"


def test_a_job_waits_for_an_earlier_one_that_is_still_in_the_printer(impatient: Bench) -> None:
    """Promise 4: the first job's end, heard late, is not taken for the second job's."""
    impatient.simulator.do("busy", after_bytes=QUESTIONS + 10)
    with pytest.raises(DeviceError) as caught:
        impatient.print(*HELLO, id="first")
    assert caught.value.reason is Reason.MAY_HAVE_PRINTED
    sent = len(impatient.simulator.received)
    with pytest.raises(DeviceError) as caught:
        impatient.print(*HELLO, id="second", seconds=1)
    assert (caught.value.reason, caught.value.action) == (Reason.NO_ANSWER, ErrorAction.CLEAR)
    assert "您好".encode("gb18030") not in impatient.simulator.received[sent:]
    impatient.simulator.do("ready")
    impatient.print(*HELLO, id="second")
    assert [receipt.text for receipt in impatient.simulator.receipts if receipt.text] == ["您好\n", "您好\n"]


@pytest.mark.usefixtures("nothing_left")
def test_a_broken_off_job_does_not_hang_on_the_next_residents_receipt(tmp_path: Path) -> None:
    """Promise 2: what was printed of the first receipt is cut off before the second, even from inside a picture."""
    with bench(link=tmp_path / "printer", options=IMPATIENT) as found:
        found.simulator.do("stop_reading", after_bytes=2000)
        with pytest.raises(DeviceError) as caught:
            found.print(Text("first"), *(Raster(draw("大", 400, True)),) * 3, Cut(), id="first", seconds=0.8)
        assert caught.value.reason is Reason.MAY_HAVE_PRINTED
        found.simulator.do("resume")
        found.reopen()
        found.print(Text("second"), Cut(), id="second")
        texts = [receipt.text for receipt in found.simulator.receipts]
        assert texts[-1] == "second\n"
        assert [text for text in texts if "first" in text] == ["first\n"]
        assert found.simulator.unknown == []


def test_paper_near_its_end_prints_and_says_so(ready: Bench) -> None:
    """Promise 4: LOW is shown as LOW."""
    ready.simulator.do("paper_near_end")
    assert poll(ready) == (DeviceStatus.ONLINE, SupplyStatus.LOW)
    ready.print(*HELLO)
    assert len(ready.simulator.receipts) == 1


def test_a_silent_printer_is_unknown_prints_and_is_never_believed(impatient: Bench) -> None:
    """Promise 4: no answer forbids nothing and confirms nothing."""
    impatient.simulator.do("silent")
    with pytest.raises(DeviceTimeout):
        impatient.printer.poll(Deadline.after(2))
    with pytest.raises(DeviceError) as caught:
        impatient.print(*(Raster(draw("大", 400, True)),) * 3, Cut())
    assert (caught.value.reason, caught.value.action) == (Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR)
    assert caught.value.code is CompletionCode.TIME_OUT
    assert len(impatient.simulator.receipts) == 1
    impatient.simulator.do("speak")
    impatient.print(*HELLO, id="next")
    assert impatient.simulator.receipts[-1].text == "您好\n"


def test_a_silent_printer_keeps_nobody_waiting(ready: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 6: who never answers is not waited for as long as one who is only slow, 20 s."""
    monkeypatch.setattr(escpos_line, "_MUTE_SECONDS", 0.1)
    ready.simulator.do("silent")
    deadline = Deadline.after(15)
    with pytest.raises(DeviceError) as caught:
        ready.print(*HELLO, seconds=15)
    assert not deadline.expired
    assert caught.value.reason is Reason.MAY_HAVE_PRINTED


@pytest.mark.usefixtures("nothing_left")
def test_a_printer_that_stops_reading_does_not_hold_the_kiosk(tmp_path: Path) -> None:
    """Promise 6: back pressure ends at the deadline, and is no success."""
    with bench(link=tmp_path / "printer") as found:
        found.simulator.do("stop_reading")
        with pytest.raises(DeviceError) as caught:
            found.print(*(Raster(draw("大" * 20, 24, True)),) * 200, Cut(), seconds=0.8)
        assert caught.value.reason is Reason.MAY_HAVE_PRINTED


def test_a_power_cycle_in_the_middle_may_have_printed(impatient: Bench) -> None:
    """Promise 4: a lost buffer is not a printed receipt."""
    impatient.simulator.do("power_cycle", after_bytes=QUESTIONS + 10)
    with pytest.raises(DeviceError) as caught:
        impatient.print(*HELLO)
    assert caught.value.reason is Reason.MAY_HAVE_PRINTED
    assert impatient.simulator.receipts == []


@pytest.mark.usefixtures("nothing_left")
def test_a_power_cycle_that_the_line_does_not_show_is_no_success(tmp_path: Path) -> None:
    """Promise 4: on a serial line a printer that lost its buffer looks healthy at once; that is not "printed"."""
    with bench(link=tmp_path / "printer", options=IMPATIENT, baud=115200) as found:
        found.simulator.do("power_cycle", after_bytes=6000)  # of 40,000: it is up again long before the last
        with pytest.raises(DeviceError) as caught:
            found.print(*(Raster(draw("大", 400, True)),) * 2, Cut())
        assert caught.value.reason is Reason.MAY_HAVE_PRINTED
        assert found.simulator.receipts == []
        found.simulator.do("power_cycle")  # what came after it was up again was the middle of a picture
        eventually(lambda: answers(found))
        found.print(*HELLO, id="next")
        assert found.simulator.receipts[-1].text == "您好\n"


def test_a_printer_that_falls_silent_right_after_the_job_is_not_believed(impatient: Bench) -> None:
    """Promise 4: the job is confirmed by the state after it, and that was not told."""
    impatient.print(*HELLO, id="first")
    length = len(impatient.simulator.receipts[0].raw) + len(ASK_WHEN_DONE)
    impatient.simulator.do("silent", after_bytes=QUESTIONS + length)
    with pytest.raises(DeviceError) as caught:
        impatient.print(*HELLO, id="second")
    assert caught.value.reason is Reason.MAY_HAVE_PRINTED


def test_a_worker_shows_unknown_paper_when_the_printer_falls_silent(ready: Bench) -> None:
    """Promise 4: what was FULL a moment ago is UNKNOWN now, and it says so; what returns is believed again."""
    ready.printer.close()
    events: list[Event] = []
    worker = DeviceWorker(
        "printer", DeviceClass.RECEIPT_PRINTER, ready.printer, events.append, cadence=Cadence(poll=0.01, lost_after=1)
    )
    worker.start()
    try:
        eventually(lambda: worker.status.supplies.get("paper") is SupplyStatus.FULL)
        ready.simulator.do("silent")
        eventually(lambda: worker.status.supplies.get("paper") is SupplyStatus.UNKNOWN)
        ready.simulator.do("speak")
        worker.execute(PrintReceipt(PrintJob("job", HELLO)), 10).result(15)
    finally:
        worker.stop(Deadline.after(5))
    assert len(ready.simulator.receipts) == 1
    assert SupplyThreshold("printer", "paper", SupplyStatus.UNKNOWN) in events


def test_a_printer_that_is_gone_is_gone_before_the_first_byte(ready: Bench) -> None:
    """Promise 4: nothing was sent, so nothing may have printed; the job prints when the printer is back."""
    ready.simulator.do("vanish")
    with pytest.raises(DeviceGone):
        ready.print(*HELLO)
    ready.simulator.do("return")
    ready.reopen()
    ready.print(*HELLO)
    assert len(ready.simulator.receipts) == 1


def test_a_printer_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    """Promise 8: a wrong or absent port is a technician's matter, and commands before open are a developer's."""
    printer = ReceiptPrinter(str(tmp_path / "nothing"), ReceiptPrinterOptions(), FlightRecorder())
    with pytest.raises(DeviceGone):
        printer.open(Deadline.after(1))
    with pytest.raises(DeviceError) as caught:
        printer.poll(Deadline.after(1))
    assert caught.value.action is ErrorAction.SOFTWARE_ERROR
    printer.close()


def test_a_job_that_printed_is_not_printed_again(ready: Bench) -> None:
    """Promise 1: one receipt of one number; a copy is a job of its own."""
    ready.print(*HELLO)
    with pytest.raises(DeviceError) as caught:
        ready.print(*HELLO)
    assert (caught.value.code, caught.value.reason) == (CompletionCode.SEQUENCE_ERROR, Reason.REFUSED)
    assert len(ready.simulator.receipts) == 1


def test_a_job_cancelled_before_its_first_byte_is_not_sent(ready: Bench) -> None:
    """Promise 6: cancelling works as long as nothing was printed, and costs the job nothing."""
    command = PrintReceipt(PrintJob("job", HELLO))
    with pytest.raises(DeviceError) as caught:
        ready.printer.execute(command, Deadline.after(5), lambda: True)
    assert caught.value.code is CompletionCode.CANCELED
    ready.print(*HELLO)
    assert len(ready.simulator.receipts) == 1


def test_the_self_test_is_silent_or_prints_a_slip(ready: Bench) -> None:
    """Promise 8: INTERNAL moves no paper, EXTERNAL prints; a fault names who must act."""
    health = ready.printer.execute(CheckHealth(), Deadline.after(5), lambda: False)
    assert (health.status, health.action, ready.simulator.receipts) == (DeviceStatus.ONLINE, None, [])
    ready.printer.execute(CheckHealth(HealthLevel.EXTERNAL), Deadline.after(5), lambda: False)
    assert len(ready.simulator.receipts) == 1
    ready.simulator.do("cover_open")
    health = ready.printer.execute(CheckHealth(), Deadline.after(5), lambda: False)
    assert (health.status, health.action) == (DeviceStatus.USER_ERROR, ErrorAction.CLEAR)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offset=st.integers(1, JOB_BYTES))
def test_a_line_cut_at_any_byte_never_gives_two_copies_or_a_false_success(offset: int) -> None:
    """Promise 1: whatever byte the line is cut at, there is one receipt at most, and success means one."""
    with bench(options=IMPATIENT) as found:
        found.simulator.do("vanish", after_bytes=offset)
        outcome: Reason | None = None
        try:
            found.print(Text("张三，您好"), Raster(draw("王", 60, True)), Cut())
        except DeviceError as error:
            outcome = error.reason
        copies = len(found.simulator.receipts)
        assert copies <= 1
        if outcome is None:
            assert copies == 1
        elif outcome is not Reason.MAY_HAVE_PRINTED:
            assert copies == 0
            assert offset <= QUESTIONS
        found.simulator.do("vanish")
        found.simulator.do("return")
        found.reopen()
        if outcome is not None and outcome is not Reason.MAY_HAVE_PRINTED:
            found.print(Text("张三，您好"), Cut())
            assert len(found.simulator.receipts) == 1
        else:
            with pytest.raises(DeviceError):
                found.print(Text("张三，您好"), Cut())
            assert len(found.simulator.receipts) == copies
