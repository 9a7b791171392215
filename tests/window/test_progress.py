"""From the receipt to the clerk and back: how a case stands, and the paper that was missing, at the real window."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from roles.processes import wait_until
from roles.stack import CLERK
from tests.window.kiosk_window import Kiosk

WHY = "户口簿第二页看不清，请补一页。"


@contextmanager
def clerk(kiosk: Kiosk) -> Iterator[httpx.Client]:
    """Give a clerk's browser that has signed in."""
    url = f"http://127.0.0.1:{kiosk.stack.places.office_port}"
    with httpx.Client(base_url=url, trust_env=False, timeout=60, follow_redirects=True) as desk:
        data = {"name": CLERK, "password": kiosk.stack.password, "form_token": token(desk, "/desk/login")}
        desk.post("/desk/login", data=data)
        yield desk


def token(desk: httpx.Client, path: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', desk.get(path).text)
    assert found is not None
    return found[1]


def at_the_desk(desk: httpx.Client, submission_id: str) -> str | None:
    """Return the path of a case at the desk, None while it has not arrived."""
    found = re.search(rf'href="(/desk/cases/[^/]+/{submission_id})"', desk.get("/desk/cases").text)
    return found[1] if found else None


def asks(kiosk: Kiosk) -> None:
    """Go to one's cases by card."""
    kiosk.window.tap("start:zh")
    kiosk.window.tap("progress")
    kiosk.window.read_and_tap("agree")
    kiosk.window.wait_screen("identify")
    kiosk.by_card()


def opened(kiosk: Kiosk, number: str) -> None:
    """Open the case of that number; a person's only one stands open already."""
    kiosk.window.wait("the cases", lambda now: bool({"hand_in", f"case:{number}"} & now.targets.keys()))
    if "hand_in" not in kiosk.window.look().targets:
        kiosk.window.tap(f"case:{number}")


def test_a_clerk_wants_a_paper_and_the_resident_hands_it_in_at_once(kiosk: Kiosk) -> None:
    """Promises 1, 4 and 6: what the clerk wrote stands on the glass, and the paper is at the case in the end."""
    kiosk.to_review()
    kiosk.hand_in()
    kiosk.leave()
    submission_id, number = kiosk.committed()[-1]
    with clerk(kiosk) as desk:
        wait_until("the case is at the desk", lambda: at_the_desk(desk, submission_id) is not None, 90)
        path = at_the_desk(desk, submission_id)
        assert path is not None
        form = {"state": "NEEDS_MORE", "reason": WHY, "missing": "hukou_book", "form_token": token(desk, path)}
        assert desk.post(f"{path}/steps", data=form).status_code == 200
        asks(kiosk)
        opened(kiosk, number)
        kiosk.window.tap("hand_in")
        kiosk.bring_later()
        kiosk.sign()
        kiosk.hand_in()
        kiosk.leave()
        wait_until("the case is checked again", lambda: "审核中" in desk.get(path).text.partition("待补材料")[2], 90)


def test_with_the_office_gone_the_page_says_so_and_the_receipt_stays_valid(kiosk: Kiosk) -> None:
    """Promises 3, 4 and 6: the wait ends, nothing is invented, and asking again helps once it is back."""
    kiosk.stack.children["office"].stop()
    asks(kiosk)
    kiosk.until_note("asking.away")
    kiosk.stack.children["office"].start()
    wait_until("asked again", lambda: _asked_again(kiosk), 90)
    kiosk.to_attract()


def _asked_again(kiosk: Kiosk) -> bool:
    seen = kiosk.window.look()
    if "way:TRY_AGAIN" in seen.targets:
        kiosk.window.tap("way:TRY_AGAIN")
    return seen.facts["note"] is None and seen.screen == "ask"
