"""How bad a device's report is, who must act, and which guided fix there is. Tables and pure functions.

One decision: a supply that nears its end is an issue of its own beside the device's error; one that is out is told by
the error that comes of it, so that nobody reads "paper" twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from drivers.errors import DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass, DeviceStatus, StatusReport, SupplyStatus
from kiosk.health_guides import has_guide


class Severity(IntEnum):
    """How bad it is. NOTICE: it works, or passes by itself. ALARM: it does not come back without a person."""

    OK = 0
    NOTICE = 1
    WARNING = 2
    ALARM = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a report says is wrong; `supply` names the supply it is about."""

    reason: Reason
    action: ErrorAction
    severity: Severity
    supply: str | None = None


BY_ACTION: Mapping[ErrorAction, Severity] = {
    ErrorAction.RESET: Severity.NOTICE,
    ErrorAction.SUSPEND: Severity.NOTICE,
    ErrorAction.CLEAR: Severity.WARNING,
    ErrorAction.MAINTENANCE: Severity.ALARM,
    ErrorAction.CONFIGURATION: Severity.ALARM,
    ErrorAction.SOFTWARE_ERROR: Severity.ALARM,
}
NOTICED = frozenset({Reason.TRAY_CHANGED, Reason.READING_LOST})
"""What the kiosk notices itself (`kiosk.health_noticed`): no report of the device speaks of it."""
_ALARMING = frozenset({DeviceStatus.POWER_OFF, DeviceStatus.HARDWARE_ERROR})
_UNNAMED: Mapping[DeviceStatus, tuple[Reason, ErrorAction]] = {
    DeviceStatus.OFFLINE: (Reason.NO_ANSWER, ErrorAction.RESET),
    DeviceStatus.POWER_OFF: (Reason.NO_ANSWER, ErrorAction.MAINTENANCE),
    DeviceStatus.HARDWARE_ERROR: (Reason.DEFECT, ErrorAction.MAINTENANCE),
    DeviceStatus.USER_ERROR: (Reason.REFUSED, ErrorAction.CLEAR),
}
"""What a status means that comes without a cause."""
_BATTERY = "battery"  # told by the errors ON_BATTERY and BATTERY_LOW
_SUPPLIES: Mapping[SupplyStatus, Finding] = {
    SupplyStatus.LOW: Finding(Reason.SUPPLY_LOW, ErrorAction.CLEAR, Severity.NOTICE),
    SupplyStatus.OUT: Finding(Reason.SUPPLY_OUT, ErrorAction.CLEAR, Severity.WARNING),
    SupplyStatus.JAMMED: Finding(Reason.PAPER_JAMMED, ErrorAction.CLEAR, Severity.WARNING),
}


def findings(report: StatusReport) -> tuple[Finding, ...]:
    """Return all that `report` says is wrong; nothing for what is unknown or well."""
    return tuple(_findings(report))


def _findings(report: StatusReport) -> Iterator[Finding]:
    if report.error is not None:
        severity = Severity.ALARM if report.device in _ALARMING else BY_ACTION[report.error.action]
        yield Finding(report.error.reason, report.error.action, severity)
    elif report.device in _UNNAMED:
        reason, action = _UNNAMED[report.device]
        yield Finding(reason, action, Severity.ALARM if report.device in _ALARMING else BY_ACTION[action])
    for supply, status in report.supplies.items():
        found = _SUPPLIES.get(status)
        if found is not None and supply != _BATTERY and (status is SupplyStatus.LOW or report.error is None):
            yield Finding(found.reason, found.action, found.severity, supply)


def command_finding(error: DeviceError) -> Finding:
    """Return what a failed command says is wrong with a device whose status does not."""
    return Finding(error.reason, error.action, BY_ACTION[error.action])


@cache
def guide_of(device_class: DeviceClass, reason: Reason, supply: str | None) -> str | None:
    """Return the words key of the guided fix, that of the supply before that of the reason; None: there is none."""
    stem = f"guides.{device_class}.{reason}"
    names = ([f"{stem}_{supply.split('.')[0].upper()}"] if supply else []) + [stem]
    return next((name for name in names if has_guide(name)), None)
