"""How long a visit waits for its resident: a limit a state, then a countdown that any touch ends.

WCAG 2.2 success criterion 2.2.1: warn, give at least 20 s to extend by a simple action, at least ten times; here as
often as one likes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.visit_states import State

if TYPE_CHECKING:
    from kiosk.config import KioskConfig


@dataclass(frozen=True, slots=True)
class Limit:
    """Seconds without a touch before the countdown, and of the countdown. `idle` None: this state waits for ever."""

    idle: float | None
    countdown: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The limit of every state, for both paces."""

    normal: Mapping[State, Limit]
    elder: Mapping[State, Limit]


# States in which nobody is waited for: nothing runs out there, or only the good-bye does.
_OWN = {
    State.ATTRACT: Limit(None),
    State.SUBMIT: Limit(None),  # waits for the disk, which answers or fails within its own deadline
    State.END: Limit(15.0),
}


def limits_of(config: "KioskConfig") -> Limits:
    """Return the limits of kiosk.toml."""

    def pace(*, elder: bool) -> Mapping[State, Limit]:
        found = {state: config.limit(state, elder=elder) for state in State}
        return {state: Limit(each.idle_seconds, each.countdown_seconds) for state, each in found.items()} | _OWN

    return Limits(pace(elder=False), pace(elder=True))


class Patience:
    """Measures how long nobody has touched. Knows no clock: `tick` brings the time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._since: float | None = None
        self.remaining: float | None = None

    def restart(self) -> None:
        """Somebody is there."""
        self._since = None
        self.remaining = None

    def tick(self, now: float, state: State, *, elder: bool) -> bool:
        """Take the time, monotonic seconds; return True when patience has run out.

        `remaining` is then the seconds left of the countdown while one is to be shown, else None.
        """
        limit = (self._limits.elder if elder else self._limits.normal)[state]
        if limit.idle is None:
            return False
        if self._since is None:
            self._since = now
        left = self._since + limit.idle + limit.countdown - now
        self.remaining = left if 0 < left <= limit.countdown else None
        return left <= 0
