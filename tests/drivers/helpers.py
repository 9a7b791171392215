"""What the driver tests share: a clock to turn by hand, and waiting for a condition instead of for a time."""

import threading
import time
from collections.abc import Callable


class HandClock:
    """A worker's clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, condition: threading.Condition, seconds: float) -> None:  # noqa: ARG002 - it is the clock that says
        condition.wait(0.002)  # then the worker looks at the clock again

    def advance(self, seconds: float) -> None:
        self.now += seconds


def eventually(condition: Callable[[], object], seconds: float = 40.0) -> None:
    """Return as soon as `condition` holds; fail when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.002)
