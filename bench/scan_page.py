"""A page from a 12 MP frame: finding it, all of it, memory over many, and what a reader still reads on it.

The floor of a whole page is the least that any way needs, at the same resolution in the same run: decode, shrink,
edges, warp, even the light out, encode. `BENCH_ROUNDS` is over how many rounds the medians are taken (9).
"""

import gc
import os
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import process_time

import cv2
import numpy as np
import psutil

from bench.figures import Figure
from bench.ocr import edits
from bench.reading_pages import drawn, texts
from drivers.deadline import Deadline
from kiosk.reading.reader import Reader
from kiosk.scan.detect import find_page, working_copy
from kiosk.scan.enhance import MOST_BYTES
from kiosk.scan.geometry import Floats, Image
from kiosk.scan.page import PageImage, make_page
from kiosk.scan.pictures import decode_picture
from kiosk.scan.rectify import MM_PER_INCH
from tests.scenes import REPORTED, Scene, scene

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
LARGE = (4000, 3000)
A4_MM = (210.0, 297.0)
PAGES = 10
SMALL_PRINT = 9.0  # points
_LINES, _PER_LINE, _FEWEST = 40, 36, 1400
SEEN_DPI = 230  # what a camera of 12 MP sees of an A4 in the tray
_KEPT = 0.002  # of the characters may be read wrong, as of larger ones


def measure() -> Iterator[Figure]:
    """Yield the times of finding and of a whole page, the memory after ten, and the mistakes in small print."""
    seen = scene(REPORTED[3], tray="black", papers=["form"], size=LARGE)
    empty = working_copy(seen.frame if seen.empty is None else seen.empty)
    yield from _times(seen, empty)
    yield from _memory(seen, empty)
    yield from small_print()


def _times(seen: Scene, empty: Image) -> Iterator[Figure]:
    """Yield processor milliseconds on one thread: an idle machine needs no more, and what else runs is not in them."""
    jpeg = np.asarray(cv2.imencode(".jpg", seen.frame)[1], np.uint8)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        find, shrink = _busy(partial(find_page, seen.frame, empty)), _busy(partial(working_copy, seen.frame))
        yield Figure.of("scan_quad_12mp", find, "ms", shrink, "value <= 60 ms")
        yield Figure.of("scan_preview_quads_one_thread", 1000 / find, "1/s", 15, "value >= 15")
        for dpi, goal in ((300, "ratio <= 1.5"), (200, "no goal; written densely, a page is packed twice")):
            floor = _busy(partial(_floor, jpeg, seen.quads[0], dpi))
            page = _busy(partial(_page, jpeg, empty, seen.mm_per_pixel, dpi))
            yield Figure.of(f"scan_page_12mp_{dpi}_dpi", page, "ms", floor, goal)
    finally:
        cv2.setNumThreads(threads)


def _busy(work: Callable[[], object]) -> float:
    """Return the median of the milliseconds that the processor works for it."""

    def once() -> float:
        began = process_time()
        work()
        return (process_time() - began) * 1000

    return median(once() for _ in range(ROUNDS))


def _page(jpeg: Image, empty: Image, mm_per_pixel: float | None, dpi: int) -> PageImage:
    frame = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
    quad = find_page(frame, empty)
    if quad is None:
        raise RuntimeError("the page of the bench was not found")
    return make_page(frame, quad, mm_per_pixel, dpi=dpi)


def _floor(jpeg: Image, quad: Floats, dpi: int) -> object:
    """Return a page made with one call of OpenCV a step, and no care."""
    frame = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
    cv2.Canny(cv2.GaussianBlur(working_copy(frame), (5, 5), 0), 50, 150)
    width, height = (round(side * dpi / MM_PER_INCH) for side in A4_MM)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    page = cv2.warpPerspective(frame, cv2.getPerspectiveTransform(quad.astype(np.float32), flat), (width, height))
    light = cv2.GaussianBlur(cv2.resize(page, None, fx=1 / 16, fy=1 / 16, interpolation=cv2.INTER_AREA), (0, 0), 3)
    even = cv2.divide(page, cv2.resize(light, (width, height)), scale=246)
    return cv2.imencode(".jpg", even, [cv2.IMWRITE_JPEG_QUALITY, 85])


def _memory(seen: Scene, empty: Image) -> Iterator[Figure]:
    """Yield the process's memory and Python's after ten pages in a row, against what they were after two."""
    jpeg = np.asarray(cv2.imencode(".jpg", seen.frame)[1], np.uint8)
    process = psutil.Process()
    work = partial(_page, jpeg, empty, seen.mm_per_pixel, 200)
    for _ in range(2):
        work()
    gc.collect()
    resident = process.memory_info().rss / 2**20
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(PAGES):
        work()
    gc.collect()
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    after = process.memory_info().rss / 2**20
    yield Figure.of(f"scan_memory_after_{PAGES}_pages", after, "MiB", resident, "ratio <= 1.02")
    yield Figure.of(f"scan_left_by_{PAGES}_pages", left / 1024, "KiB", 64.0, "value <= 64 KiB of Python's memory")


def small_print() -> Iterator[Figure]:
    """Yield the size of an A4 full of 9 pt, kept at 200 dpi, and the share of its characters read wrong."""
    written = "".join("".join(texts(number)) for number in range(4))[: _LINES * _PER_LINE]
    lines = tuple(written[at : at + _PER_LINE] for at in range(0, len(written), _PER_LINE))
    page = taken_of(drawn(lines, SEEN_DPI, SMALL_PRINT))
    yield Figure.of("scan_small_print_size", len(page.jpeg) / 1000, "kB", MOST_BYTES / 1000, "ratio <= 1")
    reader = Reader()
    try:
        read = reader.read(decode_picture(page.jpeg), Deadline.after(300)).reveal()
    finally:
        reader.close()
    said = "".join("".join(line.text.split()) for line in read.lines)
    wrong = edits("".join(lines), said) / len(written)
    yield Figure.of("scan_small_print_cer", wrong, "share", _KEPT, f"ratio <= 1, of {len(written)} characters")


def taken_of(paper: Image) -> PageImage:
    """Return the page that is kept of a paper drawn at `SEEN_DPI`: photographed in uneven light, with noise."""
    height, width = paper.shape[:2]
    frame = np.full((height + 400, width + 400, 3), 40, np.uint8)
    frame[200:-200, 200:-200] = paper
    shade = np.linspace(1.0, 0.72, frame.shape[1], dtype=np.float32)[None, :, None]
    noise = np.asarray(np.random.default_rng(0).normal(0, 2.5, frame.shape), np.float32)
    lit = np.asarray(cv2.GaussianBlur(frame, (0, 0), 0.7), np.float32) * shade + noise
    frame = np.asarray(np.clip(lit, 0, 255), np.uint8)
    corners = np.array([[200, 200], [width + 200, 200], [width + 200, height + 200], [200, height + 200]], np.float64)
    return make_page(frame, corners, MM_PER_INCH / SEEN_DPI)
