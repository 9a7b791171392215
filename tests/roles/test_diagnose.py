"""What a technician reads before the open cabinet, in a minute: each device, what is wrong, who must act."""

import json
import os
import pty
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceStatus, HealthLevel, StatusChanged, StatusReport
from drivers.sam import SamReader
from drivers.sim.printer import PrinterSimulator
from drivers.sim.sam import SamSimulator
from drivers.sim.tray import TraySimulator
from kiosk.config import KioskConfig, load
from kiosk.device_health import STALE_AFTER, HealthRecord, health_file, utc_now
from kiosk.health import HealthBoard
from kiosk.health_file import board_path
from roles import diagnose, diagnose_finding
from roles.diagnose_attached import survey
from roles.processes import command
from sync.contract import DeviceHealth, canonical
from tests.roles.test_command_line import start
from tests.visits.conftest import FONT
from tests.visits.visitor import Places

TRIO = ("id_card", "receipt_printer", "document_camera")


def three_devices(tmp_path: Path) -> KioskConfig:
    """Return a kiosk with a reader, a printer and a camera."""
    file = Places(tmp_path).write(devices=True)
    head, *tables = file.read_text("utf-8").split("[[device]]\n")
    kept = [table for table in tables if any(f'name = "{name}"' in table for name in TRIO)]
    file.write_text("[[device]]\n".join([head, *kept]), "utf-8")
    return load(file)


@dataclass(frozen=True)
class Trio:
    """The three devices at the wires of a kiosk that does not run."""

    config: KioskConfig
    reader: SamSimulator
    printer: PrinterSimulator
    tray: TraySimulator


@contextmanager
def at_the_wires(config: KioskConfig) -> Iterator[Trio]:
    """Run the simulators of `config`."""
    urls = {device.name: device.url for device in config.devices}
    port = int(urls["receipt_printer"].rsplit(":", 1)[1])
    trio = Trio(
        config,
        SamSimulator(Path(urls["id_card"])),
        PrinterSimulator(FONT, port=port),
        TraySimulator(Path(urls["document_camera"]), FONT),
    )
    with ExitStack() as running:
        for simulator in (trio.reader, trio.printer, trio.tray):
            simulator.start()
            running.callback(simulator.stop)
        yield trio


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Trio]:
    """The simulated devices of a kiosk that does not run."""
    with at_the_wires(three_devices(tmp_path)) as trio:
        yield trio


def file_of(config: KioskConfig) -> str:
    """Return the kiosk.toml of `config`."""
    return str(config.kiosk.state.parent / "kiosk.toml")


def told(capsys: pytest.CaptureFixture[str], config: KioskConfig, *options: str) -> tuple[int, dict[str, Any]]:
    """Diagnose, and return the exit code and each device's row."""
    code = diagnose.main(["--config", file_of(config), "--language", "en", "--json", *options])
    return code, {row["name"]: row for row in json.loads(capsys.readouterr().out)["devices"]}


def table(capsys: pytest.CaptureFixture[str], config: KioskConfig, *options: str) -> tuple[int, str]:
    """Diagnose, and return the exit code and the table as one line."""
    code = diagnose.main(["--config", file_of(config), *options])
    return code, " ".join(capsys.readouterr().out.split())


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
    bench: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 4: what is well was asked a moment ago; a developer gets the frames, never whole."""
    code, rows = told(capsys, bench.config)
    assert code == 0
    assert {row["status"] for row in rows.values()} == {"ONLINE"}
    assert rows["receipt_printer"]["supplies"] == {"paper": "FULL"}
    frames = rows["id_card"]["frames"]
    assert any("bytes)" in frame for frame in frames), frames


def test_a_self_test_speaks_the_language_that_was_asked_for(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 4: what the devices themselves say, too."""
    _, rows = told(capsys, bench.config, "--language", "zh")
    said = {name: row["detail"] for name, row in rows.items()}
    assert said["id_card"].startswith("安全模块有应答，编号 ")
    assert said["receipt_printer"] == "纸：够用。"
    assert said["document_camera"].startswith("随时可以拍摄；")


def test_a_printer_without_paper_names_the_centre_staff_in_words(
    bench: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 8: plain words for who stands before it, in the language they read."""
    bench.printer.do("paper_out")
    code, english = table(capsys, bench.config, "--language", "en")
    assert code == 1
    assert "receipt_printer ■ needs a hand paper out centre staff" in english
    code, chinese = table(capsys, bench.config, "--language", "zh")
    assert "■ 要人处理 纸 用完了 中心工作人员" in chinese
    code, rows = told(capsys, bench.config, "--device", "receipt_printer")
    assert rows.keys() == {"receipt_printer"}
    printer = rows["receipt_printer"]
    assert (printer["reason"], printer["action"], printer["severity"]) == ("PAPER_OUT", "CLEAR", "WARNING")
    assert "Put in a roll" in printer["sentence"]


def test_since_when_and_how_often_come_from_the_kiosk_s_own_board(
    bench: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 8: whether it happened now or has been so since the night."""
    bench.printer.do("paper_out")
    board = HealthBoard(
        bench.config.devices, lambda: datetime(2026, 3, 1, 3, 4, tzinfo=UTC), file=board_path(bench.config)
    )
    error = DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.PAPER_OUT, ErrorAction.CLEAR)
    board.take(StatusChanged("receipt_printer", StatusReport(DeviceStatus.USER_ERROR, error=error)))
    board.keep()
    _, rows = told(capsys, bench.config)
    assert rows["receipt_printer"]["since"] == "2026-03-01T03:04:00+00:00"
    assert rows["receipt_printer"]["count"] == 1
    assert rows["id_card"]["since"] is None


def test_a_device_that_does_not_come_back_is_told_and_not_waited_for(
    bench: Trio, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 6: one stuck library call does not hold up the others' rows, nor the technician."""
    release = threading.Event()
    monkeypatch.setattr(SamReader, "open", lambda *_: release.wait())
    monkeypatch.setattr(diagnose_finding, "_ROUND_TRIPS", 2.0)
    monkeypatch.setitem(diagnose_finding.HEALTH_SECONDS, HealthLevel.INTERNAL, 4.0)
    code, rows = told(capsys, bench.config)
    release.set()
    assert code == 3
    assert rows["id_card"]["reason"] == "NO_ANSWER"
    assert "did not come back within 6 s" in rows["id_card"]["detail"]
    assert rows["receipt_printer"]["status"] == "ONLINE"


def test_the_interactive_test_wants_a_terminal(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 8: a sentence for a script that cannot answer."""
    assert diagnose.main(["--config", file_of(bench.config), "--language", "en", "--level", "interactive"]) == 2
    assert "asks questions at a terminal" in capsys.readouterr().err
    assert bench.printer.received == b""


@pytest.mark.parametrize(("looked", "code"), [("y", 0), ("n", 3)])
def test_the_interactive_test_asks_a_person_at_a_real_terminal(bench: Trio, looked: str, code: int) -> None:
    """Promise 4: printed is not yet readable; the eyes of the technician decide."""
    screen, keyboard = pty.openpty()
    options = ["--config", file_of(bench.config), "--language", "en", "--level", "interactive"]
    with subprocess.Popen(
        command("diagnose", *options, "--device", "receipt_printer", "--json"),
        stdin=keyboard, stderr=keyboard, stdout=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        os.write(screen, f"perhaps\ny\n{looked}\n".encode())
        assert run.stdout is not None
        (printer,) = json.loads(run.stdout.read())["devices"]
        assert run.wait(90) == code
    shown = os.read(screen, 65536).decode()
    os.close(screen)
    os.close(keyboard)
    assert "Please answer y or n." in shown
    assert "printed clearly, and cut?" in shown
    assert len(bench.printer.receipts) == 1
    assert printer["reason"] == (None if looked == "y" else "SELF_TEST_FAILED")


def test_a_device_that_is_not_in_kiosk_toml_is_named_with_those_that_are(
    bench: Trio, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 8: a typing mistake costs no minute."""
    assert diagnose.main(["--config", file_of(bench.config), "--device", "printer"]) == 2
    assert "no device 'printer'; it has id_card, receipt_printer" in capsys.readouterr().err


def test_what_is_attached_and_not_configured_comes_with_the_lines_that_use_it(bench: Trio, tmp_path: Path) -> None:
    """Promise 8: the lines go into kiosk.toml as they are; a kind that cannot be told is not guessed."""
    root = tmp_path / "root"
    port = root / "dev/serial/by-id/usb-FTDI_FT232R_A10-if00-port0"
    port.parent.mkdir(parents=True)
    port.touch()
    (root / "dev/video0").touch()
    (root / "sys/class/video4linux/video0").mkdir(parents=True)
    (root / "sys/class/video4linux/video0/name").write_text("Document camera\n")
    serial, camera = survey(bench.config.devices, root).attached
    assert serial.device_class is None
    assert (camera.device_class, camera.description) == ("document_camera", "Document camera")
    file = Path(file_of(bench.config))
    file.write_text(f"{file.read_text('utf-8')}\n{serial.config}\n{camera.config}\n", "utf-8")
    devices = load(file).devices
    assert [device.url for device in devices[-2:]] == [str(port), str(root / "dev/video0")]
    assert devices[-1].name == "document_camera-2", "the name of the one that is there is taken"
    assert survey(devices, root).attached == (), "they are configured now"


def test_the_export_holds_the_diagnosis_with_masked_frames(
    bench: Trio, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Promise 2: an external test reads a card; the zip for the developers tells its kind alone."""
    bench.reader.do("put_card", card="wang")
    target = tmp_path / "export.zip"
    code, _ = told(capsys, bench.config, "--level", "external", "--export", str(target))
    assert code == 0
    with zipfile.ZipFile(target) as archive:
        diagnosis = json.loads(archive.read("diagnosis.json"))
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert {row["name"] for row in diagnosis["devices"]} == set(TRIO)
    assert "王小明".encode() not in whole
    code = diagnose.main(["--config", file_of(bench.config), "--export", str(tmp_path / "no stick" / "export.zip")])
    assert code == 2
    assert "No such file" in capsys.readouterr().err


def test_the_table_aligns_with_wide_characters(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 7: a Chinese table is a table too: the columns begin where their titles do."""
    diagnose.main(["--config", file_of(bench.config), "--language", "zh"])
    lines = capsys.readouterr().out.splitlines()
    head = next(line for line in lines if line.lstrip().startswith("设备"))
    rows = [line for line in lines if line.lstrip().startswith(TRIO) and "  " in line.strip()]
    at = cell_len(head[: head.index("状态")])
    assert len(rows) == 3
    assert {cell_len(row[: row.index("✓")]) for row in rows} == {at}


def test_the_external_test_prints_reads_and_looks(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 4: a slip is cut, a card is read and told of by its layout alone, a picture is taken."""
    bench.reader.do("put_card", card="wang")
    code, rows = told(capsys, bench.config, "--level", "external")
    assert code == 0
    assert len(bench.printer.receipts) == 1
    assert "a test card" in rows["id_card"]["detail"]
    assert "王小明" not in json.dumps(rows, ensure_ascii=False)
    assert "a frame of" in rows["document_camera"]["detail"]


def test_a_reader_without_a_card_is_not_blamed(
    bench: Trio, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 8: nobody laid a card; that is nobody's fault, and is said."""
    monkeypatch.setitem(diagnose_finding.HEALTH_SECONDS, HealthLevel.EXTERNAL, 1.5)
    code, rows = told(capsys, bench.config, "--level", "external", "--device", "id_card")
    assert code == 0
    assert "was not tried" in rows["id_card"]["detail"]


def test_what_the_running_kiosk_holds_is_told_by_the_kiosk(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 4: two programs at one wire would spoil each other's answers; so the one that holds it speaks."""
    a_record(bench.config, os.getpid())
    code, rows = told(capsys, bench.config)
    assert code == 1
    printer, reader, camera = rows["receipt_printer"], rows["id_card"], rows["document_camera"]
    assert printer["sentence"].startswith("held by the running kiosk, which says: The receipt printer is out of paper")
    assert (printer["action"], printer["supplies"]) == (ErrorAction.CLEAR, {"paper": "OUT"})
    assert (reader["held"], reader["action"]) == (True, None)
    assert (camera["status"], camera["action"]) == ("UNKNOWN", ErrorAction.CONFIGURATION), "not in its kiosk.toml"
    assert bench.printer.received == b"", "nothing was sent beside the kiosk"


def test_a_running_kiosk_of_another_version_is_told_as_unknown(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 4: a word this program does not know says nothing; it is not guessed at."""
    a_record(bench.config, os.getpid())
    file = health_file(bench.config)
    file.write_bytes(file.read_bytes().replace(b"PAPER_OUT", b"PAPER_ON_FIRE"))
    code, rows = told(capsys, bench.config)
    assert code == 1
    assert (rows["receipt_printer"]["status"], rows["receipt_printer"]["action"]) == ("UNKNOWN", "CONFIGURATION")


def test_the_external_test_waits_until_the_kiosk_is_stopped(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 3: a test slip must not come out in the middle of a resident's receipt."""
    a_record(bench.config, os.getpid())
    assert diagnose.main(["--config", file_of(bench.config), "--language", "en", "--level", "external"]) == 2
    assert "stop it before this test" in capsys.readouterr().err
    assert bench.printer.received == b""


def test_who_cannot_see_whether_the_kiosk_runs_touches_no_device(
    bench: Trio, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 8: said to somebody without the right to read the kiosk's folder, with what to do."""
    a_record(bench.config, os.getpid())
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert diagnose.main(["--config", file_of(bench.config), "--language", "en"]) == 2
    assert "run this as root" in capsys.readouterr().err
    assert bench.printer.received == b""


@pytest.mark.parametrize("age", [timedelta(0), STALE_AFTER + timedelta(seconds=1)], ids=["dead", "silent"])
def test_a_kiosk_that_is_gone_is_not_believed(bench: Trio, capsys: pytest.CaptureFixture[str], age: timedelta) -> None:
    """Promise 4: what a dead or silent kiosk said last is not how the devices are; they are asked."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    a_record(bench.config, gone.pid if not age else os.getpid(), age)
    code, rows = told(capsys, bench.config)
    assert code == 0
    assert not any(row["held"] for row in rows.values())


def test_nothing_at_the_wires_names_the_technician(tmp_path: Path) -> None:
    """Promise 8: nothing is plugged in, and the technician reads so, device by device."""
    config = three_devices(tmp_path)
    done = start("diagnose", "--config", file_of(config), "--json")
    assert done.returncode == 3
    rows = json.loads(done.stdout)["devices"]
    assert {(row["action"], row["severity"], row["status"]) for row in rows} == {("MAINTENANCE", "ALARM", "POWER_OFF")}
