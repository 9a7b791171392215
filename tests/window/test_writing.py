"""Words written by touch: pinyin, by hand, a date on a wheel; the office reads them, and nothing else keeps them."""

import os
import signal
from pathlib import Path

from kiosk.dates import today_in_china
from kiosk.form_checks import span_end
from kiosk.forms import shipped_forms
from kiosk.writing.dates import Part, wheel
from roles.processes import wait_until
from tests.kiosk.writing.strokes import WRITTEN
from tests.window.kiosk_window import PHONE, Kiosk
from tests.window.test_scanning import delivered

RESIDENCE = "ZT-GA-001"
SENTENCE, LETTERS = "我的身份证丢了", "wodeshenfenzhengdiule"
SECONDS = 90.0
_ABOVE_MIDDLE = 0.3  # of the height of a wheel: the value before, whether three are seen or five


def composing(kiosk: Kiosk) -> list[int]:
    """Return the kiosk's processes that have librime loaded."""
    loaded = [each.parent for each in Path("/proc").glob("[0-9]*/maps") if "librime" in _read(each)]
    return [int(each.name) for each in loaded if kiosk.stack.children["kiosk"].pid in _ancestors(each)]


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it ended while it was looked at
        return ""


def _ancestors(process: Path) -> list[int]:
    found = list[int]()
    while (parent := _read(process / "status").partition("PPid:")[2].split()[:1]) not in ([], ["0"]):
        process = process.with_name(parent[0])
        found.append(int(parent[0]))
    return found


def answer_until(kiosk: Kiosk, target: str) -> None:
    """Answer what is chosen, leave out what is optional, until a question has that target."""
    seen = kiosk.window.wait("a question", lambda now: {target, "next"} & now.targets.keys() != set())
    while target not in seen.targets:
        if choice := next((each for each in seen.targets if each.startswith("choice:")), None):
            kiosk.window.tap(choice)
        kiosk.window.tap("next")
        seen = kiosk.window.look()


def to_address(kiosk: Kiosk) -> None:
    """From the first touch to the question that is answered in words; the date on its wheel on the way."""
    window = kiosk.window
    for target in ("start:zh", "browse:departments", "department:GA"):
        window.tap(target)
    window.read_and_tap(f"service:{RESIDENCE}")
    window.tap("begin")
    window.read_and_tap("agree")
    window.wait_screen("identify")
    kiosk.by_card()
    window.type(PHONE)
    window.tap("next")
    answer_until(kiosk, "wheel:day")
    turn_the_wheel(kiosk)
    window.tap("next")
    window.wait("the next question", lambda now: "wheel:day" not in now.targets)
    answer_until(kiosk, "field:address")


def turn_the_wheel(kiosk: Kiosk) -> None:
    """Touch the day before, and draw the month to the one before."""
    kiosk.window.draw_in("wheel:day", [[(0.5, _ABOVE_MIDDLE)]])
    kiosk.window.draw_in("wheel:month", [[(0.5, 0.5), (0.5, 0.55), (0.5, 0.65), (0.5, 0.75)]])


def turned() -> str:
    """Return the date that the wheel then stands at."""
    field = next(each for each in shipped_forms()["residence_form"].fields if each.id == "arrived_on")
    today = today_in_china()
    earliest, latest = (span_end(span, today) for span in field.schema["x-dates"])
    return wheel(earliest, latest, "", today).turned(Part.DAY, -1).turned(Part.MONTH, -1).shown.isoformat()


def test_a_sentence_is_written_by_touch_and_the_office_reads_it(kiosk: Kiosk) -> None:
    """Promises 1, 2 and 7: pinyin and one character by hand; no file of this machine but the office's has it."""
    window, dates = kiosk.window, {turned()}
    to_address(kiosk)
    window.type(LETTERS)
    window.tap("candidate:0")
    window.tap("key:board")
    window.tap("board:hand")
    window.draw_in("hand", WRITTEN["大"])
    window.tap("candidate:0")
    assert composing(kiosk)
    window.tap("next")
    kiosk.bring_later()
    kiosk.sign()
    case = delivered(kiosk)
    answers = case.document.answers["residence_form"]
    assert answers["address"] == SENTENCE + "大"
    assert answers["arrived_on"] in dates | {turned()}
    wait_until("what composed is gone with the visit", lambda: not composing(kiosk), SECONDS)
    assert_nowhere(kiosk, SENTENCE, LETTERS)


def assert_nowhere(kiosk: Kiosk, *texts: str) -> None:
    """Look through every file of the kiosk, its logs among them; what the office opened is the office's."""
    office = kiosk.stack.places.office
    for file in kiosk.stack.places.folder.rglob("*"):
        if file.is_file() and office not in file.parents:
            data = file.read_bytes()
            assert not [text for text in texts if text.encode() in data or text.encode("utf-16-le") in data], file.name


def test_what_composes_may_die_and_one_writes_on(kiosk: Kiosk) -> None:
    """Promises 3 and 8: a sentence says that the key was lost, the answer so far stands, and the next key is taken."""
    window = kiosk.window
    to_address(kiosk)
    window.type("zhitang")
    window.tap("candidate:0")
    for process in composing(kiosk):
        os.kill(process, signal.SIGKILL)
    window.type("z")
    kiosk.until_note("screens.fill.lost")
    window.type("z")
    window.wait("it is taken, or the new one still loads", lambda now: now.facts["note"] != "screens.fill.lost")
    while "candidate:0" not in window.look().targets:
        window.type("z")
    window.tap("candidate:0")
    window.wait("it is written", lambda now: "candidate:0" not in now.targets)
    kiosk.cancel()
    wait_until("what composed is gone with the visit", lambda: not composing(kiosk), SECONDS)
