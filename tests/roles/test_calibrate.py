"""`run.py calibrate`: the sheet to print, and the routine at a terminal with a sentence for whatever holds it up."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.sim.tray import TraySimulator
from kiosk.audit import AuditTrail
from kiosk.calibration_file import CalibrationFile
from kiosk.config import load
from kiosk.device_health import HealthRecord, health_file
from roles import calibrate, diagnose
from roles.private_config import write_private_config
from roles.processes import ROOT
from roles.simulate import FONT
from sync.contract import canonical
from sync.durable import private_folder

SIZE = (1296, 972)


@pytest.fixture
def tray(tmp_path: Path) -> Iterator[TraySimulator]:
    simulator = TraySimulator(tmp_path / "tray", FONT, size=SIZE)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a kiosk.toml whose camera gives small pictures."""
    file = write_private_config(ROOT / "kiosk.toml", tmp_path, {})
    text = file.read_text("utf-8")
    assert text.count('"mm_per_pixel"') + text.count("mm_per_pixel") == 1
    file.write_text(text.replace("{ mm_per_pixel", f"{{ width = {SIZE[0]}, height = {SIZE[1]}, mm_per_pixel"), "utf-8")
    return file


def run(config: Path, *more: str) -> int:
    return calibrate.main(["--config", str(config), "--language", "en", *more])


def test_the_routine_leads_through_both_steps_and_keeps_what_it_found(
    tray: TraySimulator, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 6: each step is said, and what holds it up. Promise 4: diagnose goes by what was found."""
    tray.do("mount", radial=[-0.04, 0.0])
    command = [sys.executable, str(ROOT / "run.py"), "calibrate", "--config", str(config), "--language", "en"]
    said = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as routine:
        assert routine.stdout is not None
        for line in routine.stdout:
            said.append(line)
            if "is not to be seen" in line:
                tray.do("lay", page="calibration", seed=5)
            elif line.startswith("Take the sheet away"):
                tray.do("clear")
    assert routine.returncode == 0
    assert [line.split(".")[0].split(",")[0] for line in said[:5]] == [
        "Lay the printed calibration sheet flat on the tray",
        "The calibration sheet is not to be seen",
        "Measuring",
        "Take the sheet away and leave the tray empty",
        "Keeping a picture of the empty tray",
    ]
    kept = CalibrationFile(load(config).kiosk.state).read()
    assert kept is not None
    assert kept.mm_per_pixel_x == pytest.approx(0.34, rel=0.02)
    assert (kept.model, kept.by) == ("pictures in tray", "TERMINAL")
    assert kept.radial[0] == pytest.approx(-0.04, abs=0.005)
    newest = AuditTrail(load(config).kiosk.state).entries()[0]
    assert (newest.who, newest.what, newest.on) == ("TERMINAL", "CALIBRATE_CAMERA", "document_camera")
    assert diagnose.main(["--config", str(config), "--language", "en", "--device", "document_camera"]) == 0
    assert "not calibrated" not in capsys.readouterr().out


def test_a_sheet_that_does_not_come_ends_the_routine(
    tray: TraySimulator, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 6 and 8: the wait ends with a sentence; nothing is kept."""
    tray.do("clear")
    assert run(config, "--patience", "0.5") == 2
    assert "calibration sheet is not to be seen" in capsys.readouterr().err
    assert CalibrationFile(load(config).kiosk.state).read() is None


def test_a_camera_that_is_unwell_is_told_as_such(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 8: the camera's own fault is named, not the sheet."""
    assert run(config) == 2
    assert "camera cannot be found" in capsys.readouterr().err


def test_a_running_kiosk_keeps_its_camera(
    tray: TraySimulator, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 3: two programs at one camera would spoil each other's frames."""
    tray.do("clear")
    file = health_file(load(config))
    private_folder(file.parent)
    file.write_bytes(canonical(HealthRecord(written_at=datetime.now(UTC), pid=os.getpid(), devices=())))
    assert run(config) == 2
    assert "Stop it first" in capsys.readouterr().err


def test_a_kiosk_without_a_camera_says_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 8: the technician learns that kiosk.toml is what to look at."""
    blocks = config.read_text("utf-8").split("[[device]]")
    config.write_text("[[device]]".join(block for block in blocks if "document_camera" not in block), "utf-8")
    assert run(config) == 2
    assert "no document camera" in capsys.readouterr().err


def test_the_sheet_is_written_to_be_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 6: one command gives the paper that the other one wants."""
    assert calibrate.main(["--sheet", str(tmp_path / "sheet.pdf"), "--language", "en"]) == 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert "actual size" in capsys.readouterr().out
    assert calibrate.main(["--sheet", str(tmp_path / "none" / "sheet.pdf"), "--language", "en"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_a_line_that_no_print_can_have_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 4: centimetres are not taken for millimetres."""
    with pytest.raises(SystemExit):
        calibrate.main(["--line", "10"])
    assert "cannot be 10 mm" in capsys.readouterr().err
