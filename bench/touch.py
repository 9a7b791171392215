"""From a real touch (XTEST) to the pixels that show it, on a key of the search page, against a bare Kivy window."""

from collections.abc import Iterator
from statistics import median

from bench.figures import Figure, percentile
from bench.window import PATCH, bare_window, kiosk_stack, touch_and_wait

TOUCHES = 100


def measure() -> Iterator[Figure]:
    """Yield median and 99th percentile."""
    with bare_window() as (hand, _taken):
        floors = [touch_and_wait(hand, 500, 900) for _ in range(TOUCHES)]
    with kiosk_stack() as (_stack, visitor):
        visitor.tap("start:zh")
        visitor.tap("search")
        seen = visitor.wait("the keyboard", lambda now: "key:erase" in now.targets)
        x, y, _width, height = seen.targets["key:erase"]
        left, top = int(x) + 6, int(y + height / 2) - PATCH // 2
        visitor.settle()
        times = [touch_and_wait(visitor.hand, left, top) for _ in range(TOUCHES)]
    yield Figure.of("touch_to_frame_p50", median(times), "ms", median(floors), "the next frame")
    yield Figure.of("touch_to_frame_p99", percentile(times, 99), "ms", percentile(floors, 99), "the next frame")
