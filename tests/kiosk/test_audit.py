"""The audit trail: what staff did is on the disk, in an order nobody can change unseen."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.audit import AuditError, AuditTrail, read_head
from sync.durable import Disk

WHEN = datetime(2026, 11, 24, 3, 7, tzinfo=UTC)


def trail(folder: Path) -> AuditTrail:
    """Return an opened trail."""
    opened = AuditTrail(folder, now=lambda: WHEN)
    opened.open()
    return opened


def filled(folder: Path) -> AuditTrail:
    """Return a trail of three acts."""
    opened = trail(folder)
    for what in ("LOGIN", "TEST", "LEAVE"):
        opened.append("1001", what, "receipt_printer")
    return opened


def test_every_act_is_kept_with_who_when_what_on_what_and_how_it_ended(tmp_path: Path) -> None:
    """Promise 8: an act of staff can be told from another years later."""
    filled(tmp_path)
    again = trail(tmp_path)
    newest = again.entries(2)
    assert [entry.what for entry in newest] == ["LEAVE", "TEST"]
    assert (newest[0].n, newest[0].who, newest[0].on, newest[0].outcome) == (3, "1001", "receipt_printer", "OK")
    assert newest[0].at == WHEN


def test_the_offices_word_on_the_trail_is_its_last_line(tmp_path: Path) -> None:
    """Promises 4 and 8: what delivery reads beside the kiosk is where the trail ends; no trail is told as none."""
    assert read_head(tmp_path) is None
    opened = filled(tmp_path)
    last = json.loads(opened.path.read_text("utf-8").splitlines()[-1])
    head = read_head(tmp_path)
    assert head is not None
    assert (head.n, head.hash) == (3, last["hash"])
    (tmp_path / "audit.head").write_text("{", "utf-8")
    assert read_head(tmp_path) is None


def test_a_line_is_synced_before_the_act_goes_on(tmp_path: Path) -> None:
    """Promise 1 for staff: what is told to be recorded is on the disk."""

    class Counting(Disk):
        synced = 0

        def sync(self, handle: int) -> None:
            self.synced += os.fstat(handle).st_size > 0
            super().sync(handle)

    disk = Counting()
    opened = AuditTrail(tmp_path, disk=disk)
    opened.open()
    before = disk.synced
    opened.append("1001", "LOGIN")
    assert disk.synced > before


def test_only_the_kiosk_may_read_it(tmp_path: Path) -> None:
    """Promise 2: mode 600, as all of the kiosk's state."""
    assert filled(tmp_path).path.stat().st_mode & 0o777 == 0o600


def test_a_torn_last_line_is_cut_off_and_said(tmp_path: Path) -> None:
    """Promise 4: a power cut in the middle of a line costs that line alone, and is told."""
    path = filled(tmp_path).path
    with path.open("ab") as file:
        file.write(b'{"n": 4, "at"')
    again = AuditTrail(tmp_path)
    assert again.open() == "the last line was torn and has been cut off"
    assert len(again.entries()) == 3
    again.append("1002", "LOGIN")
    assert again.open() is None


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_changed_line_is_found_and_the_old_trail_kept(tmp_path: Path, line: int) -> None:
    """Promise 4: an outcome that was changed afterwards is found, wherever it stands."""
    path = filled(tmp_path).path
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines[line] = lines[line].replace("1001", "1002")
    path.write_text("".join(lines), "utf-8")
    found = AuditTrail(tmp_path).open()
    assert found is not None
    assert f"line {line + 1}" in found
    assert len(list(tmp_path.glob("*.tampered.jsonl"))) == 1
    assert trail(tmp_path).entries()[-1].what == "AUDIT_TAMPERED"


def test_a_line_made_anew_with_a_right_hash_does_not_fit_the_next(tmp_path: Path) -> None:
    """Promise 4: the chain is what holds, not the single hash."""
    path = filled(tmp_path).path
    other = filled(tmp_path / "other").path
    forged = other.read_text("utf-8").splitlines(keepends=True)
    own = path.read_text("utf-8").splitlines(keepends=True)
    lines = [json.loads(line) for line in (own[0], forged[2])]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    assert "line 2" in str(AuditTrail(tmp_path).open())


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_lines_cut_off_at_the_end_are_found(tmp_path: Path, kept: int) -> None:
    """Promise 4: taking the last acts away leaves a trace too."""
    path = filled(tmp_path).path
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:kept]), "utf-8")
    assert "tampered" in str(AuditTrail(tmp_path).open())


def test_a_trail_that_was_taken_away_whole_is_found(tmp_path: Path) -> None:
    """Promise 4: its head is still there."""
    filled(tmp_path).path.unlink()
    assert "tampered" in str(AuditTrail(tmp_path).open())


def test_a_trail_changed_while_it_is_open_takes_no_more(tmp_path: Path) -> None:
    """Promise 4: an act that cannot be recorded truly is not done."""
    opened = filled(tmp_path)
    opened.path.write_bytes(opened.path.read_bytes()[:-40])
    with pytest.raises(AuditError, match="tampered"):
        opened.append("1001", "TEST")


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    """Promise 8: what is done at the terminal stands in the same trail."""
    kiosk, terminal = trail(tmp_path), trail(tmp_path)
    for each in (kiosk, terminal, kiosk, terminal):
        each.append("1001", "TEST")
    assert trail(tmp_path).entries()[0].n == 4


def test_a_power_cut_between_line_and_head_is_no_tampering(tmp_path: Path) -> None:
    """Promise 4: nobody is accused who did nothing."""
    opened = filled(tmp_path)
    head = (tmp_path / "audit.head").read_bytes()
    opened.append("1001", "TEST")
    (tmp_path / "audit.head").write_bytes(head)
    assert AuditTrail(tmp_path).open() is None


def test_a_disk_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    """Promise 8: whoever stands there reads a sentence, not a traceback."""
    blocked = tmp_path / "state"
    blocked.write_text("no folder", "utf-8")
    with pytest.raises(AuditError, match="cannot be opened"):
        AuditTrail(blocked).open()
