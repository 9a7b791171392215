"""What the kiosk and its reading child say to each other: short letters on a pipe, pages and answers in shared memory.

One decision: the memory is a memfd handed to the child, so that a page has no name and no file, and a letter is short
enough that neither side ever waits for the other to take it.
"""

import json
import mmap
import os
import struct
from dataclasses import dataclass
from multiprocessing import reduction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.reading.results import Corners, Line, Reading

Image = NDArray[np.uint8]

READY, DONE, FAULT = b"R", b"D", b"X"
"""What the child says: loaded and waiting; an answer of so many bytes is in the memory; text: why it could not."""
_PAGE = struct.Struct("<II")  # height, width
_DONE = struct.Struct("<I")  # bytes
DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
"""The models: files of RapidOCR's wheel."""
CAPACITY = 64 * 2**20  # bytes: A3 at 300 dpi is 52 million
_MOST_LINES = 5000


class AnswerError(Exception):
    """The child's answer is not one; a defect. Its text is not quoted."""


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """What the child is told at its birth: where the models are, how many threads, and its most memory in bytes."""

    models: str
    threads: int
    data_bytes: int


def ensure_page(page: Image) -> None:
    """Refuse what is no page.

    Raises:
        ValueError: it is no uint8 BGR (h, w, 3), or too large.
    """
    if page.dtype != np.uint8 or page.ndim != 3 or page.shape[2] != 3 or not 0 < page.size <= CAPACITY:  # noqa: PLR2004 - (h, w, 3)
        raise ValueError(f"a page to be read must be uint8 BGR of at most {CAPACITY} bytes, not {page.shape}")


class PageMemory:
    """Room for one page and its answer. Pickles only into a process that is being spawned."""

    def __init__(self) -> None:
        self._descriptor = os.memfd_create("page to be read")
        os.ftruncate(self._descriptor, CAPACITY)
        self._memory = mmap.mmap(self._descriptor, CAPACITY)
        self._used = 0

    def __getstate__(self) -> tuple[Any]:
        return (reduction.DupFd(self._descriptor),)

    def __setstate__(self, state: tuple[Any]) -> None:
        (duplicate,) = state
        self._descriptor = duplicate.detach()
        self._memory = mmap.mmap(self._descriptor, CAPACITY)
        self._used = 0

    def put_page(self, page: Image) -> bytes:
        """Write a page that can be read (`ensure_page`); return the letter that tells of it."""
        self._used = max(self._used, page.size)
        np.frombuffer(self._memory, np.uint8, page.size)[:] = page.reshape(-1)
        return _PAGE.pack(page.shape[0], page.shape[1])

    def page(self, letter: bytes) -> Image:
        """Return the page a letter tells of; it is the memory itself."""
        height, width = _PAGE.unpack(letter)
        return np.frombuffer(self._memory, np.uint8, height * width * 3).reshape(height, width, 3)

    def put_answer(self, reading: Reading) -> bytes:
        """Write an answer over the page; return the letter that tells of it."""
        lines = [(line.text, line.quad, line.confidence) for line in reading.lines[:_MOST_LINES]]
        answer = json.dumps((lines, reading.size, reading.turns)).encode()
        self._memory[: len(answer)] = answer
        return DONE + _DONE.pack(len(answer))

    def answer(self, letter: bytes) -> Reading:
        """Return the answer a letter (without its first byte) tells of.

        Raises:
            AnswerError: it is none.
        """
        try:
            (size,) = _DONE.unpack(letter)
            self._used = max(self._used, size)
            lines, (width, height), turns = json.loads(self._memory[:size])
            return Reading(tuple(_line(*line) for line in lines), (int(width), int(height)), turns)
        except (struct.error, ValueError, TypeError) as error:
            raise AnswerError("the reading child's answer cannot be understood") from error

    def wipe(self) -> None:
        """Overwrite what was written (promise 2)."""
        np.frombuffer(self._memory, np.uint8, self._used)[:] = 0
        self._used = 0

    def close(self) -> None:
        """Overwrite it and give it back."""
        self.wipe()
        self._memory.close()
        os.close(self._descriptor)


def _line(text: str, quad: list[list[float]], confidence: float) -> Line:
    one, two, three, four = ((float(x), float(y)) for x, y in quad)
    corners: Corners = (one, two, three, four)
    return Line(text, corners, float(confidence))
