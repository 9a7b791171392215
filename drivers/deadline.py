"""One moment in monotonic time by which a call must have ended. Passed down; no blocking call is without one."""

import time
from collections.abc import Callable


class Deadline:
    """A fixed moment on a monotonic clock, in seconds."""

    __slots__ = ("_clock", "_end")

    def __init__(self, end: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._end = end
        self._clock = clock

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> "Deadline":
        """Return the deadline `seconds` from now."""
        return cls(clock() + seconds, clock)

    def sooner(self, seconds: float) -> "Deadline":
        """Return the deadline `seconds` from now, or this one if it is earlier."""
        return Deadline(min(self._end, self._clock() + seconds), self._clock)

    def remaining(self) -> float:
        """Return the seconds left, never negative."""
        return max(0.0, self._end - self._clock())

    def overdue(self) -> float:
        """Return the seconds since it passed, 0 while it has not."""
        return max(0.0, self._clock() - self._end)

    @property
    def expired(self) -> bool:
        """Whether it has passed."""
        return self._clock() >= self._end
