"""A technician at the window: comes in by the gesture and two factors, tests, closes the kiosk, and leaves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from kiosk.audit import AuditTrail
from kiosk.technicians import Technicians
from roles.processes import wait_until
from tests.window.conftest import SIZE
from tests.window.kiosk_window import Kiosk

NUMBER, PIN = "1001", "274915"
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

    def code(self) -> str:
        """Return a code that was not used yet: of the step after the last, which may be the next one."""
        now = datetime.now().astimezone()
        step = max(self._totp.timecode(now), self._step + 1)
        wait_until("a fresh code", lambda: self._totp.timecode(datetime.now().astimezone()) >= step - 1, 40)
        self._step = step
        return self._totp.at(datetime.fromtimestamp(step * 30).astimezone() + timedelta(seconds=1))

    def gesture(self) -> None:
        """Touch moon and clock in turn."""
        for place in (MOON, CLOCK, MOON, CLOCK, MOON):
            self.kiosk.window.hand.touch(*place)

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
            window.settle()
            window.type(keys)
        window.tap("enter")
        if pin == PIN:
            window.wait_screen("staff_board")

    def leave(self) -> None:
        """Give the kiosk back."""
        if "home" in self.kiosk.window.look().targets:
            self.kiosk.window.tap("home")
        self.kiosk.window.tap("leave")
        self.kiosk.window.wait_screen("attract")

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


def test_a_technician_tests_the_printer_and_leaves(kiosk: Kiosk, technician: Technician) -> None:
    """Promise 8: by gesture, PIN and code; one tap prints a real slip; every act is in the trail."""
    technician.enter()
    before = len(kiosk.receipts())
    kiosk.window.tap("device:receipt_printer")
    kiosk.window.tap("test:external")
    seen = kiosk.window.wait("the test has ended", lambda now: now.facts["note"] is not None)
    assert seen.facts["note"] == "staff.test.WELL"
    wait_until("the slip is out", lambda: len(kiosk.receipts()) == before + 1, 10)
    technician.leave()
    assert technician.acts()[-4:] == [
        (NUMBER, "LOGIN", NUMBER, "ADMITTED"),
        (NUMBER, "TEST_EXTERNAL", "receipt_printer", "BEGUN"),
        (NUMBER, "TEST_EXTERNAL", "receipt_printer", "OK"),
        (NUMBER, "LEAVE", "", "OK"),
    ]


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
    for target in ("tool:notice", "notice:MAINTENANCE"):
        kiosk.window.tap(target)
    kiosk.until_note("visit.closed.by_staff_maintenance")
    kiosk.window.tap("home")
    kiosk.window.tap("leave")
    kiosk.window.wait_screen("out_of_service")
    kiosk.stack.children["kiosk"].kill()
    kiosk.stack.places.probe.unlink()
    assert kiosk.stack.restart_dead() == ["kiosk"]
    wait_until("the window is there again", kiosk.stack.places.probe.exists, 20)
    kiosk.until_note("visit.closed.by_staff_maintenance")
    technician.enter()
    for target in ("tool:notice", "in_service"):
        kiosk.window.tap(target)
    kiosk.window.wait("the notices again", lambda now: "notice:CLOSED" in now.targets)
    technician.leave()
    kiosk.window.tap("start:zh")
    kiosk.window.wait_screen("choose")
