"""The diagnoses that technicians handed over: a list for everybody at the desk, the zip for administrators.

One decision: a download is written down before it is given, as a look at a case is, though nothing in it is a person's.
"""

import json

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from office.cases.opening import read_diagnosis
from office.desk.audit import note
from office.desk.sight import SignedIn, no_such_page
from office.errors import LostBlobError, NotFoundError, Refusal, UnreadableError
from office.store.models import DiagnosisRow

router = APIRouter()
SHOWN = 200  # the newest; older ones are still stored


@router.get("/diagnoses")
def list_page(sight: SignedIn) -> Response:
    """Show the newest diagnoses, the latest first."""
    office = sight.desk.office
    query = (
        select(DiagnosisRow)
        .where(DiagnosisRow.region == office.region)
        .order_by(DiagnosisRow.received_at.desc(), DiagnosisRow.submission_id.desc())
        .limit(SHOWN)
    )
    with office.database.reading() as session:
        rows = session.scalars(query).all()
    versions = {row.submission_id: json.loads(row.versions) for row in rows}
    return sight.page("diagnoses.html", rows=rows, versions=versions, may_download=sight.who().role == "admin")


@router.get("/diagnoses/{kiosk_id}/{submission_id}/file")
def download(sight: SignedIn, kiosk_id: str, submission_id: str) -> Response:
    """Give the zip, byte for byte as the kiosk made it."""
    office, visitor = sight.desk.office, sight.who()
    if visitor.role != "admin":
        raise Refusal(403, sight.words.say("diagnoses.admins_alone"))
    try:
        document, plain = read_diagnosis(office, kiosk_id, submission_id)
    except NotFoundError:
        no_such_page(sight)
    except (LostBlobError, UnreadableError) as error:
        raise Refusal(500, str(error)) from error
    key = (office.region, kiosk_id, submission_id)
    office.writer.run(lambda session: note(session, office.clock(), visitor.name, "diagnosis", key, kiosk_id))
    name = f"budayang-{document.kiosk_id}-{sight.desk.local(document.exported_at):%Y%m%dT%H%M%S}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(plain, media_type="application/zip", headers=headers)
