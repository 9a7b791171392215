"""What the kiosk itself notices of a device whose own status knows nothing of it: a tray that looks otherwise, reading.

One decision: it stands until the kiosk sees that it is well again; no report of the device opens or closes it. What
another run of the program noticed is not known to this one: it is seen anew, or it is over.
"""

import threading
from collections.abc import Callable
from dataclasses import replace

from drivers.errors import DeviceError, Reason
from drivers.model import StatusReport
from kiosk.health import HealthBoard
from kiosk.health_rules import BY_ACTION


class Noticed:
    """What is noticed of one device; told to the board, and to the office in the device's report. On any thread.

    `device`: its name, None where the kiosk has none; then nothing is told. `changed` is called after each change.
    """

    def __init__(self, device: str | None, board: HealthBoard, changed: Callable[[], None]) -> None:
        self._device = device
        self._board = board
        self._changed = changed
        self._lock = threading.Lock()
        self._errors: dict[Reason, DeviceError] = {}

    def tell(self, reason: Reason, error: DeviceError | None) -> None:
        """Take note of what is wrong by that reason (one of `health_rules.NOTICED`); None: it is well."""
        if self._device is None:
            return
        with self._lock:
            if error is None:
                self._errors.pop(reason, None)
                self._board.settled(self._device, reason)
            else:
                self._errors[reason] = error
                self._board.notice(self._device, error)
        self._changed()

    def in_report(self, device: str, report: StatusReport) -> StatusReport:
        """Return a device's report with the worst that was noticed of it, where it names no error of its own."""
        with self._lock:
            errors = list(self._errors.values()) if device == self._device else []
        if not errors or report.error is not None:
            return report
        return replace(report, error=max(errors, key=lambda each: BY_ACTION[each.action]))
