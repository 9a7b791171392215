"""The export for whoever helps from afar: enough to mend the kiosk, and nobody in it."""

import json
import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import ErrorRaised
from drivers.recorder import FlightRecorder
from drivers.sim.specimens import SPECIMENS
from kiosk.config import load
from kiosk.device_health import utc_now
from kiosk.diagnostics import ExportError, mask, write_export
from kiosk.diagnostics_frames import KEPT, FrameKeeper, read_dumps
from kiosk.visit_core import PrintOutcome
from tests.drivers.helpers import eventually
from tests.visits.conftest import Bench, enrol_without_office
from tests.visits.visitor import NUMBER, PHONE, Places, Resident, made_page, made_signature

CARDS = ("wang", "li")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An enrolled kiosk with its devices, logging to a file as `run.py up` lets it."""
    config = Places(tmp_path).config(devices=True)
    enrol_without_office(config)
    devices = Bench.beside(config)
    for simulator in devices.simulators():
        simulator.start()
    log = config.kiosk.state.parent / "log" / "kiosk.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(log, encoding="utf-8")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield devices
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()
    for simulator in devices.simulators():
        simulator.stop()


def one_visit(resident: Resident, bench: Bench, card: str) -> None:
    """Let one resident come, be read, hand in and take the receipt."""
    bench.reader.do("put_card", card=card)
    resident.consent()
    resident.wait_for_card()
    resident.fill()
    resident.lay_made_pages(lambda: made_page(card))
    resident.hand_in(made_signature(card))
    resident.until("it is printed", lambda: resident.visit.print_outcome is PrintOutcome.PRINTED)
    bench.reader.do("lift_card")
    resident.leave()


def members(file: Path) -> dict[str, bytes]:
    """Return what is in the zip."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forms_of(text: str) -> Iterator[bytes]:
    """Yield how `text` could stand in a file: as itself, and as the hex of its bytes in every charset on a wire."""
    yield text.encode()
    for charset in ("utf-8", "utf-16-le", "gb18030"):
        raw = text.encode(charset)
        yield from (raw, raw.hex().encode(), raw.hex(" ").encode())
    yield text.encode("unicode-escape")


def test_a_day_of_visits_and_faults_leaves_nobody_in_the_export(bench: Bench, tmp_path: Path) -> None:
    """Promise 2: cards read, receipts printed, a printer lost in the middle; every byte of the zip is looked at."""
    with Resident(bench.config) as resident:
        for card in CARDS:
            one_visit(resident, bench, card)
        bench.printer.do("cutter_jam")
        left = bench.config.kiosk.state / "recorders.json"
        eventually(lambda: any(dump.reason is Reason.CUTTER_JAMMED for dump in read_dumps(left)))
        found = members(write_export(bench.config, tmp_path / "export.zip"))
    names = {"README.txt", "config.json", "versions.json", "logs/kiosk.log", "state/recorders.json", "state/board.json"}
    assert names <= found.keys()
    recorders = json.loads(found["state/recorders.json"])["dumps"]
    jammed = next(dump for dump in recorders if dump["reason"] == "CUTTER_JAMMED")
    assert any("bytes)" in frame for frame in jammed["frames"]), "the receipt passed there, and is masked"
    planted = [NUMBER, PHONE]
    for specimen in SPECIMENS.values():
        planted += [value for key, value in specimen.document.items() if key in ("name", "number", "address") and value]
    whole = b"\n".join(found.values())
    assert not [text for text in planted for form in forms_of(text) if form in whole]


def test_a_line_that_should_not_be_there_loses_its_numbers() -> None:
    """Promise 2: the last net, below code that never logs a person."""
    assert mask("read 32058119900101123X of 13800005678") == "read *** of ***"
    assert mask("card 6222020000000000004.") == "card ***."
    assert mask("https://admin:word@office/") == "https://***@office/"
    kept = "SAM 05.03-20260101-0000012345-0123456789 · ZT-K01 · 2026-11-24T10:05:58.123456+00:00"
    assert mask(kept) == kept


def test_the_configuration_is_told_without_its_secrets(tmp_path: Path) -> None:
    """Promise 2: what opens a door elsewhere stays here."""
    file = Places(tmp_path).write(devices=True)
    file.write_text(
        re.sub(r'url = "http://127[^"]*"', 'url = "https://me:word@office.example.cn"', file.read_text("utf-8")),
        "utf-8",
    )
    found = members(write_export(load(file), tmp_path / "export.zip"))
    config = json.loads(found["config.json"])
    assert config["office"]["url"] == "https://***@office.example.cn"
    assert config["devices"][0]["driver"] == "sam"
    assert b"word" not in found["config.json"]
    versions = json.loads(found["versions.json"])
    assert versions["packages"]["pyserial"]
    assert versions["kernel"]


def test_the_export_is_whole_or_not_there(tmp_path: Path) -> None:
    """Promise 8: a stick that is full is told in a sentence, and no half zip passes for a whole one."""
    config = Places(tmp_path).config(devices=True)
    with pytest.raises(ExportError, match="No such file"):
        write_export(config, tmp_path / "no stick" / "export.zip")
    target = write_export(config, tmp_path / "export.zip")
    assert target.stat().st_mode & 0o777 == 0o600
    assert write_export(config, target, {"diagnosis": {"worst": "OK"}}) == target
    assert json.loads(members(target)["diagnosis.json"]) == {"worst": "OK"}


def test_the_recorders_on_the_disk_are_bounded_and_outlive_a_restart(tmp_path: Path) -> None:
    """Promise 3: a device that flaps for a year fills no disk; a dead kiosk can still be asked."""
    recorder = FlightRecorder()
    path = tmp_path / "state" / "recorders.json"
    keeper = FrameKeeper(path, {"reader": recorder}, utc_now)
    error = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET, "said nowhere")
    for number in range(KEPT + 5):
        recorder.add("<", b"\xaa\xaa\xaa\x96\x69 a whole card %d" % number)
        keeper.take(ErrorRaised("reader", error))
        keeper.take(ErrorRaised("reader", error))
    keeper.keep()
    assert len(read_dumps(path)) == KEPT
    assert b"card" not in path.read_bytes()
    again = FrameKeeper(path, {"reader": recorder}, utc_now)
    recorder.add(">", b"\x11\xff")
    again.take(ErrorRaised("reader", error))
    again.keep()
    assert len(read_dumps(path)) == KEPT
    assert read_dumps(path)[-1].frames[-1].endswith("> 11 ff")


@pytest.mark.parametrize("content", [b"", b"{", b'{"dumps": 3}'])
def test_torn_recorders_are_no_recorders(tmp_path: Path, content: bytes) -> None:
    """Promise 4: nothing is made up of a torn file."""
    path = tmp_path / "recorders.json"
    path.write_bytes(content)
    assert read_dumps(path) == ()
