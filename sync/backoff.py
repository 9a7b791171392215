"""When to try again: full jitter, so that a thousand kiosks behind one returning line do not knock at once.

One decision: this lives in memory and in monotonic time. A failed attempt writes nothing (it works on a full disk and
under a wrong clock), and a restart may try at once.
"""

import random

SHORTEST = 1.0  # seconds
LONGEST = 300.0


class Backoff:
    """The waits of one item or of the line. Times are monotonic seconds.

    Attributes:
        failures: in a row.
        not_before: the next attempt's earliest moment.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.failures = 0
        self.not_before = float("-inf")
        self._asked_for = float("-inf")

    def failed(self, now: float, retry_after: float | None = None) -> float:
        """Count a failure; return the wait in seconds: uniform in 1 to min(300, 2^failures), Retry-After at least."""
        self.failures += 1
        ceiling = min(LONGEST, SHORTEST * 2 ** min(self.failures, 16))
        wait = max(self._rng.uniform(SHORTEST, ceiling), retry_after or 0.0)
        self.not_before = now + wait
        if retry_after is not None:
            self._asked_for = now + retry_after
        return wait

    def reset(self) -> None:
        """The line came back: due now, unless the office itself asked to wait longer."""
        self.failures = 0
        self.not_before = self._asked_for
