"""The kiosks: when each was last heard, what waits in it, which numbers are missing, how its devices are."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from office.cases.gaps import Gap, gaps
from office.desk.sight import SignedIn
from office.office import Office
from office.store.models import KioskRow, QuarantineRow, SubmissionRow, TrailRow
from sync.contract import Heartbeat

router = APIRouter()
SILENT_AFTER = timedelta(seconds=90)  # three heartbeats of 30 s


@dataclass(frozen=True)
class KioskView:
    """One kiosk. `beat` None: it has never been heard. `silent`: what it says of itself may no longer be true."""

    row: KioskRow
    beat: Heartbeat | None
    silent: bool
    gaps: list[Gap]
    quarantined: int
    held: int
    trail: TrailRow | None

    @property
    def lost(self) -> int:
        """Return how many submissions it has this office's receipts for that are not here: restored from a backup?"""
        return 0 if self.beat is None else max(0, self.beat.delivered - self.held)

    @property
    def waiting(self) -> int | None:
        """Return how many submissions it has yet to deliver, without the parked; None when it never said."""
        return None if self.beat is None else self.beat.committed - self.beat.delivered - self.beat.parked


@router.get("/kiosks")
def kiosks_page(sight: SignedIn) -> Response:
    """Show every kiosk."""
    office = sight.desk.office
    with office.database.reading() as session:
        rows = session.scalars(
            select(KioskRow).where(KioskRow.region == office.region).order_by(KioskRow.site_id, KioskRow.kiosk_id)
        ).all()
        views = [_view(office, session, row) for row in rows]
    return sight.page("kiosks.html", kiosks=views)


def _view(office: Office, session: Session, row: KioskRow) -> KioskView:
    def count(table: type[QuarantineRow | SubmissionRow], *conditions: ColumnElement[bool]) -> int:
        of_this = (table.region == row.region, table.kiosk_id == row.kiosk_id)
        return session.execute(select(func.count()).select_from(table).where(*of_this, *conditions)).scalar_one()

    return KioskView(
        row=row,
        beat=None if row.heartbeat is None else Heartbeat.model_validate_json(row.heartbeat),
        silent=row.last_seen is None or office.clock() - row.last_seen > SILENT_AFTER,
        gaps=gaps(session, row.region, row.kiosk_id),
        quarantined=count(QuarantineRow),
        held=count(SubmissionRow, SubmissionRow.receipt.is_not(None)),
        trail=session.get(TrailRow, (row.region, row.kiosk_id)),
    )
