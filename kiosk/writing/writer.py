"""The kiosk's end of writing: starts the process that composes, asks it with a deadline, ends it with the visit."""

import logging
import multiprocessing
import pickle
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import MappingProxyType

from kiosk.writing import child
from kiosk.writing.child import Engine
from kiosk.writing.composing import Composed
from kiosk.writing.zinnia import Strokes

_READY_SECONDS = 1.0  # that a key waits for a process that is still loading
_START_SECONDS = 60.0  # half a second on an idle machine; what is not there by then will not come
_ANSWER_SECONDS = 3.0  # 24 ms at worst on an idle machine
_MOST_FAILURES = 3  # in one visit
_log = logging.getLogger(__name__)


class WriterError(Exception):
    """The process that composes ended or does not answer, or has not that engine; nothing typed is in the text."""


class WriterNotReadyError(WriterError):
    """The process that composes is still loading: the key can be pressed again."""


class Writer:
    """One process a visit; begun ahead, so that the first key is answered at once."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._missing: dict[str, str] | None = None  # not told yet
        self._told: dict[str, str] = {}
        self._failures = 0
        self._started = 0.0  # seconds of the monotonic clock

    @property
    def ready(self) -> bool:
        """Tell whether the process is there and has loaded what it has."""
        self._greet(0)
        return self._connection is not None and self._missing is not None

    @property
    def process_id(self) -> int | None:
        """Return the process that composes, None while there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process if there is none; returns at once, what it loads it loads beside."""
        if self._process is not None or self._failures >= _MOST_FAILURES:
            return
        context = multiprocessing.get_context("spawn")  # Kivy's threads and windows are not for a fork to share
        self._connection, far = context.Pipe()
        self._process = context.Process(target=child.run, args=(far,), name="writing", daemon=True)
        self._process.start()
        far.close()
        self._missing, self._started = None, time.monotonic()

    def missing(self) -> MappingProxyType[str, str]:
        """Return what cannot be asked, as far as it is known by now, and why."""
        if self._failures >= _MOST_FAILURES:
            return MappingProxyType(dict.fromkeys(map(str, Engine), "the process that composes ended too often"))
        self._greet(0)
        return MappingProxyType(self._missing or self._told)

    def key(self, engine: Engine, letter: str) -> Composed:
        """Type one letter or stroke.

        Raises:
            WriterNotReadyError: what composes is still loading.
            WriterError: it cannot be composed; what was being composed is gone.
        """
        return self._ask(engine, "key", letter)

    def erase(self, engine: Engine) -> Composed:
        """Take the last one back; raises as `key` does."""
        return self._ask(engine, "erase", None)

    def choose(self, engine: Engine, index: int) -> Composed:
        """Take a candidate by its place; raises as `key` does."""
        return self._ask(engine, "choose", index)

    def clear(self, engine: Engine) -> None:
        """Drop the composition; raises as `key` does."""
        self._ask(engine, "clear", None)

    def recognise(self, strokes: Strokes) -> Composed:
        """Return the characters that strokes in a square of side 1 may be; raises as `key` does."""
        return self._ask(Engine.HAND, "recognise", strokes)

    def forget(self) -> None:
        """End the process, and all that was written in it; the next visit has one of its own."""
        self._end()
        self._failures = 0

    def _ask(self, engine: Engine, deed: str, what: object) -> Composed:
        self.start()
        self._greet(_READY_SECONDS)
        connection, missing = self._connection, self._missing
        if connection is None:
            raise WriterError("the process that composes is gone")
        if missing is None:
            raise WriterNotReadyError("the process that composes is still loading")
        if engine in missing:
            raise WriterError(f"{engine} is not to be had")
        try:
            connection.send((str(engine), deed, what))
            if connection.poll(_ANSWER_SECONDS):
                answer: Composed = connection.recv()
                return answer
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._fail()
            raise WriterError("the process that composes ended") from error
        self._fail()
        raise WriterError("the process that composes does not answer")

    def _greet(self, seconds: float) -> None:
        """Wait so long to hear what cannot be asked, if it was not heard yet; told to the log once for each."""
        connection = self._connection
        if connection is None or self._missing is not None:
            return
        try:
            if not connection.poll(seconds):
                if time.monotonic() - self._started > _START_SECONDS:
                    self._fail()
                return
            self._missing = dict(connection.recv())
        except (OSError, EOFError, pickle.UnpicklingError):
            self._fail()
            return
        if self._missing != self._told:
            for engine, why in self._missing.items():
                _log.warning("writing by %s is not possible: %s", engine, why)
        self._told = self._missing

    def _fail(self) -> None:
        self._end()
        self._failures += 1
        _log.warning("the process that composes was lost (%d of %d a visit)", self._failures, _MOST_FAILURES)

    def _end(self) -> None:
        process, self._process = self._process, None
        connection, self._connection = self._connection, None
        self._missing = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join()
            process.close()
