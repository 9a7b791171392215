"""The capture child: a process of its own, because a camera's `read` can block for ever and take a process with it.

One decision: it is spawned once and then waits on its pipe without using the processor; it holds the camera open only
from one "go" to a "stop", or until nobody asked for `idle_seconds`, and then wipes the frames it wrote. A thread reads
the pipe: when the parent is gone, however it died, the pipe ends and so does the child, even out of a blocked `read`.
"""

import os
import signal
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

import numpy as np
from numpy.typing import NDArray

from drivers.camera_ring import FrameRing
from drivers.camera_source import Source, SourceFault, Wanted
from drivers.errors import Reason

GO, STOP = b"G", b"S"
READY, OPENED, FRAME, IDLE, FAULT = b"R", b"O", b"F", b"I", b"X"
"""What the child says: imported and waiting; camera open; frame in the ring; camera closed; FAULT + reason + detail."""

_FROZEN_SECONDS = 2.0
_DARK_LEVEL = 24  # of 255; a matte black tray under its lamp is above it
_FLAT = 0.5  # standard deviation; a sensor's own noise is above it
_ROWS = 16  # every so many rows are looked at: a frame that differs nowhere there differs nowhere
_RETRY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """What the child is told at its birth."""

    url: str
    wanted: Wanted
    idle_seconds: float
    first_number: int


def run(connection: Connection, ring: FrameRing, settings: ChildSettings) -> None:
    """Serve the driver at the other end of `connection` until it is gone."""
    from drivers.camera_sources import open_source  # noqa: PLC0415 - OpenCV is for the child; the driver never needs it

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    demand = _Demand(settings.idle_seconds)
    threading.Thread(target=_listen, args=(connection, demand), name="orders", daemon=True).start()
    connection.send_bytes(READY)
    number = settings.first_number
    while True:
        demand.wait()
        number = _capture(connection, ring, partial(open_source, settings.url, settings.wanted), demand, number)
        ring.wipe()
        connection.send_bytes(IDLE)


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


def _listen(connection: Connection, demand: _Demand) -> None:
    orders = {GO: demand.go, STOP: demand.stop}
    while True:
        try:
            order = connection.recv_bytes()
        except (EOFError, OSError):
            os._exit(0)  # the main thread may be stuck in a read that never returns
        orders[order]()


def _capture(
    connection: Connection, ring: FrameRing, open_camera: Callable[[], Source], demand: _Demand, number: int
) -> int:
    """Put frames into the ring while they are wanted; return the next number."""
    source: Source | None = None
    try:
        source = open_camera()
        connection.send_bytes(OPENED)
        inspector = Inspector(ring.capacity)
        while demand.lasts():
            image = source.read()
            now = time.monotonic()
            fault = inspector.fault(image, now, live=source.live)
            if fault is None:
                ring.put(image, number, now)
                number += 1
                connection.send_bytes(FRAME)
            else:
                _tell(connection, fault)
    except SourceFault as fault:
        _tell(connection, fault)
        time.sleep(_RETRY_SECONDS)
    finally:
        if source is not None:
            source.close()
    return number


def _tell(connection: Connection, fault: SourceFault) -> None:
    connection.send_bytes(FAULT + f"{fault.reason}\n{fault.detail}".encode())


class Inspector:
    """Looks at each frame whether it can be one: not dark, not flat, not the same for ever, not too large."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._digest = -1
        self._since = 0.0

    def fault(self, image: NDArray[np.uint8], now: float, *, live: bool) -> SourceFault | None:
        """Return what is wrong with a frame taken at `now` (monotonic), None if nothing is."""
        if image.size > self._capacity:
            size = f"{image.shape[1]}x{image.shape[0]}"
            return SourceFault(Reason.REFUSED, f"frames are {size}, more than the width and height configured")
        rows = np.ascontiguousarray(image[::_ROWS])
        if np.count_nonzero(rows > _DARK_LEVEL) < rows.size // 500:
            return SourceFault(Reason.DARK, "the picture is black: the lens is covered or the lamp is out")
        if float(rows[::_ROWS].std()) < _FLAT:
            return SourceFault(Reason.GARBLED, "every pixel of the picture is alike")
        digest = zlib.crc32(rows.data)
        if digest != self._digest:
            self._digest, self._since = digest, now
        if live and now - self._since > _FROZEN_SECONDS:
            return SourceFault(Reason.FROZEN, f"the picture has not changed for {now - self._since:.0f} s")
        return None
