"""The capture child: a process of its own, because a camera's `read` can block for ever and take a process with it.

One decision: it is spawned once and then waits on its pipe without using the processor; it holds the camera open only
from one "go" to a "stop", or until nobody asked for `idle_seconds`, and then wipes the frames it wrote. A thread reads
the pipe: when the parent is gone, however it died, the pipe ends and so does the child, even out of a blocked `read`.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from drivers.camera_inspector import Inspector
from drivers.camera_known import Known
from drivers.camera_ring import FrameRing
from drivers.camera_source import Image, Source, SourceFault, Wanted

if TYPE_CHECKING:
    from drivers.camera_moved import MoveWatch

GO, STOP, PING = b"G", b"S", b"P"
READY, FRAME, IDLE, PONG = b"R", b"F", b"I", b"p"
"""What the child says in a letter: imported and waiting; frame in the ring; camera closed; I am there (to PING)."""
OPENED, FAULT, WATCHES, MOVED = b"O", b"X", b"W", b"M"
"""And with text after it: camera open, and a line for each setting it did not take; reason, detail and facts as
JSON; text: it can notice a move; the sentence that says by how much the tray moved, none: it has not."""

_RETRY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """What the child is told at its birth; `known` is the calibration of this camera, if there is one."""

    url: str
    wanted: Wanted
    idle_seconds: float
    first_number: int
    known: Known | None = None


def run(connection: Connection, ring: FrameRing, settings: ChildSettings) -> None:
    """Serve the driver at the other end of `connection` until it is gone."""
    # OpenCV is for the child; a driver that only watches over it never loads it.
    from drivers.camera_moved import MoveWatch  # noqa: PLC0415
    from drivers.camera_sources import open_source  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    demand = _Demand(settings.idle_seconds)
    speaker = _Speaker(connection)
    threading.Thread(target=_listen, args=(connection, speaker, demand), name="orders", daemon=True).start()
    speaker.say(READY)
    number = settings.first_number
    while True:
        demand.wait()
        watch = None if settings.known is None else MoveWatch(settings.known)
        session = _Session(speaker, ring, Inspector((settings.wanted.width, settings.wanted.height)), watch)
        number = session.run(partial(open_source, settings.url, settings.wanted), demand, number)
        ring.wipe()
        speaker.say(IDLE)


class _Speaker:
    """Speaks to the driver, one word at a time: the thread that reads the pipe answers on it too."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def say(self, kind: bytes, text: str = "") -> None:
        with self._lock:
            self._connection.send_bytes(kind + text.encode())


class _Demand:
    """Whether frames are wanted now."""

    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._asked = threading.Event()
        self._until = 0.0

    def go(self) -> None:
        self._until = time.monotonic() + self._idle_seconds
        self._asked.set()

    def stop(self) -> None:
        self._until = 0.0

    def wait(self) -> None:
        while not self.lasts():
            self._asked.clear()
            if not self.lasts():
                self._asked.wait()

    def lasts(self) -> bool:
        return time.monotonic() < self._until


def _listen(connection: Connection, speaker: _Speaker, demand: _Demand) -> None:
    orders: dict[bytes, Callable[[], None]] = {GO: demand.go, STOP: demand.stop, PING: partial(speaker.say, PONG)}
    while True:
        try:
            order = connection.recv_bytes()
        except (EOFError, OSError):
            os._exit(0)  # the main thread may be stuck in a read that never returns
        orders[order]()


class _Session:
    """One stretch of capturing, from the camera's opening to its closing."""

    def __init__(self, speaker: _Speaker, ring: FrameRing, inspector: Inspector, watch: "MoveWatch | None") -> None:
        self._say = speaker.say
        self._ring = ring
        self._inspector = inspector
        self._watch = watch

    def run(self, open_camera: Callable[[], Source], demand: _Demand, number: int) -> int:
        """Put frames into the ring while they are wanted; return the next number."""
        source: Source | None = None
        try:
            source = open_camera()
            self._say(OPENED, "\n".join(source.not_taken))
            if self._watch is not None:
                self._say(WATCHES, "yes" if self._watch.can_tell else "")
            while demand.lasts():
                number += self._take(source.read(), number, live=source.live)
        except SourceFault as fault:
            self._tell(fault)
            time.sleep(_RETRY_SECONDS)
        finally:
            if source is not None:
                source.close()
        return number

    def _take(self, image: Image, number: int, *, live: bool) -> bool:
        """Put a frame into the ring, or say what is wrong with it; return whether it was put."""
        now = time.monotonic()
        fault = self._inspector.fault(image, now, live=live)
        if fault is not None:
            self._tell(fault)
            return False
        self._ring.put(image, number, now)
        self._say(FRAME)
        if self._watch is not None and (told := self._watch.news(image, now)) is not None:
            self._say(MOVED, told)
        return True

    def _tell(self, fault: SourceFault) -> None:
        self._say(FAULT, json.dumps([fault.reason, fault.detail, dict(fault.facts)]))
