"""The terminal's side of the technicians: a real process, a real state folder."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from kiosk.audit import AuditTrail
from kiosk.config import load
from kiosk.site_overlay import overlay_file, set_device
from kiosk.technicians import MOST_FAILURES, Admission, Technicians
from roles.private_config import write_private_config
from roles.processes import ROOT

PIN = "274915"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A kiosk.toml whose state is this test's own."""
    return write_private_config(ROOT / "kiosk.toml", tmp_path, {})


def technician(config: Path, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the role."""
    command = [sys.executable, str(ROOT / "run.py"), "technician", "--config", str(config), *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False, cwd=ROOT)


def test_who_is_added_at_the_terminal_comes_in_at_the_kiosk(config: Path) -> None:
    """Promise 8: the address that is printed makes the codes the kiosk takes; the act is in the trail."""
    told = technician(config, "add", "1001", given=f"{PIN}\n")
    assert told.returncode == 0, told.stderr
    address = next(line for line in told.stdout.splitlines() if line.startswith("otpauth://"))
    assert "█" in told.stdout or "▄" in told.stdout
    assert PIN not in told.stdout
    code = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0]).now()
    state = load(config).kiosk.state
    assert Technicians(state).admit("1001", PIN, code) is Admission.ADMITTED
    newest = AuditTrail(state).entries()[0]
    assert (newest.who, newest.what, newest.on) == ("TERMINAL", "TECHNICIAN_ADD", "1001")


def test_a_locked_technician_is_listed_and_unlocked(config: Path) -> None:
    """Promise 8: a colleague sees the lock and ends it; removed, nobody is left."""
    roster = Technicians(load(config).kiosk.state)
    roster.add("1001", PIN, "test")
    for _ in range(MOST_FAILURES):
        roster.admit("1001", PIN, "000000")
    assert "locked until" in technician(config, "list").stdout
    assert technician(config, "unlock", "1001").stdout == "unlocked 1001\n"
    assert roster.numbers() == (("1001", None),)
    assert technician(config, "remove", "1001").returncode == 0
    assert technician(config, "list").stdout.startswith("nobody;")


@pytest.mark.parametrize(
    ("arguments", "named"), [(("add", "12"), "4 to 6 digits"), (("remove", "4321"), "no technician")]
)
def test_what_cannot_be_done_is_said_in_one_sentence(config: Path, arguments: tuple[str, ...], named: str) -> None:
    """Promise 8: no traceback at a technician's terminal."""
    told = technician(config, *arguments, given=f"{PIN}\n")
    assert told.returncode == 1
    assert named in told.stderr
    assert "Traceback" not in told.stderr


def test_diagnose_names_what_was_set_at_the_kiosk(config: Path) -> None:
    """Promise 8: nobody looks in kiosk.toml for what site.toml says."""
    state = load(config).kiosk.state
    set_device(state, "id_card", url="/dev/serial/by-id/usb-elsewhere")
    command = [sys.executable, str(ROOT / "run.py"), "diagnose", "--config", str(config), "--device", "id_card"]
    told = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False, cwd=ROOT)
    [device] = json.loads(told.stdout)["devices"]
    assert (device["url"], device["site_file"]) == ("/dev/serial/by-id/usb-elsewhere", str(overlay_file(state)))
    table = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout
    assert "site.toml" in "".join(table.split())
