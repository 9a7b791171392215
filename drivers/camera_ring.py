"""Three frames in memory that the capture child writes and the driver reads: no copy through a pipe, no lock, no name.

One decision: the memory is a memfd handed to the child, not a named segment, so nothing is left behind whatever dies.
A slot's number is taken away while it is written and given back after (a seqlock); a reader whose slot was rewritten
meanwhile takes the next. Three slots: one being written, one being read, one the newest.
"""

import mmap
import os
import struct
from multiprocessing import reduction
from typing import Any

import numpy as np
from numpy.typing import NDArray

SLOTS = 3
_HEADER = struct.Struct("<QdII")  # number from 1 (0: being written or empty), monotonic seconds, height, width
_HEADER_SIZE = 64


class FrameRing:
    """A ring of BGR frames of at most `capacity` bytes each. Pickles only into a process that is being spawned."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._descriptor = os.memfd_create("document camera frames")
        os.ftruncate(self._descriptor, self._size())
        self._memory = mmap.mmap(self._descriptor, self._size())

    def __getstate__(self) -> tuple[int, Any]:
        return self.capacity, reduction.DupFd(self._descriptor)

    def __setstate__(self, state: tuple[int, Any]) -> None:
        self.capacity, duplicate = state
        self._descriptor = duplicate.detach()
        self._memory = mmap.mmap(self._descriptor, self._size())

    def put(self, image: NDArray[np.uint8], number: int, taken_at: float) -> None:
        """Write frame `number` (from 1, rising) into the slot of the oldest; the image fits `capacity`."""
        slot = number % SLOTS
        height, width = image.shape[:2]
        _HEADER.pack_into(self._memory, slot * _HEADER_SIZE, 0, 0.0, 0, 0)
        target = np.frombuffer(self._memory, np.uint8, image.size, self._start(slot))
        target[:] = image.reshape(-1)
        _HEADER.pack_into(self._memory, slot * _HEADER_SIZE, number, taken_at, height, width)

    def latest(self, newer_than: int) -> tuple[NDArray[np.uint8], float, int] | None:
        """Return image, monotonic time and number of the newest frame above `newer_than`, None if there is none."""
        for _ in range(SLOTS):
            slot, (number, taken_at, height, width) = max(
                ((slot, self._header(slot)) for slot in range(SLOTS)), key=lambda found: found[1][0]
            )
            if number == 0 or number <= newer_than:
                return None
            size = height * width * 3
            image = np.frombuffer(self._memory, np.uint8, size, self._start(slot)).reshape(height, width, 3).copy()
            if self._header(slot)[0] == number:
                return image, taken_at, number
        return None

    def wipe(self) -> None:
        """Overwrite every frame (promise 2)."""
        for slot in range(SLOTS):
            _HEADER.pack_into(self._memory, slot * _HEADER_SIZE, 0, 0.0, 0, 0)
        np.frombuffer(self._memory, np.uint8, SLOTS * self.capacity, self._start(0))[:] = 0

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self._descriptor)

    def _header(self, slot: int) -> tuple[int, float, int, int]:
        number, taken_at, height, width = _HEADER.unpack_from(self._memory, slot * _HEADER_SIZE)
        return number, taken_at, height, width

    def _start(self, slot: int) -> int:
        return SLOTS * _HEADER_SIZE + slot * self.capacity

    def _size(self) -> int:
        return SLOTS * (_HEADER_SIZE + self.capacity)
