"""Who looked at what, when: a row for every look at a person's data, committed before it is shown."""

from datetime import datetime

from sqlalchemy.orm import Session

from office.cases.life import see
from office.office import Office
from office.store.models import AuditRow, CaseRow


def note(
    session: Session,
    at: datetime,
    user_name: str,
    action: str,
    case: tuple[str, str, str] | None = None,
    detail: str | None = None,
) -> None:
    """Add a row; `case` is (region, kiosk_id, submission_id). Runs in the writer."""
    region, kiosk_id, submission_id = case or (None, None, None)
    session.add(
        AuditRow(
            at=at,
            user_name=user_name,
            action=action,
            region=region,
            kiosk_id=kiosk_id,
            submission_id=submission_id,
            detail=detail,
        )
    )


def note_view(
    office: Office, user_name: str, action: str, kiosk_id: str, submission_id: str, detail: str | None = None
) -> None:
    """Write down that `user_name` looks at a case or a part of it, and mark the case as seen; durable on return."""

    def write(session: Session) -> None:
        key = (office.region, kiosk_id, submission_id)
        note(session, office.clock(), user_name, action, key, detail)
        case = session.get(CaseRow, key)
        if case is not None:
            see(session, case, user_name, office.clock())

    office.writer.run(write)
