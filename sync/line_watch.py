"""What delivery knows of the line as a whole: is it up, is it silent, is this kiosk refused.

One decision: a heartbeat is the probe. While the line is silent only heartbeats are tried, with full jitter; while the
kiosk is refused one heartbeat each 300 s. Changes of state are logged, once down and once up.
"""

import logging
import random
from dataclasses import dataclass
from datetime import timedelta

from sync.backoff import Backoff

HEARTBEAT_SECONDS = 30.0
ALERT_SECONDS = 5.0  # between heartbeats at the least: a hundred alerts are told in one
REFUSED_SECONDS = 300.0  # between probes of an office that does not know this kiosk (any more)
CLOCK_JUMP = timedelta(seconds=30)

_NEVER = float("-inf")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LineState:
    """What the last heartbeat found. `up`: None before the office was asked."""

    up: bool | None
    refused: bool


class LineWatch:
    """The state of the line. Times are monotonic seconds.

    Attributes:
        up: whether the office answered well last; None before it was asked.
        silent: nothing answers at all (or nothing was asked yet).
        refused: the office does not accept this kiosk.
    """

    def __init__(self, rng: random.Random) -> None:
        self.up: bool | None = None
        self.silent = True
        self.refused = False
        self._backoff = Backoff(rng)
        self._heartbeat_due = _NEVER
        self._alert_from = _NEVER
        self._refused_until = _NEVER
        self._clock_learned = False

    @property
    def state(self) -> LineState:
        """The line as it is told to others."""
        return LineState(self.up, self.refused)

    def closed(self, now: float) -> bool:
        """Return whether nothing at all may be sent now."""
        return now < self._refused_until

    def heartbeat_due(self, now: float) -> bool:
        """Return whether a heartbeat is due."""
        return now >= max(self._heartbeat_due, self._backoff.not_before)

    def answered(self, now: float, retry_after: float | None) -> None:
        """A heartbeat was answered, whatever the answer: submissions may go on, even if heartbeats are ill there."""
        self.silent = False
        self._backoff.reset()
        self._heartbeat_due = now + max(HEARTBEAT_SECONDS, retry_after or 0.0)
        self._alert_from = now + max(ALERT_SECONDS, retry_after or 0.0)

    def unanswered(self, now: float, why: object) -> None:
        """A heartbeat met silence."""
        self.silent = True
        self._backoff.failed(now)
        self.ill(why)

    def alert(self) -> None:
        """Something needs a person: the next heartbeat, which tells it, goes as soon as one may."""
        self._heartbeat_due = min(self._heartbeat_due, self._alert_from)

    def doubt(self) -> None:
        """A submission met silence: is it the line, or that one alone? A heartbeat at once tells."""
        self.silent = True
        self._heartbeat_due = _NEVER

    def ill(self, why: object) -> None:
        """The office does not answer as it should."""
        if self.up is not False:
            _LOG.warning("the line to the office is down: %s", why)
        self.up = False

    def succeeded(self) -> bool:
        """Something was accepted; return whether the line came back with it."""
        came_back = not self.up
        if came_back:
            _LOG.info("the line to the office is up")
        if self.refused:
            _LOG.info("the office accepts this kiosk again")
        self.up, self.refused, self._clock_learned = True, False, False
        return came_back

    def was_refused(self, now: float, why: str, clock_moved: timedelta) -> None:
        """Stop and probe slowly; but a wrong clock that this very answer has set right is tried again at once."""
        self._heartbeat_due = _NEVER
        if not self._clock_learned and abs(clock_moved) > CLOCK_JUMP:
            self._clock_learned = True
            return
        if not self.refused:
            _LOG.error("the office refuses this kiosk, staff must enrol it again: %s", why)
        self.refused = True
        self._refused_until = now + REFUSED_SECONDS
