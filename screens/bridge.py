"""The only way from other threads to the screen: one queue, drained by one trigger on Kivy's thread.

Kivy widgets may be touched on the main thread alone, and scheduling from elsewhere allocates a clock event each time;
`post` therefore appends to a deque and sets off one trigger made once.
"""

from collections import deque
from collections.abc import Callable

from kivy.clock import Clock

Job = Callable[[], None]


class Bridge:
    """Takes jobs from any thread and runs them, in order, before the next frame."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._trigger = Clock.create_trigger(self._drain)

    def post(self, job: Job) -> None:
        """Run `job` on Kivy's thread; returns at once. May be called from any thread."""
        self._jobs.append(job)
        self._trigger()

    def _drain(self, _seconds: float) -> None:
        try:
            for _ in range(len(self._jobs)):
                self._jobs.popleft()()
        finally:
            if self._jobs:  # posted meanwhile, or left behind by one with a defect
                self._trigger()
