"""The eye and finger of the demo: reads what the window shows (screens/probe.py) and touches it like a person."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roles.display import Hand

STEP_SECONDS = 60.0  # for a machine that is busy with other things: who waits for what is there does not wait
SETTLE_SECONDS = 0.4
LOOK_SECONDS = 0.02
STILL_HERE = "still_here"  # the countdown's button, where the window asks whether anybody is there


@dataclass(frozen=True, slots=True)
class Seen:
    """What the window shows: names and places, no personal data.

    Attributes:
        frame: how many it has drawn.
        drawn: whether the page of the moment is on the glass already.
        touches: how many fingers were lifted, and what they did is done.
        taken: how many of them something on the page took.
        targets: what can be touched: x, y, width, height in pixels from the top left.
        facts: all that it said.
    """

    screen: str
    state: str
    frame: int
    drawn: bool
    touches: int
    taken: int
    targets: dict[str, tuple[float, float, float, float]]
    facts: dict[str, Any]


def look(path: Path, seconds: float = 20.0) -> Seen:
    """Ask the window's probe what is on the screen.

    Raises:
        OSError: there is no window, or it ended while it was asked.
    """
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(seconds)
        link.connect(str(path))
        raw = b""
        while piece := link.recv(65536):
            raw += piece
    if not raw.endswith(b"\n"):
        raise ConnectionError("the window ended while it was asked")
    said = json.loads(raw)
    targets = {name: (x, y, w, h) for name, (x, y, w, h) in said["targets"].items()}
    numbers = said["frame"], said["drawn"], said["touches"], said["taken"]
    return Seen(said["screen"], said["state"], *numbers, targets, said)


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
            time.sleep(LOOK_SECONDS)
            seen = self.look()
        return seen

    def wait_screen(self, name: str, seconds: float = STEP_SECONDS) -> Seen:
        """Wait for a screen by name."""
        return self.wait(f"screen {name}", lambda seen: seen.screen == name, seconds)

    def tap(self, target: str, seconds: float = STEP_SECONDS) -> None:
        """Touch the middle of a target as soon as it is there; returns when the window has done what that does.

        Where the page was built anew under the finger and nothing took the touch, a person touches again.
        """
        while True:
            seen = self._until_there(target, seconds)
            x, y, width, height = seen.targets[target]
            if self.touch(x + width / 2, y + height / 2, seen):
                return

    def tap_until(
        self, target: str, what: str, happened: Callable[[Seen], bool], seconds: float = STEP_SECONDS
    ) -> Seen:
        """Touch a target as often as it takes until the window shows it: some act only once they could be read.

        Raises:
            TimeoutError: as of `wait`.
        """

        def pressed(seen: Seen) -> bool:
            if happened(seen):
                return True
            if target in seen.targets:
                x, y, width, height = seen.targets[target]
                self.touch(x + width / 2, y + height / 2, seen)
            return False

        return self.wait(what, pressed, seconds)

    def touch(self, x: float, y: float, before: Seen | None = None) -> bool:
        """Touch a place in pixels, wait until the window has done what that does, and tell whether anything took it.

        A window that the touch ends (`use`, at a technician's page) has taken it.
        """
        before = before or self.look()
        self.hand.touch(x, y)
        try:
            after = self.wait("the touch is felt", lambda now: now.touches != before.touches)
        except (ConnectionError, FileNotFoundError):
            return True
        return after.taken != before.taken

    def _until_there(self, target: str, seconds: float) -> Seen:
        """Wait for a target; asked meanwhile whether anybody is there, say so."""
        either = {target, STILL_HERE}
        while True:
            seen = self.wait(f"target {target}", lambda now: bool(either & now.targets.keys()), seconds)
            if target in seen.targets:
                return seen
            x, y, width, height = seen.targets[STILL_HERE]
            self.touch(x + width / 2, y + height / 2, seen)

    def read_and_tap(self, target: str) -> None:
        """Turn the leaves of a page that must be read first, then touch a target of its last one."""
        seen = self.wait(f"target {target}, or a leaf to turn", lambda now: bool({target, "later"} & set(now.targets)))
        while target not in seen.targets:
            self.tap("later")
            seen = self.look()
        self.tap(target)

    def settle(self) -> None:
        """Wait until the page of the moment is drawn, and until it has moved on or shown that nothing moves."""
        frame = self.wait("the page is drawn", lambda now: now.drawn).frame
        deadline = time.monotonic() + SETTLE_SECONDS
        while self.look().frame < frame + 2 and time.monotonic() < deadline:
            time.sleep(0.02)

    def type(self, keys: str) -> None:
        """Touch keys of the keyboard on the screen, one after the other."""
        for key in keys:
            self.tap(f"key:{key}")

    def draw_in(self, target: str, strokes: list[list[tuple[float, float]]]) -> None:
        """Draw strokes given in fractions (0 to 1) of a target; returns when the window has taken them."""
        seen = self._until_there(target, STEP_SECONDS)
        left, top, width, height = seen.targets[target]
        for stroke in strokes:
            self.hand.stroke([(left + x * width, top + y * height) for x, y in stroke])
        strokes_end = seen.touches + len(strokes)
        self.wait("the strokes are felt", lambda now: now.touches >= strokes_end)
