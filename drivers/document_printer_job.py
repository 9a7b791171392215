"""One job at an IPP printer: sent, followed to its end, or taken back.

One decision: what the printer says of a job is believed, silence is not. A job is failed cleanly only when the printer
says that it is over and that no side of it was printed; everything else after its first byte is MAY_HAVE_PRINTED.
"""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from drivers.deadline import Deadline
from drivers.device import canceled
from drivers.document_printer_codec import Operation
from drivers.document_printer_status import JOB_ATTRIBUTES, JobReport, JobState, job_error, job_of, refusal_of
from drivers.document_printer_supplies import numbers
from drivers.errors import CompletionCode, DeviceError, DeviceTimeout, ErrorAction, Fact, Reason

if TYPE_CHECKING:
    from drivers.document_printer_line import IppLine

PDF = "application/pdf"

_USER = {"requesting-user-name": "kiosk"}
_ANSWER_SECONDS = 5.0
_TAKE_BACK_SECONDS = 3.0  # less than a worker's patience with a late driver
_PAUSE = 0.2  # between two looks
_CLEAN_END = (JobState.CANCELED, JobState.ABORTED)


def send_document(
    line: "IppLine",
    title: str,
    template: Mapping[str, object],
    pdf: bytes,
    deadline: Deadline,
    cancelled: Callable[[], bool],
) -> "SentJob":
    """Send one document as one job (Print-Job).

    Raises:
        DeviceError: MAY_HAVE_PRINTED when the printer may have it; otherwise nothing was printed.
    """
    # Fidelity: the printer refuses what it cannot do, rather than print something else.
    wanted = {**_USER, "ipp-attribute-fidelity": True, "job-name": title, "document-format": PDF}
    try:
        answer = line.ask(Operation.PRINT_JOB, deadline, cancelled, wanted, template, pdf)
    except DeviceError as cause:
        if line.touched:
            raise _may_have_printed(cause) from cause
        raise
    error = refusal_of(answer.status)
    if error is not None:  # a refused request has no effect (RFC 8011, 4.1.6)
        raise error
    number = next(iter(numbers(answer.group("job"), "job-id")), None)
    if number is None:
        detail = "the printer took the job and did not say its number"
        garbled = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET, detail)
        raise _may_have_printed(garbled)
    return SentJob(line, number)


class SentJob:
    """A job the printer has, by its number there."""

    def __init__(self, line: "IppLine", number: int) -> None:
        self._line = line
        self._number = number

    def follow(
        self, trouble: Callable[[], DeviceError | None], deadline: Deadline, cancelled: Callable[[], bool]
    ) -> None:
        """Wait until the job is printed. `trouble` asks the printer what keeps it from printing.

        Raises:
            DeviceError: it was not printed, or nobody knows; see the module.
        """
        try:
            job = self._wait(trouble, deadline, cancelled)
            cause = job_error(job)
        except DeviceError as error:
            job = self._take_back()
            cause = error
        if job.succeeded:
            return
        if job.state in _CLEAN_END and job.printed is False:
            raise cause
        raise _may_have_printed(cause) from cause

    def _wait(
        self, trouble: Callable[[], DeviceError | None], deadline: Deadline, cancelled: Callable[[], bool]
    ) -> JobReport:
        while True:
            job = self._look(deadline, cancelled)
            if job.ended:
                return job
            error = trouble()
            if error is not None and error.action is not ErrorAction.SUSPEND:
                raise error
            time.sleep(min(_PAUSE, deadline.remaining()))
            if deadline.expired:
                raise DeviceTimeout("the job was not printed in time")
            if cancelled():
                raise canceled()

    def _look(self, deadline: Deadline, cancelled: Callable[[], bool]) -> JobReport:
        wanted = {"job-id": self._number, **_USER, "requested-attributes": JOB_ATTRIBUTES}
        answer = self._line.ask(Operation.GET_JOB_ATTRIBUTES, deadline.sooner(_ANSWER_SECONDS), cancelled, wanted)
        error = refusal_of(answer.status)
        if error is not None:
            raise error
        return job_of(answer.group("job"))

    def _take_back(self) -> JobReport:
        """Cancel the job, so that it does not come out before somebody else, and say what became of it."""
        deadline = Deadline.after(_TAKE_BACK_SECONDS)  # its own: the command's may be over
        job = JobReport(None, frozenset(), None)
        try:
            self._line.ask(Operation.CANCEL_JOB, deadline, _never, {"job-id": self._number, **_USER})
            job = self._look(deadline, _never)
            while not job.ended and not deadline.expired:
                time.sleep(min(_PAUSE, deadline.remaining()))
                job = self._look(deadline, _never)
        except DeviceError:
            return job  # the line is down, or the printer has forgotten it: what was known last is what is known
        return job


def _may_have_printed(cause: DeviceError) -> DeviceError:
    # What the kiosk could do by itself is to print again, which it must not, and what passes by itself may leave a
    # resident's pages in the tray: then somebody looks.
    action = ErrorAction.CLEAR if cause.action in (ErrorAction.RESET, ErrorAction.SUSPEND) else cause.action
    detail = f"after the first byte: {cause.reason}: {cause.detail}"
    return DeviceError(cause.code, Reason.MAY_HAVE_PRINTED, action, detail, {Fact.BEFORE: cause.reason, **cause.facts})


def _never() -> bool:
    return False
