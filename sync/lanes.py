"""What goes next: heartbeats and alerts before manifests, those before small bodies, and scans last.

One decision: the choice is made anew before each request, and no request is longer than one part of a blob; so a
backlog of scans delays a new manifest by one part at most.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from sync.backoff import Backoff
from sync.contract import CHUNK_BYTES, SealedBlob
from sync.delivery_queue import Waiting


class Lane(IntEnum):
    """In the order in which they go. Heartbeats, and the alerts they tell, are lane 0 (`sync.line_watch`)."""

    MANIFEST = 1
    SMALL = 2  # a blob of one request
    SCAN = 3


@dataclass(slots=True)
class Progress:
    """What this process knows of one submission under way. Lost at a restart, and then asked for again.

    Attributes:
        pending: blobs to be sent, small ones first; None: the manifest is to be sent.
        offset: bytes of the first of them that the office has; None: it is to be asked.
        put: names of the blobs that the office took since the manifest was last sent from the beginning.
    """

    backoff: Backoff
    pending: list[SealedBlob] | None = None
    offset: int | None = None
    put: set[str] = field(default_factory=set)
    _first_offset: int | None = None

    @property
    def lane(self) -> Lane:
        """The lane of the next request."""
        if not self.pending:
            return Lane.MANIFEST
        return Lane.SMALL if self.pending[0].size <= CHUNK_BYTES else Lane.SCAN

    def lacks(self, missing: Iterable[SealedBlob], offset: int | None) -> None:
        """The office lacks these blobs; of each it has `offset` bytes, as far as that is known."""
        self.pending = sorted(missing, key=lambda blob: blob.size > CHUNK_BYTES)
        self.offset = self._first_offset = offset

    def reached(self, offset: int) -> None:
        """The office has so many bytes of the first pending blob; with the last of the last, the manifest follows."""
        blob = (self.pending or [])[0]
        self.offset = offset
        if offset == blob.size:
            self.put.add(blob.sha256)
            self.pending = (self.pending or [])[1:] or None
            self.offset = self._first_offset

    def was_cut(self) -> None:
        """No answer came: the office is asked what it has before anything is sent twice."""
        self.offset = None

    def begin_again(self) -> None:
        """Begin with the manifest: the office says what it really has."""
        self.pending = self.offset = None
        self.put.clear()


def choose(items: Iterable[tuple[Waiting, Progress]], now: float, closed: frozenset[Lane]) -> Waiting | None:
    """Return the oldest submission that is due in the first lane that has one; None when nothing may go now."""
    due = ((progress.lane, item) for item, progress in items if now >= progress.backoff.not_before)
    best: tuple[Lane, Waiting] | None = None
    for lane, item in due:
        if lane is Lane.MANIFEST:
            return item
        if lane not in closed and (best is None or lane < best[0]):
            best = lane, item
    return best[1] if best else None
