"""From "print" to the receipt's first byte on the wire, ledger included; and what one rare name costs in bytes."""

import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from queue import SimpleQueue
from statistics import median

from bench.figures import Figure
from drivers.deadline import Deadline
from drivers.errors import DeviceError
from drivers.escpos_commands import encode_job
from drivers.escpos_models import Given, form_of
from drivers.model import DeviceClass, DeviceInformation, DeviceStatus
from drivers.print_job import PrintJob
from drivers.receipt_printer import PrintReceipt, ReceiptPrinter, ReceiptPrinterOptions
from drivers.recorder import FlightRecorder
from drivers.sim.printer import PrinterSimulator
from drivers.sim.printer_models import USUAL
from drivers.worker import DeviceWorker
from kiosk.receipt import Receipt, receipt_parts
from kiosk.services_printing import Printing
from kiosk.text.fonts import REGULAR, font_folder
from kiosk.text.raster import rasterise
from kiosk.words import Words

JOBS = 30
SECONDS = 20.0
ANSWERS = 4 + 1  # bytes: automatic status, and the answer that the job is out
RESET = b"\x1b@"  # what every job begins with
RECEIPT = Receipt(
    receipt_number="ZT-K01-261124-00042-R",
    verification_code="7Q4M9XKD",
    service="生育服务登记",
    applicant="王**",
    submitted_at=datetime(2026, 11, 24, 3, 12, tzinfo=timezone(timedelta(hours=8))),
    steps=(("今天 03:12", "已收到，材料已加密保存，等待送达中心"), ("12月1日周二之前", "办好后短信通知")),
    missing=("居民户口簿",),
    site="支塘镇为民服务中心",
    kiosk_id="ZT-K01",
    language="zh",
)


class _Watched(PrinterSimulator):
    """A simulated printer that notes when the first byte of a job came."""

    def __init__(self) -> None:
        super().__init__(font_folder() / REGULAR)
        self.came: SimpleQueue[float] = SimpleQueue()

    def _receive(self, data: bytes, speaker: Callable[[bytes], object]) -> None:
        if data.startswith(RESET):
            self.came.put(time.perf_counter())
        super()._receive(data, speaker)


def _submitted(printing: Printing, printer: _Watched, job: PrintJob) -> float:
    """Return the milliseconds until the printer has the first byte of `job`; the job is out when this returns."""
    ended: SimpleQueue[DeviceError | None] = SimpleQueue()
    began = time.perf_counter()
    printing.print_receipt(RECEIPT, job, None, ended.put)
    came = printer.came.get(timeout=SECONDS)
    error = ended.get(timeout=SECONDS)
    if error is not None:
        raise error
    return (came - began) * 1000


def _bare(printer: _Watched, job: bytes) -> float:
    """Return the milliseconds until the same bytes, merely written, have come."""
    with socket.create_connection(("127.0.0.1", printer.port or 0), timeout=SECONDS) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began = time.perf_counter()
        line.sendall(job + b"\x1dr\x01")
        came = printer.came.get(timeout=SECONDS)
        heard = b""
        while len(heard) < ANSWERS:  # then all of it is printed, and the next job does not wait for it
            heard += line.recv(ANSWERS)
    return (came - began) * 1000


def _times(folder: Path, job: PrintJob, sent: bytes) -> tuple[list[float], list[float]]:
    printer = _Watched()
    printer.start()
    driver = ReceiptPrinter(printer.url, ReceiptPrinterOptions(), FlightRecorder(), rasterise)
    worker = DeviceWorker("receipt_printer", DeviceClass.RECEIPT_PRINTER, driver, lambda _event: None)
    printing = Printing(folder, lambda each, first: worker.execute(PrintReceipt(each, first), SECONDS), lambda do: do())
    worker.start()
    printing.start()
    try:
        while worker.status.device is not DeviceStatus.ONLINE:
            time.sleep(0.01)
        _submitted(printing, printer, replace(job, id="first"))  # python-escpos and the fonts are loaded by it
        ours = [_submitted(printing, printer, replace(job, id=f"job {number}")) for number in range(JOBS)]
        floor = [_bare(printer, sent) for _ in range(JOBS)]
    finally:
        worker.stop(Deadline.after(SECONDS))
        printing.close()
        printer.stop()
    return ours, floor


def measure() -> Iterator[Figure]:
    """Yield the time to the first byte, and the bytes of a receipt with one rare name against one without."""
    words = Words("zh")
    job = receipt_parts(RECEIPT, words)
    rare = receipt_parts(replace(RECEIPT, applicant="𬭎**"), words)
    form = form_of(DeviceInformation(model_name=USUAL.name, fonts=USUAL.font), Given())
    plain, drawn = (b"".join(encode_job(each, form, rasterise)) for each in (job, rare))
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # a real disk: /tmp may be memory
        ours, floor = _times(Path(folder) / "printing", job, plain)
    goal = "<= 20 ms: two ledger commits and four questions against a bare write"
    yield Figure.of("print_to_first_byte", median(ours), "ms", median(floor), goal)
    yield Figure.of("receipt_with_rare_name", len(drawn), "bytes", len(plain), "one line in dots against one in text")
