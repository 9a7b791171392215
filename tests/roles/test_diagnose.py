"""What a technician reads before the open cabinet, in a minute: each device, what is wrong, who must act."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drivers.errors import ErrorAction
from drivers.model import HealthLevel
from kiosk.config import KioskConfig
from kiosk.device_health import STALE_AFTER, HealthRecord, health_file, utc_now
from roles import diagnose
from sync.contract import DeviceHealth, canonical
from tests.roles.test_command_line import start
from tests.visits.conftest import Bench
from tests.visits.visitor import Places


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """The simulated devices of a kiosk that does not run."""
    devices = Bench.beside(Places(tmp_path).config(devices=True))
    for simulator in devices.simulators():
        simulator.start()
    yield devices
    for simulator in devices.simulators():
        simulator.stop()


def told(capsys: pytest.CaptureFixture[str], config: KioskConfig, *options: str) -> tuple[int, dict[str, Any]]:
    """Diagnose, and return the exit code and each device's row."""
    file = config.kiosk.state.parent / "kiosk.toml"
    code = diagnose.main(["--config", str(file), "--json", *options])
    return code, {row["name"]: row for row in json.loads(capsys.readouterr().out)}


def a_record(config: KioskConfig, pid: int, age: timedelta = timedelta(0)) -> None:
    """Leave the health record of a kiosk process whose printer is out of paper."""
    devices = (
        DeviceHealth(name="id_card", device_class="id_card_reader", status="ONLINE"),
        DeviceHealth(
            name="receipt_printer",
            device_class="receipt_printer",
            status="USER_ERROR",
            action="CLEAR",
            reason="PAPER_OUT",
            supplies={"paper": "OUT"},
        ),
    )
    config.kiosk.state.mkdir(parents=True, exist_ok=True)
    health_file(config).write_bytes(canonical(HealthRecord(written_at=utc_now() - age, pid=pid, devices=devices)))


def test_devices_that_are_well_say_so_with_supplies_and_masked_frames(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 4: what is well was asked a moment ago; a developer gets the frames, never whole."""
    code, rows = told(capsys, bench.config)
    assert code == 0
    assert {row["status"] for row in rows.values()} == {"ONLINE"}
    assert rows["receipt_printer"]["supplies"] == {"paper": "FULL"}
    frames = rows["id_card"]["frames"]
    assert any("bytes)" in frame for frame in frames), frames


def test_a_printer_without_paper_names_the_centre_staff_in_words(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 8: plain words for who stands before it."""
    bench.printer.do("paper_out")
    assert diagnose.main(["--config", str(bench.config.kiosk.state.parent / "kiosk.toml")]) == 1
    rows = capsys.readouterr().out.splitlines()
    row = next(row for row in rows if row.startswith("receipt_printer"))
    assert "paper OUT" in row
    assert "who acts: centre staff (CLEAR)" in row
    assert "Put in a roll" in row


def test_the_external_test_prints_reads_and_looks(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 4: a slip is cut, a card is read and told of by its layout alone, a picture is taken."""
    bench.reader.do("put_card", card="wang")
    code, rows = told(capsys, bench.config, "--level", "external")
    assert code == 0
    assert len(bench.printer.receipts) == 1
    assert "a test card" in rows["id_card"]["detail"]
    assert "王小明" not in json.dumps(rows, ensure_ascii=False)
    assert "a frame of" in rows["document_camera"]["detail"]


def test_a_reader_without_a_card_is_not_blamed(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 8: nobody laid a card; that is nobody's fault, and is said."""
    monkeypatch.setitem(diagnose.HEALTH_SECONDS, HealthLevel.EXTERNAL, 1.5)
    code, rows = told(capsys, bench.config, "--level", "external")
    assert code == 0
    assert "was not tried" in rows["id_card"]["detail"]


def test_what_the_running_kiosk_holds_is_told_by_the_kiosk(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 4: two programs at one wire would spoil each other's answers; so the one that holds it speaks."""
    a_record(bench.config, os.getpid())
    code, rows = told(capsys, bench.config)
    assert code == 1
    printer, reader, camera = rows["receipt_printer"], rows["id_card"], rows["document_camera"]
    assert printer["detail"].startswith("held by the running kiosk, which says: The receipt printer is out of paper")
    assert (printer["action"], printer["supplies"]) == (ErrorAction.CLEAR, {"paper": "OUT"})
    assert (reader["held"], reader["action"]) == (True, None)
    assert (camera["status"], camera["action"]) == ("UNKNOWN", ErrorAction.CONFIGURATION), "not in its kiosk.toml"
    assert bench.printer.received == b"", "nothing was sent beside the kiosk"


def test_the_external_test_waits_until_the_kiosk_is_stopped(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 3: a test slip must not come out in the middle of a resident's receipt."""
    a_record(bench.config, os.getpid())
    file = bench.config.kiosk.state.parent / "kiosk.toml"
    assert diagnose.main(["--config", str(file), "--level", "external"]) == 1
    assert "stop it before an external test" in capsys.readouterr().err
    assert bench.printer.received == b""


def test_who_cannot_see_whether_the_kiosk_runs_touches_no_device(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 8: said to somebody without the right to read the kiosk's folder, with what to do."""
    a_record(bench.config, os.getpid())
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert diagnose.main(["--config", str(bench.config.kiosk.state.parent / "kiosk.toml")]) == 1
    assert "run this as root" in capsys.readouterr().err
    assert bench.printer.received == b""


@pytest.mark.parametrize("age", [timedelta(0), STALE_AFTER + timedelta(seconds=1)], ids=["dead", "silent"])
def test_a_kiosk_that_is_gone_is_not_believed(bench: Bench, capsys: pytest.CaptureFixture[str], age: timedelta) -> None:
    """Promise 4: what a dead or silent kiosk said last is not how the devices are; they are asked."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    a_record(bench.config, gone.pid if not age else os.getpid(), age)
    code, rows = told(capsys, bench.config)
    assert code == 0
    assert not any(row["held"] for row in rows.values())


def test_nothing_at_the_wires_names_the_technician(tmp_path: Path) -> None:
    """Promise 8: nothing is plugged in, and the technician reads so, device by device."""
    done = start("diagnose", "--config", str(Places(tmp_path).write(devices=True)))
    assert done.returncode == 1
    assert all("a technician, with tools (MAINTENANCE)" in row for row in done.stdout.splitlines())
