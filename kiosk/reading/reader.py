"""Has pages read by the child, one at a time, each by its deadline; starts it anew when it is gone, stuck or too large.

One decision: a child is killed, never asked to end: what it held of a page goes with its memory, at once.
"""

import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from resource import getpagesize
from typing import TypeVar

from drivers.deadline import Deadline
from drivers.model import Sensitive
from kiosk.reading import child
from kiosk.reading.protocol import (
    DETECTOR,
    DONE,
    FAULT,
    READY,
    RECOGNISER,
    AnswerError,
    ChildSettings,
    Image,
    PageMemory,
    ensure_page,
)
from kiosk.reading.results import Reading

T = TypeVar("T")
_LETTER = 4096  # bytes, the longest the child sends
_JOIN_SECONDS = 1.0  # a killed process is gone long before; the kernel takes its memory back meanwhile


class ReadingFault(StrEnum):
    """Why a page was not read."""

    NOT_STARTED = "NOT_STARTED"
    CRASHED = "CRASHED"
    TIMEOUT = "TIMEOUT"
    FAILED = "FAILED"
    WIPED = "WIPED"


class ReadingError(Exception):
    """A page was not read; `fault` says why. The text names no person and quotes no page."""

    def __init__(self, fault: ReadingFault, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """How long a child lives and how large it gets.

    Attributes:
        pages: read by one child; the next one starts with fresh memory.
        resident_bytes: a child that is larger after a page is not given another.
        data_bytes: no child can have more (``RLIMIT_DATA``); what is asked beyond it fails.
        threads: of the processor that it takes.
    """

    pages: int = 100
    resident_bytes: int = 750 * 2**20
    data_bytes: int = 1536 * 2**20
    threads: int = 2


def models_folder() -> Path:
    """Return where RapidOCR's wheel holds its models.

    Raises:
        ReadingError: it is not installed.
    """
    found = find_spec("rapidocr")
    if found is None or found.origin is None:
        raise ReadingError(ReadingFault.NOT_STARTED, "rapidocr is not installed")
    return Path(found.origin).parent / "models"


class Reader:
    """Reads pages. `read` is called on one thread; `wipe` and `close` on any.

    Args:
        models: the folder of the models; None: those of the wheel.
    """

    def __init__(self, limits: ReaderLimits | None = None, models: Path | None = None) -> None:
        self._limits = limits or ReaderLimits()
        self._models = models
        self._working = threading.Lock()  # held while a child is worked with
        self._lock = threading.Lock()  # of what follows; held for moments
        self._child: _Child | None = None
        self._killed: list[_Child] = []
        self._wipes = 0

    @property
    def pid(self) -> int | None:
        """The child's process, None while there is none."""
        child_now = self._child
        return None if child_now is None else child_now.pid

    def start(self, deadline: Deadline) -> None:
        """Have a child loaded and waiting, so that the first page need not.

        Raises:
            ReadingError: it did not start.
        """
        self._served(deadline, lambda _child, _wipes: None)

    def read(self, page: Image, deadline: Deadline) -> Sensitive[Reading]:
        """Return what is written on a page, uint8 BGR (h, w, 3).

        Raises:
            ReadingError: it was not read, or the visit was wiped meanwhile.
            ValueError: it is no such page.
        """
        ensure_page(page)

        def work(child_now: _Child, wipes: int) -> Sensitive[Reading]:
            with self._lock:
                if wipes != self._wipes:
                    raise ReadingError(ReadingFault.WIPED, "the visit is over")
                child_now.pages += 1
            return Sensitive(child_now.read(page, deadline))

        return self._served(deadline, work)

    def wipe(self) -> None:
        """Forget, at once: a child that has seen a page is killed, and with it a reading under way."""
        with self._lock:
            self._wipes += 1
            if self._child is not None and self._child.pages:
                self._kill()

    def close(self) -> None:
        """End the child, and a reading under way."""
        with self._lock:
            self._wipes += 1
            self._kill()
        with self._working:
            self._bury()

    def _served(self, deadline: Deadline, work: "Callable[[_Child, int], T]") -> T:
        """Do `work` with a child that waits for it; a child that failed, or is too old or too large, goes."""
        wipes = self._wipes
        with self._working:
            self._bury()
            keep = False
            try:
                child_now = self._child or self._born(wipes)
                child_now.wait_until_ready(deadline)
                done = work(child_now, wipes)
                keep = not child_now.worn(self._limits)
            except ReadingError as error:
                if wipes != self._wipes:
                    raise ReadingError(ReadingFault.WIPED, "the visit is over") from error
                raise
            finally:
                if not keep:
                    with self._lock:
                        self._kill()
        return done

    def _born(self, wipes: int) -> "_Child":
        models = self._models or models_folder()
        for name in (DETECTOR, RECOGNISER):
            if not (models / name).is_file():
                raise ReadingError(ReadingFault.NOT_STARTED, f"the model {name} is missing")
        with self._lock:
            if wipes != self._wipes:
                raise ReadingError(ReadingFault.WIPED, "the visit is over")
            self._child = _Child(ChildSettings(str(models), self._limits.threads, self._limits.data_bytes))
            return self._child

    def _kill(self) -> None:
        killed, self._child = self._child, None
        if killed is not None:
            killed.kill()
            self._killed.append(killed)

    def _bury(self) -> None:
        """Give back what killed children left; not while one is worked with."""
        with self._lock:
            killed, self._killed = self._killed, []
        for each in killed:
            each.clear()


class _Child:
    """One child process and the memory it shares with the kiosk."""

    def __init__(self, settings: ChildSettings) -> None:
        context = multiprocessing.get_context("spawn")  # Kivy's threads and windows are not for a fork to share
        self._memory = PageMemory()
        self._ours, theirs = context.Pipe()
        self._process = context.Process(
            target=child.run, args=(theirs, self._memory, settings), name="reading", daemon=True
        )
        self._process.start()
        theirs.close()
        self.pages = 0
        self._is_ready = False

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def wait_until_ready(self, deadline: Deadline) -> None:
        if not self._is_ready:
            self._hear(READY, deadline, ReadingFault.NOT_STARTED)
            self._is_ready = True

    def read(self, page: Image, deadline: Deadline) -> Reading:
        try:
            letter = self._memory.put_page(page)
            self._ours.send_bytes(letter)
            return self._memory.answer(self._hear(DONE, deadline, ReadingFault.FAILED))
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ReadingError(ReadingFault.CRASHED, "the reading child is gone") from error
        except AnswerError as error:
            raise ReadingError(ReadingFault.FAILED, str(error)) from error
        finally:
            self._memory.wipe()

    def worn(self, limits: ReaderLimits) -> bool:
        """Whether it has read enough, or become too large."""
        resident = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * getpagesize()
        return self.pages >= limits.pages or resident > limits.resident_bytes

    def kill(self) -> None:
        self._process.kill()

    def clear(self) -> None:
        """Give back what a killed child leaves."""
        self._process.join(_JOIN_SECONDS)
        self._ours.close()
        self._memory.close()

    def _hear(self, kind: bytes, deadline: Deadline, fault: ReadingFault) -> bytes:
        """Return the letter of that kind, without it."""
        try:
            if not self._ours.poll(deadline.remaining()):
                raise ReadingError(ReadingFault.TIMEOUT, "the reading child did not answer in time")
            letter = self._ours.recv_bytes(_LETTER)
        except (EOFError, ConnectionResetError) as error:
            raise ReadingError(ReadingFault.CRASHED, "the reading child is gone") from error
        if letter[:1] == FAULT:
            raise ReadingError(fault, letter[1:].decode())
        if letter[:1] != kind:
            raise ReadingError(ReadingFault.FAILED, "the reading child said something else")
        return letter[1:]
