"""A job on its way: ledger, worker, driver, a printer at the wire. The ledger never says more than the paper."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.errors import DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass, DeviceStatus
from drivers.print_job import Cut, PrintJob, Raster, Text
from drivers.print_length import DOTS_PER_MM, paper_mm
from drivers.receipt_printer import PrintReceipt, ReceiptPrinter, ReceiptPrinterOptions
from drivers.recorder import FlightRecorder
from drivers.sim.printer import PrinterSimulator
from drivers.worker import Cadence, DeviceWorker
from kiosk.print_ledger import JobState, PrintJobRecord, PrintLedger
from kiosk.receipt import receipt_parts
from kiosk.services_printing import Printing
from kiosk.text.fonts import REGULAR, font_folder
from kiosk.text.raster import rasterise
from kiosk.words import Words
from roles.processes import ROOT, wait_until
from tests.kiosk.test_receipt import CHINESE

SHORT = PrintJob(CHINESE.receipt_number, (Text("K01"),))
MARGINS = 48  # rows of bare paper around a receipt in its picture
ASKED = 4 * 3 + 5 * 3  # bytes of the questions before the first byte of a job, the first time


@dataclass
class Desk:
    """A printer, its worker and the printing of a kiosk; `ended` is what it was told, in order."""

    folder: Path
    simulator: PrinterSimulator
    worker: DeviceWorker
    printing: Printing
    posted: SimpleQueue[Callable[[], None]]
    ended: list[DeviceError | None] = field(default_factory=list)

    def print(self, job: PrintJob) -> DeviceError | None:
        self.printing.print_receipt(CHINESE, job, "s-1", self.ended.append)
        return self.answer()

    def answer(self) -> DeviceError | None:
        count = len(self.ended)
        while len(self.ended) == count:
            try:
                self.posted.get(timeout=20)()
            except Empty:
                pytest.fail("nobody was told how the job ended")
        return self.ended[-1]

    def job(self) -> PrintJobRecord:
        return self.printing.ledger.jobs(1)[0]


def make_desk(folder: Path) -> Desk:
    simulator = PrinterSimulator(font_folder() / REGULAR)
    simulator.start()
    options = ReceiptPrinterOptions(confirm_seconds=0.2)
    driver = ReceiptPrinter(simulator.url, options, FlightRecorder(), rasterise)
    worker = DeviceWorker(
        "printer", DeviceClass.RECEIPT_PRINTER, driver, lambda _event: None, cadence=Cadence(poll=1, reconnect=(0.01,))
    )
    posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
    printing = Printing(folder, lambda job, first_byte: worker.execute(PrintReceipt(job, first_byte), 10), posted.put)
    worker.start()
    printing.start()
    wait_until("the printer is online", lambda: worker.status.device is DeviceStatus.ONLINE, 10)
    return Desk(folder, simulator, worker, printing, posted)


def clear(desk: Desk) -> None:
    desk.worker.stop(Deadline.after(5))
    desk.printing.close()
    desk.simulator.stop()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Everything from the ledger to the paper."""
    made = make_desk(tmp_path / "printing")
    yield made
    clear(made)


def test_a_receipt_is_written_down_printed_and_its_paper_counted(desk: Desk) -> None:
    """Promise 1: recorded before, begun at the first byte, ended after; and no name in the ledger (promise 2)."""
    assert desk.print(receipt_parts(CHINESE, Words("zh"))) is None
    job = desk.job()
    assert (job.state, job.submission_id, job.item_title) == (JobState.PRINTED, "s-1", CHINESE.service)
    [receipt] = desk.simulator.receipts
    assert job.mm == pytest.approx((receipt.image.height - MARGINS) / DOTS_PER_MM, rel=0.02)
    files = b"".join(path.read_bytes() for path in desk.folder.iterdir())
    assert CHINESE.receipt_number.encode() in files
    for secret in ("王**", CHINESE.verification_code):
        assert secret.encode() not in files


def test_what_was_refused_with_nothing_sent_prints_when_it_can(desk: Desk) -> None:
    """Promise 3: out of paper is FAILED with its reason, and the same receipt comes out after the refill, once."""
    desk.simulator.do("paper_out")
    error = desk.print(SHORT)
    assert error is not None
    assert (desk.job().state, desk.job().reason, desk.job().began_at) == (JobState.FAILED, Reason.PAPER_OUT, None)
    desk.simulator.do("refill")
    assert desk.print(SHORT) is None
    again = desk.print(SHORT)
    assert again is not None
    assert again.reason is Reason.MAY_HAVE_PRINTED
    assert desk.job().state is JobState.PRINTED
    assert len(desk.simulator.receipts) == 0, "a job without a cut stays in the printer"


def test_without_a_ledger_nothing_is_sent(tmp_path: Path) -> None:
    """Promise 1: what cannot be written down is not printed; the number stays on the screen, staff learn why."""
    (tmp_path / "printing").write_bytes(b"")
    desk = make_desk(tmp_path / "printing")
    try:
        sent = len(desk.simulator.received)
        error = desk.print(SHORT)
        assert error is not None
        assert (error.reason, error.action) == (Reason.NOT_RECORDED, ErrorAction.MAINTENANCE)
        assert len(desk.simulator.received) == sent
        (tmp_path / "printing").unlink()
        assert desk.print(SHORT) is None, "it is opened with the next job"
    finally:
        clear(desk)


def test_a_copy_comes_out_marked_and_without_the_name(desk: Desk) -> None:
    """Promise 2: what a technician prints again shows number, item and time, and 补打."""
    assert desk.print(receipt_parts(CHINESE, Words("zh"))) is None
    desk.printing.reprint(CHINESE.receipt_number, "technician 7", desk.ended.append)
    assert desk.answer() is None
    copy = desk.simulator.receipts[1]
    assert "补打" in copy.text
    assert CHINESE.receipt_number in copy.text
    assert "王" not in copy.text
    assert CHINESE.verification_code[:4] not in copy.text
    assert desk.printing.ledger.jobs(2)[1].copies == 1
    desk.printing.reprint("no such job", "technician 7", desk.ended.append)
    error = desk.answer()
    assert error is not None
    assert error.reason is Reason.REFUSED


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offset=st.integers(1, 800))
def test_wherever_the_line_is_cut_the_ledger_never_says_more_than_the_paper(
    tmp_path_factory: pytest.TempPathFactory, offset: int
) -> None:
    """Promise 1 and 4: PRINTED means one copy, FAILED means none, MAY_HAVE_PRINTED at most one, at every byte."""
    desk = make_desk(tmp_path_factory.mktemp("cut"))
    try:
        desk.simulator.do("vanish", after_bytes=offset)
        job = PrintJob(CHINESE.receipt_number, (Text("K01"), Raster(rasterise("王", 60, bold=False)), Cut()))
        error = desk.print(job)
        copies = len(desk.simulator.receipts)
        allowed = {JobState.PRINTED: {1}, JobState.FAILED: {0}, JobState.MAY_HAVE_PRINTED: {0, 1}}
        assert copies in allowed[desk.job().state]
        assert (error is None) is (desk.job().state is JobState.PRINTED)
        desk.simulator.do("vanish")
        desk.simulator.do("return")
        wait_until("it is back", lambda: desk.worker.status.device is DeviceStatus.ONLINE, 10)
        if desk.job().state is JobState.FAILED:
            assert desk.print(job) is None
        else:
            assert desk.print(job) is not None
        assert len(desk.simulator.receipts) <= 1
    finally:
        clear(desk)


def test_killed_in_the_middle_of_a_receipt_it_says_so_at_the_next_start(tmp_path: Path) -> None:
    """Promise 1 and 4: kill -9 with bytes at the printer and no answer: neither printed again nor called printed."""
    simulator = PrinterSimulator(font_folder() / REGULAR)
    simulator.start()
    simulator.do("busy", after_bytes=ASKED + 20)
    process = subprocess.Popen([sys.executable, "-c", PRINTS, simulator.url, str(tmp_path)], cwd=ROOT, env=os.environ)
    try:
        wait_until("the first bytes came", lambda: b"K01" in simulator.received, 20)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        simulator.stop()
    ledger = PrintLedger(tmp_path)
    [job] = ledger.jobs(10)
    assert (job.state, job.reason) == (JobState.MAY_HAVE_PRINTED, Reason.STOPPED)
    assert job.began_at is not None
    ledger.close()


PRINTS = """
import sys, threading
from pathlib import Path
from drivers.model import DeviceClass
from drivers.print_job import PrintJob, Text
from drivers.receipt_printer import PrintReceipt, ReceiptPrinter, ReceiptPrinterOptions
from drivers.recorder import FlightRecorder
from drivers.worker import DeviceWorker
from kiosk.services_printing import Printing
from tests.kiosk.test_receipt import CHINESE
driver = ReceiptPrinter(sys.argv[1], ReceiptPrinterOptions(), FlightRecorder())
worker = DeviceWorker("printer", DeviceClass.RECEIPT_PRINTER, driver, lambda event: None)
worker.start()
send = lambda job, first_byte: worker.execute(PrintReceipt(job, first_byte), 30)
printing = Printing(Path(sys.argv[2]), send, lambda done: done())
printing.print_receipt(CHINESE, PrintJob(CHINESE.receipt_number, (Text("K01"),) * 20), None, print)
threading.Event().wait()
"""


def test_the_paper_a_job_takes_is_counted_from_its_parts() -> None:
    """Promise 4: an empty job takes none, and every kind of part is counted."""
    assert paper_mm(PrintJob("none", ())) == 0
    assert 100 < paper_mm(receipt_parts(CHINESE, Words("zh"))) < 200
