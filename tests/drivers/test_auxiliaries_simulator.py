"""The simulated board, spoken to in bytes: docs/auxiliaries.md is its law, without the driver."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from drivers.errors import DeviceTimeout
from drivers.sim.auxiliaries import FAULTS, KEYS, AuxiliarySimulator
from drivers.sim.auxiliaries_wire import frame, frames, word
from drivers.sim.fault import SimulatorError
from drivers.transport import Transport, open_transport
from tests.drivers.auxiliaries_page import Vector, vector, vectors
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

Heard = tuple[int, int, int, bytes]  # version, type, sequence, payload


@pytest.fixture
def board(nothing_left: None, tmp_path: Path) -> Iterator[AuxiliarySimulator]:  # noqa: ARG001 - it shall watch
    board = AuxiliarySimulator(tmp_path / "auxiliaries")
    board.start()
    yield board
    board.stop()


@pytest.fixture
def line(board: AuxiliarySimulator) -> Iterator[Transport]:
    line = open_transport(str(board.link), deadline=Deadline.after(5))
    yield line
    line.close()


def listen(line: Transport, count: int = 1, seconds: float = 5) -> list[Heard]:
    """Return the next `count` whole frames."""
    deadline, buffer, found = Deadline.after(seconds), bytearray(), list[Heard]()
    while len(found) < count:
        buffer += line.read(512, deadline)
        found += frames(buffer)
    return found


def ask(line: Transport, kind: int, payload: bytes = b"", sequence: int = 1) -> Heard:
    """Send a request and return its answer."""
    line.write(frame(kind, sequence, payload), Deadline.after(5))
    return listen(line)[0]


def silent(line: Transport, seconds: float = 0.15) -> bool:
    """Tell whether nothing comes for a while."""
    try:
        line.read(512, Deadline.after(seconds))
    except DeviceTimeout:
        return True
    return False


@pytest.mark.parametrize("row", vectors(), ids=lambda row: row.what[:30])
def test_every_row_of_the_page_is_written_and_read(row: Vector) -> None:
    """Promise 3: by the board's own hand."""
    assert frame(row.type, row.sequence, row.payload) == row.wire
    assert list(frames(bytearray(row.wire))) == [(1, row.type, row.sequence, row.payload)]


def test_it_greets_as_the_page_says(line: Transport) -> None:
    """Promise 8: start, last event, parts, firmware, names."""
    _, kind, sequence, payload = ask(line, 0x01, b"\1", sequence=9)
    assert (kind, sequence) == (0x81, 9)
    assert payload[:9] == word(1) + word(0) + word(0xFF) + bytes((1, 4, 2))
    assert payload[9:] == b"\x0eBudayang AUX-8\x08SIM-0001"


def test_its_state_is_the_one_of_the_page(board: AuxiliarySimulator, line: Transport) -> None:
    """Promise 4: the 13 bytes, after start, time and tests."""
    for action in (0x03, b"\1\0"), (0x04, b"\x08"):
        ask(line, *action)
    assert ask(line, 0x02)[3][8:] == vector("its answer: start 3, up").payload[8:]
    assert board.do("state") == {
        "door": False, "somebody": False, "battery": False, "battery_low": False, "service_key": False,
        "headphones": False, "light": "green", "blinking": False, "lit": ["tray"], "waiting": 0, "faults": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "payload", "code"),
    [(0x01, b"\2", 2), (0x03, b"\6\0", 2), (0x03, b"\1", 2), (0x04, b"\x40", 2), (0x66, b"", 1)],
)
def test_what_makes_no_sense_is_refused(line: Transport, kind: int, payload: bytes, code: int) -> None:
    """Promise 8: with the number that says why."""
    assert ask(line, kind, payload)[1:] == (0x7F, 1, bytes([code]))


def test_a_part_that_is_not_there_is_refused(nothing_left: None, tmp_path: Path) -> None:  # noqa: ARG001 - it watches
    """Promise 4: a board says what it lacks."""
    board = AuxiliarySimulator(tmp_path / "small", lacks=("status_light", "keypad"))
    board.start()
    line = open_transport(str(board.link), deadline=Deadline.after(5))
    assert ask(line, 0x03, b"\1\0", sequence=5) == (1, 0x7F, 5, vector("REFUSED").payload)
    assert ask(line, 0x01, b"\1")[3][4:6] == word(0xFF & ~0x84)
    line.close()
    board.stop()


def test_another_version_is_refused(line: Transport) -> None:
    """Promise 8: REFUSED 4, in its own version."""
    line.write(frame(0x02, 5, b"", version=2), Deadline.after(5))
    assert listen(line) == [(1, 0x7F, 5, b"\4")]


def test_a_request_may_come_in_pieces_and_noise_is_not_answered(line: Transport) -> None:
    """Promise 3: what is no frame is dropped without a word."""
    line.write(b"\x55\xaa\x01" + frame(0x02, 1, b"")[:-3] + b"\x99\0", Deadline.after(5))
    assert silent(line)
    for byte in vector("STATE").wire:
        line.write(bytes([byte]), Deadline.after(5))
    assert listen(line)[0][1] == 0x82


@pytest.mark.parametrize(
    ("action", "beginning"),
    [
        ("open_door", "EVENT 8"),
        ("come", "EVENT 9"),
        ("battery_low", "EVENT 10"),
        ("key_on", "EVENT 11"),
        ("plug", "EVENT 12"),
    ],
)
def test_what_happens_is_told_as_the_page_says(
    board: AuxiliarySimulator, line: Transport, action: str, beginning: str
) -> None:
    """Promise 4: kind and value."""
    board.do(action)
    assert listen(line)[0][3] == word(1) + word(1) + vector(beginning).payload[4:]


def test_an_event_is_told_until_it_is_acknowledged_and_only_then_the_next(
    board: AuxiliarySimulator, line: Transport
) -> None:
    """Promise 4: none is lost, and their order is kept."""
    for key in KEYS[:2]:
        board.do("press", key=key)
    first = word(1) + word(1) + b"\x060"
    assert [each[3] for each in listen(line, 3)] == [first] * 3
    line.write(frame(0x41, 1, word(2) + word(1)), Deadline.after(5))  # of another start: not this one
    assert listen(line)[0][3] == first
    line.write(frame(0x41, 1, word(1) + word(1)), Deadline.after(5))
    eventually(lambda: listen(line)[0][3] == word(1) + word(2) + b"\x061")


def test_hello_with_forget_drops_what_nobody_took(board: AuxiliarySimulator, line: Transport) -> None:
    """Promise 2: keys of the time before are nobody's."""
    board.do("press", key="7")
    listen(line)
    line.write(frame(0x01, 1, b"\1"), Deadline.after(5))
    answer = next(each for each in iter(lambda: listen(line)[0], None) if each[1] == 0x81)
    assert answer[3][2:4] == word(1)
    assert silent(line)


def test_a_key_nobody_took_is_dropped(
    board: AuxiliarySimulator, line: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 2: it belongs to nobody any more."""
    monkeypatch.setattr("drivers.sim.auxiliaries._KEY_LIFE", 0.05)
    board.do("press", key="7")
    eventually(lambda: board.do("state")["waiting"] == 0)  # type: ignore[index]  # a state is never None
    line.discard_input()
    assert silent(line)


def test_without_a_word_from_the_kiosk_the_lights_say_so(
    board: AuxiliarySimulator, line: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 4: nobody is asked to lay a card on a reader that nobody reads."""
    ask(line, 0x04, b"\1")
    monkeypatch.setattr("drivers.sim.auxiliaries._HOST_LOST", 0.05)
    eventually(lambda: board.do("state")["light"] == "amber")  # type: ignore[index]  # a state is never None
    assert ask(line, 0x02)[3][12:15] == b"\2\1\0"


def test_a_thirty_third_event_pushes_out_the_oldest(board: AuxiliarySimulator, line: Transport) -> None:
    """Promise 3: the memory of a board ends, and it says by its numbers what is missing."""
    for _ in range(20):
        board.do("open_door")
        board.do("close_door")
    eventually(lambda: listen(line)[0][3][2:4] == word(9))


@pytest.mark.parametrize(
    "wish",
    [
        {"action": "dance"},
        {"action": "press", "key": "A"},
        {"action": "press", "key": "12"},
        {"action": "fault", "name": "fire"},
    ],
)
def test_what_it_cannot_do_is_answered_with_a_sentence(board: AuxiliarySimulator, wish: dict[str, object]) -> None:
    """Promise 8: a slip at the control page is easy to mend."""
    action = str(wish.pop("action"))
    with pytest.raises(SimulatorError):
        board.do(action, **wish)


def test_it_lists_its_faults(board: AuxiliarySimulator) -> None:
    """Promise 8: what can be done can be seen."""
    assert board.do("faults") == {"faults": list(FAULTS)}
