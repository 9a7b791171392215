"""A resident goes back, gives up, or walks away: from every page, and nothing of it is left."""

from collections.abc import Callable

import pytest

from roles.processes import wait_until
from tests.visits.test_nothing_is_left import found_in, needles
from tests.window.kiosk_window import NUMBER, PHONE, Kiosk

# How one gets from the state before to this one, and the page it shows.
STEPS: dict[str, tuple[str, Callable[[Kiosk], object]]] = {
    "CHOOSE": ("choose", lambda kiosk: kiosk.window.tap("start:zh")),
    "GUIDE": ("guide", lambda kiosk: kiosk.window.tap("service:ZT-RS-001")),
    "CONSENT": ("consent", lambda kiosk: kiosk.window.tap("begin")),
    "IDENTIFY": ("identify", lambda kiosk: kiosk.window.read_and_tap("agree")),
    "FILL": ("fill", lambda kiosk: kiosk.by_card()),
    "SCAN": ("scan", lambda kiosk: kiosk.fill()),
    "SIGN": ("sign", lambda kiosk: kiosk.bring_later()),
    "REVIEW": ("review", lambda kiosk: kiosk.sign()),
    "RECEIPT": ("receipt", lambda kiosk: kiosk.hand_in()),
    "RATE": ("rate", lambda kiosk: kiosk.window.tap("next")),
}


@pytest.mark.parametrize("last", ["CHOOSE", "GUIDE", "CONSENT", "IDENTIFY", "FILL", "SCAN", "SIGN", "REVIEW", "RATE"])
def test_a_visit_can_be_cancelled_anywhere(kiosk: Kiosk, last: str) -> None:
    """Promise 7: help and stop are a touch away on every page, and the first page is there for the next resident."""
    for state, (page, step) in STEPS.items():
        step(kiosk)
        kiosk.window.wait_screen(page)
        if state == last:
            break
    kiosk.cancel()


def go_back(kiosk: Kiosk, page: str) -> None:
    """Touch "back"; another question of the same page is a page back too."""
    before = kiosk.window.look()
    kiosk.window.tap("foot:back")
    kiosk.window.wait(f"back to {page}", lambda now: now.targets != before.targets and now.screen == page)


def test_back_leads_back_through_every_page(kiosk: Kiosk) -> None:
    """Promise 7: a page back from every page, and forward again without typing anew."""
    kiosk.to_review()
    for page in ("sign", "scan", "fill", "fill", "identify", "consent", "guide", "choose"):
        go_back(kiosk, page)
    kiosk.window.tap("foot:back")
    kiosk.window.wait_screen("end")


def test_who_walks_away_is_asked_and_then_forgotten(kiosk: Kiosk) -> None:
    """Promises 2 and 6: a countdown that a touch ends; nobody there, the visit ends by itself and is wiped."""
    kiosk.to_review()
    kiosk.window.wait("the countdown", lambda seen: "still_here" in seen.targets)
    kiosk.window.tap("still_here")
    kiosk.window.wait("the page again", lambda seen: "submit" in seen.targets)
    before = len(kiosk.committed())
    kiosk.window.wait("the countdown again", lambda seen: "still_here" in seen.targets)
    kiosk.window.wait("the last page", lambda seen: seen.state == "END", 90)
    assert len(kiosk.committed()) == before
    kiosk.to_attract()


def picture(kiosk: Kiosk) -> bytes:
    """Return what the screen shows, without the bar and its clock."""
    kiosk.window.settle()
    shown = kiosk.window.hand.picture()
    return shown.crop((0, shown.height // 10, *shown.size)).tobytes()


def typing_page(kiosk: Kiosk) -> None:
    """Go to the page where the number is typed."""
    kiosk.to_identify()
    kiosk.window.tap("type_number")
    kiosk.window.wait("the keys", lambda seen: "key:X" in seen.targets)


def test_the_next_resident_finds_the_kiosk_as_the_first_found_it(kiosk: Kiosk) -> None:
    """Promise 2: not a pixel of what was typed is left, and no file of the kiosk has name, number or phone."""
    typing_page(kiosk)
    seen: list[bytes] = []

    def is_drawn() -> bool:
        seen.append(picture(kiosk))
        return len(seen) > 2 and len({*seen[-3:]}) == 1

    wait_until("it is drawn", is_drawn, 90)
    kiosk.window.type(NUMBER[:8])
    kiosk.window.tap("foot:back")
    kiosk.window.wait("the reader again", lambda seen: "key:X" not in seen.targets)
    kiosk.by_card()
    kiosk.fill()
    kiosk.bring_later()
    kiosk.sign()
    kiosk.hand_in()
    kiosk.leave()
    typing_page(kiosk)
    wait_until("it looks as it did before", lambda: picture(kiosk) == seen[-1], 90)
    wanted = needles(["王小明", NUMBER, PHONE], [])
    assert found_in(kiosk.stack.config.kiosk.state, wanted) == []
    assert found_in(kiosk.stack.places.folder / "log", wanted) == []
