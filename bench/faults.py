"""A fault a second, somewhere, for a long while: threads, open files and memory at the end against the beginning.

`BENCH_SECONDS` says how long; an hour by hand. Memory is kept as the kiosk keeps it (kiosk.memory).
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from bench.devices import devices
from bench.figures import Figure
from kiosk import memory
from tests.drivers.storm import Storm, well_again

SECONDS = float(os.environ.get("BENCH_SECONDS", "120"))
_TENTHS = 10
_RECOVERY = 10.0
_READINGS = 20

_COUNTS: dict[str, tuple[str, Callable[[], float]]] = {
    "threads": ("threads", threading.active_count),
    "files": ("open files", lambda: len(list(Path("/proc/self/fd").iterdir()))),
    "memory": ("MiB", lambda: psutil.Process().memory_info().rss / 2**20),
}


def measure() -> Iterator[Figure]:
    """Yield how many faults there were, and each count in the last tenth against the first."""
    readings: list[dict[str, float]] = []
    faults = 0
    memory.prepare()
    with devices(brisk=True) as stands:
        storm = Storm(stands, seed=1)
        storm.blow(SECONDS / _TENTHS)  # what is loaded by the first fault of its kind
        for _ in range(_TENTHS):
            faults += storm.blow(SECONDS / _TENTHS)
            storm.calm()
            well_again(stands, _RECOVERY)
            for stand in stands:
                stand.events.clear()  # the test's own notes
            memory.sweep()
            readings.append({name: _least(count) for name, (_, count) in _COUNTS.items()})
    for name, (unit, _) in _COUNTS.items():
        few, many = readings[0][name], readings[-1][name]
        yield Figure.of(f"{name}_after_{faults}_faults", many, unit, few, "ratio <= 1.02")


def _least(count: Callable[[], float]) -> float:
    """Return the smallest of a second's readings: a poll under way has a connection and, at the simulator, a thread."""
    readings = []
    for _ in range(_READINGS):
        readings.append(count())
        time.sleep(1 / _READINGS)
    return min(readings)
