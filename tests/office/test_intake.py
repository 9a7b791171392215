"""What kiosks send in."""

from sqlalchemy import func, select

from office.cases.opening import read_case
from office.store.models import CaseRow, QuarantineRow, RatingRow, SubmissionRow
from tests.office.conftest import Running
from tests.office.kiosk import Kiosk
from tests.office.people import NAME, a_case


def count(running: Running, table: type[CaseRow | QuarantineRow | RatingRow | SubmissionRow]) -> int:
    with running.office.database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_delivered_case_is_opened_byte_for_byte(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: what the office opens is what the kiosk sealed, every byte of it."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    opened = read_case(running.office, "ZT", "K01", case.id)
    assert opened.document_bytes == case.plain
    assert opened.attachments == case.attachments
    assert opened.document.applicant.name == NAME
