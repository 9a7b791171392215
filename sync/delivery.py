"""Delivery: every committed submission reaches the office exactly once, and nothing it meets stops the others.

One decision: one step is one request, chosen anew each time in the order of the lanes: a heartbeat that is due, else
the oldest manifest that is due, else a small body, else one part of a scan. Delivered means: the office's signed
receipt for exactly these bytes was verified and is on disk. No answer ever deletes; an unknown outcome is simply asked
again, for the office knows a submission by its id and how much of each blob it has.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sync.backoff import Backoff
from sync.client import OfficeClient
from sync.contract import DeviceHealth, Heartbeat, TrailHead
from sync.delivery_queue import DeliveryQueue, Waiting
from sync.durable import SingleInstance
from sync.lanes import Lane, Progress, choose
from sync.line import LineError
from sync.line_watch import LineState, LineWatch
from sync.outbox_schema import OutboxError, OutboxFault
from sync.pace import Allowance, Pace
from sync.sending import Sender
from sync.verdict import Outcome, Verdict, judge

IDLE_SECONDS = 1.0  # how soon a new submission is seen
FORGET_SECONDS = 86_400.0
KEEP_ROWS = timedelta(days=30)

_NEVER = float("-inf")
_ALL = Allowance()
_LOG = logging.getLogger(__name__)


class Clock(Protocol):
    """Durations, never dates: dates come from the office."""

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    def monotonic(self) -> float:
        """Return `time.monotonic()`."""
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Status:
    """How delivery stands, for a technician. Always: committed == delivered + parked + waiting.

    Attributes:
        line_up: whether the office answered last; None when it was not asked yet.
        refused: the office does not accept this kiosk: staff must enrol it again.
    """

    committed: int
    delivered: int
    parked: int
    waiting: int
    oldest_undelivered_at: datetime | None
    line_up: bool | None
    refused: bool


def _no_trail() -> TrailHead | None:
    """Nobody keeps an audit trail here."""
    return None


def _tell_nobody(_line: LineState) -> None:
    """Nobody asked to hear of the line."""


class Delivery:
    """The delivery process's work, one request a step. For one thread."""

    def __init__(
        self,
        queue: DeliveryQueue,
        client: OfficeClient,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        *,
        software: str,
        health: Callable[[], tuple[DeviceHealth, ...]] = tuple,
        trail: Callable[[], TrailHead | None] = _no_trail,
        tell: Callable[[LineState], None] = _tell_nobody,
        allowance: Allowance = _ALL,
    ) -> None:
        """Take the queue and the client.

        `allowance` is what the site leaves of its line, `software` the version, `health` the devices and `trail` the
        end of the audit trail that a heartbeat tells of; `tell` hears how each heartbeat ended.
        """
        self._queue = queue
        self._client = client
        self._clock = clock or SystemClock()
        self._rng = rng or random.SystemRandom()
        self._software = software
        self._health = health
        self._trail = trail
        self._tell = tell
        self._pace = Pace(allowance)
        self._sender = Sender(queue, client, self._pace, self._clock.monotonic)
        self._items: dict[str, Progress] = {}
        self._line = LineWatch(self._rng)
        self._forget_due = _NEVER
        self._full = False
        self._acts: dict[Outcome, Callable[[Waiting, Progress, Verdict], None]] = {
            Outcome.DONE: self._done,
            Outcome.GO_ON: self._go_on,
            Outcome.PARK: self._park,
            Outcome.REFUSED: self._refuse_item,
            Outcome.LATER: self._later,
        }

    def run(self, stop: threading.Event) -> None:
        """Step until `stop` is set; raise AlreadyRunning when another process delivers this outbox."""
        with SingleInstance(self._queue.folder / "deliver.lock"):
            while not stop.is_set():
                stop.wait(self.step())

    def step(self) -> float:
        """Do one request at most; return the seconds after which the next step makes sense (0: at once).

        Raises:
            OutboxError: the disk or the database is ill; the process must end, the next one verifies.
        """
        try:
            return self._step()
        except OutboxError as error:
            if error.reason is OutboxFault.DISK_FULL:
                return self._disk_full()
            if error.reason is not OutboxFault.IN_USE:
                raise
            return IDLE_SECONDS

    def status(self) -> Status:
        """Return the counts and the line's state."""
        counts = self._queue.counts()
        return Status(
            counts.committed,
            counts.delivered,
            counts.parked,
            counts.waiting,
            counts.oldest_undelivered_at,
            self._line.up,
            self._line.refused,
        )

    def _step(self) -> float:
        now = self._clock.monotonic()
        if self._queue.purge():
            self._queue.space.restore()
        if self._line.closed(now):
            return IDLE_SECONDS
        if self._line.heartbeat_due(now):
            self._heartbeat(now)
            self._tell(self._line.state)
            return 0.0
        item = None if self._line.silent else self._next(now)
        if item is None:
            return min(IDLE_SECONDS, self._pace.free_at - now) if now < self._pace.free_at else IDLE_SECONDS
        self._attempt(item, self._items[item.submission_id])
        return 0.0

    def _disk_full(self) -> float:
        if self._queue.space.release():
            return 0.0
        if not self._full:
            _LOG.error("the disk is full and the reserve is spent: delivery waits for room")
            self._full = True
        return IDLE_SECONDS

    # ---- heartbeats: lane 0, and the probe of a line that is down

    def _heartbeat(self, now: float) -> None:
        counts = self._queue.counts()
        heartbeat = Heartbeat(
            kiosk_id=self._client.identity.kiosk_id,
            sent_at=self._client.office_time(),
            software=self._software,
            committed=counts.committed,
            delivered=counts.delivered,
            parked=counts.parked,
            oldest_undelivered_at=counts.oldest_undelivered_at,
            devices=self._health(),
            trail=self._trail(),
        )
        offset = self._client.clock_offset
        try:
            verdict = judge(self._client.post_heartbeat(heartbeat), "heartbeat")
        except LineError as error:
            self._line.unanswered(now, error)
            return
        self._line.answered(now, verdict.retry_after)
        if verdict.outcome is Outcome.PARK and heartbeat.trail is not None:
            _LOG.warning("the office takes no audit trail's head, it may be older: the next heartbeats are without")
            self._trail = _no_trail
        if verdict.outcome is Outcome.GO_ON:
            self._succeeded()
            self._forget(now)
        elif verdict.outcome is Outcome.REFUSED:
            self._line.was_refused(now, verdict.why, self._client.clock_offset - offset)
        else:
            self._line.ill(verdict.why)

    def _forget(self, now: float) -> None:
        if now >= self._forget_due:
            self._forget_due = now + FORGET_SECONDS
            self._queue.forget(self._client.office_time() - KEEP_ROWS)

    # ---- submissions

    def _next(self, now: float) -> Waiting | None:
        """Return the submission that is to have the next request, if any may have it now."""
        waiting = self._queue.waiting()
        items = ((item, self._items.setdefault(item.submission_id, Progress(Backoff(self._rng)))) for item in waiting)
        return choose(items, now, self._closed(now))

    def _closed(self, now: float) -> frozenset[Lane]:
        """Return the lanes that rest: all papers while the rate is used up, scans in the site's quiet hours."""
        if now < self._pace.free_at:
            return frozenset({Lane.SMALL, Lane.SCAN})
        quiet = self._pace.allowance.is_quiet(self._client.office_time())
        return frozenset({Lane.SCAN}) if quiet else frozenset()

    def _attempt(self, item: Waiting, progress: Progress) -> None:
        offset = self._client.clock_offset
        try:
            verdict = self._sender.send(item, progress)
        except LineError as error:
            self._line.doubt()
            progress.was_cut()
            self._wait(item, progress, Verdict(Outcome.LATER, str(error)))
            return
        except OutboxError as error:
            if error.reason is not OutboxFault.DAMAGED:
                raise
            verdict = Verdict(Outcome.PARK, f"on this kiosk: {error}")
        if verdict.outcome is Outcome.REFUSED:
            self._line.was_refused(self._clock.monotonic(), verdict.why, self._client.clock_offset - offset)
        self._acts[verdict.outcome](item, progress, verdict)

    def _done(self, item: Waiting, _progress: Progress, verdict: Verdict) -> None:
        if verdict.receipt is None:
            raise TypeError("done without a receipt")
        self._queue.delivered(item.submission_id, verdict.receipt, self._client.office_time())
        del self._items[item.submission_id]
        self._full = False
        _LOG.info("submission %s delivered", item.submission_id)
        self._succeeded()

    def _go_on(self, _item: Waiting, _progress: Progress, _verdict: Verdict) -> None:
        self._succeeded()

    def _park(self, item: Waiting, _progress: Progress, verdict: Verdict) -> None:
        self._queue.park(item.submission_id, verdict.why)
        del self._items[item.submission_id]
        self._line.alert()
        _LOG.error("submission %s parked, staff must look at it: %s", item.submission_id, verdict.why)

    def _refuse_item(self, _item: Waiting, progress: Progress, _verdict: Verdict) -> None:
        progress.begin_again()

    def _later(self, item: Waiting, progress: Progress, verdict: Verdict) -> None:
        progress.begin_again()
        self._wait(item, progress, verdict)

    def _wait(self, item: Waiting, progress: Progress, verdict: Verdict) -> None:
        wait = progress.backoff.failed(self._clock.monotonic(), verdict.retry_after)
        if progress.backoff.failures == 1:
            _LOG.warning("submission %s waits %.0f s: %s", item.submission_id, wait, verdict.why)

    def _succeeded(self) -> None:
        if self._line.succeeded():
            for progress in self._items.values():
                progress.backoff.reset()
