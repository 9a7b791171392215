"""The eye and finger of the demo: reads what the window shows (screens/probe.py) and touches it like a person."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roles.display import Hand

STEP_SECONDS = 20.0
SETTLE_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Seen:
    """What the window shows: names and places, no personal data. Targets are x, y, width, height in pixels."""

    screen: str
    state: str
    frame: int
    targets: dict[str, tuple[float, float, float, float]]
    facts: dict[str, Any]


def look(path: Path, seconds: float = 5.0) -> Seen:
    """Ask the window's probe what is on the screen."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(seconds)
        link.connect(str(path))
        raw = b""
        while piece := link.recv(65536):
            raw += piece
    said = json.loads(raw)
    targets = {name: (x, y, w, h) for name, (x, y, w, h) in said["targets"].items()}
    return Seen(said["screen"], said["state"], said["frame"], targets, said)


class Visitor:
    """A person at the window: looks, waits, touches."""

    def __init__(self, probe: Path, hand: Hand) -> None:
        self._probe = probe
        self.hand = hand

    def look(self) -> Seen:
        """Look at the window."""
        return look(self._probe)

    def wait(self, what: str, happened: Callable[[Seen], bool], seconds: float = STEP_SECONDS) -> Seen:
        """Wait until the window shows it.

        Raises:
            TimeoutError: naming what was waited for and what was shown instead.
        """
        deadline = time.monotonic() + seconds
        seen = self.look()
        while not happened(seen):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: the window shows {seen.screen} with {sorted(seen.targets)}")
            time.sleep(0.03)
            seen = self.look()
        return seen

    def wait_screen(self, name: str, seconds: float = STEP_SECONDS) -> Seen:
        """Wait for a screen by name."""
        return self.wait(f"screen {name}", lambda seen: seen.screen == name, seconds)

    def wait_other(self, before: Seen) -> Seen:
        """Wait until the window offers other targets than `before`."""
        return self.wait("another page", lambda seen: seen.targets != before.targets)

    def tap(self, target: str, seconds: float = STEP_SECONDS) -> None:
        """Touch the middle of a target as soon as it is there."""
        seen = self.wait(f"target {target}", lambda now: target in now.targets, seconds)
        x, y, width, height = seen.targets[target]
        self.hand.touch(x + width / 2, y + height / 2)

    def read_and_tap(self, target: str) -> None:
        """Turn the leaves of a page that must be read first, then touch a target of its last one."""
        seen = self.wait(f"target {target}, or a leaf to turn", lambda now: bool({target, "later"} & set(now.targets)))
        while target not in seen.targets:
            self.tap("later")
            seen = self.wait_other(seen)
        self.tap(target)

    def settle(self) -> None:
        """Wait until the window has drawn again, or shown that there is nothing new to draw."""
        frame = self.look().frame
        deadline = time.monotonic() + SETTLE_SECONDS
        while self.look().frame < frame + 2 and time.monotonic() < deadline:
            time.sleep(0.02)

    def type(self, keys: str) -> None:
        """Touch keys of the keyboard on the screen, one after the other."""
        for key in keys:
            self.tap(f"key:{key}")
            time.sleep(0.04)

    def draw_in(self, target: str, strokes: list[list[tuple[float, float]]]) -> None:
        """Draw strokes given in fractions (0 to 1) of a target."""
        seen = self.wait(f"target {target}", lambda now: target in now.targets)
        left, top, width, height = seen.targets[target]
        for stroke in strokes:
            self.hand.stroke([(left + x * width, top + y * height) for x, y in stroke])
