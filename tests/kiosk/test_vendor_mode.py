"""Vendor mode: the technician gets the kiosk when no resident has it, and gives it back."""

import pytest

from kiosk.vendor_mode import IDLE_SECONDS, LOGIN_SECONDS, Mode, VendorMode


def active() -> VendorMode:
    """Return a mode with a technician at work."""
    mode = VendorMode()
    mode.ask()
    mode.admit("1001")
    return mode


def test_asked_for_while_nobody_is_there_the_login_is_shown_at_once() -> None:
    """Promise 8: a technician does not wait for nothing."""
    mode = VendorMode()
    mode.ask()
    assert (mode.mode, mode.shown, mode.waits) == (Mode.ENTER_PENDING, True, False)


def test_a_visit_in_progress_is_let_finish() -> None:
    """Promise 3: nobody loses a visit to a technician's key."""
    mode = VendorMode()
    mode.visit(free=False)
    mode.ask()
    assert (mode.shown, mode.waits) == (False, True)
    mode.admit("1001")
    assert mode.mode is Mode.ENTER_PENDING
    mode.visit(free=True)
    assert mode.shown
    mode.admit("1001")
    assert (mode.mode, mode.technician) == (Mode.ACTIVE, "1001")


def test_a_long_visit_does_not_run_the_wish_out() -> None:
    """Promise 3: the minute at the login begins when the login is there."""
    mode = VendorMode()
    mode.visit(free=False)
    mode.ask()
    mode.tick(10 * LOGIN_SECONDS)
    mode.visit(free=True)
    mode.tick(10 * LOGIN_SECONDS + 1)
    assert mode.shown


def test_a_login_nobody_touches_goes_away() -> None:
    """Promise 3: whoever found the gesture by chance does not close the kiosk."""
    mode = VendorMode()
    mode.ask()
    mode.tick(LOGIN_SECONDS - 1)
    assert mode.shown
    mode.tick(LOGIN_SECONDS)
    assert mode.mode is Mode.INACTIVE


def test_five_idle_minutes_end_the_session() -> None:
    """Promise 2: nobody walks up to an open session."""
    mode = active()
    assert not mode.tick(IDLE_SECONDS - 1)
    mode.touch()
    assert not mode.tick(IDLE_SECONDS + 1)
    assert mode.tick(2 * IDLE_SECONDS)
    assert (mode.mode, mode.technician) == (Mode.INACTIVE, None)


def test_leaving_waits_for_the_test_that_runs() -> None:
    """Promise 3: the next resident does not meet a printer that prints a test slip."""
    mode = active()
    mode.begin()
    mode.leave()
    assert (mode.mode, mode.shown) == (Mode.EXIT_PENDING, True)
    mode.leave()
    assert mode.shown
    mode.end()
    assert (mode.mode, mode.shown) == (Mode.INACTIVE, False)


@pytest.mark.parametrize("wish", ["ask", "leave"])
def test_what_does_not_fit_changes_nothing_wrongly(wish: str) -> None:
    """Promise 4: asking again at work, or leaving when nobody is in, is harmless."""
    mode = active() if wish == "ask" else VendorMode()
    before = mode.mode
    getattr(mode, wish)()
    assert mode.mode is before


def test_who_is_admitted_after_the_login_went_away_is_not_in() -> None:
    """Promise 4: an answer that comes late opens nothing."""
    mode = VendorMode()
    mode.ask()
    mode.leave()
    mode.admit("1001")
    assert (mode.mode, mode.technician) == (Mode.INACTIVE, None)
