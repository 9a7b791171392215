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
from typing import TypeVar, cast

from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceTimeout, ErrorAction, Reason
from drivers.escpos_commands import ASK_WHEN_DONE, PaperForm, clear_up, encode_job
from drivers.escpos_status import Kind, Message, PrinterState, decode
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    StatusReport,
)
from drivers.print_job import Cut, Feed, Part, PrintJob, Qr, Raster, Rasteriser, Rule, Text
from drivers.recorder import FlightRecorder
from drivers.registry import register
from drivers.transport import Recording, Transport, open_transport

__all__ = [
    "Cut", "Feed", "Part", "PrintJob", "PrintReceipt", "Qr", "Raster", "Rasteriser", "ReceiptPrinter",
    "ReceiptPrinterOptions", "Rule", "Text",
]  # fmt: skip

T = TypeVar("T")

_ANSWER_SECONDS = 0.5  # a real-time answer comes within milliseconds, on a busy network within tens of them
_LOOK_SECONDS = 1.0  # how often a job under way is looked after
_SETTLE_SECONDS = 5.0  # for an earlier job, held up and now released, to run out of the printer
_QUIET_SECONDS = 0.3
_REMEMBERED_JOBS = 4096  # months of one kiosk's receipts
_HIGHEST_BAND = 1024  # Epson takes 2303 rows; from 1040 on the size itself could read as the bytes 10 04
_BATCH_SECONDS = 0.4
_BITS_PER_BYTE = 10  # 8N1
_QUESTIONS = (1, 2, 3, 4)
_INFORMATION = {"model_name": 67, "firmware": 65, "serial_number": 68}  # GS I n


@dataclass(frozen=True, slots=True)
class PrintReceipt(Command[None]):
    """Print `job`, at most once. Success means it reached the paper and was cut."""

    job: PrintJob


@dataclass(frozen=True, slots=True)
class ReceiptPrinterOptions:
    """Options of one printer in kiosk.toml.

    Attributes:
        width_dots: dots across the paper: 576 for 80 mm, 384 for 58 mm.
        baud: of a serial line.
        band_rows: rows of dots in one picture command, for printers with small buffers (1-1024).
        chinese_font: whether it has a GB 2312 font; without one every Chinese line is sent as dots.
        native_qr: whether it draws QR codes itself; otherwise they are sent as dots.
        confirm_seconds: how long the printer may take for 0.4 s worth of bytes, the cut included.
    """

    width_dots: int = 576
    baud: int = 115200
    band_rows: int = 64
    chinese_font: bool = True
    native_qr: bool = True
    confirm_seconds: float = 20.0

    def __post_init__(self) -> None:
        """Refuse what no printer can do; the sentence names the option."""
        if self.width_dots <= 0 or self.width_dots % 8:
            raise ValueError(f"width_dots must be a positive multiple of 8, not {self.width_dots}")
        if not 1 <= self.band_rows <= _HIGHEST_BAND:
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
        self._form = PaperForm(options.width_dots, options.band_rows, options.chinese_font, options.native_qr)
        self._transport: Transport | None = None
        self._buffer = bytearray()
        self._begun: deque[str] = deque(maxlen=_REMEMBERED_JOBS)
        self._confirmed: deque[str] = deque(maxlen=_REMEMBERED_JOBS)
        self._tests = 0
        self._owed = 0  # answers to ASK_WHEN_DONE that are still to come, of this job and of earlier ones
        self._broken_off = False  # the last job was not confirmed: a piece of it may be on the paper, uncut

    def __str__(self) -> str:
        return f"receipt printer at {self._url}"

    def open(self, deadline: Deadline) -> None:
        """Take the port; ask a printer that is online for its name. One that does not answer is opened all the same."""
        self._transport = Recording(
            open_transport(self._url, baud=self._options.baud, deadline=deadline), self._recorder.add
        )
        self._buffer.clear()
        state = self._ask_all(deadline)
        if state.device is DeviceStatus.ONLINE and not self._owed:
            texts = {field: self._ask_text(number, deadline) for field, number in _INFORMATION.items()}
            self.information = DeviceInformation(**texts)

    def close(self) -> None:
        """Let go of the port."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def poll(self, deadline: Deadline) -> StatusReport:
        """Ask DLE EOT 1 to 4. Raises `DeviceTimeout` when none is answered."""
        state = self._ask_all(deadline)
        if not state.answers:
            raise DeviceTimeout(f"{self}: no answer to DLE EOT")
        return StatusReport(state.device, supplies={"paper": state.paper}, error=state.error())

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `PrintReceipt` or `CheckHealth`."""
        if isinstance(command, PrintReceipt):
            return cast("T", self._print(command.job, deadline, cancelled))
        if isinstance(command, CheckHealth):
            return cast("T", self._check(command.level, deadline))
        raise unsupported(command)

    def _print(self, job: PrintJob, deadline: Deadline, cancelled: Callable[[], bool]) -> None:
        self._refuse_second_time(job)
        pieces = encode_job(job, self._form, self.rasterise)
        state = self._ask_all(deadline)
        error = state.error()
        if error is not None:
            raise error
        if self._broken_off and state.answers:
            self._settle(deadline)
        elif self._broken_off:
            pieces = (clear_up(self._form), *pieces)
        if cancelled():
            raise canceled()
        if not state.answers:  # mute: all of it at once, for no question on the way would be answered
            pieces = (b"".join(pieces),)
        self._begun.append(job.id)
        self._broken_off = True
        try:
            self._send_and_confirm(pieces, deadline)
        except DeviceError as cause:
            # What the kiosk could do by itself is to print again, which it must not: then somebody looks.
            action = ErrorAction.CLEAR if cause.action is ErrorAction.RESET else cause.action
            detail = f"after the first byte: {cause.reason}: {cause.detail}"
            raise DeviceError(cause.code, Reason.MAY_HAVE_PRINTED, action, detail) from cause
        self._confirmed.append(job.id)
        self._broken_off = False

    def _refuse_second_time(self, job: PrintJob) -> None:
        if job.id in self._confirmed:
            detail = "this job was printed; a second copy is a job of its own"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, detail)
        if job.id in self._begun:
            detail = "this job was begun before"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR, detail)

    def _send_and_confirm(self, pieces: tuple[bytes, ...], deadline: Deadline) -> None:
        for batch in _batches(pieces, int(self._options.baud / _BITS_PER_BYTE * _BATCH_SECONDS)):
            self._owed += 1
            self._opened().write(batch + ASK_WHEN_DONE, deadline)
            self._await_the_end(deadline)
        after = self._ask_all(deadline)
        error = after.error()
        if error is not None:
            raise error
        if not after.known:
            raise DeviceTimeout("the printer fell silent after the job")

    def _await_the_end(self, deadline: Deadline) -> None:
        """Wait until every question in the printer's queue is answered; a fault it names meanwhile ends the wait."""
        confirm = deadline.sooner(self._options.confirm_seconds)
        while self._owed:
            if self._receive(Kind.SINGLE, confirm.sooner(_LOOK_SECONDS)) is not None:
                continue
            error = self._ask_all(deadline, fresh=False).error()
            if self._owed and error is not None:
                raise error
            if confirm.expired:
                raise DeviceTimeout("the printer did not say that the job ended")

    def _settle(self, deadline: Deadline) -> None:
        """Let an earlier, unconfirmed job run out, so that no piece or answer of it meets the next."""
        self._opened().write(clear_up(self._form) + ASK_WHEN_DONE, deadline)
        if self._receive(Kind.SINGLE, deadline.sooner(_SETTLE_SECONDS)) is None:
            detail = "an earlier job is still in the printer"
            raise DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.NO_ANSWER, ErrorAction.CLEAR, detail)
        while self._receive(Kind.SINGLE, deadline.sooner(_QUIET_SECONDS)) is not None:
            pass
        self._owed, self._broken_off = 0, False

    def _check(self, level: HealthLevel, deadline: Deadline) -> HealthReport:
        """Say how the printer is; EXTERNAL and INTERACTIVE print a slip first."""
        if level is not HealthLevel.INTERNAL:
            self._tests += 1
            slip = (Text("RECEIPT PRINTER TEST", bold=True, align="center"), Rule(), Feed(), Cut())
            self._print(PrintJob(f"self-test {self._tests}", slip), deadline, lambda: False)
        report = self.poll(deadline)
        paper = report.supplies["paper"]
        detail = report.error.detail if report.error is not None else f"paper {paper}"
        action = report.error.action if report.error is not None else None
        return HealthReport(level, report.device, detail, action, self.information)

    def _opened(self) -> Transport:
        if self._transport is None:
            raise DeviceError(
                CompletionCode.SEQUENCE_ERROR, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, f"{self} is not open"
            )
        return self._transport

    def _ask_all(self, deadline: Deadline, *, fresh: bool = True) -> PrinterState:
        """Ask the four questions, one at a time; stop at the first that is not answered.

        `fresh` drops what came unasked before; not while a job's answer may be among it.
        """
        if fresh:
            self._opened().discard_input()
            self._buffer.clear()
        answers: dict[int, int] = {}
        for number in _QUESTIONS:
            self._opened().write(bytes((0x10, 0x04, number)), deadline)
            message = self._receive(Kind.REAL_TIME, deadline.sooner(_ANSWER_SECONDS))
            if message is None:
                break
            answers[number] = message.data[0]
        return PrinterState(answers)

    def _ask_text(self, number: int, deadline: Deadline) -> str | None:
        self._opened().write(bytes((0x1D, 0x49, number)), deadline)
        message = self._receive(Kind.TEXT, deadline.sooner(_ANSWER_SECONDS))
        return message.data.decode("ascii", errors="backslashreplace") if message is not None else None

    def _receive(self, kind: Kind, deadline: Deadline) -> Message | None:
        """Return the next message of `kind`, None if none came in time; other kinds are taken note of and dropped."""
        while True:
            used, message = decode(bytes(self._buffer))
            del self._buffer[:used]
            if message is not None:
                if message.kind is Kind.SINGLE and self._owed:
                    self._owed -= 1
                if message.kind is kind:
                    return message
                continue
            try:
                self._buffer += self._opened().read(256, deadline)
            except DeviceTimeout:
                return None


def _batches(pieces: tuple[bytes, ...], limit: int) -> Iterator[bytes]:
    """Join `pieces` to batches of at most `limit` bytes; a single piece may be longer."""
    batch = b""
    for piece in pieces:
        if batch and len(batch) + len(piece) > limit:
            yield batch
            batch = b""
        batch += piece
    yield batch
