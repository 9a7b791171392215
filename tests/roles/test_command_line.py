"""run.py as a person meets it first: what it can do, and what it says to a wrong word."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import run
from kiosk.config import load
from roles.private_config import write_private_config
from roles.processes import ROOT


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run this program to its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        capture_output=True, text=True, timeout=240, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def test_without_a_role_it_lists_them_all() -> None:
    """Promise 8: whoever starts it wrongly learns what to do."""
    done = start()
    assert done.returncode == 2
    assert all(role in done.stdout for role in run.ROLES)


def test_a_role_that_is_not_there_is_named() -> None:
    """Promise 8."""
    done = start("fly")
    assert done.returncode == 2
    assert "there is no role 'fly'" in done.stderr


@pytest.mark.parametrize("role", ["enrol", "deliver", "kiosk", "simulate", "diagnose"])
def test_a_wrong_kiosk_toml_is_refused_with_file_line_and_the_nearest_right_key(role: str, tmp_path: Path) -> None:
    """Promise 8: a technician sees the line to mend, whichever role read it."""
    good = (ROOT / "kiosk.toml").read_text("utf-8")
    bad = tmp_path / "kiosk.toml"
    bad.write_text(good.replace("diagonal_inches", "diagonal_inchs"), "utf-8")
    line = 1 + good[: good.index("diagonal_inches")].count("\n")
    done = start(role, "--config", str(bad), *(("--code", "12345678") if role == "enrol" else ()))
    assert done.returncode == (2 if role == "diagnose" else 1)  # diagnose says 1 of a device that is not quite well
    assert str(bad) in done.stderr
    assert f"line {line}" in done.stderr
    assert "did you mean diagonal_inches" in done.stderr
    assert "Traceback" not in done.stderr


def test_delivery_without_an_identity_says_how_to_get_one(tmp_path: Path) -> None:
    """Promise 8."""
    config = write_private_config(ROOT / "kiosk.toml", tmp_path, {})
    done = start("deliver", "--config", str(config))
    assert done.returncode == 1
    assert "run.py enrol" in done.stderr


def test_diagnose_names_each_device_that_does_not_answer_and_who_must_act(tmp_path: Path) -> None:
    """Promise 8: nothing is plugged in, and the technician reads so, device by device."""
    config = write_private_config(ROOT / "kiosk.toml", tmp_path, {})
    done = start("diagnose", "--config", str(config), "--json")
    assert done.returncode == 3
    rows = json.loads(done.stdout)["devices"]
    assert [row["name"] for row in rows] == [device.name for device in load(config).devices]
    assert all(row["status"] == "POWER_OFF" and row["action"] for row in rows), rows


def test_a_window_without_a_display_says_so() -> None:
    """Promise 8: no page of Kivy's about missing providers."""
    done = start("kiosk", DISPLAY="", WAYLAND_DISPLAY="", SDL_VIDEODRIVER="")
    assert done.returncode == 1
    assert "there is no display here" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_demo_without_a_screen_or_with_a_wrong_kiosk_toml_says_what_to_do(tmp_path: Path) -> None:
    """Promise 8: a sentence, not a trace."""
    done = start("demo", "--out", str(tmp_path / "out"), PATH=str(tmp_path))
    assert (done.returncode, "apt-get install xvfb" in done.stderr) == (1, True)
    bad = tmp_path / "kiosk.toml"
    bad.write_text((ROOT / "kiosk.toml").read_text("utf-8").replace("low_edge_mm", "low_edge"), "utf-8")
    done = start("demo", "--out", str(tmp_path / "out"), "--config", str(bad))
    assert (done.returncode, "did you mean low_edge_mm" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr
