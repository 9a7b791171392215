"""The reading child, for real: RapidOCR in its own process, killed, stopped, starved and broken."""

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.deadline import Deadline
from kiosk.reading.reader import Reader, ReaderLimits, ReadingError, ReadingFault, models_folder
from kiosk.scan.geometry import Image
from tests.drivers.helpers import eventually
from tests.kiosk.reading.sheets import FORTY, LETTER, sheet, turned

SLIP = sheet(FORTY, dpi=150, mm=(150, 40))
"""40 characters on a strip, quickly read."""
BARE = np.full((300, 400, 3), 250, np.uint8)


def patiently() -> Deadline:
    return Deadline.after(120)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader()
    reader.start(patiently())
    yield reader
    reader.close()


@pytest.fixture
def limits_of_child(reader: Reader) -> dict[str, str]:
    rows = Path(f"/proc/{reader.pid}/limits").read_text().splitlines()[1:]
    return {row[:25].strip(): row[26:46].strip() for row in rows}


def fault_of(reader: Reader, page: Image, deadline: Deadline) -> ReadingFault:
    with pytest.raises(ReadingError) as raised:
        reader.read(page, deadline)
    return raised.value.fault


def test_a_page_is_read_without_a_mistake(reader: Reader) -> None:
    """Promise 5: 12 pt at 137 dpi, the least the camera must give, is read as it is written."""
    reading = reader.read(sheet(), patiently()).reveal()
    said = ["".join(line.text.split()) for line in reading.lines]
    assert said == ["".join(line.split()) for line in LETTER]
    assert (reading.turns, reading.size) == (0, (1133, 1602))


@pytest.mark.parametrize("quarters", range(4))
def test_forty_characters_tell_how_a_page_lies(reader: Reader, quarters: int) -> None:
    """Promise 7: nobody has to lay a paper the right way round."""
    page = turned(SLIP, quarters)
    reading = reader.read(page, patiently()).reveal()
    assert [line.text for line in reading.lines] == list(FORTY)
    assert reading.turns == -quarters % 4
    assert reading.size == (page.shape[1], page.shape[0])
    ink = np.argwhere(page[:, :, 0] < 128)[:, ::-1]  # x, y
    boxes = np.array([line.quad for line in reading.lines]).reshape(-1, 2)
    assert np.abs(boxes.min(axis=0) - ink.min(axis=0)).max() < 12
    assert np.abs(boxes.max(axis=0) - ink.max(axis=0)).max() < 12


def test_a_blank_page_says_nothing_and_does_not_tell_how_it_lies(reader: Reader) -> None:
    """Promise 4: what cannot be known is None."""
    reading = reader.read(BARE, patiently()).reveal()
    assert (reading.lines, reading.turns) == ((), None)


def test_what_is_no_page_is_refused(reader: Reader) -> None:
    """Promise 3: a wrong array is told, not read, and costs no child."""
    pid = reader.pid
    with pytest.raises(ValueError, match="uint8 BGR"):
        reader.read(np.zeros((10, 10), np.uint8), patiently())
    assert reader.pid == pid


def test_the_child_can_open_nothing_and_is_last_in_the_queue(reader: Reader, limits_of_child: dict[str, str]) -> None:
    """Promise 2: neither a file nor a socket, so nothing of a page gets out; no core; its memory has an end."""
    assert limits_of_child["Max open files"] == "0"
    assert limits_of_child["Max core file size"] == "0"
    assert int(limits_of_child["Max data size"]) == ReaderLimits().data_bytes
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, reader.pid or 0) == min(ours + 10, 19)


def test_a_child_that_hangs_is_killed_by_the_deadline_and_replaced(reader: Reader) -> None:
    """Promise 3: a stuck model costs one page its text. Promise 6: the wait ends."""
    reader.start(patiently())
    pid = reader.pid or 0
    os.kill(pid, signal.SIGSTOP)
    assert fault_of(reader, SLIP, Deadline.after(0.3)) is ReadingFault.TIMEOUT
    assert reader.read(SLIP, patiently()).reveal().lines
    assert reader.pid not in {None, pid}


def test_a_child_that_dies_is_replaced(reader: Reader) -> None:
    """Promise 3: a crash costs one page its text. Promise 2: what it shared is empty when it is gone."""
    reader.start(patiently())
    os.kill(reader.pid or 0, signal.SIGKILL)
    assert fault_of(reader, SLIP, patiently()) is ReadingFault.CRASHED
    assert reader.pid is None


def test_the_end_of_a_visit_ends_what_is_being_read(reader: Reader) -> None:
    """Promise 2: the page under way is gone at once, with the process that held it."""
    reader.start(patiently())
    pid, page = reader.pid, sheet()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # a page that takes for ever
    faults: list[ReadingFault] = []
    reading = threading.Thread(target=lambda: faults.append(fault_of(reader, page, Deadline.after(90))))
    reading.start()
    eventually(lambda: reader._child is not None and reader._child.pages >= 1, 60)
    reader.wipe()
    reading.join(2.0)
    assert faults == [ReadingFault.WIPED]
    assert reader.pid is None
    eventually(lambda: not Path(f"/proc/{pid}/statm").exists() or Path(f"/proc/{pid}/statm").read_text()[0] == "0")


def test_a_child_that_has_seen_nothing_is_kept_for_the_next_visit(reader: Reader) -> None:
    """Promise 6: the next resident does not wait for the models again."""
    reader.start(patiently())
    pid = reader.pid
    reader.wipe()
    assert reader.pid == pid


def test_nothing_of_a_page_stays_in_the_shared_memory_or_shows_in_a_log(reader: Reader) -> None:
    """Promise 2: neither the picture nor the answer; and what was read travels redacted."""
    found = reader.read(SLIP, patiently())
    assert FORTY[0] not in f"{found!r} {found.reveal()!r}"
    child = reader._child
    assert child is not None
    assert not np.frombuffer(child._memory._memory, np.uint8, SLIP.size).any()


@pytest.mark.parametrize("limits", [ReaderLimits(resident_bytes=2**20), ReaderLimits(pages=1)])
def test_a_child_that_is_too_large_or_too_old_reads_no_more(limits: ReaderLimits) -> None:
    """Promise 3: a machine that never sleeps does not run out of memory."""
    reader = Reader(limits)
    try:
        reader.read(BARE, patiently())
        assert reader.pid is None
    finally:
        reader.close()


def test_a_child_that_wants_more_memory_than_it_may_have_fails_alone() -> None:
    """Promise 3: the kernel refuses it, the page has no text, and the visit goes on."""
    reader = Reader(ReaderLimits(data_bytes=64 * 2**20))
    try:
        assert fault_of(reader, SLIP, patiently()) in {ReadingFault.NOT_STARTED, ReadingFault.CRASHED}
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("ruin", "told"),
    [
        (Path.unlink, "PP-OCRv6_rec_small.onnx is missing"),
        (lambda model: model.write_bytes(b"no model"), "InvalidProtobuf"),
    ],
    ids=["missing", "broken"],
)
def test_a_missing_or_broken_model_is_told(tmp_path: Path, ruin: Callable[[Path], object], told: str) -> None:
    """Promise 8: a technician learns what is wrong; the network is not asked for another."""
    models = tmp_path / "models"
    shutil.copytree(models_folder(), models)
    ruin(models / "PP-OCRv6_rec_small.onnx")
    reader = Reader(models=models)
    with pytest.raises(ReadingError) as raised:
        reader.read(SLIP, patiently())
    assert raised.value.fault is ReadingFault.NOT_STARTED
    assert told in str(raised.value)
    reader.close()
