"""The flight recorder: the last frames that passed, kept in memory, shown with an error, never whole.

One decision: masking happens as bytes arrive, not when they are shown. Of each frame only the first 5 bytes (a
protocol's preamble), the last 2 and the length are ever kept, however the bytes were chopped on their way.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from drivers.transport import Direction

_HEAD = 5
_TAIL = 2


@dataclass(slots=True)
class _Frame:
    at: float
    direction: Direction
    head: bytes
    tail: bytes
    length: int

    def add(self, data: bytes) -> None:
        """Take more bytes of the same frame."""
        room = _HEAD - len(self.head)
        self.head += data[:room]
        self.tail = (self.tail + data[room:])[-_TAIL:]
        self.length += len(data)

    def __str__(self) -> str:
        hidden = self.length - len(self.head) - len(self.tail)
        parts = [self.head.hex(" "), f"({hidden} bytes)" if hidden else "", self.tail.hex(" ")]
        return f"{self.at:.3f} {self.direction} {' '.join(filter(None, parts))}"


class FlightRecorder:
    """The last `frames` frames of one device. A frame is what passed in one direction before the other one spoke."""

    def __init__(self, frames: int = 50, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._frames: deque[_Frame] = deque(maxlen=frames)

    def add(self, direction: Direction, data: bytes) -> None:
        """Take a chunk that passed; a chunk that follows one of the same direction continues its frame."""
        if not data:
            return
        with self._lock:
            # Joined, so that a line that dribbles cannot leak a card byte by byte in "frames" too short to be masked.
            if not self._frames or self._frames[-1].direction != direction:
                self._frames.append(_Frame(self._clock(), direction, b"", b"", 0))
            self._frames[-1].add(data)

    def dump(self) -> list[str]:
        """Return one line a frame, oldest first: monotonic seconds, direction, masked bytes in hex."""
        with self._lock:
            return [str(frame) for frame in self._frames]
