"""The windows that are measured: the kiosk's, enrolled and with simulated devices, and the bare one."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from roles.display import Hand, VirtualScreen
from roles.private_config import write_private_config
from roles.probe_client import Visitor
from roles.processes import ROOT, free_port
from roles.stack import Places, Stack

SIZE = (1080, 1920)
PATCH = 24  # pixels: small enough that asking the X server costs nothing beside a frame
START_SECONDS = 30.0
REST_SECONDS = 0.1


@contextmanager
def kiosk_stack() -> Iterator[tuple[Stack, Visitor]]:
    """Run a whole stack on a virtual screen."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, VirtualScreen(*SIZE) as screen:
        folder = Path(name)
        config = write_private_config(ROOT / "kiosk.toml", folder, {})
        stack = Stack(Places(config, folder, free_port(), free_port(), screen.name))
        hand = Hand(screen.name)
        try:
            stack.start()
            visitor = Visitor(stack.places.probe, hand)
            visitor.wait_screen("attract")
            yield stack, visitor
        finally:
            hand.close()
            stack.stop()


@contextmanager
def bare_window() -> Iterator[tuple[Hand, float]]:
    """Run the bare window; yield a hand on it and the milliseconds until it was there."""
    with VirtualScreen(*SIZE) as screen, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "DISPLAY": screen.name, "KIVY_HOME": home, "KIVY_NO_CONSOLELOG": "1"}
        environment |= {"BENCH_WIDTH": str(SIZE[0]), "BENCH_HEIGHT": str(SIZE[1])}
        hand = Hand(screen.name)
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "bench.bare_window"], cwd=ROOT, env=environment)
        try:
            black = hand.patch(500, 900, PATCH)
            wait_change(hand, 500, 900, black, START_SECONDS)
            taken = (time.perf_counter() - began) * 1000
            _warm_up(hand)
            yield hand, taken
        finally:
            process.terminate()
            process.wait()
            hand.close()


def _warm_up(hand: Hand) -> None:
    """Touch until it is seen: a window's first pixels come a moment before its first touch."""
    for _ in range(10):
        with suppress(TimeoutError):
            touch_and_wait(hand, 500, 900)
            return


def wait_change(hand: Hand, x: int, y: int, before: bytes, seconds: float = 2.0) -> float:
    """Wait until that patch of the screen shows something else; return the milliseconds.

    Raises:
        TimeoutError: it did not.
    """
    began = time.perf_counter()
    while hand.patch(x, y, PATCH) == before:
        if time.perf_counter() - began > seconds:
            raise TimeoutError("the window did not change")
        time.sleep(0.002)  # a busy loop would take from the X server the very time that is measured
    return (time.perf_counter() - began) * 1000


def touch_and_wait(hand: Hand, x: int, y: int) -> float:
    """Touch, and return the milliseconds until the place shows it."""
    before = hand.patch(x, y, PATCH)
    hand.move(x + PATCH // 2, y + PATCH // 2)
    hand.press()
    try:
        return wait_change(hand, x, y, before)
    finally:
        hand.release()
        _rest(hand, x, y)


def _rest(hand: Hand, x: int, y: int) -> None:
    """Wait until the place has kept its look: a touch that comes sooner is measured against the one before it."""
    last, since = hand.patch(x, y, PATCH), time.perf_counter()
    while time.perf_counter() - since < REST_SECONDS:
        time.sleep(0.005)
        now = hand.patch(x, y, PATCH)
        if now != last:
            last, since = now, time.perf_counter()
