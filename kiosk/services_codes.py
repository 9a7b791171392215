"""Waits for a code for the visit: one wish of the scanner after the other, until one is answered or nobody waits."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from drivers.errors import DeviceError, Reason
from drivers.model import Sensitive
from drivers.worker import DeviceWorker

if TYPE_CHECKING:
    from drivers.code_scanner import Code

_SECONDS = 60.0  # one wish; it is renewed until the visit wants no code any more


class CodeWait:
    """The waiting of one kiosk, on the thread `post` leads to. `worker` is None where there is no scanner."""

    def __init__(self, worker: DeviceWorker | None, post: Callable[[Callable[[], None]], None]) -> None:
        self._worker = worker
        self._post = post
        self._ticket: object | None = None

    def start(self, shown: "Callable[[Code], None]", failed: Callable[[DeviceError], None]) -> bool:
        """Wait for a code and hand it to `shown`; False where there is no scanner."""
        from drivers.code_scanner import ReadCode  # noqa: PLC0415 - the driver's commands come with its driver

        if self._worker is None:
            return False
        ticket = self._ticket = object()

        def ended(future: "Future[Sensitive[Code]]") -> None:
            if ticket is not self._ticket:
                return
            self._ticket = None
            error = future.exception()
            if not isinstance(error, DeviceError):
                shown(future.result().reveal())
            elif error.reason is Reason.NO_MEDIA:
                self.start(shown, failed)
            else:
                failed(error)

        self._worker.execute(ReadCode(), _SECONDS).add_done_callback(lambda done: self._post(lambda: ended(done)))
        return True

    def stop(self) -> None:
        """Wait no more; a code that is just coming is dropped."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None and self._worker is not None:
            self._worker.cancel()
