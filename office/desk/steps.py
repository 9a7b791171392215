"""The steps a clerk takes with a case: a form on its page, what follows from where it stands."""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from office.cases.life import (
    MOST_REASON,
    MOVES,
    MUST_SAY_WHY,
    NEEDS_MORE,
    STATES,
    Move,
    missing_of,
    steps_of,
    take_step,
)
from office.cases.opening import read_document
from office.desk.audit import note
from office.desk.sight import Sight, SignedIn, no_such_page
from office.errors import Refusal
from office.office import Office
from office.store.models import CaseRow, StepRow
from sync.asking import CaseState
from sync.contract import CaseDocument

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Life:
    """What the case's page shows of its life: the steps, what is wanted now, and what may follow."""

    steps: list[StepRow]
    missing: tuple[str, ...]
    next_states: tuple[CaseState, ...]
    must_say_why: frozenset[str] = frozenset(MUST_SAY_WHY)
    most_reason: int = MOST_REASON


def life_of(office: Office, row: CaseRow) -> Life:
    """Return the life of a case."""
    with office.database.reading() as session:
        steps = steps_of(session, row)
    last = steps[-1].state
    follows = next(MOVES[state] for state in STATES if state == last)
    return Life(steps, missing_of(steps), tuple(state for state in STATES if state in follows))


def papers_of_service(document: CaseDocument) -> dict[str, str]:
    """Return the papers that can be wanted again: id to name, as the case has them."""
    return {each.material_id: each.name for each in document.materials if each.way in ("scan", "later")}


@router.post("/cases/{kiosk_id}/{submission_id}/steps")
def step(
    sight: SignedIn,
    kiosk_id: str,
    submission_id: str,
    state: Annotated[CaseState, Form()],
    form_token: Annotated[str, Form()],
    reason: Annotated[str, Form()] = "",
    missing: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Take the step and come back to the case; who took it is written down with it."""
    _check_token(sight, form_token)
    office, who = sight.desk.office, sight.who().name
    key = (office.region, kiosk_id, submission_id)
    wanted = tuple(missing or ()) if state == NEEDS_MORE else ()
    move = Move(state, who, reason.strip() or None, wanted)

    with office.database.reading() as session:
        if session.get(CaseRow, key) is None:
            no_such_page(sight)
    if wanted and not papers_of_service(read_document(office, kiosk_id, submission_id)[0]).keys() >= set(wanted):
        raise Refusal(422, "a paper can be wanted that belongs to the case, and no other")

    def write(session: Session) -> None:
        take_step(session, session.get_one(CaseRow, key), move, office.clock())
        note(session, office.clock(), who, "step", key, state)

    office.writer.run(write)
    return RedirectResponse(f"/desk/cases/{kiosk_id}/{submission_id}", 303)


def _check_token(sight: Sight, form_token: str) -> None:
    if not hmac.compare_digest(sight.who().form_token.encode(), form_token.encode()):
        raise Refusal(403, sight.words.say("login.form_too_old"))
