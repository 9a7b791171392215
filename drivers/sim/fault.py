"""Faults as data: what goes wrong, from when on, until when. Kept by each simulator, injected by test, person or demo.

Moments are ``"now"``, ``{"after_commands": n}`` or ``{"after_seconds": s}``. `when` counts from the injection, `until`
from the moment the fault began. Commands are those the simulator received, whichever they are.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_AMOUNTS = ("after_commands", "after_seconds")


class SimulatorError(Exception):
    """A simulator was asked for what it cannot do; the text is a sentence for whoever asked."""


@dataclass(frozen=True, slots=True)
class Moment:
    """So many commands or so many seconds later; 0 commands is now."""

    after_commands: int | None = None
    after_seconds: float | None = None

    @classmethod
    def parse(cls, value: object) -> "Moment":
        """Read a moment as it stands in JSON.

        Raises:
            SimulatorError: it is no moment.
        """
        if value == "now":
            return cls(after_commands=0)
        if isinstance(value, Mapping) and len(value) == 1:
            unit, amount = next(iter(value.items()))
            number = isinstance(amount, int | float) and not isinstance(amount, bool) and amount >= 0
            if unit == "after_commands" and number and isinstance(amount, int):
                return cls(after_commands=amount)
            if unit == "after_seconds" and number:
                return cls(after_seconds=float(amount))
        raise SimulatorError(f'a moment is "now" or one of {_AMOUNTS} with a number, not {value!r}')

    def has_come(self, commands: int, seconds: float) -> bool:
        """Whether so many commands and seconds reach it."""
        if self.after_commands is not None:
            return commands >= self.after_commands
        return self.after_seconds is not None and seconds >= self.after_seconds


NOW = Moment(after_commands=0)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its name, when it begins, when it ends (None: when it is cleared), and the seed of its dice."""

    name: str
    when: Moment = NOW
    until: Moment | None = None
    seed: int = 0


@dataclass(slots=True)
class _Pending:
    fault: Fault
    dice: random.Random
    since: float
    commands: int = 0
    began: bool = field(default=False)

    def advance(self, now: float) -> bool:
        """Begin when it is time; return False once it has ended."""
        if not self.began:
            if not self.fault.when.has_come(self.commands, now - self.since):
                return True
            self.began, self.commands, self.since = True, 0, now
        until = self.fault.until
        return until is None or not until.has_come(self.commands, now - self.since)


class Faults:
    """The faults of one simulator. Thread-safe."""

    def __init__(self, names: tuple[str, ...], clock: Callable[[], float] = time.monotonic) -> None:
        self._names = names
        self._clock = clock
        self._lock = threading.Lock()
        self._faults: list[_Pending] = []

    def inject(self, name: str, when: object = "now", until: object = None, seed: int = 0) -> Fault:
        """Add a fault given as in JSON.

        Raises:
            SimulatorError: this simulator has no such fault, or a moment makes no sense.
        """
        if name not in self._names:
            raise SimulatorError(f"there is no fault {name!r} here; there are {', '.join(self._names)}")
        fault = Fault(name, Moment.parse(when), None if until is None else Moment.parse(until), seed)
        with self._lock:
            dice = random.Random(seed)  # noqa: S311 - reproducible dice are the point
            self._faults.append(_Pending(fault, dice, self._clock()))
        return fault

    def clear(self) -> None:
        """End every fault."""
        with self._lock:
            self._faults.clear()

    def command(self) -> dict[str, random.Random]:
        """Count one command; return the faults in force for it, each with its dice."""
        with self._lock:
            active = self._advance()
            for pending in self._faults:
                pending.commands += 1
            return active

    def active(self) -> dict[str, random.Random]:
        """Return the faults in force now, each with its dice, and count nothing."""
        with self._lock:
            return self._advance()

    def _advance(self) -> dict[str, random.Random]:
        now = self._clock()
        self._faults = [pending for pending in self._faults if pending.advance(now)]
        return {pending.fault.name: pending.dice for pending in self._faults if pending.began}
