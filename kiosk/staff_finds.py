"""What technicians look up: outbox, line, print jobs. Counts, times, reasons; nothing that a resident brought.

One decision: these are functions of folders and open files, run on staff's own thread, so that no screen waits.
"""

from dataclasses import dataclass
from pathlib import Path

from sync.delivery_queue import DeliveryQueue, Parked
from sync.outbox_counts import Counts


@dataclass(frozen=True, slots=True)
class OutboxView:
    """How many wait, and what needs a person, with its reason."""

    counts: Counts
    parked: tuple[Parked, ...]


def look_at_outbox(folder: Path) -> OutboxView:
    """Return how the outbox stands.

    Raises:
        OutboxError: it cannot be read.
    """
    queue = DeliveryQueue(folder)
    try:
        return OutboxView(queue.counts(), queue.parked())
    finally:
        queue.close()


def send_again(folder: Path, submission_id: str) -> None:
    """Have a parked submission sent again.

    Raises:
        OutboxError: it is not parked any more, or the outbox cannot be written.
    """
    queue = DeliveryQueue(folder)
    try:
        queue.unpark(submission_id)
    finally:
        queue.close()
