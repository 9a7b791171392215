"""How a printer is, how a job ended, why a request was refused: IPP words to the kiosk's own. Pure tables, functions.

State reasons are believed whatever their suffix: printers say ``media-jam-warning`` of a jam that stops them.
Only conditions that leave a printer able to print ask for ``-error``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from drivers.document_printer_codec import Attributes
from drivers.document_printer_supplies import fields, has_paper, numbers, supplies_of, texts
from drivers.errors import NO_FACTS, CompletionCode, DeviceError, ErrorAction, Fact, Facts, Reason
from drivers.model import DeviceInformation, DeviceStatus, StatusReport

PRINTER_ATTRIBUTES = (
    "printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "printer-make-and-model",
    "printer-device-id", "printer-uuid", "printer-firmware-string-version", "marker-names", "marker-types",
    "marker-levels", "marker-low-levels", "printer-supply", "printer-supply-description", "printer-input-tray",
    "document-format-supported", "media-supported", "sides-supported", "copies-supported",
)  # fmt: skip
"""What is asked of a printer."""
JOB_ATTRIBUTES = ("job-state", "job-state-reasons", "job-impressions-completed", "job-media-sheets-completed")
"""What is asked of a job."""

_SUFFIXES = ("-report", "-warning", "-error")
_PROCESSING, _STOPPED = 4, 5
_STATES = {3: DeviceStatus.ONLINE, _PROCESSING: DeviceStatus.DEVICE_BUSY, _STOPPED: DeviceStatus.HARDWARE_ERROR}
"""printer-state (RFC 8011, 5.4.11)."""

_DETAIL_LENGTH = 60


_BAD_DATA = (CompletionCode.INVALID_DATA, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR)
_CONFIGURED_WRONG = (CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.CONFIGURATION)
_NOT_NOW = (CompletionCode.DEVICE_NOT_READY, Reason.QUEUE_FULL, ErrorAction.SUSPEND)
_CLOSED = (CompletionCode.DEVICE_NOT_READY, Reason.STOPPED, ErrorAction.CLEAR)
_BROKEN = (CompletionCode.HARDWARE_ERROR, Reason.DEFECT, ErrorAction.MAINTENANCE)
_REFUSED = (CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.MAINTENANCE)
_CANCELED = (CompletionCode.CANCELED, Reason.STOPPED, ErrorAction.SUSPEND)
_GARBLED = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)


@dataclass(frozen=True, slots=True)
class _Condition:
    keyword: str
    reason: Reason
    action: ErrorAction
    device: DeviceStatus
    detail: str
    errors_only: bool = False


_BY_STAFF = (ErrorAction.CLEAR, DeviceStatus.USER_ERROR)
_BY_TECHNICIAN = (ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR)
_ABSENT = (ErrorAction.MAINTENANCE, DeviceStatus.POWER_OFF)
_BY_ITSELF = (ErrorAction.SUSPEND, DeviceStatus.OFFLINE)

_CONDITIONS = (
    _Condition("offline", Reason.GONE, *_ABSENT, "the print server does not reach the printer"),
    _Condition("shutdown", Reason.GONE, *_ABSENT, "the printer is shut down"),
    _Condition("timed-out", Reason.NO_ANSWER, *_ABSENT, "the printer does not answer its print server"),
    _Condition("cover-open", Reason.COVER_OPEN, *_BY_STAFF, "a cover is open"),
    _Condition("door-open", Reason.COVER_OPEN, *_BY_STAFF, "a door is open"),
    _Condition("interlock-open", Reason.COVER_OPEN, *_BY_STAFF, "an interlock is open"),
    _Condition("media-jam", Reason.PAPER_JAMMED, *_BY_STAFF, "paper is jammed"),
    _Condition("media-needed", Reason.PAPER_OUT, *_BY_STAFF, "a job waits for paper"),
    _Condition("media-empty", Reason.PAPER_OUT, *_BY_STAFF, "no tray has paper"),
    _Condition("input-tray-missing", Reason.PAPER_OUT, *_BY_STAFF, "a tray is missing", errors_only=True),
    _Condition("output-area-full", Reason.OUTPUT_FULL, *_BY_STAFF, "the output tray is full"),
    _Condition("output-tray-missing", Reason.OUTPUT_FULL, *_BY_STAFF, "the output tray is missing"),
    _Condition("toner-empty", Reason.TONER_OUT, *_BY_STAFF, "toner is out"),
    _Condition("marker-supply-empty", Reason.TONER_OUT, *_BY_STAFF, "toner or ink is out", errors_only=True),
    _Condition("marker-waste-full", Reason.TONER_OUT, *_BY_STAFF, "the waste toner box is full", errors_only=True),
    _Condition("fuser-over-temp", Reason.OVERHEATED, *_BY_ITSELF, "the fuser is too hot"),
    _Condition("opc-life-over", Reason.DEFECT, *_BY_TECHNICIAN, "the drum is worn out", errors_only=True),
    _Condition("paused", Reason.STOPPED, *_BY_STAFF, "somebody paused the printer"),
    _Condition("moving-to-paused", Reason.STOPPED, *_BY_STAFF, "somebody paused the printer"),
    _Condition("spool-area-full", Reason.QUEUE_FULL, *_BY_ITSELF, "the printer's memory is full of jobs"),
)
"""printer-state-reasons (RFC 8011, 5.4.12; CUPS for ``offline``). The first that holds names the cause."""

_CODES = {ErrorAction.MAINTENANCE: CompletionCode.HARDWARE_ERROR}
"""A fault that a technician must mend is the hardware's; the others only mean "not now"."""


def state_reasons(printer: Attributes) -> dict[str, str]:
    """Return the state reasons, keyword -> suffix; a keyword without one is an error (RFC 8011, 5.4.12)."""
    found: dict[str, str] = {}
    for text in texts(printer, "printer-state-reasons"):
        suffix = next((suffix for suffix in _SUFFIXES if text.endswith(suffix)), "")
        keyword = text.removesuffix(suffix)
        if keyword != "none":
            found[keyword] = suffix or "-error"
    return found


def report_of(printer: Attributes) -> StatusReport:
    """Return how the printer is from its attributes; what it does not tell is not made up."""
    reasons = state_reasons(printer)
    supplies = supplies_of(printer, reasons)
    condition = _condition(reasons, printer)
    if condition is not None:
        return StatusReport(condition.device, supplies=supplies, error=_error(condition))
    state = next(iter(numbers(printer, "printer-state")), 0)
    device = _STATES.get(state, DeviceStatus.HARDWARE_ERROR)
    error = _unnamed(state, reasons)
    if error is None and list(printer.get("printer-is-accepting-jobs", ())) == [False]:
        device, error = DeviceStatus.OFFLINE, DeviceError(*_CLOSED, "the printer takes no jobs")
    return StatusReport(device, supplies=supplies, error=error)


def hindrance_of(printer: Attributes) -> DeviceError | None:
    """Return what keeps the printer from printing a job that it has taken."""
    reasons = state_reasons(printer)
    condition = _condition(reasons, printer)
    if condition is not None:
        return _error(condition)
    return _unnamed(next(iter(numbers(printer, "printer-state")), 0), reasons)


def _condition(reasons: Mapping[str, str], printer: Attributes) -> _Condition | None:
    return next((each for each in _CONDITIONS if _holds(each, reasons, printer)), None)


def _error(condition: _Condition) -> DeviceError:
    code = _CODES.get(condition.action, CompletionCode.DEVICE_NOT_READY)
    facts = {Fact.PRINTER_REASONS: condition.keyword}
    return DeviceError(code, condition.reason, condition.action, condition.detail, facts)


def _holds(condition: _Condition, reasons: Mapping[str, str], printer: Attributes) -> bool:
    if condition.keyword not in reasons or (condition.errors_only and reasons[condition.keyword] != "-error"):
        return False
    # "At least one tray is empty" (RFC 8011): another one may do.
    return condition.keyword != "media-empty" or not has_paper(printer)


def _unnamed(state: int, reasons: Mapping[str, str]) -> DeviceError | None:
    """Return the error of a printer that has one and gives no cause of `_CONDITIONS`."""
    if state not in _STATES:
        return DeviceError(*_GARBLED, "the printer's answer names no printer-state")
    if state == _STOPPED:
        said = ", ".join(sorted(reasons))[:_DETAIL_LENGTH] or "no reason"
        return DeviceError(*_BROKEN, f"the printer has stopped and gives {said}", _said(reasons))
    return None


def information_of(printer: Attributes) -> DeviceInformation:
    """Return model, serial number (or else the printer's uuid) and firmware."""
    device_id = fields(next(iter(texts(printer, "printer-device-id")), ""))
    uuid = next(iter(texts(printer, "printer-uuid")), "").removeprefix("urn:uuid:")
    serial = device_id.get("SN") or device_id.get("SERN") or device_id.get("SERIALNUMBER") or uuid
    model = next(iter(texts(printer, "printer-make-and-model")), "")
    firmware = ", ".join(texts(printer, "printer-firmware-string-version"))
    return DeviceInformation(model or None, serial or None, firmware or None)


class JobState(IntEnum):
    """Where a job is (RFC 8011, 5.3.7); those from CANCELED on are its end."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


@dataclass(frozen=True, slots=True)
class JobReport:
    """What the printer says of a job. `state` None: it says nothing; `printed` None: it does not say whether any."""

    state: JobState | None
    reasons: frozenset[str]
    printed: bool | None

    @property
    def ended(self) -> bool:
        """Whether the printer has done with it."""
        return self.state is not None and self.state >= JobState.CANCELED

    @property
    def succeeded(self) -> bool:
        """Whether all of it is on paper."""
        return self.state is JobState.COMPLETED and "job-completed-with-errors" not in self.reasons


def job_of(job: Attributes) -> JobReport:
    """Return what a printer says of a job."""
    state = next(iter(numbers(job, "job-state")), 0)
    counts = numbers(job, "job-impressions-completed") + numbers(job, "job-media-sheets-completed")
    return JobReport(
        state=JobState(state) if state in {*JobState} else None,
        reasons=frozenset(texts(job, "job-state-reasons")),
        printed=any(counts) if counts else None,
    )


JOB_CAUSES = {
    "document-format-error": (*_BAD_DATA, "the printer cannot read this PDF"),
    "document-unprintable-error": (*_BAD_DATA, "the printer cannot print this PDF"),
    "document-password-error": (*_BAD_DATA, "the PDF wants a password"),
    "unsupported-document-format": (*_CONFIGURED_WRONG, "the printer takes no PDF"),
    "unsupported-attributes-or-values": (*_CONFIGURED_WRONG, "the printer has not what was asked for"),
    "submission-interrupted": (*_NOT_NOW, "the document did not arrive whole"),
    "job-canceled-at-device": (*_CANCELED, "cancelled at the printer"),
    "job-canceled-by-operator": (*_CANCELED, "an operator cancelled it"),
    "job-canceled-by-user": (*_CANCELED, "cancelled"),
}  # fmt: skip
"""job-state-reasons of a job that ended without being printed (RFC 8011, 5.3.8)."""


def job_error(job: JobReport) -> DeviceError:
    """Return why a job that ended did not succeed."""
    cause = next((JOB_CAUSES[reason] for reason in sorted(job.reasons) if reason in JOB_CAUSES), None)
    if cause is None:
        said = ", ".join(sorted(job.reasons))[:_DETAIL_LENGTH] or "no reason"
        cause = (*_BROKEN, f"the printer gave the job up and gives {said}")
    code, reason, action, detail = cause
    return DeviceError(code, reason, action, detail, _said(job.reasons))


_REFUSALS = {
    0x0401: (*_CONFIGURED_WRONG, "forbidden"),
    0x0402: (*_CONFIGURED_WRONG, "not authenticated"),
    0x0403: (*_CONFIGURED_WRONG, "not authorised"),
    0x0406: (*_CONFIGURED_WRONG, "there is no such printer or queue"),
    0x0408: (*_BAD_DATA, "the document is too large for the printer"),
    0x040A: (*_CONFIGURED_WRONG, "the printer takes no PDF"),
    0x040B: (*_CONFIGURED_WRONG, "the printer has not what was asked for"),
    0x0410: (*_BAD_DATA, "the printer cannot read this PDF"),
    0x0500: (*_BROKEN, "internal error"),
    0x0501: (*_CONFIGURED_WRONG, "the printer lacks an operation"),
    0x0502: (*_NOT_NOW, "service unavailable"),
    0x0503: (*_CONFIGURED_WRONG, "the printer does not speak IPP 2.0"),
    0x0504: (*_BROKEN, "device error"),
    0x0505: (*_NOT_NOW, "temporary error"),
    0x0506: (*_CLOSED, "the printer takes no jobs"),
    0x0507: (*_NOT_NOW, "busy with another job"),
    0x050A: (*_CLOSED, "the printer is deactivated"),
    0x050B: (*_NOT_NOW, "too many jobs"),
}
"""Status codes (RFC 8011, appendix B) of a request that had no effect."""

_SUCCESSFUL = range(0x0100)


def refusal_of(status: int) -> DeviceError | None:
    """Return what a status code says against the request; None when it succeeded."""
    if status in _SUCCESSFUL:
        return None
    code, reason, action, text = _REFUSALS.get(status, (*_REFUSED, "a refusal nobody has described"))
    return DeviceError(code, reason, action, f"{text} (IPP status {status:04x})", {Fact.IPP_STATUS: f"{status:04x}"})


def _said(reasons: Iterable[str]) -> Facts:
    """Return the printer's own reasons; nothing where it gives none."""
    said = ", ".join(sorted(reasons))[:_DETAIL_LENGTH]
    return {Fact.PRINTER_REASONS: said} if said else NO_FACTS
