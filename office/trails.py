"""The ends of the kiosks' audit trails, as their heartbeats tell them: a trail grows, and never ends otherwise.

One decision: the office keeps the newest end and compares the next with it. Fewer lines, or the same number with
another last line, is an alarm that stays until the kiosk is enrolled anew. A single forged line the kiosk's own check
finds, for each carries the hash of the one before. A trail that was forged as a whole is found here, unless it was made
longer than what was told before the next heartbeat came.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from office.store.models import TrailRow
from sync.contract import Heartbeat, TrailHead


def take_trail(session: Session, region: str, beat: Heartbeat, now: datetime) -> None:
    """Keep what a heartbeat tells of the trail. Runs in the writer.

    A heartbeat that came late, after a younger one, says nothing; one without the end of a trail neither.
    """
    if beat.trail is None:
        return
    row = session.get(TrailRow, (region, beat.kiosk_id))
    if row is None:
        row = TrailRow(region=region, kiosk_id=beat.kiosk_id, alarms=0)
        session.add(row)
    elif beat.sent_at < row.told_at:
        return
    elif _is_no_sequel(row, beat.trail):
        row.alarms += 1
        if row.alarm_at is None:
            row.alarm_at, row.alarm_before, row.alarm_told = now, row.n, beat.trail.n
    row.n, row.hash, row.told_at = beat.trail.n, beat.trail.hash, beat.sent_at


def begin_anew(session: Session, region: str, kiosk_id: str) -> None:
    """Expect another trail: the kiosk is enrolled anew. Runs in the writer."""
    row = session.get(TrailRow, (region, kiosk_id))
    if row is not None:
        session.delete(row)


def _is_no_sequel(known: TrailRow, told: TrailHead) -> bool:
    return told.n < known.n or (told.n == known.n and told.hash != known.hash)
