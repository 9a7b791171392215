"""Bytes to and from a device: serial ports (ptys too) and TCP, behind one small protocol.

One decision: everything the operating system or a library raises ends here, as `DeviceGone` or `DeviceTimeout`, so
that a driver never meets an OSError. Every call takes a `Deadline`. A real device and a simulated one differ by their
url alone.
"""

import contextlib
import select
import socket
import termios
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import serial

from drivers.deadline import Deadline
from drivers.errors import DeviceGone, DeviceTimeout, ErrorAction, system_fact
from drivers.session import SessionError, read_session

__all__ = ["Deadline", "Direction", "Recording", "Replay", "Transport", "open_transport"]

Direction = Literal["<", ">"]
"""``<`` came from the device, ``>`` went to it."""

_DISCARD_LIMIT = 1 << 20  # a device that talks without pause must not hold discard_input for ever
_SHORTEST_WAIT = 0.001  # pyserial takes a write timeout of 0 for "do not wait and do not tell"


class Transport(Protocol):
    """A byte stream to one device. Raises `DeviceGone` and `DeviceTimeout` alone."""

    def read(self, size: int, deadline: Deadline) -> bytes:
        """Return at least one and at most `size` bytes as soon as there are any."""

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of `data` to the operating system."""

    def discard_input(self) -> None:
        """Drop what arrived and nobody read."""

    def close(self) -> None:
        """Let go of the port; allowed at any time, more than once."""


@contextlib.contextmanager
def _system_errors(name: str) -> Iterator[None]:
    """Turn what the system and pyserial raise into the two words of a transport."""
    try:
        yield
    except (serial.SerialTimeoutException, TimeoutError) as error:
        raise DeviceTimeout(f"{name}: no progress before the deadline") from error
    except (OSError, ValueError, termios.error) as error:  # SerialException is an OSError; ValueError: a bad baud rate
        raise DeviceGone(f"{name}: {error}", facts=system_fact(error)) from error


class SerialTransport:
    """A serial port by pyserial, exclusively ours (a second opener is refused), 8N1 without flow control."""

    def __init__(self, path: str, baud: int) -> None:
        self._name = path
        with _system_errors(path):
            # timeout=0: a read returns what is there; waiting is done by select, in one place, against the deadline.
            port = serial.Serial(path, baud, timeout=0, write_timeout=1.0, exclusive=True)
        self._port: serial.Serial | None = port

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise DeviceGone(f"{self._name}: closed")
        return self._port

    def read(self, size: int, deadline: Deadline) -> bytes:
        """Return at least one and at most `size` bytes."""
        port = self._opened()
        with _system_errors(self._name):
            ready, _, _ = select.select([port.fileno()], [], [], deadline.remaining())
            data = bytes(port.read(size)) if ready else b""
        if not data:
            raise DeviceTimeout(f"{self._name}: nothing came before the deadline")
        return data

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of `data` to the port."""
        port = self._opened()
        with _system_errors(self._name):
            port.write_timeout = max(deadline.remaining(), _SHORTEST_WAIT)
            port.write(data)

    def discard_input(self) -> None:
        """Drop what arrived and nobody read."""
        port = self._opened()
        with _system_errors(self._name):
            port.reset_input_buffer()

    def close(self) -> None:
        """Let go of the port. Output the device never took is dropped: Linux would wait 30 s for a stalled one."""
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(OSError, termios.error):  # it is going away; there is nothing left to report
                port.reset_output_buffer()
            with contextlib.suppress(OSError, termios.error):
                port.close()


class TcpTransport:
    """A TCP connection, for printers on port 9100 and serial-over-TCP readers."""

    def __init__(self, host: str, port: int, deadline: Deadline) -> None:
        self._name = f"{host}:{port}"
        with _system_errors(self._name):
            link = socket.create_connection((host, port), timeout=max(deadline.remaining(), _SHORTEST_WAIT))
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._link: socket.socket | None = link

    def _opened(self, deadline: Deadline) -> socket.socket:
        if self._link is None:
            raise DeviceGone(f"{self._name}: closed")
        self._link.settimeout(max(deadline.remaining(), _SHORTEST_WAIT))
        return self._link

    def read(self, size: int, deadline: Deadline) -> bytes:
        """Return at least one and at most `size` bytes."""
        link = self._opened(deadline)
        with _system_errors(self._name):
            data = link.recv(size)
        if not data:
            raise DeviceGone(f"{self._name}: the other end closed the connection")
        return data

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of `data` to the connection."""
        link = self._opened(deadline)
        with _system_errors(self._name):
            link.sendall(data)

    def discard_input(self) -> None:
        """Drop what arrived and nobody read."""
        link = self._opened(Deadline.after(0))
        link.settimeout(0)
        dropped = 0
        with _system_errors(self._name), contextlib.suppress(BlockingIOError):
            while dropped < _DISCARD_LIMIT and (chunk := link.recv(4096)):
                dropped += len(chunk)

    def close(self) -> None:
        """Let go of the connection."""
        link, self._link = self._link, None
        if link is not None:
            link.close()


def open_transport(url: str, *, baud: int = 115200, deadline: Deadline) -> Transport:
    """Open ``/dev/...`` or any other path of a serial port or pty, ``socket://host:port``, or ``replay:///session``.

    Raises:
        DeviceGone: there is no such port, another program has it, or the url makes no sense (action CONFIGURATION).
        DeviceTimeout: the other end did not accept before the deadline.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return SerialTransport(url, baud)
    if scheme == "replay":
        return _replay(rest)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:  # a port that is no number
        raise DeviceGone(f"{url}: {error}", ErrorAction.CONFIGURATION) from error
    if scheme != "socket" or not host or port is None:
        raise DeviceGone(f"{url}: neither a path nor socket://host:port", ErrorAction.CONFIGURATION)
    return TcpTransport(host, port, deadline)


def _replay(path: str) -> "Replay":
    try:
        _, frames = read_session(Path(path))
    except SessionError as error:
        raise DeviceGone(str(error), ErrorAction.CONFIGURATION) from error
    return Replay((frame.direction, frame.data) for frame in frames)


class Recording:
    """A transport that hands every chunk that passes to `sink`, a flight recorder's `add` for example."""

    def __init__(self, inner: Transport, sink: Callable[[Direction, bytes], None]) -> None:
        self._inner = inner
        self._sink = sink

    def read(self, size: int, deadline: Deadline) -> bytes:
        """Read from the inner transport."""
        data = self._inner.read(size, deadline)
        self._sink("<", data)
        return data

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Write to the inner transport; recorded before, so that a failed write is seen too."""
        self._sink(">", data)
        self._inner.write(data, deadline)

    def discard_input(self) -> None:
        """Drop the inner transport's input."""
        self._inner.discard_input()

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()


class Replay:
    """A transport that plays a recording back: answers come as they came then, and writes must be the same again.

    Meant for sessions with simulators and test cards; frames of real cards are never kept whole, so never replayed.
    """

    def __init__(self, chunks: Iterable[tuple[Direction, bytes]]) -> None:
        self._chunks = deque((direction, data) for direction, data in chunks if data)

    def read(self, size: int, deadline: Deadline) -> bytes:  # noqa: ARG002 - a recording waits for nobody
        """Return the next recorded input; `DeviceTimeout` where the device had nothing to say."""
        if not self._chunks or self._chunks[0][0] == ">":
            raise DeviceTimeout("replay: the device had nothing more to say here")
        direction, data = self._chunks.popleft()
        if data[size:]:
            self._chunks.appendleft((direction, data[size:]))
        return data[:size]

    def write(self, data: bytes, deadline: Deadline) -> None:  # noqa: ARG002 - as above
        """Check `data` against the recorded output; `DeviceGone` where the two part."""
        while data:
            direction, expected = self._chunks.popleft() if self._chunks else ("<", b"")
            part, data = data[: len(expected)], data[len(expected) :]
            if direction != ">" or not expected.startswith(part):
                raise DeviceGone("replay: these are not the bytes that were written then")
            if expected[len(part) :]:
                self._chunks.appendleft((">", expected[len(part) :]))

    def discard_input(self) -> None:
        """Drop recorded input up to the next output."""
        while self._chunks and self._chunks[0][0] == "<":
            self._chunks.popleft()

    def close(self) -> None:
        """Forget the rest."""
        self._chunks.clear()
