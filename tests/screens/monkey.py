"""A monkey at the glass: random touches, papers, cards and troubles; run it long by hand.

`python -m tests.screens.monkey [--touches N] [--seed N] [--wide]` prints what went wrong, with seed and step: the
same command shows it again. The short form is part of the inspection of every page.
"""

import argparse
import logging
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.code_scanner import Code
from drivers.model import DeviceClass
from drivers.sim.specimens import SPECIMENS
from roles.display import VirtualScreen
from tests.screens.studio import Studio, blocks

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from screens.stage import Stage
    from screens.view import View
    from tests.screens.world import World

SHORT = 250
_LEAST_STATES = 8  # of 13: fewer, and nothing was tried
_SECONDS = 0.5  # that pass from one touch to the next
_WAYS_OUT = ("leave", "foot:help", "foot:back", "still_here")
_MOST_STEPS = 24  # that a person needs to leave from anywhere


class Finger:
    """One finger, as Kivy would follow it."""

    def __init__(self, x: float, y: float) -> None:
        self.pos = (x, y)
        self.ud: dict[str, object] = {}
        self.grab_current: object = None
        self.grabbed: list[Widget] = []

    def grab(self, widget: "Widget") -> None:
        """Follow this finger even outside the widget."""
        self.grabbed.append(widget)

    def ungrab(self, widget: "Widget") -> None:
        """Follow it no more."""
        self.grabbed.remove(widget)


class Monkey:
    """Does something, again and again, to one stage."""

    def __init__(self, stage: "Stage", seed: int) -> None:
        self.stage = stage
        self.visit = stage.view.visit
        self.dice = random.Random(seed)
        self.now = 1000.0
        self.seen: set[str] = set()
        stage.view.monotonic = lambda: self.now

    def begin(self) -> None:
        """Start on some page of a visit: deep ones are seldom reached by chance."""
        from tests.screens.scenes import at_fill, at_identify, at_receipt, at_review, at_scan, at_sign

        starts: tuple[Callable[[View], object], ...] = (at_identify, at_fill, at_scan, at_sign, at_review, at_receipt)
        if self.dice.random() < 0.8:
            self.dice.choice(starts)(self.stage.view)
        self._settle(_SECONDS)

    def step(self) -> str:
        """Do one thing; return what it was."""
        doing, weight = zip(*self._deeds().items(), strict=True)
        deed = self.dice.choices(doing, weight)[0]
        deed()
        self._settle(self.dice.choice((_SECONDS, _SECONDS, 8.0)))
        self.seen.add(self.visit.state)
        return getattr(deed, "__name__", str(deed))

    def _deeds(self) -> dict[Callable[[], None], int]:
        return {
            self.press: 60, self.stray: 8, self.two_fingers: 5, self.drag: 8, self.events: 18, self.absence: 1,
        }  # fmt: skip

    def _settle(self, seconds: float) -> None:
        self.now += seconds
        self.visit.tick(self.now)
        if self.stage.key() != self.stage._shown:
            self.stage.build()

    def _down(self, x: float, y: float) -> Finger:
        finger = Finger(x, y)
        self.stage.on_touch_down(finger)
        return finger

    def _move(self, finger: Finger, x: float, y: float) -> None:
        finger.pos = (x, y)
        for widget in list(finger.grabbed):
            finger.grab_current = widget
            widget.on_touch_move(finger)
        finger.grab_current = None

    def _up(self, finger: Finger) -> None:
        for widget in list(finger.grabbed):
            finger.grab_current = widget
            widget.on_touch_up(finger)
        finger.grab_current = None
        self.stage.lifted(None, finger)

    def _somewhere(self) -> tuple[float, float]:
        """Return a place: mostly on something that can be touched."""
        width, height = self.stage.size
        targets = list(self.stage.targets())
        if not targets or self.dice.random() < 0.1:
            return self.dice.uniform(0, width), self.dice.uniform(0, height)
        x, y, wide, high = self.dice.choice(targets)[1]
        return x + self.dice.uniform(0, wide), height - y - self.dice.uniform(0, high)

    def press(self) -> None:
        """Touch one thing."""
        self._up(self._down(*self._somewhere()))

    def stray(self) -> None:
        """Touch the glass anywhere."""
        width, height = self.stage.size
        self._up(self._down(self.dice.uniform(0, width), self.dice.uniform(0, height)))

    def two_fingers(self) -> None:
        """Touch two things at once."""
        one, other = self._down(*self._somewhere()), self._down(*self._somewhere())
        self._up(one)
        self._settle(0.1)
        self._up(other)

    def drag(self) -> None:
        """Draw a finger over the glass; something happens meanwhile now and then."""
        finger = self._down(*self._somewhere())
        for _ in range(self.dice.randrange(1, 8)):
            self._move(finger, *self._somewhere())
        if self.dice.random() < 0.2:
            self.events()
            self._settle(0.1)
        self._up(finger)

    def absence(self) -> None:
        """Go away for a while."""
        self._settle(self.dice.choice((30.0, 70.0, 300.0)))

    def events(self) -> None:
        """Have a device say something, in whatever state the visit is."""
        visit, dice = self.visit, self.dice
        visit.deliver(visit.generation, dice.choice(list(self._events())))

    def _events(self) -> Iterator[Callable[[], None]]:
        from kiosk.papers.kinds import PaperKind
        from kiosk.scan.judge import Fault
        from tests.screens.scenes import GONE, PAPER_OUT
        from tests.screens.tray import another, empty, refused, taken, tray, two_apart
        from tests.screens.world import card

        visit, dice = self.visit, self.dice
        yield lambda: visit.identity_read(card(dice.choice(list(SPECIMENS))))
        yield partial(visit.identity_failed, GONE)
        yield lambda: visit.code_shown(Code("SFM-20261124", "utf-8", None, 12))
        yield lambda: visit.observed(tray(ok=dice.random() < 0.7))
        yield lambda: visit.observed(refused(dice.choice(list(Fault)), may_go_on=dice.random() < 0.5))
        yield lambda: visit.observed(dice.choice((empty, partial(two_apart, offered=True)))())
        yield lambda: visit.page_captured(another())
        yield partial(visit.scan_failed, GONE)
        yield lambda: visit.paper_type_seen(taken(), PaperKind.BANK_CARD, expected=False)
        yield visit.printed
        yield partial(visit.print_failed, PAPER_OUT)
        yield lambda: visit.card_seen(DeviceClass.ID_CARD_READER, lies=dice.random() < 0.5)

    def leave(self) -> str | None:
        """Go back to the first page as a person would; return where that is not possible."""
        self.stage.release()
        self._settle(0.1)
        for _ in range(_MOST_STEPS):
            if self.visit.state == "ATTRACT":
                return None
            offered = dict(self.stage.targets())
            way = next((each for each in _WAYS_OUT if each in offered), None)
            if way is None or self.visit.state == "END":
                self.visit.card_seen(DeviceClass.ID_CARD_READER, lies=False)
                self._settle(20.0)
                continue
            x, y, wide, high = offered[way]
            self._up(self._down(x + wide / 2, self.stage.height - y - high / 2))
            self._settle(1.0)
        return f"no way out of {self.visit.state}: {', '.join(dict(self.stage.targets()))}"

    def left(self) -> Iterator[str]:
        """Yield what is still known of a resident who has gone (promise 2)."""
        from kiosk.visit_core import Case
        from screens.view import Draft
        from tests.screens.world import card

        fresh = Case()
        for each in fields(Case):
            if getattr(self.visit, each.name) != getattr(fresh, each.name):
                yield f"{each.name} outlives the visit"
        for name in ("query", "number", "strokes", "opened", "corners", "group"):
            if getattr(self.stage.view.draft, name) != getattr(Draft(), name):
                yield f"the draft's {name} outlives the visit"
        names = {name for key in SPECIMENS if (name := card(key).name)}
        for word in self.stage.words():
            yield from (f"a name outlives the visit on {self.visit.state}" for name in names if name in word)


def _world(stage: "Stage") -> "World":
    from tests.screens.world import World

    world = stage.view.visit.ports
    assert isinstance(world, World)
    return world


def rampage(studio: Studio, touches: int, seed: int, rounds: int = 60) -> Iterator[str]:
    """Let a monkey touch so often; every `rounds` steps somebody leaves and looks what is left."""
    stage = studio.stage(studio.theme(), "zh")
    monkey = Monkey(stage, seed)
    stage.build()
    monkey.begin()
    for number in range(touches):
        deed = monkey.step()
        if not any(True for _ in blocks(stage)):
            yield f"seed {seed} step {number}: nothing is shown after {deed}"
        if (number + 1) % rounds and number + 1 < touches:
            continue
        _world(stage).asked.clear()
        stuck = monkey.leave()
        if stuck is not None:
            yield f"seed {seed} step {number}: {stuck}"
            return
        yield from (f"seed {seed} step {number}: {fault}" for fault in monkey.left())
        monkey.begin()
    stage.view.writer.forget()
    if len(monkey.seen) < _LEAST_STATES:
        yield f"seed {seed}: a monkey that saw {', '.join(sorted(monkey.seen))} alone"


def monkey_faults(studio: Studio) -> Iterator[str]:
    """Yield what goes wrong while a monkey touches the glass a little (promises 2, 3 and 6)."""
    yield from rampage(studio, SHORT, seed=20261124)


def main(arguments: list[str]) -> int:
    """Let it loose, long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touches", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wide", action="store_true")
    chosen = parser.parse_args(arguments)
    width, height = (1920, 1080) if chosen.wide else (1080, 1920)
    logging.disable()  # what does not fit a state is dropped and told, thousands of times here
    with VirtualScreen(width, height) as screen, tempfile.TemporaryDirectory() as state:
        os.environ["DISPLAY"] = screen.name
        faults = list(rampage(Studio(width, height, Path(state)), chosen.touches, chosen.seed))
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{chosen.touches} touches, seed {chosen.seed}: {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
