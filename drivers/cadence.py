"""The rhythm of a worker, and the time it keeps it by."""

import threading
import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Time as a worker sees it; tests bring their own."""

    def monotonic(self) -> float:
        """Return monotonic seconds."""

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Wait on `condition`, which is held, at most `seconds`; coming back early is allowed."""


class SystemClock:
    """The real time."""

    def monotonic(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Wait on `condition` at most `seconds`."""
        condition.wait(seconds)


@dataclass(frozen=True, slots=True)
class Cadence:
    """The rhythm of one worker, in seconds unless said otherwise."""

    poll: float = 2.0
    answer: float = 2.0  # what a poll may take
    open: float = 5.0  # what opening the port and greeting the device may take
    lost_after: int = 3  # missed polls
    reconnect: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0)  # the last one for ever
    overrun: float = 5.0  # how late a driver may come back before the watchdog speaks for it
    queue: int = 8  # commands that may wait
