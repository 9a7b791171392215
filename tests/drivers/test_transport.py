"""Bytes with deadlines, over ptys and TCP."""

import os
import socket
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import DeviceGone, DeviceTimeout, ErrorAction, Fact
from drivers.transport import Deadline, Direction, Recording, Replay, Transport, open_transport
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")


class FarEnd:
    """The device's side of a line: write to it, read from it, take it away."""

    def __init__(self, url: str, read_fd: int, close: list[socket.socket | int]) -> None:
        self.url = url
        self.fd = read_fd
        self._close = close

    def gone(self) -> None:
        for end in self._close:
            end.close() if isinstance(end, socket.socket) else os.close(end)
        self._close.clear()


def soon(seconds: float = 5.0) -> Deadline:
    return Deadline.after(seconds)


def cannot_write(transport: Transport) -> bool:
    try:
        transport.write(b"x", soon())
    except DeviceGone:
        return True
    return False


@pytest.fixture
def pty() -> Iterator[FarEnd]:
    master, slave = os.openpty()
    tty.setraw(slave)
    end = FarEnd(os.ttyname(slave), master, [master, slave])
    yield end
    end.gone()


@pytest.fixture(params=["pty", "tcp"])
def line(request: pytest.FixtureRequest) -> Iterator[tuple[Transport, FarEnd]]:
    """An open transport and the device's end of it."""
    if request.param == "pty":
        end: FarEnd = request.getfixturevalue("pty")
        transport = open_transport(end.url, deadline=soon())
    else:
        with socket.create_server(("127.0.0.1", 0)) as server:
            transport = open_transport(f"socket://127.0.0.1:{server.getsockname()[1]}", deadline=soon())
            link, _ = server.accept()
        end = FarEnd("tcp", link.fileno(), [link])
    yield transport, end
    transport.close()
    end.gone()


def test_bytes_go_both_ways(line: tuple[Transport, FarEnd]) -> None:
    """Promise 3: the same driver speaks over a serial line and over TCP."""
    transport, end = line
    transport.write(b"\xaa\x00\xff\x11\x13", soon())
    assert os.read(end.fd, 100) == b"\xaa\x00\xff\x11\x13"
    os.write(end.fd, b"\x00\r\n\x11\xff")
    assert transport.read(100, soon()) == b"\x00\r\n\x11\xff"


def test_a_read_takes_what_is_there_and_no_more_than_asked(line: tuple[Transport, FarEnd]) -> None:
    """Promise 6: nobody waits for bytes that need not come."""
    transport, end = line
    os.write(end.fd, b"abcdef")
    assert transport.read(4, soon()) == b"abcd"
    assert transport.read(4, soon()) == b"ef"


def test_silence_ends_at_the_deadline(line: tuple[Transport, FarEnd]) -> None:
    """Promise 6: every wait ends."""
    transport, _ = line
    with pytest.raises(DeviceTimeout):
        transport.read(1, Deadline.after(0.01))
    with pytest.raises(DeviceTimeout):
        transport.read(1, Deadline.after(-1))


def test_a_device_that_stops_reading_ends_the_write(line: tuple[Transport, FarEnd]) -> None:
    """Promise 6: a stalled device holds nobody for ever."""
    transport, _ = line
    with pytest.raises(DeviceTimeout):
        transport.write(bytes(16 << 20), Deadline.after(0.1))


def test_an_unplugged_device_is_gone(line: tuple[Transport, FarEnd]) -> None:
    """Promise 4: what is not there is said to be gone, in one word, whatever the system calls it."""
    transport, end = line
    end.gone()
    with pytest.raises(DeviceGone):
        transport.read(1, soon())
    eventually(lambda: cannot_write(transport))  # TCP needs a write or two to notice


def test_input_nobody_asked_for_can_be_dropped(line: tuple[Transport, FarEnd]) -> None:
    """Promise 4: a late answer is not taken for the next one's."""
    transport, end = line
    os.write(end.fd, b"late")
    assert transport.read(1, soon()) == b"l"
    transport.discard_input()
    os.write(end.fd, b"fresh")
    assert transport.read(100, soon()) == b"fresh"


def test_closing_twice_is_fine_and_using_it_then_is_not(line: tuple[Transport, FarEnd]) -> None:
    """Promise 3: a handle is never used after it was let go."""
    transport, _ = line
    transport.close()
    transport.close()
    for use in (transport.discard_input, lambda: transport.read(1, soon()), lambda: transport.write(b"x", soon())):
        with pytest.raises(DeviceGone):
            use()


def test_a_second_opener_is_refused(pty: FarEnd) -> None:
    """Promise 3: two programs never share one reader."""
    first = open_transport(pty.url, deadline=soon())
    with pytest.raises(DeviceGone, match="lock"):
        open_transport(pty.url, deadline=soon())
    first.close()
    open_transport(pty.url, deadline=soon()).close()


def test_a_port_that_is_not_there_is_gone(tmp_path: Path) -> None:
    """Promise 8: an unplugged reader is a technician's business."""
    with pytest.raises(DeviceGone) as caught:
        open_transport(str(tmp_path / "reader"), deadline=soon())
    assert caught.value.action is ErrorAction.MAINTENANCE
    assert caught.value.facts == {Fact.SYSTEM_ERROR: "ENOENT"}


@pytest.mark.parametrize(
    "url", ["socket://nowhere", "socket://:9100", "socket://h:port", "socket://h:99999", "tcp://h:1"]
)
def test_a_url_that_makes_no_sense_is_a_matter_of_configuration(url: str) -> None:
    """Promise 8: a slip in kiosk.toml is told as one."""
    with pytest.raises(DeviceGone) as caught:
        open_transport(url, deadline=soon())
    assert caught.value.action is ErrorAction.CONFIGURATION


def test_a_closed_tcp_port_is_gone() -> None:
    """Promise 4: nobody listening is not a timeout."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(DeviceGone):
        open_transport(f"socket://127.0.0.1:{port}", deadline=soon())


def test_a_recording_can_be_replayed(pty: FarEnd) -> None:
    """Promise 8: a session with a test card can be looked at again at the developer's desk."""
    chunks: list[tuple[Direction, bytes]] = []
    transport = Recording(open_transport(pty.url, deadline=soon()), lambda way, data: chunks.append((way, data)))
    transport.write(b"ask", soon())
    os.write(pty.fd, b"answer")
    assert transport.read(100, soon()) == b"answer"
    transport.discard_input()
    transport.close()

    replay = Replay(chunks)
    replay.write(b"as", soon())
    replay.write(b"k", soon())
    assert replay.read(3, soon()) + replay.read(100, soon()) == b"answer"
    with pytest.raises(DeviceTimeout):
        replay.read(1, soon())


def test_a_replay_refuses_other_bytes() -> None:
    """Promise 4: a replay that drifted from its recording says so."""
    replay = Replay([(">", b"ask"), ("<", b"answer"), (">", b"thank")])
    with pytest.raises(DeviceGone):
        replay.write(b"task", soon())
    replay = Replay([(">", b"ask"), ("<", b"answer"), (">", b"thank")])
    with pytest.raises(DeviceTimeout):
        replay.read(1, soon())
    replay.write(b"ask", soon())
    replay.discard_input()
    replay.write(b"thank", soon())
    replay.close()
    with pytest.raises(DeviceGone):
        replay.write(b"you", soon())


def test_a_deadline_only_shrinks() -> None:
    """Promise 6: no part of a call may take longer than the whole."""
    now = 100.0
    deadline = Deadline.after(5, lambda: now)
    assert (deadline.remaining(), deadline.expired, deadline.overdue()) == (5, False, 0)
    assert deadline.sooner(2).remaining() == 2
    assert deadline.sooner(9).remaining() == 5
    now = 107.0
    assert (deadline.remaining(), deadline.expired, deadline.overdue()) == (0, True, 2)


def test_reading_wakes_when_bytes_come(pty: FarEnd) -> None:
    """Promise 6: an answer is heard when it comes, not when the deadline does."""
    transport = open_transport(pty.url, deadline=soon())
    late = threading.Timer(0.05, os.write, (pty.fd, b"!"))
    late.start()
    assert transport.read(1, soon(60)) == b"!"
    late.join()
    transport.close()
