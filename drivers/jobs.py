"""One queued command and its promise to end: exactly once, with a result or a DeviceError, whoever gets there first."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from drivers.deadline import Deadline
from drivers.errors import DeviceError
from drivers.model import Command


class Job:
    """A command on its way through a worker. Its methods may be called from any thread."""

    def __init__(self, command: Command[Any], deadline: Deadline) -> None:
        self.command = command
        self.deadline = deadline
        self.future: Future[Any] = Future()
        self.cancelled = False
        self._lock = threading.Lock()
        self._ended = False

    def begin(self) -> bool:
        """Mark it as running; False when its future was cancelled meanwhile or ended."""
        with self._lock:
            return not self._ended and self.future.set_running_or_notify_cancel()

    def succeed(self, result: object) -> None:
        """End it with `result`, unless it has ended."""
        self._end(lambda: self.future.set_result(result))

    def fail(self, error: DeviceError) -> None:
        """End it with `error`, unless it has ended."""
        self._end(lambda: self.future.set_exception(error))

    def _end(self, settle: Callable[[], None]) -> None:
        with self._lock:
            if self._ended:
                return
            self._ended = True
            # A future its owner cancelled has ended already.
            open_still = self.future.running() or self.future.set_running_or_notify_cancel()
        if open_still:
            settle()  # outside the lock: the future's callbacks are the caller's code
