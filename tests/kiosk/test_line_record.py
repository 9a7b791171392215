"""The line as delivery tells it to the technician's screen: never better than it is known."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.device_health import utc_now
from kiosk.line_record import STALE_AFTER, LineWriter, read_line
from sync.line_watch import LineState


def test_an_answered_heartbeat_is_told_with_its_time(tmp_path: Path) -> None:
    """Promise 8: the technician reads when the office answered last, also while it no longer does."""
    writer = LineWriter(tmp_path)
    writer(LineState(up=True, refused=False))
    writer(LineState(up=False, refused=False))
    record = read_line(tmp_path, utc_now())
    assert record is not None
    assert record.up is False
    assert record.answered_at is not None
    assert stat.S_ISREG((tmp_path / "line.json").stat().st_mode)


def test_before_the_first_answer_there_is_no_time(tmp_path: Path) -> None:
    """Promise 4: never answered is not "just now"."""
    LineWriter(tmp_path)(LineState(up=False, refused=True))
    record = read_line(tmp_path, utc_now())
    assert record is not None
    assert (record.refused, record.answered_at) == (True, None)


@pytest.mark.parametrize("age", [STALE_AFTER + timedelta(seconds=1), -STALE_AFTER - timedelta(seconds=1)])
def test_an_old_word_is_no_word(tmp_path: Path, age: timedelta) -> None:
    """Promise 4: delivery that ended says nothing; nor does a clock that was set back."""
    LineWriter(tmp_path)(LineState(up=True, refused=False))
    assert read_line(tmp_path, utc_now() + age) is None


@pytest.mark.parametrize("text", ["", '{"up": true', "[]"])
def test_a_torn_file_is_no_word(tmp_path: Path, text: str) -> None:
    """Promise 4."""
    (tmp_path / "line.json").write_text(text, "utf-8")
    assert read_line(tmp_path, utc_now()) is None


def test_a_disk_that_cannot_be_written_does_not_stop_delivery(tmp_path: Path) -> None:
    """Promise 3."""
    LineWriter(tmp_path / "not there")(LineState(up=True, refused=False))
    assert read_line(tmp_path / "not there", utc_now()) is None
