"""The one writer: a thread that takes pieces of work from a queue and commits them in groups.

One decision: a piece of work runs in its own savepoint, and its caller hears nothing before the commit. So a refusal
undoes itself alone, thirty requests cost one fsync, and an answer that was given is an answer that is on the disk.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from office.errors import OfficeError

T = TypeVar("T")
GROUP = 64  # pieces of work in one commit: more only lengthens the wait of the first


@dataclass(slots=True)
class _Work(Generic[T]):
    run: Callable[[Session], T]
    future: Future[T]
    result: T | None = None
    error: Exception | None = None

    def attempt(self, session: Session) -> None:
        """Run in a savepoint; a failure undoes this piece of work alone and is kept for its caller."""
        try:
            with session.begin_nested():
                self.result = self.run(session)
        except Exception as error:  # noqa: BLE001 - the writer's one guard: the caller raises it again
            self.error = error

    def settle(self, failure: Exception | None) -> None:
        """Tell the caller, after the commit."""
        if error := (self.error or failure):
            self.future.set_exception(error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type] # set whenever error is None


class Writer:
    """Owns the writing connection. `run` may be called from any thread but the writer's own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Work[object] | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._loop, name="office-writer", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` in the next commit and return its result once that is durable; raise what it raised.

        Raises:
            OfficeError: the writer is closed.
            SQLAlchemyError: the commit failed (a full disk, say); nothing of the group is stored.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                message = "the office is closing and takes no more work"
                raise OfficeError(message)
            self._queue.put(_Work(work, future))  # type: ignore[arg-type] # a queue of works of every result
        return future.result()

    def close(self) -> None:
        """Finish what was asked, then stop."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _loop(self) -> None:
        while group := self._next_group():
            failure: Exception | None = None
            try:
                with Session(self._engine) as session, session.begin():
                    for work in group:
                        work.attempt(session)
            except SQLAlchemyError as error:
                failure = error
            for work in group:
                work.settle(failure)

    def _next_group(self) -> list[_Work[object]]:
        """Wait for the first piece of work, then take along what has gathered. Empty: closed, and all is done."""
        group: list[_Work[object]] = []
        first = self._queue.get()
        while first is not None:
            group.append(first)
            if len(group) == GROUP or self._queue.empty():
                return group
            first = self._queue.get()
        if group:
            self._queue.put(None)
        return group
