"""The real window under an X server, touched by XTEST like by a finger, seen through its probe and its pixels."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from roles.display import Hand, VirtualScreen
from roles.probe_client import Seen, Visitor
from tests.screens.studio import ROOT


@dataclass(frozen=True)
class Kiosk:
    """A window that runs."""

    visitor: Visitor
    process: "subprocess.Popen[str]"
    state: Path
    home: Path


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    """A window, upright, whose home folder is watched."""
    home, state, probe = tmp_path / "home", tmp_path / "state", tmp_path / "probe.sock"
    home.mkdir()
    with VirtualScreen(1080, 1920) as screen:
        command = [sys.executable, "-m", "tests.screens.process", str(state), str(probe), "1080x1920"]
        environment = {**os.environ, "DISPLAY": screen.name, "HOME": str(home)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        hand = Hand(screen.name)
        try:
            wait_for(probe, process)
            yield Kiosk(Visitor(probe, hand), process, state, home)
        finally:
            process.terminate()
            process.communicate(timeout=10)
            hand.close()


def wait_for(path: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until the window says where it can be asked; it ends if it cannot."""
    import time

    deadline = time.monotonic() + 20
    while not path.exists():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline, "no window"
        time.sleep(0.02)


def _is(fact: str, value: str, seen: Seen) -> bool:
    return bool(seen.facts[fact] == value)


def to_fill(visitor: Visitor) -> None:
    """Go as far as the first question."""
    visitor.tap("start:zh")
    visitor.tap("service:ZT-RS-001")
    visitor.tap("begin")
    visitor.tap("agree")
    visitor.tap("confirm")
    visitor.wait_screen("fill")


def test_a_resident_walks_from_the_first_touch_to_the_thank_you(kiosk: Kiosk) -> None:
    """Promise 7: the whole way can be gone by touch alone, and the window says at each place where it is."""
    visitor = kiosk.visitor
    to_fill(visitor)
    visitor.tap("next")
    seen = visitor.wait("the fault is said", lambda now: now.facts["note"] == "field:phone")
    assert seen.screen == "fill"
    visitor.type("13800005678")
    visitor.tap("next")
    seen = visitor.wait("choices", lambda now: any(each.startswith("choice:") for each in now.targets))
    visitor.tap(next(each for each in seen.targets if each.startswith("choice:")))
    visitor.tap("next")
    visitor.wait_screen("scan")
    visitor.tap("later_at_window")
    visitor.wait_screen("sign")
    visitor.draw_in("signature", [[(0.2 + n / 60, 0.4 + (n % 5) / 20) for n in range(30)]])
    visitor.wait("the ink is kept", lambda now: "again" in now.targets)
    visitor.tap("next")
    visitor.wait_screen("review")
    visitor.tap("submit")
    visitor.wait_screen("receipt")
    visitor.tap("next")
    visitor.tap("rate:5")
    visitor.wait_screen("end")
    visitor.tap("finish")
    visitor.wait_screen("attract")


def test_search_finds_by_pinyin_initials_touched_on_the_keys(kiosk: Kiosk) -> None:
    """Promise 7: a service is found by the first letters of its pinyin, without a keyboard of plastic."""
    visitor = kiosk.visitor
    visitor.tap("start:zh")
    visitor.tap("search")
    visitor.type("ylbx")
    visitor.wait("a hit", lambda seen: any(each.startswith("service:ZT-RS") for each in seen.targets))
    for _ in range(4):
        visitor.tap("key:erase")
    visitor.wait("no hits", lambda seen: not any(each.startswith("service:") for each in seen.targets))


def test_language_and_modes_are_switched_on_any_page(kiosk: Kiosk) -> None:
    """Promise 7: each mode is one touch away, and the same page is there in it, with nothing typed lost."""
    visitor = kiosk.visitor
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


def test_a_touch_shows_while_the_finger_is_down(kiosk: Kiosk) -> None:
    """Promise 7: the button touched is another colour before the finger lifts; sliding off it does nothing."""
    visitor = kiosk.visitor
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


def test_the_help_page_keeps_what_was_entered_and_can_end_the_visit(kiosk: Kiosk) -> None:
    """Promise 2 and 7: help is one touch away on any page; ending from there wipes and says so."""
    visitor = kiosk.visitor
    to_fill(visitor)
    visitor.tap("foot:help")
    visitor.wait_screen("help")
    visitor.tap("stay")
    visitor.wait_screen("fill")
    visitor.tap("foot:help")
    visitor.tap("leave")
    visitor.wait_screen("end")


def test_the_window_leaves_nothing_in_the_home_folder_and_ends_without_a_trace(kiosk: Kiosk) -> None:
    """Promise 2: told to end, it ends with 0 and no stack trace, and has written below its state folder alone."""
    kiosk.process.terminate()
    _, errors = kiosk.process.communicate(timeout=10)
    assert kiosk.process.returncode == 0
    assert "Traceback" not in errors
    assert list(kiosk.home.iterdir()) == []
    assert sorted(path.name for path in kiosk.state.iterdir()) == ["catalogue", "kivy"]


def test_the_probe_says_nothing_personal(kiosk: Kiosk) -> None:
    """Promise 2: what the probe tells of a page full of a person has none of that person in it."""
    visitor = kiosk.visitor
    to_fill(visitor)
    visitor.type("13800005678")
    said = str(visitor.look().facts)
    assert "13800005678" not in said
    assert "刘" not in said
    assert "3205" not in said
