"""Technicians: two factors, a lock after five failures, and nothing forgotten by a restart."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from kiosk.technicians import LOCK, MOST_FAILURES, Admission, TechnicianError, Technicians

PIN = "274915"
START = datetime(2026, 11, 24, 3, 7, tzinfo=UTC)


class Door:
    """A kiosk with one technician, and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = START
        self.technicians = self.restarted()
        address = self.technicians.add("1001", PIN, "ZT-K01")
        self.secret = parse_qs(urlsplit(address).query)["secret"][0]
        self.address = address

    def restarted(self) -> Technicians:
        """Return the same file as another process sees it."""
        return Technicians(self.folder, now=lambda: self.now)

    def code(self, *, seconds: int = 0) -> str:
        """Return what the technician's phone shows, so many seconds from now."""
        return pyotp.TOTP(self.secret).at(self.now + timedelta(seconds=seconds))

    def fail(self, times: int, number: str = "1001") -> Admission:
        """Be refused so often; return the last answer."""
        return [self.technicians.admit(number, "000001", self.code()) for _ in range(times)][-1]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """One technician, 1001."""
    return Door(tmp_path)


def test_both_factors_let_in(door: Door) -> None:
    """Promise 8: a technician comes in with PIN and code."""
    assert door.technicians.admit("1001", PIN, door.code()) is Admission.ADMITTED


@pytest.mark.parametrize("wrong", ["number", "pin", "code", "empty"])
def test_one_factor_is_not_enough_and_the_answer_does_not_say_which(door: Door, wrong: str) -> None:
    """Promise 2: what was wrong is not told."""
    tried = {"number": "1001", "pin": PIN, "code": door.code()}
    tried = dict.fromkeys(tried, "") if wrong == "empty" else tried | {wrong: "999999"}
    assert door.technicians.admit(tried["number"], tried["pin"], tried["code"]) is Admission.REFUSED


def test_a_code_lets_in_once(door: Door) -> None:
    """Promise 2: a code seen over the shoulder is worth nothing, after a restart too (RFC 6238, 5.2)."""
    code = door.code()
    assert door.technicians.admit("1001", PIN, code) is Admission.ADMITTED
    assert door.restarted().admit("1001", PIN, code) is Admission.REFUSED


@pytest.mark.parametrize(
    ("seconds", "answer"), [(-30, "ADMITTED"), (30, "ADMITTED"), (-90, "REFUSED"), (90, "REFUSED")]
)
def test_clocks_may_differ_by_one_step(door: Door, seconds: int, answer: str) -> None:
    """Promise 4: a phone that is half a minute off works; more does not."""
    assert door.technicians.admit("1001", PIN, door.code(seconds=seconds)) == answer


def test_the_fifth_failure_locks_and_a_restart_does_not_open(door: Door) -> None:
    """Promise 2: nobody guesses a PIN by trying."""
    assert door.fail(MOST_FAILURES - 1) is Admission.REFUSED
    assert door.fail(1) is Admission.LOCKED
    assert door.restarted().admit("1001", PIN, door.code()) is Admission.LOCKED
    assert door.technicians.numbers() == (("1001", START + LOCK),)


def test_after_a_quarter_of_an_hour_the_lock_is_over(door: Door) -> None:
    """Promise 6: the wait ends."""
    door.fail(MOST_FAILURES)
    door.now += LOCK
    assert door.technicians.admit("1001", PIN, door.code()) is Admission.ADMITTED


def test_being_let_in_forgets_earlier_failures(door: Door) -> None:
    """Promise 7: four slips over a year lock nobody out."""
    door.fail(MOST_FAILURES - 1)
    door.technicians.admit("1001", PIN, door.code())
    assert door.fail(1) is Admission.REFUSED


def test_numbers_that_nobody_has_lock_as_well(door: Door) -> None:
    """Promise 2: the answers do not tell which numbers there are; the technician still comes in."""
    assert door.fail(MOST_FAILURES, "4321") is Admission.LOCKED
    assert door.technicians.admit("1001", PIN, door.code()) is Admission.ADMITTED


def test_the_terminal_unlocks(door: Door) -> None:
    """Promise 8: a colleague at the terminal can end the lock."""
    door.fail(MOST_FAILURES)
    door.restarted().unlock("1001")
    assert door.technicians.admit("1001", PIN, door.code()) is Admission.ADMITTED


def test_who_was_removed_comes_in_no_more(door: Door) -> None:
    """Promise 2: the file is read anew at every try."""
    door.restarted().remove("1001")
    assert door.technicians.admit("1001", PIN, door.code()) is Admission.REFUSED
    with pytest.raises(TechnicianError, match="no technician 1001"):
        door.technicians.remove("1001")


def test_the_file_is_private_and_holds_no_pin(door: Door) -> None:
    """Promise 2: mode 600, the PIN as argon2id alone."""
    path = door.folder / "technicians.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert PIN not in path.read_text("utf-8")
    assert json.loads(path.read_bytes())["technicians"][0]["pin_hash"].startswith("$argon2id$")


def test_the_address_for_the_phone_names_kiosk_and_number(door: Door) -> None:
    """Promise 8: a technician of many kiosks finds the right code."""
    assert door.address.startswith("otpauth://totp/Budayang%20ZT-K01:1001?secret=")


@pytest.mark.parametrize(
    ("number", "pin", "named"),
    [("12", PIN, "4 to 6"), ("32058119900101123X", PIN, "4 to 6"), ("2002", "12345", "6 to 12"),
     ("2002", "111111", "alike"), ("1001", PIN, "already"), ("２００２", PIN, "4 to 6")],
)  # fmt: skip
def test_what_cannot_be_a_technician_is_refused_with_a_sentence(door: Door, number: str, pin: str, named: str) -> None:
    """Promise 8: the sentence says what it must be."""
    with pytest.raises(TechnicianError, match=named):
        door.technicians.add(number, pin, "ZT-K01")


def test_a_torn_file_lets_nobody_in_and_says_so(door: Door) -> None:
    """Promise 4: a file that cannot be trusted opens no door."""
    (door.folder / "technicians.json").write_text('{"technicians": [', "utf-8")
    with pytest.raises(TechnicianError, match="enrol the technicians anew"):
        door.technicians.admit("1001", PIN, door.code())
