"""The board of what is unwell: issues with who must act, supplies with a forecast, and each device's recent history.

One decision: an issue is a device and a reason, not an occurrence. It opens when a status or an error says so, closes
when the device is well, and one that comes back is the same issue counted once more: a flapping device fills no list.
Nothing here names a person: statuses, reasons and times alone.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from drivers.errors import DeviceError, ErrorAction, Reason
from drivers.model import (
    DeviceClass,
    DeviceStatus,
    ErrorRaised,
    Event,
    MediaRemoved,
    OutputComplete,
    StatusChanged,
    StatusReport,
    SupplyStatus,
    SupplyThreshold,
)
from kiosk.config import DeviceConfig
from kiosk.health_file import BoardFile, BoardRecord, IssueRecord, StatusRecord, issue_key
from kiosk.health_paper import PaperUse, days_left, unknown_use
from kiosk.health_rules import NOTICED, Finding, Severity, command_finding, findings, guide_of

__all__ = ["HealthBoard", "Issue", "PaperUse", "Severity", "StatusChange", "Supply"]

HISTORY = 200  # changes remembered of each device
HOW_OFTEN = timedelta(hours=24)
SAME_SPELL = timedelta(minutes=10)  # closed for less, an issue has never been away
COMMAND_STANDS = timedelta(hours=1)  # a failed command's issue, on a device that says nothing more of it
_OPENINGS = 500  # remembered of one issue: more than that in a day is "all the time"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong now.

    Attributes:
        key: device and reason, ``receipt_printer.PAPER_OUT``; of a supply with its name, ``….SUPPLY_LOW.paper``.
        since: when it began; a pause of less than 10 minutes does not end it.
        count: how often it opened within 24 h, this time included.
        last: when it was last said.
        guide: words key of the guided fix (``guides.receipt_printer.PAPER_OUT``), None: there is none.
    """

    key: str
    device: str
    severity: Severity
    action: ErrorAction
    reason: Reason
    since: datetime
    count: int
    last: datetime
    guide: str | None


@dataclass(frozen=True, slots=True)
class Supply:
    """Paper, toner, a tray. `forecast_days`: how long it lasts at the present use; None: unknown, never "plenty"."""

    device: str
    name: str
    status: SupplyStatus
    forecast_days: float | None


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One line of a device's history. `reason`: None where it was well or named none."""

    at: datetime
    status: DeviceStatus
    reason: Reason | None


class HealthBoard:
    """What is wrong on one kiosk. Every method may be called from any thread.

    `file` keeps it over a restart (None: it is forgotten); what `take` hears is written by `keep`, on the caller's own
    thread, since a device must not wait for a disk.
    """

    def __init__(
        self,
        devices: Iterable[DeviceConfig],
        clock: Callable[[], datetime],
        *,
        file: Path | None = None,
        paper_use: Callable[[], PaperUse] = unknown_use,
    ) -> None:
        self._classes: dict[str, DeviceClass] = {device.name: device.device_class for device in devices}
        self._clock = clock
        self._file = None if file is None else BoardFile(file)
        self._paper_use = paper_use
        self._lock = threading.Lock()
        self._reports: dict[str, StatusReport] = {}
        self._issues: dict[str, IssueRecord] = {}
        self._history = {name: deque[StatusChange](maxlen=HISTORY) for name in self._classes}
        self._dirty = False
        if self._file is not None:
            self._restore(self._file.read())

    # ---- for every thread

    def take(self, event: Event) -> None:
        """Hear what a worker tells."""
        with self._lock:
            if isinstance(event, StatusChanged):
                self._hear(event.device, event.report)
            elif isinstance(event, SupplyThreshold):
                self._hear_supply(event)
            elif isinstance(event, ErrorRaised):
                self._hear_error(event.device, event.error)
            elif isinstance(event, OutputComplete):
                self._close_commands(event.device)
            elif isinstance(event, MediaRemoved):
                self._taken_away(event.device)

    def notice(self, device: str, error: DeviceError) -> None:
        """Hear what the kiosk itself noticed of a device: it stands until it is settled.

        Raises:
            ValueError: it is no reason the kiosk notices itself.
        """
        if error.reason not in NOTICED:
            raise ValueError(f"{error.reason} is told by the device")
        with self._lock:
            self._open(device, command_finding(error), by_command=False)
            self._dirty = True

    def settled(self, device: str, reason: Reason) -> None:
        """Hear that what the kiosk had noticed of a device is over, if anything was."""
        with self._lock:
            self._close(lambda _, each: each.device == device and each.reason is reason)
            self._dirty = True

    def issues(self) -> tuple[Issue, ...]:
        """Return what is wrong now, the worst first, the longest of those first."""
        with self._lock:
            now = self._clock()
            shown = [self._shown(key, each, now) for key, each in self._issues.items() if self._stands(each, now)]
        return tuple(sorted(shown, key=lambda issue: (-issue.severity, issue.since, issue.key)))

    def history(self, device: str) -> tuple[StatusChange, ...]:
        """Return the last changes of a device, oldest first.

        Raises:
            KeyError: this kiosk has no such device.
        """
        with self._lock:
            return tuple(self._history[device])

    def supplies(self) -> tuple[Supply, ...]:
        """Return every supply that a device has told of since the start, in the order of kiosk.toml."""
        use = self._paper_use()  # before the lock: it may ask a disk
        with self._lock:
            told = [(name, self._reports[name].supplies) for name in self._classes if name in self._reports]
        return tuple(
            Supply(device, supply, status, self._forecast(device, supply, status, use))
            for device, supplies in told
            for supply, status in supplies.items()
        )

    def worst(self) -> Severity:
        """Return the worst there is."""
        return max((issue.severity for issue in self.issues()), default=Severity.OK)

    def keep(self) -> None:
        """Write what was heard since the last time, if anything was. Call it on one thread."""
        if self._file is None:
            return
        with self._lock:
            if not self._dirty:
                return
            record = self._record()
            self._dirty = False
        if not self._file.keep(record):
            with self._lock:
                self._dirty = True

    # ---- inside; the lock is held

    def _hear(self, device: str, report: StatusReport) -> None:
        reason = None if report.error is None else report.error.reason
        self._history[device].append(StatusChange(self._clock(), report.device, reason))
        self._reports[device] = report
        self._dirty = True
        if report.device is DeviceStatus.STARTING:
            return  # it has not been asked yet: what was wrong before may still be
        self._settle(device, findings(report))
        if report.error is None:
            self._close_commands(device)

    def _hear_supply(self, event: SupplyThreshold) -> None:
        last = self._reports.get(event.device, StatusReport(DeviceStatus.STARTING))
        supplies = {**last.supplies, event.supply: event.status}
        report = StatusReport(last.device, last.media, supplies, last.error)
        self._reports[event.device] = report
        self._settle(event.device, findings(report))
        self._dirty = True

    def _hear_error(self, device: str, error: DeviceError) -> None:
        said = self._reports.get(device)
        if said is not None and said.error is not None and said.error.reason is error.reason:
            return  # the status says the same, and says when it is over
        self._open(device, command_finding(error), by_command=True)
        self._dirty = True

    def _settle(self, device: str, found: tuple[Finding, ...]) -> None:
        """Open what is found, close what is not found any more."""
        for each in found:
            self._open(device, each, by_command=False)
        keys = {issue_key(device, each.reason, each.supply) for each in found}
        self._close(lambda key, each: each.device == device and _by_status(each) and key not in keys)

    def _close_commands(self, device: str) -> None:
        self._close(lambda _, each: each.device == device and each.by_command)

    def _taken_away(self, device: str) -> None:
        self._close(lambda _, each: each.device == device and each.reason is Reason.MEDIA_FORGOTTEN)
        self._dirty = True

    def _close(self, ends: Callable[[str, IssueRecord], bool]) -> None:
        now = self._clock()
        for key, each in self._issues.items():
            if each.closed is None and ends(key, each):
                self._issues[key] = each.model_copy(update={"closed": now})

    def _open(self, device: str, found: Finding, *, by_command: bool) -> None:
        now = self._clock()
        key = issue_key(device, found.reason, found.supply)
        old = self._issues.get(key)
        is_open = old is not None and old.closed is None
        same_spell = old is not None and (old.closed is None or now - old.closed <= SAME_SPELL)
        openings = [at for at in (old.openings if old is not None else ()) if now - at < HOW_OFTEN]
        if not is_open or by_command:
            openings.append(now)
        self._issues[key] = IssueRecord(
            device=device,
            supply=found.supply,
            severity=found.severity,
            action=found.action,
            reason=found.reason,
            since=old.since if old is not None and same_spell else now,
            last=now,
            openings=tuple(openings[-_OPENINGS:]),
            closed=None,
            by_command=by_command,
        )

    def _stands(self, issue: IssueRecord, now: datetime) -> bool:
        return issue.closed is None and not (issue.by_command and now - issue.last > COMMAND_STANDS)

    def _shown(self, key: str, each: IssueRecord, now: datetime) -> Issue:
        often = sum(1 for at in each.openings if now - at < HOW_OFTEN)
        guide = guide_of(self._classes[each.device], each.reason, each.supply)
        return Issue(
            key, each.device, each.severity, each.action, each.reason, each.since, max(1, often), each.last, guide
        )

    def _forecast(self, device: str, supply: str, status: SupplyStatus, use: PaperUse) -> float | None:
        is_receipt_paper = self._classes[device] is DeviceClass.RECEIPT_PRINTER and supply == "paper"
        told = status in (SupplyStatus.FULL, SupplyStatus.LOW)
        return days_left(use) if is_receipt_paper and told else None

    def _record(self) -> BoardRecord:
        now = self._clock()
        kept = [each for each in self._issues.values() if each.closed is None or now - each.closed < HOW_OFTEN]
        history = {
            name: tuple(StatusRecord(at=each.at, status=each.status, reason=each.reason) for each in changes)
            for name, changes in self._history.items()
        }
        return BoardRecord(issues=tuple(kept), history=history)

    def _restore(self, record: BoardRecord) -> None:
        for each in record.issues:
            if each.device in self._classes:
                self._issues[each.key] = each
        self._close(lambda _, each: each.reason in NOTICED)
        for name, changes in record.history.items():
            if name in self._history:
                self._history[name].extend(StatusChange(each.at, each.status, each.reason) for each in changes)


def _by_status(issue: IssueRecord) -> bool:
    """Tell whether the device's status opened it, and ends it."""
    return not issue.by_command and issue.reason not in NOTICED
