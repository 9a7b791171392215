"""Reading, offline: mistakes, milliseconds for an A4 and a card, and the child's memory over many pages.

The floor of the times is RapidOCR as it comes, on the same page in a process that is as low in the queue; that of the
mistakes is the goal.
BENCH_PAGES says over how many pages the memory is measured (40; the goal speaks of 200).
"""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from statistics import median

import numpy as np
import psutil
from numpy.typing import NDArray
from rapidocr import RapidOCR

from bench.figures import Figure, timed
from bench.reading_pages import drawn, texts
from drivers.deadline import Deadline
from kiosk.reading.child import NICE
from kiosk.reading.reader import Reader, ReaderLimits
from kiosk.reading.results import Reading

PAGES = int(os.environ.get("BENCH_PAGES", "40"))
FEW, SIZES = min(20, PAGES // 2), ((137, 12.0), (137, 14.0), (200, 12.0))
CARD = ("姓名王小明", "性别男民族汉", "住址江苏省常熟市支塘镇示例路1号", "公民身份号码320581199001010017")
GOAL = 0.002
_SWEPT = 0.5  # seconds; the child tidies up once its answer is out


def measure() -> Iterator[Figure]:
    """Yield the figures of reading."""
    a4, card = drawn(texts(0), 200), drawn(CARD, 200, 9.0, (85.6, 54.0))
    plain = ProcessPoolExecutor(1, get_context("spawn"), initializer=os.nice, initargs=(NICE,))
    reader = Reader(ReaderLimits(pages=10**6, resident_bytes=2**40))
    try:
        wrong, all_of_them = _mistakes(reader)
        goal = f"<= {GOAL} of {all_of_them} characters, 12 pt at 137 dpi and more"
        yield Figure.of("ocr_cer", wrong / all_of_them, "share", GOAL, goal)
        for name, page in (("a4", a4), ("card", card)):
            floors, values = [], []
            for _ in range(4):  # by turns: the machine's other work falls on both
                floors.append(plain.submit(_plain_ms, page).result())
                values.append(timed(partial(reader.read, page, Deadline.after(300))))
            yield Figure.of(f"ocr_{name}", median(values), "ms", median(floors), "ratio <= 1: RapidOCR as it comes")
        resident = _memory(reader)
        few, many = (median(resident[end - 5 : end]) for end in (FEW, PAGES))
        yield Figure.of(f"ocr_memory_after_{PAGES}_pages", many, "MiB", few, f"ratio <= 1.05 to page {FEW}")
        yield Figure.of("ocr_memory_peak", max(resident), "MiB", 800.0, "<= 800 MiB in the child")
    finally:
        plain.shutdown()
        reader.close()


@cache
def _plain_ocr() -> RapidOCR:
    return RapidOCR(params={"Global.log_level": "critical"})


def _plain_ms(page: NDArray[np.uint8]) -> float:
    """Return the milliseconds that RapidOCR takes for a page, loaded and warm."""
    if not _plain_ocr.cache_info().currsize:
        _plain_ocr()(page)
    return timed(lambda: _plain_ocr()(page))


def _read(reader: Reader, number: int, dpi: int, points: float) -> Reading:
    return reader.read(drawn(texts(number), dpi, points), Deadline.after(300)).reveal()


def _mistakes(reader: Reader) -> tuple[int, int]:
    """Return how many characters were wrong, and how many there were."""
    wrong = total = 0
    for number, (dpi, points) in enumerate(SIZES):
        truth = "".join(texts(number))
        said = "".join("".join(line.text.split()) for line in _read(reader, number, dpi, points).lines)
        wrong += edits(truth, said)
        total += len(truth)
    return wrong, total


def edits(truth: Sequence[str], said: Sequence[str]) -> int:
    """Return the fewest characters to change, add and take out (Levenshtein)."""
    row = list(range(len(said) + 1))
    for i, right in enumerate(truth, 1):
        before, row = row, [i]
        for j, given in enumerate(said, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (right != given)))
    return row[-1]


def _memory(reader: Reader) -> list[float]:
    """Return the child's resident set in MiB after each page; pages of other text and sizes."""
    readings = []
    for number in range(PAGES):
        _read(reader, number, *SIZES[number % len(SIZES)])
        assert reader.pid is not None
        time.sleep(_SWEPT)
        readings.append(psutil.Process(reader.pid).memory_info().rss / 2**20)
    return readings
