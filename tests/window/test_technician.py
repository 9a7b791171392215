"""A technician at the window: comes in by the gesture and two factors, tests, closes the kiosk, and leaves."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import select

from drivers.identity import parse_identity
from drivers.sim.specimens import SPECIMENS
from kiosk.audit import AuditTrail
from kiosk.calibration_file import CalibrationFile
from kiosk.config import load
from kiosk.technicians import Technicians
from kiosk.touch_offset import POINTS
from office.cases.opening import read_diagnosis
from office.office import open_office
from office.settings import OfficeSettings
from office.store.models import DiagnosisRow
from roles.probe_client import Seen
from roles.processes import ROOT, wait_until
from sync.contract import sha256_hex
from tests.window.conftest import SIZE
from tests.window.kiosk_window import DEVICES, PHONE, Kiosk

NUMBER, PIN = "1001", "274915"
PAGES_OF = {
    "device:id_card": (("port", "staff_port"),),
    "device:receipt_printer": (("roll", "staff_roll"),),
    "device:document_camera": (("calibrate", "staff_camera"),),
}
"""What more the pages of some devices lead to: target and screen."""
MOON, CLOCK = (SIZE[0] * 0.06, SIZE[1] * 0.02), (SIZE[0] * 0.94, SIZE[1] * 0.02)


class Technician:
    """Somebody with a number, a PIN and a phone."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.kiosk = kiosk
        self.state = kiosk.stack.config.kiosk.state
        self.roster = Technicians(self.state)
        address = self.roster.add(NUMBER, PIN, "test")
        self._totp = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])
        self._step = 0
        self.words: set[str] = set()

    def code(self) -> str:
        """Return a code that was not used yet: of the step after the last, which may be the next one."""
        now = datetime.now().astimezone()
        step = max(self._totp.timecode(now), self._step + 1)
        wait_until("a fresh code", lambda: self._totp.timecode(datetime.now().astimezone()) >= step - 1, 40)
        self._step = step
        return self._totp.at(datetime.fromtimestamp(step * 30).astimezone() + timedelta(seconds=1))

    def gesture(self) -> None:
        """Touch moon and clock in turn."""
        window = self.kiosk.window
        while window.look().screen != "staff_login":
            for place in (MOON, CLOCK, MOON, CLOCK, MOON):  # within ten seconds; where it took longer, once more
                window.touch(*place)

    def enter(self) -> None:
        """Come in."""
        self.gesture()
        self.log_in()

    def log_in(self, pin: str = PIN) -> None:
        """Type number, PIN and code."""
        window = self.kiosk.window
        window.wait_screen("staff_login")
        for line, keys in (("number", NUMBER), ("pin", pin), ("code", self.code())):
            window.tap(f"field:{line}")
            window.type(keys)
        window.tap("next")
        if pin == PIN:
            window.wait_screen("staff_board")

    def leave(self) -> None:
        """Give the kiosk back."""
        if "home" in self.kiosk.window.look().targets:
            self.kiosk.window.tap("home")
        self.kiosk.window.tap("leave")
        self.kiosk.window.wait_screen("attract")

    def go_home(self) -> None:
        """Go to the board from any page."""
        window = self.kiosk.window
        seen = window.wait(
            "a page with a way back", lambda now: bool({"home", "device", "leave"} & set(now.targets)), 30
        )
        if "home" not in seen.targets and "device" in seen.targets:
            window.tap("device")
            window.wait_screen("staff_device")
        if seen.screen != "staff_board":
            window.tap("home")
        window.wait_screen("staff_board")

    def tool(self, name: str) -> None:
        """Open a tool from the board."""
        for target in ("tools", f"tool:{name}"):
            self.kiosk.window.tap(target)

    def collect(self, screen: str) -> None:
        """Wait for a page, and take in every leaf of it once its question is answered."""
        window = self.kiosk.window
        window.wait_screen(screen)
        window.settle()
        seen = window.look()
        self.words.update(seen.facts["words"])
        while "later" in seen.targets:
            window.tap("later")
            seen = window.look()
            self.words.update(seen.facts["words"])

    def nobody_in_words(self) -> None:
        """Fail if a word of the resident is in what was taken in."""
        text = "\n".join(self.words)
        person = parse_identity(SPECIMENS["wang"].payload())
        for planted in (person.name, person.number, person.number[6:14], person.address, PHONE):
            assert planted
            assert planted not in text

    def acts(self) -> list[tuple[str, str, str, str]]:
        """Return what the trail says, the oldest first; verified."""
        trail = AuditTrail(self.state)
        return [(entry.who, entry.what, entry.on, entry.outcome) for entry in reversed(trail.entries())]


@pytest.fixture
def technician(kiosk: Kiosk) -> Iterator[Technician]:
    """One technician of this kiosk, who has left it open when the test is over."""
    somebody = Technician(kiosk)
    yield somebody
    somebody.roster.remove(NUMBER)


def test_a_wrong_pin_opens_nothing(kiosk: Kiosk, technician: Technician) -> None:
    """Promise 2: the answer does not say what was wrong, and the kiosk is the residents' again."""
    technician.gesture()
    technician.log_in("000001")
    kiosk.until_note("staff.login.REFUSED")
    kiosk.window.tap("leave")
    kiosk.window.wait_screen("attract")
    assert technician.acts()[-1] == ("-", "LOGIN", NUMBER, "REFUSED")


def test_out_of_service_is_read_in_both_languages_and_survives_the_process(
    kiosk: Kiosk, technician: Technician
) -> None:
    """Promises 3 and 4: killed and started anew, the kiosk still takes nobody, until a technician opens it."""
    technician.enter()
    for target in ("tools", "tool:notice", "notice:MAINTENANCE"):
        kiosk.window.tap(target)
    kiosk.until_note("visit.closed.by_staff_maintenance")
    kiosk.window.tap("home")
    kiosk.window.tap("leave")
    kiosk.window.wait_screen("out_of_service")
    kiosk.stack.children["kiosk"].kill()
    kiosk.stack.places.probe.unlink()
    assert kiosk.stack.restart_dead() == ["kiosk"]
    wait_until("the window is there again", kiosk.stack.places.probe.exists, 90)
    kiosk.until_note("visit.closed.by_staff_maintenance")
    technician.enter()
    for target in ("tools", "tool:notice", "in_service"):
        kiosk.window.tap(target)
    kiosk.window.wait("the notices again", lambda now: "notice:CLOSED" in now.targets)
    technician.leave()
    kiosk.window.tap("start:zh")
    kiosk.window.wait_screen("choose")


def test_the_service_key_lets_the_visit_finish_and_shows_the_login(kiosk: Kiosk, technician: Technician) -> None:
    """Promise 3: the key is turned in the middle of a visit; the resident notices nothing."""
    before = len(technician.acts())
    kiosk.to_identify()
    kiosk.do("auxiliaries", "key_on")
    kiosk.by_card()
    kiosk.fill()
    kiosk.window.wait_screen("scan")
    for target in ("foot:help", "leave", "finish"):
        kiosk.window.tap(target)
    kiosk.window.wait_screen("staff_login")
    kiosk.do("auxiliaries", "key_off")
    kiosk.window.wait_screen("attract")
    assert "LOGIN" not in [what for _, what, _, _ in technician.acts()[before:]]


def test_a_reader_plugged_in_elsewhere_is_found_and_used(kiosk: Kiosk, technician: Technician) -> None:
    """Promises 3 and 8: unplugged and plugged in, it is the new port; the kiosk starts anew with it and reads cards."""
    technician.enter()
    kiosk.window.tap("device:id_card")
    kiosk.window.tap("port")
    kiosk.do("id_card", "fault", name="vanish")
    kiosk.window.tap("out")
    kiosk.until_note("staff.port.in")
    kiosk.do("id_card", "heal")
    kiosk.until_note("staff.port.found")
    kiosk.window.tap("use")
    wait_until("the window ends", lambda: kiosk.stack.children["kiosk"].exit_code() is not None, 90)
    kiosk.stack.places.probe.unlink(missing_ok=True)
    assert kiosk.stack.restart_dead() == ["kiosk"]
    wait_until("the window is there again", kiosk.stack.places.probe.exists, 90)
    [set_here] = [each for each in load(kiosk.stack.places.config).devices if each.site_file is not None]
    assert set_here.name == "id_card"
    assert (NUMBER, "ASSIGN_PORT", f"id_card {set_here.url}", "OK") in technician.acts()
    kiosk.until_well("id_card")
    kiosk.to_identify()
    kiosk.by_card()
    kiosk.fill()


@pytest.fixture(scope="class")
def session(running: Kiosk) -> Iterator[Technician]:
    """One technician who came in after one whole visit, and stays for all tests of a class."""
    running.window.wait_screen("attract")
    running.until_well(*DEVICES)
    running.to_review()
    running.hand_in()
    running.leave()
    somebody = Technician(running)
    somebody.enter()
    yield somebody
    somebody.go_home()
    somebody.leave()
    assert somebody.acts()[-1] == (NUMBER, "LEAVE", "", "OK")
    somebody.roster.remove(NUMBER)


@pytest.fixture
def technician_inside(session: Technician) -> Iterator[Technician]:
    """That technician at the board; what a test broke is mended after it."""
    session.go_home()
    yield session
    session.kiosk.heal()


def drawn_since(frame: int, now: Seen) -> bool:
    """Tell whether the window has drawn since that frame."""
    return now.frame > frame


class TestInside:
    """What one technician does in one session, page by page."""

    def test_no_page_shows_a_word_of_a_resident(self, technician_inside: Technician) -> None:
        """Promise 2: after a whole visit, every page, every leaf: neither name nor number nor address nor phone."""
        here = technician_inside
        kiosk, words = here.kiosk, here.words
        devices = [target for target in kiosk.window.look().targets if target.startswith("device:")]
        here.collect("staff_board")
        for device in devices:
            kiosk.window.tap(device)
            here.collect("staff_device")
            for target, screen in PAGES_OF.get(device, ()):
                kiosk.window.tap(target)
                here.collect(screen)
                kiosk.window.tap("device")
                kiosk.window.wait_screen("staff_device")
            kiosk.window.tap("home")
        for tool in ("network", "outbox", "jobs", "log", "notice", "export", "keypad", "sound"):
            kiosk.window.tap("tools")
            kiosk.window.tap(f"tool:{tool}")
            here.collect(f"staff_{tool}")
            if tool == "log":
                kiosk.window.tap("other")
                kiosk.window.settle()
                here.collect("staff_log")
            kiosk.window.tap("home")
        assert kiosk.committed()[-1][1] in "\n".join(words), "the walk saw the print job of this very visit"
        here.nobody_in_words()

    def test_a_guided_fix_names_nobody_and_says_when_it_is_done(self, technician_inside: Technician) -> None:
        """Promises 2 and 8: the printer runs out while the technician stands there; with a roll in it is mended."""
        here, kiosk = technician_inside, technician_inside.kiosk
        kiosk.do("receipt_printer", "paper_out")
        kiosk.window.tap("device:receipt_printer")
        kiosk.window.tap("guide:guides.receipt_printer.PAPER_OUT")
        kiosk.until_note("staff.guide.still")
        here.collect("staff_guide")
        kiosk.do("receipt_printer", "refill")
        kiosk.until_note("staff.guide.mended")
        here.collect("staff_guide")
        here.nobody_in_words()

    def test_five_crosses_are_touched_and_measured(self, technician_inside: Technician) -> None:
        """Promises 2 and 4: what was found is told, nothing is corrected before the technician says so."""
        here, kiosk = technician_inside, technician_inside.kiosk
        here.tool("touch")
        kiosk.window.wait_screen("staff_touch_points")
        for number, (x, y) in enumerate(POINTS):
            before = kiosk.window.look().frame
            kiosk.window.touch(x * SIZE[0], y * SIZE[1])
            kiosk.window.wait(f"cross {number} was taken", partial(drawn_since, before))
        here.collect("staff_touch")
        here.nobody_in_words()

    def test_the_printer_prints_a_slip(self, technician_inside: Technician) -> None:
        """Promise 8: one tap prints a real slip; every act is in the trail."""
        here, kiosk = technician_inside, technician_inside.kiosk
        before = len(kiosk.receipts())
        kiosk.window.tap("device:receipt_printer")
        kiosk.window.tap("test:external")
        seen = kiosk.window.wait("the test has ended", lambda now: now.facts["note"] is not None)
        assert seen.facts["note"] == "staff.test.WELL"
        wait_until("the slip is out", lambda: len(kiosk.receipts()) == before + 1, 90)
        assert "纸：够用。" in seen.facts["words"]
        assert here.acts()[-2:] == [
            (NUMBER, "TEST_EXTERNAL", "receipt_printer", "BEGUN"),
            (NUMBER, "TEST_EXTERNAL", "receipt_printer", "OK"),
        ]

    def test_a_copy_of_a_receipt_is_printed_and_recorded(self, technician_inside: Technician) -> None:
        """Promises 1 and 8: one tap, one slip, who asked for it."""
        here, kiosk = technician_inside, technician_inside.kiosk
        number = kiosk.committed()[-1][1]
        here.tool("jobs")
        seen = kiosk.window.wait("the jobs", lambda now: any(each.startswith("copy:") for each in now.targets))
        before = len(kiosk.receipts())
        kiosk.window.tap(next(each for each in seen.targets if each.startswith("copy:")))
        wait_until("the copy is out", lambda: len(kiosk.receipts()) == before + 1, 90)
        wait_until("it is recorded", lambda: here.acts()[-1] == (NUMBER, "REPRINT", number, "OK"), 90)

    def test_what_the_finger_did_not_reach_is_shown_as_dead(self, technician_inside: Technician) -> None:
        """Promise 4: the upper half is swept, the lower is not; nobody touches, and it ends by itself."""
        here, kiosk = technician_inside, technician_inside.kiosk
        here.tool("glass")
        kiosk.window.wait_screen("staff_glass_sweep")
        width, height = SIZE
        rows = [(8 + n * 16) for n in range(height // 32)]
        path = [(x, y) for n, y in enumerate(rows) for x in ((4, width - 4) if n % 2 == 0 else (width - 4, 4))]
        fine = [
            (a[0] + (b[0] - a[0]) * step / 24, a[1] + (b[1] - a[1]) * step / 24)
            for a, b in pairwise(path)
            for step in range(24)
        ]
        kiosk.window.hand.stroke([(float(x), float(y)) for x, y in fine], pause=0.002)
        kiosk.until_note("staff.glass.dead")
        outcome = re.match(r"(\d+) of (\d+) zones dead", here.acts()[-1][3])
        assert outcome is not None
        # A busy machine draws seldom, and takes of a fast finger only where it was then: at least the lower half is
        # dead.
        assert int(outcome[2]) * 0.45 < int(outcome[1]) < int(outcome[2]) * 0.9

    def test_an_export_is_opened_by_the_office_alone_and_holds_nobody(self, technician_inside: Technician) -> None:
        """Promise 2: what the stick holds is sealed; what the office opens names no resident."""
        here, kiosk = technician_inside, technician_inside.kiosk
        here.tool("export")
        kiosk.window.tap("write")
        kiosk.until_note("staff.export.done")
        folder = kiosk.stack.config.staff.export
        assert folder is not None
        [file] = folder.glob("*.sealed")
        assert b"PK\x03\x04" not in file.read_bytes()
        out = folder / "opened.zip"
        office = ["office", "unseal", str(file), str(out), "--folder", str(kiosk.stack.places.office)]
        told = subprocess.run(
            [sys.executable, str(ROOT / "run.py"), *office], capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr
        assert zipfile.is_zipfile(out)
        shutil.rmtree(folder)

    def test_the_diagnosis_reaches_the_office_over_the_line(self, technician_inside: Technician) -> None:
        """Promises 1 and 8: one tap at the kiosk, and the office's zip is the one that the kiosk sealed."""
        here, kiosk = technician_inside, technician_inside.kiosk
        here.tool("export")
        kiosk.window.tap("hand_over")
        kiosk.until_note("staff.export.sending")
        assert here.acts()[-2:] == [(NUMBER, "HAND_OVER", "", "BEGUN"), (NUMBER, "HAND_OVER", "", "OK")]
        with open_office(OfficeSettings(folder=kiosk.stack.places.office)) as office:

            def arrived() -> list[DiagnosisRow]:
                with office.database.reading() as rows:
                    return list(rows.scalars(select(DiagnosisRow)).all())

            wait_until("the office has it", lambda: len(arrived()) == 1, 180)
            [row] = arrived()
            document, plain = read_diagnosis(office, row.kiosk_id, row.submission_id)
        assert row.technician == NUMBER
        assert sha256_hex(plain) == document.archive.sha256
        assert zipfile.ZipFile(io.BytesIO(plain)).testzip() is None

    def test_the_camera_is_calibrated_with_the_sheet_and_the_empty_tray(self, technician_inside: Technician) -> None:
        """Promises 4 and 6: each step says what it waits for, and what was measured is kept with who did it."""
        here, kiosk = technician_inside, technician_inside.kiosk
        kiosk.do("document_camera", "lay", page="calibration")
        for target in ("device:document_camera", "calibrate", "begin"):
            kiosk.window.tap(target)
        kiosk.until_note("calibration.step.TAKE_AWAY")
        kiosk.do("document_camera", "clear")
        kiosk.until_note("staff.camera.kept")
        record = CalibrationFile(here.state).read()
        assert record is not None
        assert record.by == NUMBER
        assert here.acts()[-1] == (NUMBER, "CALIBRATE_CAMERA", "document_camera", "OK")
        kiosk.window.tap("device")
        kiosk.window.wait_screen("staff_device")
