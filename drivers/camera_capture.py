"""The capture child as the driver sees it: a process, a pipe to it, and what it has said last."""

import json
import multiprocessing
import time
from multiprocessing.connection import Connection

from drivers import camera_child as child
from drivers.camera_ring import FrameRing
from drivers.deadline import Deadline
from drivers.errors import (
    NO_FACTS,
    CompletionCode,
    DeviceError,
    DeviceGone,
    DeviceTimeout,
    ErrorAction,
    Fact,
    Facts,
    Reason,
)

_ASK_AGAIN_SECONDS = 0.5
_PONG_SECONDS = 0.2  # an idle child answers within a hundredth of it
_END_SECONDS = 0.5

_ACTIONS = {
    Reason.GONE: ErrorAction.MAINTENANCE,
    Reason.FROZEN: ErrorAction.RESET,
    Reason.DARK: ErrorAction.MAINTENANCE,
    Reason.OVEREXPOSED: ErrorAction.MAINTENANCE,
    Reason.GARBLED: ErrorAction.RESET,
    Reason.REFUSED: ErrorAction.CONFIGURATION,
    Reason.CAMERA_MOVED: ErrorAction.MAINTENANCE,
}


class Capture:
    """The child and the pipe to it.

    Attributes:
        is_open: whether it holds the camera open.
        not_taken: which settings the camera did not take; None before it was opened once.
        watches: whether it can notice a move; None before it was opened once.
        moved: why it says that the camera has moved, if it does.
    """

    def __init__(self, ring: FrameRing, settings: child.ChildSettings) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection: Connection
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=child.run, args=(theirs, ring, settings), name="document camera", daemon=True
        )
        self._process.start()
        theirs.close()
        self.is_open = False
        self.not_taken: tuple[str, ...] | None = None
        self.watches: bool | None = None
        self.moved: DeviceError | None = None
        self._asked_at: float | None = None
        self._pinged_at: float | None = None
        self._heard_at = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the child lives."""
        return self._process.is_alive()

    def await_ready(self, deadline: Deadline) -> None:
        """Wait until the child has started up."""
        if self.hear(deadline.remaining()) is None:
            raise DeviceTimeout("the capture did not start in time")

    def ask(self) -> None:
        """Tell the child that frames are wanted, now and for its idle time; not at every call."""
        now = time.monotonic()
        if self._asked_at is None or now - self._asked_at > _ASK_AGAIN_SECONDS:
            if self._asked_at is None:
                self._heard_at = now
            self._asked_at = now
            self._send(child.GO)

    def stop(self) -> None:
        """Tell the child that no frames are wanted."""
        self._asked_at = None
        self._send(child.STOP)

    def silence(self) -> float:
        """Return for how many seconds the child has owed a frame or a word about it; 0 where it owes none."""
        return 0.0 if self._asked_at is None else time.monotonic() - self._heard_at

    def unanswered(self) -> float:
        """Ask whether the child is there at all; return for how many seconds such a question has had no answer."""
        if self._pinged_at is None:
            self._pinged_at = time.monotonic()
            self._send(child.PING)
        return time.monotonic() - self._pinged_at

    def hear_pong(self) -> list[bytes]:
        """Give the child a moment to answer, and return what it said meanwhile."""
        end = time.monotonic() + _PONG_SECONDS
        words = []
        while self._pinged_at is not None and (left := end - time.monotonic()) > 0:
            word = self.hear(left)
            if word is not None:
                words.append(word)
        return words

    def hear(self, seconds: float) -> bytes | None:
        """Return the child's next word, None if there is none in time. Raises `DeviceGone` if it has ended."""
        try:
            if not self._connection.poll(seconds):
                return None
            word = self._connection.recv_bytes()
        except (EOFError, OSError) as error:
            raise DeviceGone("the capture process has ended") from error
        self._take(word)
        return word

    def _take(self, word: bytes) -> None:
        kind, told = word[:1], word[1:].decode()
        if kind == child.PONG:
            self._pinged_at = None
            return  # its listener lives; whether its read comes back is another matter
        self._heard_at = time.monotonic()
        if kind == child.OPENED:
            self.is_open = True
            self.not_taken = tuple(told.splitlines())
        elif kind == child.IDLE:
            self.is_open = False
            self._asked_at = None
        elif kind == child.WATCHES:
            self.watches = bool(told)
        elif kind == child.MOVED:
            self.moved = error_of(Reason.CAMERA_MOVED, told) if told else None

    def end(self) -> None:
        """Close the pipe, which ends the child; kill it if that does not."""
        self._connection.close()
        self._process.join(_END_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()

    def _send(self, order: bytes) -> None:
        try:
            self._connection.send_bytes(order)
        except OSError as error:
            raise DeviceGone("the capture process has ended") from error


def fault_in(word: bytes, before: DeviceError | None) -> DeviceError | None:
    """Return the fault after the child's `word`: a fault stays until a frame comes."""
    if word[:1] == child.FAULT:
        reason, detail, facts = json.loads(word[1:])
        return error_of(Reason(reason), detail, {Fact(name): value for name, value in facts.items()})
    return None if word == child.FRAME else before


def error_of(reason: Reason, detail: str, facts: Facts = NO_FACTS) -> DeviceError:
    """Return the error of a camera for a reason, with who acts on it."""
    if reason is Reason.GONE:
        return DeviceGone(detail, facts=facts)
    return DeviceError(CompletionCode.HARDWARE_ERROR, reason, _ACTIONS[reason], detail, facts)
