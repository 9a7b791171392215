"""The pages of a visit, one module a state: each a function of the view that returns a `Page`."""

from collections.abc import Callable

from kiosk.visit_states import State
from screens.page import Page
from screens.resident import (
    ask,
    attract,
    choose,
    consent,
    defect,
    end,
    fill,
    guide,
    identify,
    rate,
    receipt,
    review,
    scan,
    sign,
    submit,
)
from screens.resident.common import countdown, help_page
from screens.view import View

PAGES: dict[State, Callable[[View], Page]] = {
    State.ATTRACT: attract.page,
    State.CHOOSE: choose.page,
    State.GUIDE: guide.page,
    State.CONSENT: consent.page,
    State.IDENTIFY: identify.page,
    State.ASK: ask.page,
    State.FILL: fill.page,
    State.SCAN: scan.page,
    State.SIGN: sign.page,
    State.REVIEW: review.page,
    State.SUBMIT: submit.page,
    State.RECEIPT: receipt.page,
    State.RATE: rate.page,
    State.END: end.page,
}

__all__ = ["PAGES", "countdown", "defect", "help_page"]
