"""The socket by which simulators are worked."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.sim.control import ControlServer, send
from drivers.sim.fault import SimulatorError

pytestmark = pytest.mark.usefixtures("nothing_left")


class Lamp:
    """A simulator small enough to see through."""

    def __init__(self) -> None:
        self.lit = 0

    def do(self, action: str, **arguments: object) -> dict[str, object] | None:
        match action, arguments:
            case "light", {"times": int(times)}:
                self.lit += times
                return {"lit": self.lit}
            case "out", {}:
                self.lit = 0
                return None
            case "burn", _:
                raise OSError("the lamp is hot")
            case _:
                raise SimulatorError(f"a lamp cannot {action!r}")


@pytest.fixture
def path(nothing_left: None, tmp_path: Path) -> Iterator[Path]:  # noqa: ARG001 - it shall watch the server
    server = ControlServer(tmp_path / "run" / "control.sock")
    server.register("lamp", Lamp())
    server.start()
    yield server.path
    server.stop()
    assert not server.path.exists()


def test_a_command_reaches_its_simulator(path: Path) -> None:
    """Promise 3: one line in, one line out."""
    assert send(path, device="lamp", do="light", times=2) == {"ok": True, "lit": 2}
    assert send(path, device="lamp", do="out") == {"ok": True}
    assert send(path, device="*", do="list") == {"ok": True, "devices": ["lamp"]}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b"", "JSON"),
        (b"no json", "Expecting"),
        (b'"\xff"', "decode"),
        (b"[1]", "object"),
        (b"[" * 50000, "flat"),
        (b'{"do": "light"}', "no device None"),
        (b'{"device": ["lamp"], "do": "light"}', "no device"),
        (b'{"device": "stove", "do": "light"}', "there are lamp"),
        (b'{"device": "lamp"}', "do"),
        (b'{"device": "lamp", "do": "jump"}', "cannot 'jump'"),
        (b'{"device": "lamp", "do": "light", "action": 1}', "action"),
        (b'{"device": "lamp", "do": "burn"}', "hot"),
    ],
)
def test_bad_input_is_answered_and_survived(path: Path, line: bytes, word: str) -> None:
    """Promise 3: nothing said to the socket takes it away from the others."""
    with socket.socket(socket.AF_UNIX) as link, link.makefile("rb") as replies:
        link.settimeout(5)
        link.connect(str(path))
        link.sendall(line + b"\n")
        answer = json.loads(replies.readline())
        assert answer["ok"] is False
        assert word in answer["error"] or line == b""
    assert send(path, device="lamp", do="out") == {"ok": True}


def test_an_endless_line_is_cut_off(path: Path) -> None:
    """Promise 3: nobody fills the memory through the socket."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(5)
        link.connect(str(path))
        with pytest.raises(OSError):  # noqa: PT011 - a reset or a broken pipe, whichever comes first
            link.sendall(b"x" * (4 << 20))
    assert send(path, device="lamp", do="out") == {"ok": True}


def test_many_may_speak_at_once(path: Path) -> None:
    """Promise 3: no command is lost between two who speak at the same time."""

    def light() -> None:
        for _ in range(20):
            assert send(path, device="lamp", do="light", times=1)["ok"]

    threads = [threading.Thread(target=light) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert send(path, device="lamp", do="light", times=0) == {"ok": True, "lit": 100}


def test_a_socket_left_by_a_dead_process_is_replaced(tmp_path: Path) -> None:
    """Promise 3: a crash does not need a broom."""
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    server = ControlServer(path)
    server.start()
    assert send(path, device="*", do="list") == {"ok": True, "devices": []}
    with socket.socket(socket.AF_UNIX) as idle:
        idle.connect(str(path))
        server.stop()
