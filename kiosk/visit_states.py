"""The states of a visit, what may follow what, and which intent fits which state: tables alone.

An intent that does not fit is ignored, counted and logged as a `SequenceError`; a resident who touches twice, or
touches what is just going away, never sees an exception.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

_log = logging.getLogger(__name__)


class State(StrEnum):
    """Where a visit stands (docs/resident-journeys.md has the picture)."""

    ATTRACT = "ATTRACT"
    CHOOSE = "CHOOSE"
    GUIDE = "GUIDE"
    CONSENT = "CONSENT"
    IDENTIFY = "IDENTIFY"
    ASK = "ASK"
    FILL = "FILL"
    SCAN = "SCAN"
    SIGN = "SIGN"
    REVIEW = "REVIEW"
    SUBMIT = "SUBMIT"
    RECEIPT = "RECEIPT"
    RATE = "RATE"
    END = "END"


class EndReason(StrEnum):
    """Why a visit ended: what the last page says."""

    DONE = "DONE"
    CANCELLED = "CANCELLED"
    TIMED_OUT = "TIMED_OUT"
    REFUSED = "REFUSED"
    HELP = "HELP"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"


class SequenceError(Exception):
    """An intent or a move that does not fit the state the visit is in."""

    def __init__(self, what: str, state: State) -> None:
        super().__init__(f"{what} does not fit {state}")


S = State
# Forward and back on the resident's own way; a state with nothing to do in it is passed over in both directions.
MOVES: Final[Mapping[State, frozenset[State]]] = {
    S.ATTRACT: frozenset({S.CHOOSE}),
    S.CHOOSE: frozenset({S.GUIDE, S.CONSENT, S.END}),
    S.GUIDE: frozenset({S.CHOOSE, S.CONSENT, S.END}),
    S.CONSENT: frozenset({S.CHOOSE, S.GUIDE, S.IDENTIFY, S.END}),
    S.IDENTIFY: frozenset({S.CONSENT, S.ASK, S.FILL, S.SCAN, S.SIGN, S.END}),
    S.ASK: frozenset({S.IDENTIFY, S.SCAN, S.END}),
    S.FILL: frozenset({S.IDENTIFY, S.SCAN, S.SIGN, S.REVIEW, S.END}),
    S.SCAN: frozenset({S.IDENTIFY, S.ASK, S.FILL, S.SIGN, S.REVIEW, S.END}),
    S.SIGN: frozenset({S.IDENTIFY, S.FILL, S.SCAN, S.REVIEW, S.END}),
    S.REVIEW: frozenset({S.FILL, S.SCAN, S.SIGN, S.SUBMIT, S.END}),
    S.SUBMIT: frozenset({S.REVIEW, S.RECEIPT}),  # once committed there is no way back
    S.RECEIPT: frozenset({S.RATE, S.END}),
    S.RATE: frozenset({S.RECEIPT, S.END}),
    S.END: frozenset({S.ATTRACT}),
}

_ALL: Final = frozenset(State)
_PERSONAL: Final = frozenset({S.IDENTIFY, S.FILL, S.SCAN, S.SIGN, S.REVIEW})
INTENTS: Final[Mapping[str, frozenset[State]]] = {
    "start": frozenset({S.ATTRACT}),
    "choose": frozenset({S.CHOOSE, S.GUIDE}),
    "begin": frozenset({S.GUIDE}),
    "come_for": frozenset({S.CHOOSE}),
    "accept_consent": frozenset({S.CONSENT}),
    "refuse_consent": frozenset({S.CONSENT}),
    "type_number": frozenset({S.IDENTIFY}),
    "confirm_identity": frozenset({S.IDENTIFY}),
    "reject_identity": frozenset({S.IDENTIFY}),
    "show_receipt": frozenset({S.IDENTIFY}),
    "ask_again": frozenset({S.ASK}),
    "open_case": frozenset({S.ASK}),
    "hand_in_missing": frozenset({S.ASK}),
    "answer": frozenset({S.FILL}),
    "next_form": frozenset({S.FILL}),
    "previous_form": frozenset({S.FILL}),
    "capture": frozenset({S.SCAN}),
    "drop_page": frozenset({S.SCAN}),
    "retake_page": frozenset({S.SCAN}),
    "turn_page": frozenset({S.SCAN}),
    "move_page": frozenset({S.SCAN}),
    "adjust": frozenset({S.SCAN}),
    "leave_adjusting": frozenset({S.SCAN}),
    "crop": frozenset({S.SCAN}),
    "keep_paper": frozenset({S.SCAN}),
    "use_suggestion": frozenset({S.FILL}),
    "decline_suggestion": frozenset({S.FILL}),
    "finish_material": frozenset({S.SCAN}),
    "defer_material": frozenset({S.SCAN}),
    "scan_again": frozenset({S.SCAN, S.REVIEW}),
    "change_form": frozenset({S.REVIEW}),
    "sign": frozenset({S.SIGN}),
    "submit": frozenset({S.REVIEW}),
    "reprint": frozenset({S.RECEIPT}),
    "to_rating": frozenset({S.RECEIPT}),
    "rate": frozenset({S.RATE}),
    "finish": frozenset({S.RECEIPT, S.RATE, S.END}),
    "back": _PERSONAL | {S.ASK, S.CHOOSE, S.GUIDE, S.CONSENT, S.RATE},
    "cancel": _ALL - {S.ATTRACT, S.SUBMIT, S.END},
    "choose_way": _ALL - {S.ATTRACT, S.END},
    # Events: what an earlier wish of this very visit brings when nobody waits for it any more is dropped as well.
    "identity_read": frozenset({S.IDENTIFY}),
    "identity_failed": frozenset({S.IDENTIFY}),
    "code_shown": frozenset({S.IDENTIFY}),
    "code_failed": frozenset({S.IDENTIFY}),
    "answered": frozenset({S.ASK}),
    "ask_failed": frozenset({S.ASK}),
    "observed": frozenset({S.SCAN}),
    "page_captured": frozenset({S.SCAN}),
    "page_cropped": frozenset({S.SCAN}),
    "scan_failed": frozenset({S.SCAN}),
    "paper_type_seen": frozenset({S.IDENTIFY, S.FILL, S.SCAN, S.SIGN, S.REVIEW, S.SUBMIT}),
    "way_up_read": frozenset({S.IDENTIFY, S.FILL, S.SCAN, S.SIGN, S.REVIEW, S.SUBMIT}),
    "fields_read": frozenset({S.IDENTIFY, S.FILL, S.SCAN, S.SIGN, S.REVIEW, S.SUBMIT}),
    "staged": frozenset({S.IDENTIFY, S.FILL, S.SCAN, S.SIGN, S.REVIEW, S.SUBMIT}),
    "stage_failed": frozenset({S.IDENTIFY, S.FILL, S.SCAN, S.SIGN, S.REVIEW, S.SUBMIT}),
    "committed": frozenset({S.SUBMIT}),
    "commit_failed": frozenset({S.SUBMIT}),
    "printed": frozenset({S.RECEIPT, S.RATE}),
    "print_failed": frozenset({S.RECEIPT, S.RATE}),
}


class _Guarded(Protocol):
    state: State
    ignored: Counter[str]

    def touch(self) -> None: ...

    def changed(self) -> None: ...


V = TypeVar("V", bound=_Guarded)
P = ParamSpec("P")


def event(method: Callable[Concatenate[V, P], None]) -> Callable[Concatenate[V, P], None]:
    """Let an event through only in the states `INTENTS` names for it; else ignore, count and log it."""
    name = method.__name__
    states = INTENTS[name]

    @wraps(method)
    def guarded(visit: V, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if visit.state not in states:
            visit.ignored[name] += 1
            _log.warning("%s", SequenceError(name, visit.state))
            return
        method(visit, *args, **kwargs)
        visit.changed()

    return guarded


def intent(method: Callable[Concatenate[V, P], None]) -> Callable[Concatenate[V, P], None]:
    """Guard as `event` does; what the resident does, fitting or not, also shows that somebody is there."""
    guarded = event(method)

    @wraps(method)
    def touching(visit: V, /, *args: P.args, **kwargs: P.kwargs) -> None:
        visit.touch()
        guarded(visit, *args, **kwargs)

    return touching
