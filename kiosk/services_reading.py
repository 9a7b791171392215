"""Has each page that was taken read, one after another, beside the visit: a help, and never in the way.

One decision: a page that could not be read is handed in without text, and a reader that fails again and again rests.
Staff is told once when it is lost, once when it is given up for a while, and once when it is back; the resident never.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import Sensitive

if TYPE_CHECKING:
    from kiosk.config_models import ReadingSection
    from kiosk.reading.reader import Reader
    from kiosk.reading.results import Reading
    from kiosk.scan.page import PageImage

PAGE_SECONDS = 60.0  # ten times what a page takes on the slowest kiosk; then it hangs
_REST_SECONDS = 300.0
_PATIENCE = 2  # failures in a row, after which it rests
_log = logging.getLogger(__name__)

Tell = Callable[[DeviceError | None], None]


def _nobody(_error: DeviceError | None) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read on the page of that JPEG; turning a page changes all of it but that."""

    jpeg: bytes = field(repr=False)
    reading: "Sensitive[Reading]"


def new_reading_desk(section: "ReadingSection", tell: Tell = _nobody) -> "ReadingDesk":
    """Return the desk of a site that reads, or of one that does not; `tell` as for the desk."""
    if not section.enabled:
        return ReadingDesk(None)
    from kiosk.reading.reader import Reader, ReaderLimits  # noqa: PLC0415 - only where pages are read

    return ReadingDesk(Reader(ReaderLimits(threads=section.threads)), tell)


class ReadingDesk:
    """Reads the pages of one visit. Called on the visit's thread, but for `readings`.

    Args:
        reader: None where the site has no reading; then nothing is ever read.
        tell: told, on the desk's thread, what staff shall know: an error when reading is lost (the kiosk itself starts
            it anew) and again when it is given up for a while (a technician), None when pages are read again.
    """

    def __init__(self, reader: "Reader | None", tell: Tell = _nobody) -> None:
        self._reader = reader
        self._tell = tell
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._lock = threading.Lock()
        self._read: list[_Read] = []
        self._waiting: list[Future[None]] = []
        self._visit = object()
        self._failures = 0
        self._rest: Deadline | None = None

    def warm_up(self) -> None:
        """Have the reader loaded by the time the first page is taken."""
        reader = self._reader
        if reader is not None:
            self._submit(lambda: reader.start(Deadline.after(PAGE_SECONDS)))

    def submit(self, page: "PageImage", done: "Callable[[Reading], None]") -> None:
        """Have a page read; `done` is called on another thread, and not at all where it was not read."""
        reader, visit = self._reader, self._visit
        if reader is None:
            return

        def work() -> None:
            from kiosk.scan.pictures import decode_picture  # noqa: PLC0415 - brings OpenCV, which no screen waits for

            if self._known(page) is not None:
                return
            reading = reader.read(decode_picture(page.jpeg), Deadline.after(PAGE_SECONDS))
            with self._lock:
                if visit is not self._visit:
                    return
                self._read.append(_Read(page.jpeg, reading))
            done(reading.reveal())

        self._submit(work)

    def readings(self, pages: "Sequence[PageImage]") -> "tuple[Reading, ...] | None":
        """Return what was read on these pages, as they are turned now; None unless all of them were. On any thread."""
        found = [self._known(page) for page in pages]
        there = [reading for reading in found if reading is not None]
        return tuple(there) if len(there) == len(pages) else None

    def wipe(self) -> None:
        """Forget all pages, at once; what waits is not read."""
        with self._lock:
            self._visit = object()
            self._read.clear()
        for future in self._waiting:
            future.cancel()
        self._waiting.clear()
        if self._reader is not None:
            self._reader.wipe()

    def close(self) -> None:
        """End the reader and the thread."""
        self.wipe()
        if self._reader is not None:
            self._reader.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _known(self, page: "PageImage") -> "Reading | None":
        with self._lock:
            found = next((each for each in self._read if each.jpeg is page.jpeg), None)
        return None if found is None else found.reading.reveal().turned(page.turns)

    def _submit(self, work: Callable[[], None]) -> None:
        self._waiting = [future for future in self._waiting if not future.done()]
        self._waiting.append(self._pool.submit(self._guarded, work))

    def _guarded(self, work: Callable[[], None]) -> None:
        from kiosk.reading.reader import ReadingError, ReadingFault  # noqa: PLC0415 - only where pages are read

        if self._rest is not None and not self._rest.expired:
            return
        try:
            work()
        except ReadingError as error:
            if error.fault is not ReadingFault.WIPED:
                self._failed(error)
        else:
            if self._failures:
                _log.info("pages are read again")
                self._tell(None)
            self._failures, self._rest = 0, None

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        if self._failures == 1:
            _log.warning("pages are not read, and handed in without text: %s", error)
        if self._failures >= _PATIENCE:
            self._rest = Deadline.after(_REST_SECONDS)
        if self._failures in (1, _PATIENCE):
            self._tell(_lost(error, given_up=self._failures == _PATIENCE))


def _lost(error: Exception, *, given_up: bool) -> DeviceError:
    action = ErrorAction.MAINTENANCE if given_up else ErrorAction.RESET
    detail = f"pages are handed in without text: {error}"
    return DeviceError(CompletionCode.HARDWARE_ERROR, Reason.READING_LOST, action, detail)
