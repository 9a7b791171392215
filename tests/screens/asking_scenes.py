"""How one's cases stand: every page of it, each reached by the visit's own intents and events."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from kiosk.ports import Signature
from kiosk.purpose import Purpose
from kiosk.trouble import Way
from kiosk.visit import Visit
from screens.view import View
from sync.asking import CaseProgress, CaseState, CaseStep, ProgressAnswer
from tests.screens.scenes import GONE, LONGEST, PENSION, PNG, at_choose
from tests.screens.tray import taken
from tests.screens.world import card

_BEGAN = datetime(2026, 11, 20, 19, 4, tzinfo=UTC)
_WHY = "户口簿第二页看不清，请把第二页重新扫一遍；照片请带一寸的来。"
_ON: tuple[CaseState, ...] = (
    "RECEIVED",
    "CHECKING",
    "NEEDS_MORE",
    "CHECKING",
    "ACCEPTED",
    "AT_LINE",
    "DECIDED",
    "RESULT_READY",
)


def _case(view: View, service: str, *states: CaseState, missing: tuple[str, ...] = (), number: int = 1) -> CaseProgress:
    named = view.site.whole.service(service)
    return CaseProgress(
        submission_id=f"01935b3e-7c00-7000-8000-0000000000{number:02}",
        kiosk_id="ZT-K01",
        receipt_number=f"ZT-K01-261121-000{number:02}-K",
        service_id=service,
        service_name=named.name,
        service_name_en=named.name_en,
        submitted_at=_BEGAN,
        steps=tuple(
            CaseStep(state=state, at=_BEGAN + timedelta(hours=9 * n), reason=_WHY if state == "NEEDS_MORE" else None)
            for n, state in enumerate(states)
        ),
        missing=missing,
    )


def _asked(view: View) -> Visit:
    visit = at_choose(view)
    visit.come_for(Purpose.PROGRESS)
    visit.accept_consent()
    return visit


def _waits(view: View) -> Visit:
    visit = _asked(view)
    visit.identity_read(card("wang"))
    visit.confirm_identity()
    return visit


def _away(view: View) -> None:
    _waits(view).ask_failed(None)


def _told(*made: Callable[[View], CaseProgress]) -> Callable[[View], None]:
    def go(view: View) -> None:
        _waits(view).answered(ProgressAnswer(cases=tuple(make(view) for make in made), more=len(made) > 1))

    return go


def _typing(view: View) -> None:
    visit = _asked(view)
    visit.choose_way(Way.TYPE_NUMBER)
    view.draft.number = "ZT-K01-261121-00001-K"
    view.draft.at_code = True
    visit.show_receipt(view.draft.number, "ABC")


def _pension(view: View) -> CaseProgress:
    return _case(view, PENSION, "RECEIVED", "CHECKING", "NEEDS_MORE", missing=("hukou_book", "photo_1inch"))


def _far(view: View) -> CaseProgress:
    return _case(view, LONGEST, *_ON, number=2)


def _consent(view: View) -> None:
    at_choose(view).come_for(Purpose.PROGRESS)


def _no_card(view: View) -> None:
    _asked(view).identity_failed(GONE)


def _adds(view: View) -> Visit:
    """Add the paper that is wanted, and sign."""
    _told(_pension)(view)
    visit = view.visit
    visit.hand_in_missing()
    for _ in visit.tasks:
        visit.page_captured(taken())
        visit.finish_material()
    visit.sign(Signature(PNG))
    return visit


ASKING_SCENES: dict[str, Callable[[View], object]] = {
    "89-ask-consent": _consent,
    "90-ask-card": _asked,
    "90a-ask-no-card": _no_card,
    "90b-ask-typed": _typing,
    "91-ask-waits": _waits,
    "92-ask-away": _away,
    "93-ask-none": _told(),
    "94-ask-cases": _told(_pension, _far),
    "95-ask-wanted": _told(_pension),
    "96-ask-far": _told(_far),
    "97-add-review": _adds,
    "98-add-receipt": lambda view: _adds(view).submit(),
}
