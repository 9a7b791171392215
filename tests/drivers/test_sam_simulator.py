"""The simulated reader, against published bytes: what it gets wrong, no driver test would notice."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.deadline import Deadline
from drivers.errors import DeviceTimeout
from drivers.sim.fault import SimulatorError
from drivers.sim.sam import FAULTS, Make, SamSimulator
from drivers.sim.specimens import SPECIMENS
from drivers.transport import Transport, open_transport
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

FIND, FOUND = "AAAAAA96690003200122", "AAAAAA9669000800009F0000000097"
SELECT, SELECTED = "AAAAAA96690003200221", "AAAAAA9669000C00009000000000000000009C"
NO_CARD = "AAAAAA9669000400008084"
READY = "AAAAAA9669000400009094"
READ = "AAAAAA96690003300132"
ADDRESS, NO_ADDRESS = "AAAAAA96690003300330", "AAAAAA9669000400009195"
READ_FAILED = "AAAAAA9669000400004145"


@pytest.fixture
def reader(nothing_left: None, tmp_path: Path) -> Iterator[SamSimulator]:  # noqa: ARG001 - it shall watch the simulator
    reader = SamSimulator(tmp_path / "sim" / "id-card")
    reader.start()
    yield reader
    reader.stop()


@pytest.fixture
def line(reader: SamSimulator) -> Iterator[Transport]:
    line = open_transport(reader.url, deadline=Deadline.after(5))
    yield line
    line.close()


def ask(line: Transport, request: str, size: int = 0, seconds: float = 5) -> str:
    """Send the bytes given in hex and return `size` bytes in hex; by default those of an answer without data."""
    line.write(bytes.fromhex(request), Deadline.after(5))
    return listen(line, size or 11, seconds)


def listen(line: Transport, size: int, seconds: float = 5) -> str:
    heard, deadline = b"", Deadline.after(seconds)
    while len(heard) < size:
        heard += line.read(size - len(heard), deadline)
    return heard.hex().upper()


def test_it_answers_in_the_published_bytes(reader: SamSimulator, line: Transport) -> None:
    """Promise 3: find, select, read, and the module's own commands, byte for byte."""
    assert ask(line, "AAAAAA9669000310FFEC") == READY
    assert ask(line, "AAAAAA9669000311FFED") == READY
    assert ask(line, "AAAAAA9669000312FFEE", 27).startswith("AAAAAA96690014000090")
    assert ask(line, FIND) == NO_CARD
    reader.do("put_card", card="wang")
    assert ask(line, FIND, 15) == FOUND
    assert ask(line, SELECT, 19) == SELECTED
    card = bytes.fromhex(ask(line, READ, 1295))
    assert card.startswith(bytes.fromhex("AAAAAA96690508000090 01000400"))
    assert card[14:270] == SPECIMENS["wang"].text_block()


@pytest.mark.parametrize(("size", "length", "total"), [(1024, "090A", 2321), (512, "070A", 1809), (0, "050A", 1297)])
def test_a_card_with_fingerprints_has_the_published_lengths(size: int, length: str, total: int) -> None:
    """Promise 3: 30 10, in its three shapes, here at a TCP port."""
    reader = SamSimulator(0, make=Make(fingerprints=size))
    reader.start()
    line = open_transport(reader.url, deadline=Deadline.after(5))
    try:
        reader.do("put_card", card="wang")
        assert (ask(line, FIND, 15), ask(line, SELECT, 19)) == (FOUND, SELECTED)
        card = ask(line, "AAAAAA96690003301023", total)
        assert card.startswith(f"AAAAAA9669{length}00009001000400{size:04X}")
        assert ask(line, FIND) == NO_CARD
    finally:
        line.close()
        reader.stop()


@pytest.mark.parametrize("baud", [9600, 19200, 38400, 57600, 115200])
def test_it_answers_in_bytes_only_at_its_own_speed(tmp_path: Path, baud: int) -> None:
    """Promise 4: at any other one, what comes is as long and makes no sense."""
    reader = SamSimulator(tmp_path / "reader", make=Make(baud=19200))
    reader.start()
    line = open_transport(reader.url, baud=baud, deadline=Deadline.after(5))
    try:
        assert (ask(line, FIND) == NO_CARD) is (baud == 19200)
    finally:
        line.close()
        reader.stop()


def test_a_card_left_lying_still_answers_for_its_address(reader: SamSimulator, line: Transport) -> None:
    """Promise 4: that is how one sees it; nudged or lifted it does so no more, and nudged it is found anew."""
    reader.do("put_card", card="li")
    assert (ask(line, FIND, 15), ask(line, SELECT, 19)) == (FOUND, SELECTED)
    ask(line, READ, 1295)
    assert [ask(line, FIND), ask(line, ADDRESS)] == [NO_CARD, NO_ADDRESS]
    reader.do("nudge_card")
    assert [ask(line, ADDRESS), ask(line, FIND, 15)] == [READ_FAILED, FOUND]
    reader.do("lift_card")
    assert [ask(line, ADDRESS), ask(line, FIND)] == [READ_FAILED, NO_CARD]


def test_the_latest_address_is_read_on_its_own(reader: SamSimulator, line: Transport) -> None:
    """Promise 3: 30 03 gives 70 bytes, or 91 when the card has none."""
    reader.do("put_card", card="wang")
    assert (ask(line, FIND, 15), ask(line, SELECT, 19)) == (FOUND, SELECTED)
    address = bytes.fromhex(ask(line, "AAAAAA96690003300330", 81))[10:80].decode("utf-16-le")
    assert address.rstrip() == SPECIMENS["wang"].additional_address
    reader.do("put_card", card="li")
    assert (ask(line, FIND, 15), ask(line, SELECT, 19)) == (FOUND, SELECTED)
    assert ask(line, "AAAAAA96690003300330") == "AAAAAA9669000400009195"


def test_the_order_is_find_select_read(reader: SamSimulator, line: Transport) -> None:
    """Promise 4: a step left out fails, as on the real module."""
    reader.do("put_card", card="wang")
    assert ask(line, READ) == READ_FAILED
    assert ask(line, SELECT) == "AAAAAA9669000400008185"
    assert ask(line, FIND, 15) == FOUND
    assert ask(line, READ) == READ_FAILED


def test_a_card_is_found_again_only_after_it_was_lifted(reader: SamSimulator, line: Transport) -> None:
    """Promise 4: a card that was read and left lying is not there."""
    reader.do("put_card", card="wang")
    assert (ask(line, FIND, 15), ask(line, SELECT, 19)) == (FOUND, SELECTED)
    ask(line, READ, 1295)
    assert ask(line, FIND) == NO_CARD
    reader.do("lift_card")
    assert ask(line, FIND) == NO_CARD
    reader.do("put_card", card="wang")
    assert ask(line, FIND, 15) == FOUND


def test_it_tells_the_host_of_its_mistakes(line: Transport) -> None:
    """Promise 3: a wrong checksum, an unknown command and noise are answered as the module does."""
    assert ask(line, "AAAAAA96690003200123") == "AAAAAA9669000400001014"
    assert ask(line, "AAAAAA96690003FF00FC") == "AAAAAA9669000400002125"
    assert ask(line, "00FFAAAAAA" + FIND) == NO_CARD
    assert ask(line, FIND + FIND, 22) == NO_CARD * 2
    line.write(bytes.fromhex(FIND[:9] + "0"), Deadline.after(5))
    line.write(bytes.fromhex(FIND), Deadline.after(5))


def test_a_request_may_come_in_pieces(line: Transport) -> None:
    """Promise 3: a slow host is a host."""
    for byte in bytes.fromhex(FIND):
        line.write(bytes([byte]), Deadline.after(5))
    assert listen(line, 11) == NO_CARD


def test_a_paced_line_takes_its_time(tmp_path: Path) -> None:
    """Promise 6: at 9600 baud a card takes more than a second, so what waits for it can be seen waiting."""
    reader = SamSimulator(tmp_path / "reader", paced=9600)
    reader.start()
    line = open_transport(reader.url, deadline=Deadline.after(5))
    try:
        start = time.monotonic()
        ask(line, FIND)
        assert time.monotonic() - start >= 21 * 10 / 9600
    finally:
        line.close()
        reader.stop()


def test_the_link_is_stable_and_ends_with_the_simulator(tmp_path: Path) -> None:
    """Promise 3: kiosk.toml names one path, whatever number the pty has; a link left by a dead one is replaced."""
    link = tmp_path / "reader"
    link.symlink_to("/dev/pts/gone")
    reader = SamSimulator(link)
    reader.start()
    assert os.path.exists(link)  # noqa: PTH110 - Path.exists would raise on some broken links
    reader.do("fault", name="vanish", until={"after_seconds": 0.05})
    eventually(lambda: not link.is_symlink())
    eventually(link.is_symlink)
    reader.stop()
    assert not link.is_symlink()


def test_a_fault_may_wait_for_its_commands(reader: SamSimulator, line: Transport) -> None:
    """Promise 3: a fault strikes when it was told to, and for as long."""
    reader.do("fault", name="silent", when={"after_commands": 1}, until={"after_commands": 1})
    assert ask(line, FIND) == NO_CARD
    with pytest.raises(DeviceTimeout):
        ask(line, FIND, seconds=0.05)
    assert ask(line, FIND) == NO_CARD


def test_garbage_is_the_same_for_the_same_seed(reader: SamSimulator, line: Transport) -> None:
    """Promise 3: a failure seen once can be seen again."""

    def garbage(seed: int) -> bytes:
        line.discard_input()
        reader.do("fault", name="garbage", seed=seed, until={"after_commands": 1})
        return bytes.fromhex(ask(line, FIND, 1))

    assert [garbage(7), garbage(7)] == [garbage(7)] * 2


@pytest.mark.parametrize(
    "wish",
    [
        {"action": "dance"},
        {"action": "put_card", "card": "nobody"},
        {"action": "fault", "name": "fire"},
        {"action": "fault", "name": "silent", "when": "tomorrow"},
        {"action": "fault", "name": "silent", "until": {"after_commands": -1}},
        {"action": "fault", "name": "silent", "until": {"after_commands": True}},
        {"action": "fault", "name": "silent", "until": {"after_commands": 1.5}},
        {"action": "fault", "name": "silent", "until": {"after_seconds": 1, "after_commands": 1}},
    ],
)
def test_what_it_cannot_do_is_answered_with_a_sentence(reader: SamSimulator, wish: dict[str, object]) -> None:
    """Promise 8: a slip at the control page is easy to mend."""
    action = str(wish.pop("action"))
    with pytest.raises(SimulatorError):
        reader.do(action, **wish)


def test_it_lists_its_cards_and_faults(reader: SamSimulator) -> None:
    """Promise 8: what can be done can be seen."""
    assert reader.do("cards") == {"cards": list(SPECIMENS)}
    assert reader.do("faults") == {"faults": list(FAULTS)}
