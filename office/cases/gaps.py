"""Which submissions are missing: each kiosk numbers its own without holes, so a hole is a loss or a delay."""

from dataclasses import dataclass

from sqlalchemy import func, literal, select, union
from sqlalchemy.orm import Session

from office.store.models import QuarantineRow, SubmissionRow


@dataclass(frozen=True, slots=True)
class Gap:
    """The numbers from `first` to `last`, both missing and all between."""

    first: int
    last: int


def gaps(session: Session, region: str, kiosk_id: str, limit: int = 100) -> list[Gap]:
    """Return the first `limit` gaps below the highest number seen from a kiosk, lowest first.

    A quarantined submission counts as seen. What a kiosk has not sent yet is its queue, not a gap.
    """
    seen = union(
        *(
            select(table.seq).where(table.region == region, table.kiosk_id == kiosk_id)
            for table in (SubmissionRow, QuarantineRow)
        ),
        select(literal(0)),
    ).subquery()
    number = seen.c[0]
    following = func.lead(number).over(order_by=number)
    steps = select(number.label("here"), following.label("there")).subquery()
    found = session.execute(
        select(steps.c.here, steps.c.there).where(steps.c.there > steps.c.here + 1).order_by(steps.c.here).limit(limit)
    )
    return [Gap(here + 1, there - 1) for here, there in found]
