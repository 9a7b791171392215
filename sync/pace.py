"""How fast papers may go, how much of one at once, and when they rest: what a site leaves of its line to the kiosk.

One decision: what is paced are the parts of blobs, between two requests and never inside one. Heartbeats and manifests
are counted and never held up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo

from sync.contract import CHUNK_BYTES

SMALLEST_PART = 8 * 1024  # bytes: at 1 KiB a second it has gone before the line counts as dead
QUICK_SECONDS = 5.0  # a part that took no longer may be followed by one twice as long

Hours = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a site allows.

    Attributes:
        bytes_per_second: at most, averaged over a few seconds; None: as fast as the line is.
        quiet: from and to, by the clock on the wall; scans rest then. From later than to: over midnight.
        zone: of that clock.
    """

    bytes_per_second: int | None = None
    quiet: tuple[Hours, ...] = ()
    zone: tzinfo = UTC

    def is_quiet(self, now: datetime) -> bool:
        """Return whether scans rest at `now`."""
        clock = now.astimezone(self.zone).time()
        return any(
            (begin <= clock < end) if begin < end else (clock >= begin or clock < end) for begin, end in self.quiet
        )


class Pace:
    """The use of the line so far. Times are monotonic seconds.

    Attributes:
        allowance: what the site allows.
        free_at: when the line has carried what was sent, at the rate that is allowed.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.free_at = float("-inf")
        self._part = CHUNK_BYTES

    @property
    def part_bytes(self) -> int:
        """How much of a blob to send at once: the less the slower the line is, or may be used."""
        rate = self.allowance.bytes_per_second
        return self._part if rate is None else max(SMALLEST_PART, min(self._part, rate))

    def sent(self, size: int, began: float) -> None:
        """Count bytes that went onto the line, whatever became of them."""
        if rate := self.allowance.bytes_per_second:
            self.free_at = max(self.free_at, began) + size / rate

    def answered(self, size: int, seconds: float) -> None:
        """A part of `size` bytes was answered after so long; one that is shorter than it might be tells nothing."""
        if size >= self._part and seconds <= QUICK_SECONDS:
            self._part = min(CHUNK_BYTES, 2 * self._part)

    def broke(self) -> None:
        """A part met silence: the line may be too slow for one of its length."""
        self._part = max(SMALLEST_PART, self._part // 2)
