"""How the outbox stands: for the heartbeat and for a technician. Numbers and times, no content."""

from dataclasses import dataclass
from datetime import datetime

from sync.outbox_schema import Database


@dataclass(frozen=True, slots=True)
class Counts:
    """Always: committed == delivered + parked + waiting.

    Attributes:
        committed: ever, the last seq.
        delivered: the office's signed receipt was held (content purged or about to be, rows forgotten included).
        parked: need a person.
        waiting: to be sent.
        oldest_undelivered_at: when the oldest of the parked and waiting was committed.
    """

    committed: int
    delivered: int
    parked: int
    waiting: int
    oldest_undelivered_at: datetime | None


def count(database: Database) -> Counts:
    """Return the counts of one moment (one SELECT, hence one snapshot)."""
    [[last_seq, forgotten, delivered, parked, waiting, oldest]] = database.read(
        "SELECT last_seq, forgotten,"
        " (SELECT count(*) FROM submission WHERE state IN ('DELIVERED', 'PURGED')),"
        " (SELECT count(*) FROM submission WHERE state = 'PARKED'),"
        " (SELECT count(*) FROM submission WHERE state IN ('COMMITTED', 'SENDING')),"
        " (SELECT created_at FROM submission WHERE state IN ('COMMITTED', 'SENDING', 'PARKED') ORDER BY seq LIMIT 1)"
        " FROM counter"
    )
    since = datetime.fromisoformat(oldest) if isinstance(oldest, str) else None
    return Counts(_int(last_seq), _int(delivered) + _int(forgotten), _int(parked), _int(waiting), since)


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("the outbox counts in whole numbers")
    return value
