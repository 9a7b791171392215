"""The life of a case: its states, what may follow what, and the steps as they are written down.

One decision: a step is added, never changed; where a case stands is its last step.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from office.errors import Refusal
from office.store.models import CaseRow, StepRow
from sync.asking import CaseState

RECEIVED: Final = "RECEIVED"
CHECKING: Final = "CHECKING"
NEEDS_MORE: Final = "NEEDS_MORE"
MOVES: Final[Mapping[CaseState, frozenset[CaseState]]] = {
    "RECEIVED": frozenset({"CHECKING"}),
    "CHECKING": frozenset({"NEEDS_MORE", "ACCEPTED", "CLOSED"}),
    "NEEDS_MORE": frozenset({"CHECKING", "CLOSED"}),
    "ACCEPTED": frozenset({"AT_LINE", "DECIDED"}),
    "AT_LINE": frozenset({"NEEDS_MORE", "DECIDED"}),
    "DECIDED": frozenset({"RESULT_READY", "CLOSED"}),
    "RESULT_READY": frozenset({"DELIVERED"}),
    "DELIVERED": frozenset({"CLOSED"}),
    "CLOSED": frozenset(),
}
MUST_SAY_WHY: Final = frozenset({"NEEDS_MORE", "CLOSED"})
STATES: Final[tuple[CaseState, ...]] = get_args(CaseState)
MOST_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Move:
    """A step to be taken: into which state, by whom (None: by itself), why, and which papers are wanted."""

    state: CaseState
    by: str | None = None
    reason: str | None = None
    missing: tuple[str, ...] = ()


def begin(session: Session, case: CaseRow, at: datetime) -> None:
    """Write down the first step of a case that has just been filed. Runs in the writer."""
    session.add(_row(case, 1, Move(RECEIVED), at))


def take_step(session: Session, case: CaseRow, move: Move, at: datetime) -> None:
    """Take a case one step on. Runs in the writer.

    Raises:
        Refusal: 409 the step does not follow (somebody else was quicker), 422 it says not why, or wants no paper.
    """
    if move.state not in MOVES[_state(case)]:
        raise Refusal(409, f"{move.state} does not follow {case.status}: somebody has taken a step meanwhile")
    if move.state in MUST_SAY_WHY and not move.reason:
        raise Refusal(422, "the resident must be told why")
    if move.reason is not None and len(move.reason) > MOST_REASON:
        raise Refusal(422, f"a reason has at most {MOST_REASON} characters")
    if (move.state == NEEDS_MORE) is not bool(move.missing):
        raise Refusal(422, "say which papers are wanted, and only then")
    session.add(_row(case, _last(session, case) + 1, move, at))
    case.status = move.state


def see(session: Session, case: CaseRow, by: str, at: datetime) -> None:
    """Note that a clerk looks at a case for the first time: it is being checked. Runs in the writer."""
    if case.status == RECEIVED:
        take_step(session, case, Move(CHECKING, by), at)


def added_to(session: Session, region: str, about: str | None, at: datetime) -> None:
    """Have a case checked again that papers were added to, if it waited for them. Runs in the writer."""
    case = session.scalars(select(CaseRow).where(CaseRow.region == region, CaseRow.submission_id == about)).first()
    if case is not None and case.status == NEEDS_MORE:
        take_step(session, case, Move(CHECKING), at)


def steps_of(session: Session, case: CaseRow) -> list[StepRow]:
    """Return the steps of a case, oldest first."""
    query = select(StepRow).where(*_of(case)).order_by(StepRow.n)
    return list(session.scalars(query))


def missing_of(steps: list[StepRow]) -> tuple[str, ...]:
    """Return the ids of the papers that are wanted now."""
    last = steps[-1]
    return tuple(json.loads(last.missing)) if last.state == NEEDS_MORE and last.missing else ()


def _state(case: CaseRow) -> CaseState:
    return next(state for state in STATES if state == case.status)


def _of(case: CaseRow) -> tuple[ColumnElement[bool], ...]:
    return (
        StepRow.region == case.region,
        StepRow.kiosk_id == case.kiosk_id,
        StepRow.submission_id == case.submission_id,
    )


def _last(session: Session, case: CaseRow) -> int:
    return session.execute(select(func.max(StepRow.n)).where(*_of(case))).scalar_one() or 0


def _row(case: CaseRow, n: int, move: Move, at: datetime) -> StepRow:
    return StepRow(
        region=case.region,
        kiosk_id=case.kiosk_id,
        submission_id=case.submission_id,
        n=n,
        state=move.state,
        at=at,
        by=move.by,
        reason=move.reason,
        missing=json.dumps(move.missing) if move.missing else None,
    )
