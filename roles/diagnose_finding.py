"""One device as it was found: asked by its own driver, or told by the running kiosk that holds it.

One decision: every device is asked on a thread of its own, and one that does not come back is left behind and told as
such; a technician waits for the slowest answer, never for a stuck one.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from drivers.deadline import Deadline
from drivers.device import Driver
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import (
    CheckHealth,
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    StatusReport,
    SupplyStatus,
    told_error,
)
from drivers.recorder import FlightRecorder
from drivers.reports import report_without_answer
from kiosk.calibration_teaching import teach_calibration
from kiosk.config import DeviceConfig
from kiosk.device_health import UNKNOWN, HealthRecord
from kiosk.health_file import BoardRecord, IssueRecord, issue_key
from kiosk.health_rules import Finding as Wrong
from kiosk.health_rules import Severity, findings
from kiosk.health_told import outcome
from kiosk.printer_fonts import teach_fonts
from kiosk.words import Words
from sync.contract import DeviceHealth

OPEN_SECONDS = 5.0
HEALTH_SECONDS = {HealthLevel.INTERNAL: 10.0, HealthLevel.EXTERNAL: 20.0, HealthLevel.INTERACTIVE: 20.0}
_ROUND_TRIPS = 3 * OPEN_SECONDS  # opening, the poll after the test, and a little for a busy machine


@dataclass(frozen=True, slots=True)
class Finding:
    """One device as it was found.

    Attributes:
        status: a DeviceStatus, or UNKNOWN.
        reason: what is wrong, None: nothing.
        action: who must act; None: nobody.
        sentence: what to do, in the technician's language; empty: nothing.
        detail: what the test said, for whoever asks further.
        since: when it began; None: not known.
        count: how often within 24 h; None: not known.
        held: whether the running kiosk holds it, so that this is what the kiosk says.
        site_file: the file that set its url or options at the kiosk, over kiosk.toml; None: there is none.
        frames: the flight recorder, masked; None where the running kiosk keeps it.
    """

    name: str
    device_class: str
    driver: str
    url: str
    status: str
    severity: Severity
    supplies: dict[str, str] = field(default_factory=dict)
    reason: str | None = None
    action: ErrorAction | None = None
    sentence: str = ""
    detail: str = ""
    since: datetime | None = None
    count: int | None = None
    held: bool = False
    information: DeviceInformation = field(default_factory=DeviceInformation)
    site_file: str | None = None
    frames: list[str] | None = None


class Examiner:
    """Asks devices, and says what is found in the words of one language; `board` knows since when, `state` the rest."""

    def __init__(self, words: Words, board: BoardRecord, state: Path) -> None:
        self._words = words
        self._state = state
        self._issues: Mapping[str, IssueRecord] = {each.key: each for each in board.issues if each.closed is None}

    def examine_all(self, devices: Iterable[DeviceConfig], level: HealthLevel) -> list[Finding]:
        """Ask every device at once, and return what is found in their order."""
        found: dict[str, Finding] = {}
        threads: list[tuple[DeviceConfig, threading.Thread]] = []
        for device in devices:
            run = _into(found, device.name, partial(self.examine, device, level))
            thread = threading.Thread(target=run, name=f"diagnose {device.name}", daemon=True)
            thread.start()
            threads.append((device, thread))
        end = time.monotonic() + HEALTH_SECONDS[level] + _ROUND_TRIPS
        for _, thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return [found.get(device.name) or self._lost(device, level, thread) for device, thread in threads]

    def examine(self, device: DeviceConfig, level: HealthLevel) -> Finding:
        """Open one device, let it test itself, and close it."""
        recorder = FlightRecorder()
        driver = device.registration.factory(device.url, device.options, recorder)
        teach_fonts(device.device_class, driver)
        teach_calibration(device.device_class, driver, self._state)
        try:
            driver.open(Deadline.after(OPEN_SECONDS))
            detail, failure = self._test(device, driver, level)
            report = driver.poll(Deadline.after(OPEN_SECONDS))
            report = replace(report, error=report.error or failure)
        except DeviceError as error:
            detail, report = error.detail, report_without_answer(StatusReport(DeviceStatus.STARTING), error)
        finally:
            driver.close()
        found = self.of_report(device, report, detail)
        return replace(found, information=driver.information, frames=recorder.dump())

    def as_told(self, device: DeviceConfig, record: HealthRecord) -> Finding:
        """Return what the running kiosk says of a device it holds."""
        told = next((each for each in record.devices if each.name == device.name), None)
        report = None if told is None else _report(told)
        if report is None:
            sentence = self._words.say("health.diagnose.not_known_there")
            unknown = Finding(device.name, device.device_class, device.driver, device.url, UNKNOWN, Severity.WARNING)
            return replace(unknown, action=ErrorAction.CONFIGURATION, sentence=sentence, held=True)
        found = self.of_report(device, report, "")
        said = found.sentence or self._words.say("health.diagnose.well")
        return replace(found, sentence=self._words.say("health.diagnose.told", sentence=said), held=True)

    def of_report(self, device: DeviceConfig, report: StatusReport, detail: str) -> Finding:
        """Return what `report` says of a device; `detail` is what its self-test said."""
        worst = max(findings(report), key=lambda each: each.severity, default=None)
        issue = None if worst is None else self._issues.get(issue_key(device.name, worst.reason, worst.supply))
        return Finding(
            name=device.name,
            device_class=device.device_class,
            driver=device.driver,
            url=device.url,
            site_file=None if device.site_file is None else str(device.site_file),
            status=report.device,
            severity=Severity.OK if worst is None else worst.severity,
            supplies={name: str(status) for name, status in report.supplies.items()},
            reason=None if worst is None else worst.reason,
            action=None if worst is None else worst.action,
            sentence="" if worst is None else self._sentence(device, worst),
            detail=detail if report.error is None else report.error.detail,
            since=None if issue is None else issue.since,
            count=None if issue is None else len(issue.openings),
        )

    def _sentence(self, device: DeviceConfig, wrong: Wrong) -> str:
        """Return the sentence for staff, the guided fix's title, or the bare reason where there is neither."""
        keys = (
            f"devices.{device.device_class}.{wrong.reason}.staff",
            f"guides.{device.device_class}.{wrong.reason}.title",
        )
        return next((self._words.say(key) for key in keys if key in self._words), str(wrong.reason))

    def _test(self, device: DeviceConfig, driver: Driver, level: HealthLevel) -> tuple[str, DeviceError | None]:
        """Return what the self-test says, or why it failed; that no card was laid is no fault of the reader.

        A driver that leaves the asking to others is tested at the level below.
        """
        for each in (level, HealthLevel.EXTERNAL):
            try:
                report = driver.execute(CheckHealth(each), Deadline.after(HEALTH_SECONDS[each]), lambda: False)
                return outcome(self._words, device.device_class, report), None
            except DeviceError as error:
                if error.reason is Reason.NO_MEDIA:
                    told = HealthReport(each, DeviceStatus.ONLINE, error.detail, told=(told_error(error),))
                    why = outcome(self._words, device.device_class, told)
                    return self._words.say("health.diagnose.not_tried", detail=why), None
                if error.code is not CompletionCode.UNSUPPORTED_COMMAND or level is not HealthLevel.INTERACTIVE:
                    return error.detail, error
        return "", None

    def _lost(self, device: DeviceConfig, level: HealthLevel, thread: threading.Thread) -> Finding:
        """Return the finding of a driver that did not come back, or broke in a way no driver may."""
        if not thread.is_alive():
            error = DeviceError(CompletionCode.INTERNAL_ERROR, Reason.DEFECT, ErrorAction.SOFTWARE_ERROR)
            return self.of_report(device, StatusReport(DeviceStatus.HARDWARE_ERROR, error=error), "")
        seconds = round(HEALTH_SECONDS[level] + _ROUND_TRIPS)
        error = DeviceError(CompletionCode.TIME_OUT, Reason.NO_ANSWER, ErrorAction.RESET)
        found = self.of_report(device, StatusReport(DeviceStatus.HARDWARE_ERROR, error=error), "")
        return replace(found, detail=self._words.say("health.diagnose.late", seconds=seconds))


def _into(found: dict[str, Finding], name: str, look: Callable[[], Finding]) -> Callable[[], None]:
    def run() -> None:
        found[name] = look()

    return run


def _report(told: DeviceHealth) -> StatusReport | None:
    """Return the report that the running kiosk's record was made of; None where its words are not ours.

    It may be of another version, and a word that is not known says nothing.
    """
    try:
        error = None
        if told.reason is not None and told.action is not None:
            error = DeviceError(CompletionCode.DEVICE_NOT_READY, Reason(told.reason), ErrorAction(told.action))
        supplies = {name: SupplyStatus(status) for name, status in told.supplies.items()}
        return StatusReport(DeviceStatus(told.status), supplies=supplies, error=error)
    except ValueError:
        return None
