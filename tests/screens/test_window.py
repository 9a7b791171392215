"""The real window under an X server, touched by XTEST like by a finger, seen through its probe and its pixels.

One window for all of them: each test begins where the last resident left it, at the first page.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from roles.probe_client import Seen, Visitor
from tests.screens.windows import Kiosk, to_fill, to_review, to_scan, window


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    """A window."""
    with window(tmp_path_factory.mktemp("window")) as kiosk:
        yield kiosk


@pytest.fixture
def visitor(opened: Kiosk) -> Iterator[Visitor]:
    """Somebody before the first page of the window; at the end the visit is stopped, whatever became of it."""
    opened.visitor.settle()
    yield opened.visitor
    home(opened.visitor)


def home(visitor: Visitor) -> None:
    """Stop the visit by what can be touched on any page, as a resident would."""
    if visitor.look().screen not in {"attract", "end"}:
        visitor.tap("foot:help")
        visitor.tap("leave")
        visitor.wait_screen("end")
    if visitor.look().screen == "end":
        visitor.tap("finish")
    visitor.wait_screen("attract")


def _is(fact: str, value: str, seen: Seen) -> bool:
    return bool(seen.facts[fact] == value)


def _offers(target: str, seen: Seen) -> bool:
    return target in seen.targets


def test_a_resident_walks_from_the_first_touch_to_the_thank_you(visitor: Visitor) -> None:
    """Promise 7: the whole way can be gone by touch alone, and the window says at each place where it is."""
    to_review(visitor)
    visitor.tap("submit")
    visitor.wait_screen("receipt")
    visitor.tap("next")
    visitor.tap("rate:5")
    visitor.wait_screen("end")
    visitor.tap("finish")
    visitor.wait_screen("attract")


def test_what_is_wrong_is_said_at_the_question(visitor: Visitor) -> None:
    """Promise 7: going on without an answer stays on the question, and says why."""
    to_fill(visitor)
    visitor.tap("next")
    seen = visitor.wait("the fault is said", lambda now: now.facts["note"] == "field:phone")
    assert seen.screen == "fill"


def test_a_page_taken_can_be_taken_again_by_its_picture(visitor: Visitor) -> None:
    """Promise 7: each page is a picture; touched, it can go, and the paper can be left for the window again."""
    to_scan(visitor)
    for number in range(2):
        visitor.tap("capture")
        visitor.wait(f"page {number}", partial(_offers, f"page:{number}"))
    visitor.tap("page:1")
    visitor.tap("delete")
    visitor.wait("one page", lambda now: now.screen == "scan" and "page:1" not in now.targets)
    visitor.tap("page:0")
    visitor.tap("retake")
    visitor.wait("no page", lambda now: "later_at_window" in now.targets)


def test_search_finds_by_pinyin_initials_touched_on_the_keys(visitor: Visitor) -> None:
    """Promise 7: a service is found by the first letters of its pinyin, without a keyboard of plastic."""
    visitor.tap("start:zh")
    visitor.tap("search")
    visitor.type("ylbx")
    visitor.wait("a hit", lambda seen: any(each.startswith("service:ZT-RS") for each in seen.targets))
    for _ in range(4):
        visitor.tap("key:erase")
    visitor.wait("no hits", lambda seen: not any(each.startswith("service:") for each in seen.targets))


def test_where_nothing_is_found_a_person_is_one_touch_away(visitor: Visitor) -> None:
    """Promise 3: words that mean nothing here lead to staff, to a request, to the villages; and back to the words."""
    visitor.tap("start:zh")
    visitor.tap("search")
    visitor.type("qqqq")
    visitor.wait("somebody to ask", lambda seen: {"ask:staff", "villages", "browse:departments"} <= seen.targets.keys())
    visitor.tap("villages")
    visitor.wait("no keys", lambda seen: "key:q" not in seen.targets)
    visitor.tap("foot:back")
    visitor.wait("the ways again", lambda seen: "villages" in seen.targets or "ask" in seen.targets)


def test_language_and_modes_are_switched_on_any_page(visitor: Visitor) -> None:
    """Promise 7: each mode is one touch away, and the same page is there in it, with nothing typed lost."""
    to_fill(visitor)
    visitor.type("138")
    for target, fact, value in (
        ("foot:language", "language", "en"),
        ("foot:elder", "mode", "elder"),
        ("foot:low", "mode", "elder+low"),
        ("foot:contrast", "mode", "elder+low+high_contrast"),
    ):
        visitor.tap(target)
        seen = visitor.wait(f"{fact} {value}", partial(_is, fact, value))
        assert seen.screen == "fill"
        assert "field:phone" in seen.targets
    visitor.type("00005678")
    visitor.tap("next")
    visitor.wait("the next question", lambda now: "field:phone" not in now.targets and now.screen == "fill")


def test_a_touch_shows_while_the_finger_is_down(visitor: Visitor) -> None:
    """Promise 7: the button touched is another colour before the finger lifts; sliding off it does nothing."""
    x, y, width, height = visitor.look().targets["start:en"]
    corner = (int(x + width / 4), int(y + height / 4))
    before = visitor.hand.picture().getpixel(corner)
    frame = visitor.look().frame
    visitor.hand.move(x + width / 2, y + height / 2)
    visitor.hand.press()
    visitor.wait("the next frame", lambda seen: seen.frame > frame)
    visitor.wait("its pixels", lambda _: visitor.hand.picture().getpixel(corner) != before)
    visitor.hand.move(x + width / 2, y - height)
    visitor.hand.release()
    visitor.wait("the colour as before", lambda _: visitor.hand.picture().getpixel(corner) == before)
    assert visitor.look().screen == "attract"


def test_the_help_page_keeps_what_was_entered_and_can_end_the_visit(visitor: Visitor) -> None:
    """Promise 2 and 7: help is one touch away on any page; ending from there wipes and says so."""
    to_fill(visitor)
    visitor.tap("foot:help")
    visitor.wait_screen("help")
    visitor.tap("stay")
    visitor.wait_screen("fill")
    visitor.tap("foot:help")
    visitor.tap("leave")
    visitor.wait_screen("end")


def test_the_probe_says_nothing_personal(visitor: Visitor) -> None:
    """Promise 2: what the probe tells of a page full of a person has none of that person in it."""
    to_fill(visitor)
    visitor.type("13800005678")
    said = str(visitor.look().facts)
    assert "13800005678" not in said
    assert "刘" not in said
    assert "3205" not in said


def test_the_window_leaves_nothing_in_the_home_folder_and_ends_without_a_trace(tmp_path: Path) -> None:
    """Promise 2: told to end, it ends with 0 and no stack trace, and has written below its state folder alone."""
    with window(tmp_path) as kiosk:
        kiosk.process.terminate()
        assert kiosk.ended() == 0
        assert "Traceback" not in kiosk.said()
        assert list(kiosk.home.iterdir()) == []
        assert sorted(path.name for path in kiosk.state.iterdir()) == ["catalogue", "kivy"]


def test_the_log_has_no_chatter_of_the_toolkit(opened: Kiosk) -> None:
    """Promise 8: what is in the log is for somebody to act on; Kivy tells of warnings and worse alone."""
    assert "kivy" not in opened.said().lower()
