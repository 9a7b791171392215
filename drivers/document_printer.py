"""The document printer: A4 proofs as PDF over IPP, to a printer or to a queue of CUPS, at most once.

Before a document is sent the printer is asked how it is and what it takes; what it says against it refuses the job with
nothing sent. From the first byte of the job on a failure reads MAY_HAVE_PRINTED, and a person decides, unless the
printer itself says that the job is over and no side of it was printed. A job that does not end in time is taken back,
so that nobody's proof comes out before the next resident.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.document_printer_codec import Attributes, Operation
from drivers.document_printer_job import PDF, send_document
from drivers.document_printer_page import test_page
from drivers.document_printer_status import PRINTER_ATTRIBUTES, hindrance_of, information_of, refusal_of, report_of
from drivers.errors import CompletionCode, DeviceError, DeviceGone, ErrorAction, Fact, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceInformation,
    HealthLevel,
    HealthReport,
    Sensitive,
    StatusReport,
    Told,
    told_error,
)
from drivers.recorder import FlightRecorder
from drivers.registry import register

if TYPE_CHECKING:
    from drivers.document_printer_line import IppLine

__all__ = ["DocumentPrinter", "DocumentPrinterOptions", "PrintDocument"]

T = TypeVar("T")

_REMEMBERED_JOBS = 4096  # months of one kiosk's proofs
_MARKS = 1024  # a PDF's first and last bytes that must hold its marks (ISO 32000-1, annex H, notes 13 and 18)
_MOST_COPIES = 20
_ANSWER_SECONDS = 5.0
_LOOK = "look at the page: whole frame, even grey, straight"
_SIDES = {False: "one-sided", True: "two-sided-long-edge"}


@dataclass(frozen=True, slots=True)
class PrintDocument(Command[None]):
    """Print a PDF, at most once. Success means the printer says that all of it is on paper.

    Attributes:
        id: of the job; one that was begun is never printed again by the same driver.
        pdf: the document.
        title: shown at the printer and in its log, so never a name or a number of a person.
        copies: 1 to 20.
        duplex: both sides of a sheet, turned at the long edge.
    """

    id: str
    pdf: Sensitive[bytes]
    title: str
    copies: int = 1
    duplex: bool = False


@dataclass(frozen=True, slots=True)
class DocumentPrinterOptions:
    """Options of one printer in kiosk.toml.

    Attributes:
        media: the sheet, by its name in PWG 5101.1.
    """

    media: str = "iso_a4_210x297mm"


@register(DeviceClass.DOCUMENT_PRINTER, "ipp", options=DocumentPrinterOptions)
class DocumentPrinter:
    """A printer at ``ipp://host:port/ipp/print``, or a CUPS queue at ``ipp://localhost:631/printers/NAME``."""

    def __init__(self, url: str, options: DocumentPrinterOptions, recorder: FlightRecorder) -> None:
        self.information = DeviceInformation()
        self._url, self._options, self._recorder = url, options, recorder
        self._line: IppLine | None = None
        self._begun: deque[str] = deque(maxlen=_REMEMBERED_JOBS)
        self._printed: deque[str] = deque(maxlen=_REMEMBERED_JOBS)
        self._tests = 0

    def __str__(self) -> str:
        return f"document printer at {self._url}"

    def open(self, deadline: Deadline) -> None:
        """Make the way to the printer and ask it who it is."""
        from drivers.document_printer_line import IppLine  # noqa: PLC0415 - aiohttp takes 0.3 s: not at start

        self.close()
        self._line = IppLine(self._url, self._recorder)
        self._ask_printer(deadline, _never)

    def close(self) -> None:
        """Let go of the connection and its event loop."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def poll(self, deadline: Deadline) -> StatusReport:
        """Ask for the printer's state, its reasons, toner and trays."""
        return report_of(self._ask_printer(deadline, _never))

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `PrintDocument` or `CheckHealth`."""
        if isinstance(command, PrintDocument):
            return cast("T", self._print(command, deadline, cancelled))
        if isinstance(command, CheckHealth):
            return cast("T", self._check(command.level, deadline, cancelled))
        raise unsupported(command)

    def _print(self, command: PrintDocument, deadline: Deadline, cancelled: Callable[[], bool]) -> None:
        self._refuse_second_time(command.id)
        pdf = _checked(command)
        printer = self._ask_printer(deadline, cancelled)
        error = report_of(printer).error
        if error is not None:
            raise error
        template = self._template(command, printer)
        if cancelled():
            raise canceled()
        self._begun.append(command.id)
        try:
            job = send_document(self._way(), command.title, template, pdf, deadline, cancelled)
            job.follow(lambda: hindrance_of(self._ask_printer(deadline, cancelled)), deadline, cancelled)
        except DeviceError as failure:
            if failure.reason is not Reason.MAY_HAVE_PRINTED:
                self._begun.remove(command.id)  # nothing of it came out: it may be tried again
            raise
        self._printed.append(command.id)

    def _template(self, command: PrintDocument, printer: Attributes) -> dict[str, object]:
        """Return the job's attributes; refuse what the printer says it has not."""
        wanted = {"media": self._options.media, "sides": _SIDES[command.duplex]}
        for name, value in (("document-format", PDF), *wanted.items()):
            offered = printer.get(f"{name}-supported")
            if offered and value not in offered:
                detail = f"the printer has no {name} {value}"
                code = CompletionCode.UNSUPPORTED_COMMAND
                raise DeviceError(
                    code, Reason.REFUSED, ErrorAction.CONFIGURATION, detail, {Fact.NOT_OFFERED: f"{name} {value}"}
                )
        return {"copies": command.copies, **wanted}

    def _refuse_second_time(self, job: str) -> None:
        if job in self._printed:
            detail = "this job was printed; a second copy is a job of its own"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, detail)
        if job in self._begun:
            detail = "this job was begun before"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR, detail)

    def _check(self, level: HealthLevel, deadline: Deadline, cancelled: Callable[[], bool]) -> HealthReport:
        """Say how the printer is; EXTERNAL and INTERACTIVE print a page first, INTERACTIVE says what to look for."""
        if level is not HealthLevel.INTERNAL:
            self._tests += 1
            page = Sensitive(test_page(self.information.model_name or ""))
            self._print(PrintDocument(f"self-test {self._tests}", page, "self-test"), deadline, cancelled)
        report = report_of(self._ask_printer(deadline, cancelled))
        detail = ", ".join(f"{name} {status}" for name, status in report.supplies.items())
        told = [Told("supply", {"supply": name, "level": status}) for name, status in report.supplies.items()]
        action = None
        if report.error is not None:
            detail, action, told = report.error.detail, report.error.action, [told_error(report.error)]
        elif level is HealthLevel.INTERACTIVE:
            detail, told = f"{_LOOK}; {detail}", [Told("look_at_page"), *told]
        return HealthReport(level, report.device, detail, action, self.information, tuple(told))

    def _way(self) -> "IppLine":
        if self._line is None:
            raise DeviceGone(f"{self}: closed")
        return self._line

    def _ask_printer(self, deadline: Deadline, cancelled: Callable[[], bool]) -> Attributes:
        """Return the printer's attributes, and remember who it says it is."""
        wanted = {"requested-attributes": PRINTER_ATTRIBUTES}
        limit = deadline.sooner(_ANSWER_SECONDS)
        answer = self._way().ask(Operation.GET_PRINTER_ATTRIBUTES, limit, cancelled, wanted)
        error = refusal_of(answer.status)
        if error is not None:
            raise error
        printer = answer.group("printer")
        self.information = information_of(printer)
        return printer


def _checked(command: PrintDocument) -> bytes:
    """Return the document of a command that makes sense.

    Raises:
        DeviceError: it is no whole PDF, or the copies cannot be.
    """
    pdf = command.pdf.reveal()
    wrong = None
    if b"%PDF-" not in pdf[:_MARKS] or b"%%EOF" not in pdf[-_MARKS:]:
        wrong = "the document is no whole PDF"
    elif not 1 <= command.copies <= _MOST_COPIES:
        wrong = f"copies must be from 1 to {_MOST_COPIES}, not {command.copies}"
    if wrong is not None:
        raise DeviceError(CompletionCode.INVALID_DATA, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, wrong)
    return pdf


def _never() -> bool:
    return False
