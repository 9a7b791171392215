"""Start of the kiosk's process until its first page can be touched, against a bare Kivy window of the same size."""

import time
from collections.abc import Iterator
from statistics import median

from bench.figures import Figure
from bench.window import bare_window, kiosk_stack

STARTS = 3


def measure() -> Iterator[Figure]:
    """Yield the median start."""
    floors = []
    for _ in range(STARTS):
        with bare_window() as (_hand, taken):
            floors.append(taken)
    starts = []
    with kiosk_stack() as (stack, visitor):
        window = stack.children["kiosk"]
        for _ in range(STARTS):
            window.stop()
            began = time.perf_counter()
            window.start()
            while not stack.places.probe.exists():
                time.sleep(0.01)
            visitor.wait("the first page", lambda seen: "start:zh" in seen.targets and seen.frame > 0)
            starts.append((time.perf_counter() - began) * 1000)
    yield Figure.of("start_to_first_page", median(starts), "ms", median(floors), "value <= 3000 ms")
