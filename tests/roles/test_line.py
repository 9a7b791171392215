"""The simulated line to the office: what is cut is cut, what is restored works."""

import socket
import threading
from collections.abc import Iterator

import pytest

from drivers.sim.fault import SimulatorError
from drivers.sim.line import LineSimulator


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that answers what it is told."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            with link:
                while data := link.recv(100):
                    link.sendall(data)

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.fixture
def line(echo: int) -> Iterator[LineSimulator]:
    """A line to that server."""
    simulator = LineSimulator(0, ("127.0.0.1", echo))
    simulator.start()
    yield simulator
    simulator.stop()


def ask(port: int) -> bytes:
    """Say something and return the answer, empty when the line is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        try:
            link.sendall(b"hello")
            return link.recv(100)
        except ConnectionError:
            return b""


def test_an_open_line_passes_everything_on(line: LineSimulator) -> None:
    """Promise 6: what waits on the line ends."""
    assert ask(line.port) == b"hello"


def test_a_cut_line_drops_who_is_on_it_and_takes_nobody(line: LineSimulator) -> None:
    """Promise 1: delivery must live through this, so the simulator must do it."""
    with socket.create_connection(("127.0.0.1", line.port), timeout=5) as link:
        link.sendall(b"hello")
        assert link.recv(100) == b"hello"
        line.do("cut")
        assert link.recv(100) == b""
    assert ask(line.port) == b""
    line.do("restore")
    assert ask(line.port) == b"hello"


def test_a_hanging_line_takes_and_gives_nothing(line: LineSimulator) -> None:
    """Promise 6: a half-open line looks alive; only a deadline ends the wait."""
    line.do("hang")
    with socket.create_connection(("127.0.0.1", line.port), timeout=5) as link:
        link.settimeout(0.2)
        link.sendall(b"hello")
        with pytest.raises(TimeoutError):
            link.recv(100)
        line.do("restore")
        link.settimeout(5)
        assert link.recv(100) == b"hello"


def test_an_action_it_does_not_know_is_refused_with_those_it_knows(line: LineSimulator) -> None:
    """Promise 4: a simulator that ignores an order would lie to the test that gave it."""
    with pytest.raises(SimulatorError, match="cut, hang, restore"):
        line.do("sever")
