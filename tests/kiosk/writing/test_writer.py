"""The process that composes: real, killed, stopped, asked with the libraries missing."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.writing import writer as writing
from kiosk.writing.child import Engine
from kiosk.writing.writer import Writer, WriterError, WriterNotReadyError
from tests.drivers.helpers import eventually
from tests.kiosk.writing.strokes import WRITTEN


@pytest.fixture
def writer() -> Iterator[Writer]:
    writer = Writer()
    yield writer
    writer.forget()


def process(writer: Writer) -> int:
    """Return the process that composes."""
    number = writer.process_id
    assert number is not None
    return number


def typed(writer: Writer, letters: str) -> tuple[str, ...]:
    """Type letters as soon as they can be, and return what the last one offers."""
    writer.start()
    eventually(lambda: writer.ready or writer.process_id is None, 60)
    return [writer.key(Engine.PINYIN, letter) for letter in letters][-1].candidates


def test_all_three_engines_are_asked_through_one_process(writer: Writer) -> None:
    """Promise 7: pinyin, strokes and handwriting, each with a composition of its own."""
    candidates = typed(writer, "zhitang")
    assert writer.key(Engine.STROKE, "h").candidates[0] == "一"
    assert "大" in writer.recognise(WRITTEN["大"]).candidates[:3]
    assert writer.choose(Engine.PINYIN, candidates.index("支塘")).text == "支塘"
    assert writer.erase(Engine.STROKE).composing == ""
    assert dict(writer.missing()) == {}


def test_the_end_of_a_visit_ends_the_process(writer: Writer) -> None:
    """Promise 2: what was written there is in no memory; the next visit has a process of its own."""
    typed(writer, "wanglan")
    first = process(writer)
    began = time.monotonic()
    writer.forget()
    assert time.monotonic() - began < 2
    assert not Path(f"/proc/{first}").exists()
    writer.start()
    assert process(writer) != first
    eventually(lambda: writer.ready, 60)
    assert writer.key(Engine.PINYIN, "a").composing == "a"


def test_nothing_is_written_to_disk(writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 2: no user dictionary, no log, nothing at home, nothing temporary; no file can be opened."""
    for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    for _ in range(20):
        candidates = typed(writer, "wanglan")
        writer.choose(Engine.PINYIN, candidates.index("忘"))
        writer.clear(Engine.PINYIN)
        writer.recognise(WRITTEN["王"])
    assert resource.prlimit(process(writer), resource.RLIMIT_NOFILE) == (0, 0)
    for descriptor in Path(f"/proc/{writer.process_id}/fd").iterdir():
        target = str(descriptor.readlink())
        flags = int(Path(f"/proc/{writer.process_id}/fdinfo/{descriptor.name}").read_text().split()[3], 8)
        assert not target.startswith("/") or target.startswith("/dev/") or flags & os.O_ACCMODE == os.O_RDONLY or (
            descriptor.name in {"1", "2"}  # the kiosk's own log, to which the library says nothing
        ), target  # fmt: skip
    assert list(tmp_path.rglob("*")) == []


def test_a_process_that_dies_is_replaced(writer: Writer) -> None:
    """Promise 3: the composition is lost and said to be, the next key is answered."""
    typed(writer, "wang")
    os.kill(process(writer), signal.SIGKILL)
    with pytest.raises(WriterError):
        typed(writer, "lan")
    assert typed(writer, "zhitang")[0] == "支塘"


def test_a_process_that_hangs_holds_nobody_up(writer: Writer) -> None:
    """Promise 6: three seconds at most, and it is gone."""
    typed(writer, "wang")
    number = process(writer)
    os.kill(number, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(WriterError):
        typed(writer, "l")
    assert time.monotonic() - began < 10
    assert not Path(f"/proc/{number}").exists()


def test_a_key_that_comes_too_soon_can_be_pressed_again(writer: Writer) -> None:
    """Promise 6: while it loads, nobody waits for longer than a second, and nothing is given up."""
    writer.start()
    number = process(writer)
    os.kill(number, signal.SIGSTOP)
    with pytest.raises(WriterNotReadyError):
        writer.key(Engine.PINYIN, "a")
    os.kill(number, signal.SIGCONT)
    assert typed(writer, "zhitang")[0] == "支塘"
    assert process(writer) == number


def test_a_process_that_always_dies_is_not_begun_for_ever(writer: Writer) -> None:
    """Promise 3: after three in one visit the keyboards that need it say so; the next visit tries again."""
    for _ in range(3):
        writer.start()
        os.kill(process(writer), signal.SIGKILL)
        eventually(lambda: not writer.ready and writer.process_id is None)
    assert set(writer.missing()) == set(Engine)
    with pytest.raises(WriterError):
        typed(writer, "wang")
    assert writer.process_id is None
    writer.forget()
    assert typed(writer, "zhitang")[0] == "支塘"


def test_what_is_missing_is_known_and_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Promises 3 and 8: without the libraries there is a reason for each engine, once in the log, not once a visit."""
    monkeypatch.setattr(writing, "child", _Bare)
    writer = Writer()
    for _ in range(2):
        writer.start()
        eventually(lambda: writer.ready, 60)
        with pytest.raises(WriterError):
            writer.key(Engine.PINYIN, "a")
        writer.forget()
        assert "pinyin" in writer.missing()
    assert len([record for record in caplog.records if "librime1" in record.getMessage()]) == 2  # pinyin and strokes


class _Bare:
    """The child as it is on a machine without the libraries."""

    @staticmethod
    def run(connection: object) -> None:
        from kiosk.writing import child, rime_api, zinnia

        rime_api.LIBRARY, zinnia.LIBRARY = "librime.so.absent", "libzinnia.so.absent"
        child.run(connection)  # type: ignore[arg-type] # a pipe's end, as the writer gives it
