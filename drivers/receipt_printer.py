"""The receipt printer: ESC/POS over serial or TCP 9100, at most once.

Before the first byte of a job the printer is asked how it is; a fault it names refuses the job with nothing sent, an
unanswered question does not. From the first byte on every failure reads MAY_HAVE_PRINTED, and a person decides. A job
is done when the printer answered a question that stands behind the cut in its own queue, and then names no fault. The
same question stands after every 0.4 s of a serial line, less than a restart takes: a printer that lost its buffer in
the middle is found out, even when the line does not show it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceTimeout, ErrorAction, Fact, Facts, Reason
from drivers.escpos_line import PrinterLine, clear_up
from drivers.escpos_models import ChineseFont, Given, form_of
from drivers.escpos_status import PrinterState
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    StatusReport,
    Told,
    told_error,
)
from drivers.print_job import Cut, Feed, Part, PrintJob, Qr, Raster, Rasteriser, Rule, Text
from drivers.printer_slip import slip
from drivers.recorder import FlightRecorder
from drivers.registry import register
from drivers.transport import Recording, open_transport

__all__ = [
    "Cut", "Feed", "Part", "PrintJob", "PrintReceipt", "Qr", "Raster", "Rasteriser", "ReceiptPrinter",
    "ReceiptPrinterOptions", "Rule", "Text",
]  # fmt: skip

T = TypeVar("T")

_REMEMBERED_JOBS = 4096  # months of one kiosk's receipts
_HIGHEST_BAND = 1024  # Epson takes 2303 rows; from 1040 on the size itself could read as the bytes 10 04
_BATCH_SECONDS = 0.4
_BITS_PER_BYTE = 10  # 8N1
# GS I n, in the order asked: the model decides most, and a printer that leaves one unanswered is asked no further.
_INFORMATION = {"model_name": 67, "fonts": 69, "maker": 66, "firmware": 65, "serial_number": 68}


@dataclass(frozen=True, slots=True)
class PrintReceipt(Command[None]):
    """Print `job`, at most once. Success means it reached the paper and was cut.

    `before_first_byte` is called (on the worker's thread) when all is ready and the next thing is the job's first byte;
    the `DeviceError` it raises forbids that byte.
    """

    job: PrintJob
    before_first_byte: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class ReceiptPrinterOptions:
    """Options of one printer in kiosk.toml.

    Attributes:
        width_dots: dots across the paper: 576 for 80 mm (512 at 180 dpi), 384 for 58 mm.
        baud: of a serial line.
        band_rows: rows of dots in one picture command, for printers with small buffers (1-1024).
        chinese_font: "none", "gb2312" or "gb18030"; what the font lacks is sent as dots.
        native_qr: whether it draws QR codes itself; otherwise they are sent as dots.
        confirm_seconds: how long the printer may take for 0.4 s worth of bytes, the cut included.

    What is left out follows from the model the printer says it is (drivers/escpos_models.py).
    """

    width_dots: int | None = None
    baud: int = 115200
    band_rows: int | None = None
    chinese_font: ChineseFont | None = None
    native_qr: bool | None = None
    confirm_seconds: float = 20.0

    def __post_init__(self) -> None:
        """Refuse what no printer can do; the sentence names the option."""
        if self.width_dots is not None and (self.width_dots <= 0 or self.width_dots % 8):
            raise ValueError(f"width_dots must be a positive multiple of 8, not {self.width_dots}")
        if self.band_rows is not None and not 1 <= self.band_rows <= _HIGHEST_BAND:
            raise ValueError(f"band_rows must be from 1 to {_HIGHEST_BAND}, not {self.band_rows}")
        if self.confirm_seconds <= 0:
            raise ValueError(f"confirm_seconds must be positive, not {self.confirm_seconds}")


@register(DeviceClass.RECEIPT_PRINTER, "escpos", options=ReceiptPrinterOptions)
class ReceiptPrinter:
    """An ESC/POS receipt printer. `rasterise` may be given later too: drivers know no fonts, the kiosk does."""

    def __init__(
        self, url: str, options: ReceiptPrinterOptions, recorder: FlightRecorder, rasterise: Rasteriser | None = None
    ) -> None:
        self.information = DeviceInformation()
        self.rasterise = rasterise
        self._url, self._options, self._recorder = url, options, recorder
        self._given = Given(options.width_dots, options.band_rows, options.chinese_font, options.native_qr)
        self._form = form_of(self.information, self._given)
        self._asked = False  # over this connection, who it is
        self._line = PrinterLine(str(self), options.confirm_seconds)
        self._batch_bytes = int(options.baud / _BITS_PER_BYTE * _BATCH_SECONDS)
        self._begun: deque[str] = deque(maxlen=_REMEMBERED_JOBS)
        self._confirmed: deque[str] = deque(maxlen=_REMEMBERED_JOBS)
        self._tests = 0
        self._broken_off = False  # the last job was not confirmed: a piece of it may be on the paper, uncut

    def __str__(self) -> str:
        return f"receipt printer at {self._url}"

    def open(self, deadline: Deadline) -> None:
        """Take the port; ask a printer that is online who it is. One that does not answer is opened all the same."""
        inner = open_transport(self._url, baud=self._options.baud, deadline=deadline)
        self._line.take(Recording(inner, self._recorder.add))
        self._asked = False
        self._identify(self._line.ask_all(deadline), deadline)

    def close(self) -> None:
        """Let go of the port."""
        self._line.close()

    def poll(self, deadline: Deadline) -> StatusReport:
        """Ask DLE EOT 1 to 4. Raises `DeviceTimeout` when none is answered."""
        state = self._line.ask_all(deadline)
        if not state.answers:
            raise DeviceTimeout(f"{self}: no answer to DLE EOT")
        self._identify(state, deadline)
        return StatusReport(state.device, supplies={"paper": state.paper}, error=state.error())

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `PrintReceipt` or `CheckHealth`."""
        if isinstance(command, PrintReceipt):
            return cast("T", self._print(command, deadline, cancelled))
        if isinstance(command, CheckHealth):
            return cast("T", self._check(command.level, deadline))
        raise unsupported(command)

    def _identify(self, state: PrinterState, deadline: Deadline) -> None:
        """Ask once a connection who the printer is; not while it is offline, when such questions wait in its queue."""
        if self._asked or self._line.owes or state.device is not DeviceStatus.ONLINE:
            return
        self._asked = True
        texts: dict[str, str] = {}
        for field, number in _INFORMATION.items():
            text = self._line.ask_text(number, deadline)
            if text is None:
                break
            texts[field] = text
        self.information = DeviceInformation(**texts)
        self._form = form_of(self.information, self._given)

    def _print(self, command: PrintReceipt, deadline: Deadline, cancelled: Callable[[], bool]) -> None:
        from drivers.escpos_commands import encode_job  # noqa: PLC0415 - python-escpos takes 0.3 s: not at start

        job = command.job
        self._refuse_second_time(job)
        state = self._line.ask_all(deadline)
        error = state.error()
        if error is not None:
            raise error
        if self._broken_off and state.answers:
            self._line.settle(self._form, deadline)
            self._broken_off = False
        self._identify(state, deadline)
        pieces = encode_job(job, self._form, self.rasterise)
        if self._broken_off:
            pieces = (clear_up(self._form), *pieces)
        if cancelled():
            raise canceled()
        if command.before_first_byte is not None:
            command.before_first_byte()
        if not state.answers:  # mute: all of it at once, for no question on the way would be answered
            pieces = (b"".join(pieces),)
        self._send(job.id, pieces, deadline, mute=not state.answers)

    def _send(self, job: str, pieces: tuple[bytes, ...], deadline: Deadline, *, mute: bool) -> None:
        """Send the job's bytes; from here on no failure is a clean one."""
        self._begun.append(job)
        self._broken_off = True
        try:
            self._line.send(_batches(pieces, self._batch_bytes), deadline, mute=mute)
        except DeviceError as cause:
            # What the kiosk could do by itself is to print again, which it must not: then somebody looks.
            action = ErrorAction.CLEAR if cause.action is ErrorAction.RESET else cause.action
            detail = f"after the first byte: {cause.reason}: {cause.detail}"
            facts: Facts = {Fact.BEFORE: cause.reason, **cause.facts}
            raise DeviceError(cause.code, Reason.MAY_HAVE_PRINTED, action, detail, facts) from cause
        self._confirmed.append(job)
        self._broken_off = False

    def _refuse_second_time(self, job: PrintJob) -> None:
        if job.id in self._confirmed:
            detail = "this job was printed; a second copy is a job of its own"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, detail)
        if job.id in self._begun:
            detail = "this job was begun before"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR, detail)

    def _check(self, level: HealthLevel, deadline: Deadline) -> HealthReport:
        """Say how the printer is; EXTERNAL and INTERACTIVE print a slip first.

        Somebody who stands there asked for that slip: then a cutter's error whose cause is removed may be ended too.
        """
        if level is not HealthLevel.INTERNAL:
            if self._form.recovers and self._line.ask_all(deadline).recoverable:
                self._line.recover(deadline)
            self._tests += 1
            parts = slip(self.information, self._form, datetime.now().astimezone(), drawn=self.rasterise is not None)
            self._print(PrintReceipt(PrintJob(f"self-test {self._tests}", parts)), deadline, lambda: False)
        report = self.poll(deadline)
        paper = report.supplies["paper"]
        if report.error is not None:
            detail, action, told = report.error.detail, report.error.action, told_error(report.error)
        else:
            detail, action, told = f"paper {paper}", None, Told("supply", {"supply": "paper", "level": paper})
        return HealthReport(level, report.device, detail, action, self.information, (told,))


def _batches(pieces: tuple[bytes, ...], limit: int) -> Iterator[bytes]:
    """Join `pieces` to batches of at most `limit` bytes; a single piece may be longer."""
    batch = b""
    for piece in pieces:
        if batch and len(batch) + len(piece) > limit:
            yield batch
            batch = b""
        batch += piece
    yield batch
