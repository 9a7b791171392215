"""The ends of the kiosks' audit trails at the office: growing is well, everything else is an alarm that stays."""

from datetime import timedelta

from office.enrolment import issue_code
from sync.contract import Heartbeat, TrailHead, canonical
from tests.office.browser import Browser
from tests.office.kiosk import Kiosk
from tests.office.people import SUBMITTED
from tests.office.running import Running

SHORTER, FORKED = "技术员操作记录变短了", "技术员操作记录被改动过"


def tell(kiosk: Kiosk, second: int, n: int | None, last: str = "a") -> None:
    """Send the heartbeat of that second; without `n` it is of a kiosk that knows no trail."""
    head = None if n is None else TrailHead(n=n, hash=last * 64)
    beat = Heartbeat(
        kiosk_id=kiosk.kiosk_id,
        sent_at=SUBMITTED + timedelta(seconds=second),
        software="0.1.0",
        committed=0,
        delivered=0,
        parked=0,
        trail=head,
    )
    kiosk.send("POST", "/v1/heartbeats", canonical(beat)).raise_for_status()


def shown(browser: Browser) -> str:
    """Return the page of the kiosks."""
    return browser.see("/desk/kiosks").text


def test_a_trail_that_grows_or_stays_is_no_alarm(browser: Browser, kiosk: Kiosk) -> None:
    """Promise 8: the ordinary day, and a kiosk whose software knows no trail yet."""
    browser.sign_in()
    tell(kiosk, 0, None)
    assert SHORTER not in shown(browser)
    for second, n, last in ((1, 0, "0"), (2, 4, "a"), (3, 4, "a"), (4, None, "a"), (5, 9, "b")):
        tell(kiosk, second, n, last)
    page = shown(browser)
    assert "9 条" in page
    assert SHORTER not in page
    assert FORKED not in page


def test_a_trail_that_became_shorter_is_an_alarm_that_stays(running: Running, browser: Browser, kiosk: Kiosk) -> None:
    """Promise 8: also when it has grown beyond again; enrolling anew ends it, which the office itself must allow."""
    browser.sign_in()
    tell(kiosk, 1, 9, "b")
    tell(kiosk, 2, 3, "c")
    assert SHORTER in shown(browser)
    assert "报来 3 条，此前已有 9 条" in shown(browser)
    tell(kiosk, 3, 12, "d")
    assert SHORTER in shown(browser)
    assert "12 条" in shown(browser)
    kiosk.enrol(issue_code(running.office, "K01", "ZT-S00")).raise_for_status()
    tell(kiosk, 4, 1, "e")
    assert SHORTER not in shown(browser)


def test_the_same_number_with_another_last_line_is_an_alarm(browser: Browser, kiosk: Kiosk) -> None:
    """Promise 8: as long as before, and yet another trail."""
    browser.sign_in()
    tell(kiosk, 1, 9, "b")
    tell(kiosk, 2, 9, "c")
    assert "报来的第 9 条，与此前报来的第 9 条不一致（共发生 1 次）" in shown(browser)


def test_a_heartbeat_that_came_late_is_no_alarm(browser: Browser, kiosk: Kiosk) -> None:
    """Promise 4: one that a slow line held back told the truth of its time."""
    browser.sign_in()
    tell(kiosk, 2, 9, "b")
    tell(kiosk, 1, 7, "a")
    assert SHORTER not in shown(browser)
