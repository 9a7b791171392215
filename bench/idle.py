"""All devices idle under their workers in one process: their share of one core, simulators aside."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.devices import devices
from bench.figures import Figure
from drivers.model import DeviceClass

SECONDS = 30.0
_SETTLED = 3.0  # seconds for what is done once at the start
_GOAL = 2.0


def measure() -> Iterator[Figure]:
    """Yield the share of each device's threads, the camera's capture process with it, and of all of them."""
    with devices() as stands:
        time.sleep(_SETTLED)
        before, began = _used(), time.monotonic()
        time.sleep(SECONDS)
        after, seconds = _used(), time.monotonic() - began
    shares = {
        stand.device_class.value: (after[stand.device_class] - before[stand.device_class]) / seconds * 100
        for stand in stands
    }
    for name, share in shares.items():
        yield Figure.of(f"idle_{name}", share, "% of a core", _GOAL, "a part of the next figure")
    yield Figure.of("idle_all_devices", sum(shares.values()), "% of a core", _GOAL, "value <= 2 %")


def _used() -> dict[str, float]:
    """Return the seconds of processor time each device has used so far."""
    used: dict[str, float] = {}
    for thread in threading.enumerate():
        role, _, name = thread.name.partition(" ")
        if role in ("device", "watchdog"):
            used[name] = used.get(name, 0.0) + _seconds(Path(f"/proc/self/task/{thread.native_id}"))
    for child in psutil.Process().children():
        if "spawn_main" in " ".join(child.cmdline()):  # as multiprocessing starts the camera's
            used[DeviceClass.DOCUMENT_CAMERA] += sum(map(_seconds, Path(f"/proc/{child.pid}/task").iterdir()))
    return used


def _seconds(task: Path) -> float:
    """Return a thread's time on a processor: by the scheduler, for ticks would miss what takes less than one."""
    return int((task / "schedstat").read_text().split()[0]) / 1e9
