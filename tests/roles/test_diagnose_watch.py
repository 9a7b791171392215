"""Frames as they pass, beside their meaning; recorded masked, and played to the very driver again."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.session import Head, SessionError, masked_hex, read_session, write_session
from drivers.sim.specimens import SPECIMENS
from kiosk.config import KioskConfig
from roles import diagnose
from roles.diagnose_frames import meaning
from tests.roles.test_diagnose import Trio, a_record, at_the_wires, file_of, three_devices


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Trio]:
    """The simulated devices of a kiosk that does not run."""
    with at_the_wires(three_devices(tmp_path)) as trio:
        yield trio


def run(config: KioskConfig, *options: str) -> int:
    """Diagnose in English, wide enough for whole lines."""
    return diagnose.main(["--config", file_of(config), "--language", "en", *options])


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no line is broken."""
    monkeypatch.setenv("COLUMNS", "300")


def test_frames_are_shown_with_direction_bytes_and_meaning(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 8: what a new reader's model says can be read off the line."""
    assert run(bench.config, "--watch", "--device", "id_card", "--seconds", "0.1") == 0
    shown = capsys.readouterr().out
    assert "> aa aa aa 96 69 00 03 12 ff ee   SAM id?" in shown
    assert "success, 16 bytes of data" in shown
    assert "= open: " in shown


def test_a_printer_s_status_bytes_are_shown_bit_by_bit(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 8: DLE EOT and its answers."""
    bench.printer.do("paper_out")
    assert run(bench.config, "--watch", "--device", "receipt_printer", "--seconds", "2.5") == 0
    shown = capsys.readouterr().out
    assert "> 10 04 04   status? (04)" in shown
    assert "real time 01111110" in shown
    assert "= poll: USER_ERROR, paper OUT" in shown


def test_a_card_is_recorded_masked_and_its_replay_says_so(
    bench: Trio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 2 and 4: the session names nobody; played back, the driver fails as told, and nothing crashes."""
    bench.reader.do("put_card", card="wang")
    session = tmp_path / "session.jsonl"
    record = ("--watch", "--level", "external", "--device", "id_card", "--seconds", "0.1", "--record", str(session))
    assert run(bench.config, *record) == 0
    assert "a test card" in capsys.readouterr().out
    written = session.read_bytes()
    card = SPECIMENS["wang"]
    for value in (card.document["name"], card.document["number"]):
        assert value.encode() not in written
        assert value.encode("utf-16-le").hex(" ").encode() not in written
    head, frames = read_session(session)
    assert (head.driver, head.level) == ("sam", "EXTERNAL")
    assert [frame for frame in frames if frame.masked and "bytes of data" in frame.meaning]
    assert run(bench.config, "--replay", str(session), "--device", "id_card") == 0
    shown = capsys.readouterr().out
    assert "masked: a person's data" in shown
    assert "it had to read what is masked" in shown
    assert "Traceback" not in shown


def test_a_session_without_a_person_plays_back_to_the_same_words(
    bench: Trio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 8: a developer sees on the desk what the technician saw at the kiosk."""
    bench.printer.do("cover_open")
    session = tmp_path / "session.jsonl"
    watch = ("--watch", "--device", "receipt_printer", "--seconds", "2.5", "--record", str(session))
    assert run(bench.config, *watch) == 0
    live = [line.strip() for line in capsys.readouterr().out.splitlines() if "= " in line]
    before = bench.printer.received
    assert run(bench.config, "--replay", str(session), "--device", "receipt_printer") == 0
    assert bench.printer.received == before, "the printer itself is not asked again"
    played = [line.strip() for line in capsys.readouterr().out.splitlines() if "= " in line]
    assert len(live) >= 2
    assert "COVER_OPEN" in live[-1]
    assert played[: len(live)] == live
    assert "replay" in played[-1], "then it is at its end"


@pytest.mark.parametrize(
    "content", ["", "{}", "no json", '{"session": "9", "device": "", "device_class": "", "driver": ""}']
)
def test_what_is_no_session_is_refused_in_a_sentence(
    bench: Trio, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promise 8: the file is named."""
    file = tmp_path / "other.jsonl"
    file.write_text(content, "utf-8")
    assert run(bench.config, "--replay", str(file), "--device", "id_card") == 2
    assert "other.jsonl" in capsys.readouterr().err


def test_a_frame_that_is_none_is_refused(tmp_path: Path) -> None:
    """Promise 4: half a line, or a third direction, is not guessed at."""
    file = tmp_path / "session.jsonl"
    write_session(file, Head("a", "b", "c"), [])
    good = {"at": 0.1, "direction": "<", "hex": "aa", "meaning": ""}
    for wrong in ({"direction": "x"}, {"hex": "zz"}, {"hex": ""}):
        file.write_text(f"{file.read_text('utf-8').splitlines()[0]}\n{json.dumps(good | wrong)}\n", "utf-8")
        with pytest.raises(SessionError, match="no recorded session"):
            read_session(file)


def test_watching_needs_one_device_that_no_kiosk_holds(bench: Trio, capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 3: two programs at one wire would spoil each other's answers."""
    assert run(bench.config, "--watch") == 2
    assert "one device at a time" in capsys.readouterr().err
    assert run(bench.config, "--replay", "session.jsonl", "--device", "document_camera") == 2
    assert "opencv does not speak over a byte stream" in capsys.readouterr().err
    a_record(bench.config, os.getpid())
    assert run(bench.config, "--watch", "--device", "id_card") == 2
    assert "stop it before this test" in capsys.readouterr().err


def test_every_driver_s_frames_have_a_meaning_and_none_is_quoted() -> None:
    """Promise 2: a code, a pressed key, a receipt's text: their kind and length alone."""
    assert meaning("serial", "<", b"6222020000000000004\r").text == "20 bytes of a shown code"
    job = meaning("escpos", ">", "收件人 王小明\n".encode("gb18030"))
    assert (job.text, job.personal) == ("14 bytes to print", True)
    assert meaning("nobody's", "<", b"1234567890").personal
    assert meaning("sam", "<", b"noise").personal
    assert meaning("line", "<", b"noise").personal
    assert meaning("pcsc", "<", bytes(30) + b"\x90\x00").text == "30 bytes, status 9000"
    assert meaning("pcsc", ">", b"\x00\xa4\x04\x00\x0f").text == "APDU 00 a4 04 00"
    assert masked_hex(b"0123456789", personal=True) == "30 31 32 33 34 ?? ?? ?? 38 39"
    assert masked_hex(b"01234567", personal=False) == b"01234567".hex(" ")
