"""The record of looks, for administrators: who looked at which case, newest first."""

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from office.desk.sight import SignedIn
from office.errors import Refusal
from office.store.models import AuditRow, CaseRow

router = APIRouter()
ON_A_PAGE = 200


@router.get("/record")
def record_page(sight: SignedIn, before: int | None = None) -> Response:
    """Show the looks before row `before`, or the latest."""
    if sight.who().role != "admin":
        raise Refusal(403, sight.words.say("record.admins_alone"))
    query = (
        select(AuditRow, CaseRow.receipt_number)
        .outerjoin(
            CaseRow,
            (CaseRow.region == AuditRow.region)
            & (CaseRow.kiosk_id == AuditRow.kiosk_id)
            & (CaseRow.submission_id == AuditRow.submission_id),
        )
        .order_by(AuditRow.number.desc())
        .limit(ON_A_PAGE)
    )
    if before is not None:
        query = query.where(AuditRow.number < before)
    with sight.desk.office.database.reading() as session:
        rows = session.execute(query).all()
    older = rows[-1][0].number if len(rows) == ON_A_PAGE else None
    return sight.page("record.html", rows=rows, older=older)
