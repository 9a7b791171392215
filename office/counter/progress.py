"""How a resident's cases stand. By card: all of that person's; by receipt: that one, where the code fits.

One decision: a wrong code, a number nobody has and a person without cases are one answer, an empty one: nobody learns
here what exists.
"""

import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from office.cases.life import missing_of, steps_of
from office.cases.opening import read_document
from office.errors import NotFoundError, UnreadableError
from office.office import Office
from office.store.models import CaseRow, StepRow
from sync.asking import (
    ANSWER_LIMIT,
    MOST_CASES,
    CaseProgress,
    CaseStep,
    Holder,
    ProgressAnswer,
    ProgressQuestion,
    ReceiptHeld,
)
from sync.contract import canonical


def progress(office: Office, question: ProgressQuestion) -> ProgressAnswer:
    """Return the cases of whoever asks, newest first; papers that were added to one are no case of their own."""
    held = question.held
    with office.database.reading() as session:
        rows = _of_person(office, session, held) if isinstance(held, Holder) else _of_receipt(office, session, held)
        told = tuple(_told(session, row) for row in rows[:MOST_CASES])
    return _that_fits(ProgressAnswer(cases=told, more=len(rows) > MOST_CASES))


def _that_fits(answer: ProgressAnswer) -> ProgressAnswer:
    """Leave the oldest cases out until the kiosk reads all of it: a longer answer would be cut, and be none."""
    while len(canonical(answer)) > ANSWER_LIMIT and len(answer.cases) > 1:
        answer = ProgressAnswer(cases=answer.cases[:-1], more=True)
    return answer


def _of_person(office: Office, session: Session, held: Holder) -> list[CaseRow]:
    query = (
        select(CaseRow)
        .where(
            CaseRow.region == office.region,
            CaseRow.applicant_key == office.keys.person_key(held.number),
            CaseRow.about.is_(None),
        )
        .order_by(CaseRow.submitted_at.desc())
        .limit(MOST_CASES + 1)
    )
    return list(session.scalars(query))


def _of_receipt(office: Office, session: Session, held: ReceiptHeld) -> list[CaseRow]:
    """Return the case whose receipt it is, or, of papers that were added, the case they were added to."""
    number = held.receipt_number.strip().upper()
    found = session.scalars(
        select(CaseRow).where(CaseRow.region == office.region, CaseRow.receipt_number == number)
    ).first()
    if found is None or not _fits(office, found, held.verification_code):
        return []
    if found.about is None:
        return [found]
    about = select(CaseRow).where(CaseRow.region == office.region, CaseRow.submission_id == found.about)
    return list(session.scalars(about))


def _fits(office: Office, row: CaseRow, code: str) -> bool:
    """Whether the code is the one that stands on the receipt, and so in the sealed document."""
    try:
        document, _ = read_document(office, row.kiosk_id, row.submission_id)
    except (NotFoundError, UnreadableError):
        return False
    return hmac.compare_digest(document.verification_code.encode(), code.strip().upper().encode())


def _told(session: Session, row: CaseRow) -> CaseProgress:
    steps = steps_of(session, row)
    return CaseProgress(
        submission_id=row.submission_id,
        kiosk_id=row.kiosk_id,
        receipt_number=row.receipt_number,
        service_id=row.service_id,
        service_name=row.service_name,
        service_name_en=row.service_name_en,
        submitted_at=row.submitted_at,
        steps=tuple(CaseStep.model_validate(_known(step)) for step in steps),
        missing=missing_of(steps),
    )


def _known(step: StepRow) -> dict[str, object]:
    """Return what a resident may know of a step: not who took it."""
    return {name: getattr(step, name) for name in ("state", "at", "reason")}
