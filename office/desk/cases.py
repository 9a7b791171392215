"""The list of cases and the page of one case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from kiosk.nations import NATIONS
from office.cases.opening import read_document
from office.desk.answers import answer_tables
from office.desk.audit import note_view
from office.desk.papers import papers_of
from office.desk.sight import Desk, Sight, SignedIn, no_such_page
from office.desk.steps import life_of, papers_of_service
from office.errors import NotFoundError, UnreadableError
from office.store.models import CaseRow, RatingRow

router = APIRouter()
ON_A_PAGE = 50
BAD_INPUT = 422
LAST_USUAL = "\u9fa5"  # the ideographs of Unicode 1.1: every system font has them
FIRST_RARE = "\u2e80"  # Latin letters and their kin are below; radicals and ideographs begin here


@dataclass(frozen=True)
class Filter:
    """What a clerk asked the list for. `since` and `until` are days of the desk's time zone, both included."""

    q: str = ""
    service: str = ""
    kiosk: str = ""
    since: str = ""
    until: str = ""

    def day(self, name: str) -> date | None:
        """Return a day that was asked for, None when none was; ValueError when it is no day."""
        text: str = getattr(self, name)
        return date.fromisoformat(text) if text else None

    def query(self, page: int) -> str:
        """Return the query of a link to another page of the same list."""
        given = {name: value for name, value in vars(self).items() if value}
        return urlencode({**given, "page": page})


@router.get("/cases")
def list_page(
    sight: SignedIn, q: str = "", service: str = "", kiosk: str = "", since: str = "", until: str = "", page: int = 1
) -> Response:
    """Show the cases, newest first."""
    asked = Filter(q.strip(), service, kiosk, since, until)
    try:
        conditions = _conditions(sight.desk, asked)
    except (ValueError, OverflowError):
        fault = sight.words.say("list.bad_day")
        return _list(sight, asked, [CaseRow.region.is_(None)], 1, BAD_INPUT, fault)
    return _list(sight, asked, conditions, max(page, 1))


@router.get("/cases/{kiosk_id}/{submission_id}")
def case_page(sight: SignedIn, kiosk_id: str, submission_id: str) -> Response:
    """Show one case; the look is written down before it is given."""
    office = sight.desk.office
    key = (office.region, kiosk_id, submission_id)
    with office.database.reading() as session:
        row = session.get(CaseRow, key)
        rating = session.scalars(
            select(RatingRow)
            .where(RatingRow.rated_submission_id == submission_id, RatingRow.kiosk_id == kiosk_id)
            .order_by(RatingRow.rated_at.desc())
        ).first()
        beside = [] if row is None else _beside(session, row)
    if row is None:
        no_such_page(sight)
    note_view(office, sight.who().name, "case", kiosk_id, submission_id)
    try:
        document, _ = read_document(office, kiosk_id, submission_id)
    except (NotFoundError, UnreadableError) as error:
        return sight.page("unreadable.html", 500, row=row, reason=str(error))
    return sight.page(
        "case.html",
        row=row,
        case=document,
        rating=rating,
        tables=answer_tables(document, sight.desk.titles, sight.words),
        papers=papers_of(document, sight),
        life=life_of(office, row),
        beside=beside,
        can_be_wanted=papers_of_service(document),
        nation=nation_in_words(document.applicant.nation),
        rare=rare_code_points(document.applicant.name or ""),
    )


def _beside(session: Session, row: CaseRow) -> list[CaseRow]:
    """Return the case that papers were added to, or the papers that were added to a case, oldest first."""
    belongs = CaseRow.about == row.submission_id if row.about is None else CaseRow.submission_id == row.about
    query = select(CaseRow).where(CaseRow.region == row.region, belongs).order_by(CaseRow.submitted_at)
    return list(session.scalars(query))


def nation_in_words(code: str | None) -> str | None:
    """Return ``维吾尔 (05)`` for a code of GB/T 3304, the name as cards print it; what is no code stays as it is."""
    return f"{NATIONS[code]} ({code})" if code in NATIONS else code


def rare_code_points(name: str) -> str:
    """Return ``龴 U+9FB4`` for each character of a name that a clerk's fonts may lack."""
    return " ".join(
        f"{sign} U+{ord(sign):04X}" for sign in name if not (sign < FIRST_RARE or "一" <= sign <= LAST_USUAL)
    )


def _list(
    sight: Sight,
    asked: Filter,
    conditions: list[ColumnElement[bool]],
    page: int,
    status: int = 200,
    fault: str | None = None,
) -> Response:
    with sight.desk.office.database.reading() as session:
        total = session.execute(select(func.count()).select_from(CaseRow).where(*conditions)).scalar_one()
        pages = max(1, ceil(total / ON_A_PAGE))
        page = min(page, pages)
        rows = session.scalars(
            select(CaseRow)
            .where(*conditions)
            .order_by(CaseRow.submitted_at.desc(), CaseRow.submission_id.desc())
            .limit(ON_A_PAGE)
            .offset((page - 1) * ON_A_PAGE)
        ).all()
        scores = _scores(session, rows)
        choices = _choices(session, sight.desk.office.region)
    return sight.page(
        "cases.html",
        status,
        fault=fault,
        rows=rows,
        scores=scores,
        asked=asked,
        page=page,
        pages=pages,
        total=total,
        **choices,
    )


def _conditions(desk: Desk, asked: Filter) -> list[ColumnElement[bool]]:
    """Return what the rows must fulfil; ValueError when a day is none."""
    found = [CaseRow.region == desk.office.region]
    if asked.q:
        found.append(CaseRow.receipt_number.contains(asked.q, autoescape=True))
    if asked.service:
        found.append(CaseRow.service_id == asked.service)
    if asked.kiosk:
        found.append(CaseRow.kiosk_id == asked.kiosk)
    if (since := asked.day("since")) is not None:
        found.append(CaseRow.submitted_at >= _midnight(desk, since))
    if (until := asked.day("until")) is not None:
        found.append(CaseRow.submitted_at < _midnight(desk, until + timedelta(days=1)))
    return found


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=desk.zone).astimezone(UTC)


def _scores(session: Session, rows: Sequence[CaseRow]) -> dict[tuple[str, str], int]:
    """Return the ratings by (kiosk id, submission id): a kiosk rates its own cases alone."""
    query = select(RatingRow).where(RatingRow.rated_submission_id.in_([row.submission_id for row in rows]))
    return {(each.kiosk_id, each.rated_submission_id): each.score for each in session.scalars(query)}


def _choices(session: Session, region: str) -> dict[str, object]:
    """Return the services and kiosks that the filters can offer."""
    services = session.execute(
        select(CaseRow.service_id, func.max(CaseRow.service_name), func.max(CaseRow.service_name_en))
        .where(CaseRow.region == region)
        .group_by(CaseRow.service_id)
        .order_by(CaseRow.service_id)
    ).all()
    kiosks = session.scalars(
        select(CaseRow.kiosk_id).where(CaseRow.region == region).distinct().order_by(CaseRow.kiosk_id)
    ).all()
    return {"services": services, "kiosks": kiosks}
