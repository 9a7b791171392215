"""What a worker tells the kiosk: reports for a device that does not answer, and the events between two reports."""

from collections.abc import Iterator
from dataclasses import replace

from drivers.errors import DeviceError, ErrorAction, Reason
from drivers.model import (
    DeviceStatus,
    ErrorRaised,
    Event,
    MediaInserted,
    MediaRemoved,
    MediaStatus,
    StatusChanged,
    StatusReport,
    SupplyStatus,
    SupplyThreshold,
)

_UNREACHABLE = (Reason.GONE, Reason.NO_ANSWER)


def report_without_answer(last: StatusReport, error: DeviceError) -> StatusReport:
    """Return the report of a device that could not be asked: what `last` knew is unknown now (promise 4)."""
    return StatusReport(
        device=DeviceStatus.POWER_OFF if error.reason in _UNREACHABLE else DeviceStatus.HARDWARE_ERROR,
        media=None if last.media is None else MediaStatus.UNKNOWN,
        supplies=dict.fromkeys(last.supplies, SupplyStatus.UNKNOWN),
        error=error,
    )


def needs_somebody(error: DeviceError) -> bool:
    """Whether somebody must act on `error`; SUSPEND is what passes by itself, such as nobody laying a card."""
    return error.action is not ErrorAction.SUSPEND


def _cause(report: StatusReport) -> tuple[object, ...]:
    error = report.error
    return () if error is None else (error.code, error.reason, error.action)


def changes(device: str, old: StatusReport, new: StatusReport) -> Iterator[Event]:
    """Yield the events that lead from report `old` to report `new`; none when nothing changed."""
    if replace(old, error=None, supplies={}) != replace(new, error=None, supplies={}) or _cause(old) != _cause(new):
        yield StatusChanged(device, new)
    for supply, status in new.supplies.items():
        if old.supplies.get(supply) is not status:
            yield SupplyThreshold(device, supply, status)
    if new.media is MediaStatus.PRESENT and old.media is not MediaStatus.PRESENT:
        yield MediaInserted(device)
    if new.media is MediaStatus.NOT_PRESENT and old.media is MediaStatus.PRESENT:
        yield MediaRemoved(device)
    if new.error is not None and _cause(old) != _cause(new) and needs_somebody(new.error):
        yield ErrorRaised(device, new.error)
