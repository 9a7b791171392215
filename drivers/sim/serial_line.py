"""The two lines a simulated serial device can hang on: a pty behind a stable link, and a TCP port of the loopback.

The pty keeps its slave open itself, or its master would read EIO before a driver has come. At the TCP port one caller
at a time is served, as serial servers do; the next one waits until the first has left.
"""

import contextlib
import os
import select
import socket
import termios
import tty
from pathlib import Path
from typing import Protocol

_CHUNK = 4096
_SPEED = 5  # where tcgetattr keeps the output speed
_BAUDS = {getattr(termios, f"B{baud}"): baud for baud in (9600, 19200, 38400, 57600, 115200)}


class Line(Protocol):
    """What a device hangs on. Used by one thread, but for `write`."""

    @property
    def url(self) -> str:
        """What a driver opens."""

    @property
    def plugged(self) -> bool:
        """Whether it is there."""

    def plug(self) -> None:
        """Appear."""

    def unplug(self) -> None:
        """Vanish, with whoever is connected; allowed at any time."""

    def read(self, seconds: float) -> bytes:
        """Return what comes within so many seconds, else nothing."""

    def write(self, data: bytes) -> None:
        """Send; what nobody takes is lost, as on a serial line."""

    def baud(self) -> int | None:
        """Return the speed the driver set; None: this line has none."""


class PtyLine:
    """A pty. `link` is a symlink to it, made anew at each plugging in."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self._ends: tuple[int, int] | None = None  # master, slave

    @property
    def url(self) -> str:
        """The link."""
        return str(self.link)

    @property
    def plugged(self) -> bool:
        """Whether it is there."""
        return self._ends is not None

    def plug(self) -> None:
        """Make a pty, and have the link lead to it."""
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._ends = (master, slave)
        self.link.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.link.with_name(f".{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self.link)

    def unplug(self) -> None:
        """Take link and pty away."""
        ends, self._ends = self._ends, None
        if ends is not None:
            self.link.unlink(missing_ok=True)
            for end in ends:
                os.close(end)

    def read(self, seconds: float) -> bytes:
        """Return what comes within so many seconds."""
        if self._ends is None or not select.select([self._ends[0]], [], [], seconds)[0]:
            return b""
        return os.read(self._ends[0], _CHUNK)

    def write(self, data: bytes) -> None:
        """Send; nobody reads: a UART drops what does not fit."""
        if self._ends is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._ends[0], data)

    def baud(self) -> int | None:
        """Return the speed that stands in the pty's settings."""
        return None if self._ends is None else _BAUDS.get(termios.tcgetattr(self._ends[1])[_SPEED])


class TcpLine:
    """A port of the loopback; 0: any free one, which it keeps."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._listener: socket.socket | None = None
        self._caller: socket.socket | None = None

    @property
    def url(self) -> str:
        """The address."""
        return f"socket://127.0.0.1:{self.port}"

    @property
    def plugged(self) -> bool:
        """Whether it listens."""
        return self._listener is not None

    def plug(self) -> None:
        """Listen."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]

    def unplug(self) -> None:
        """Hang up and listen no more."""
        self._hang_up()
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def read(self, seconds: float) -> bytes:
        """Return what the caller sends within so many seconds; without one, wait for one."""
        ready = self._caller or self._listener
        if ready is None or not select.select([ready], [], [], seconds)[0]:
            return b""
        if self._caller is None:
            assert self._listener is not None  # noqa: S101 - it was ready just now
            self._caller, _ = self._listener.accept()
            self._caller.settimeout(1.0)
            return b""
        try:
            data = self._caller.recv(_CHUNK)
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def write(self, data: bytes) -> None:
        """Send to the caller, if there is one."""
        caller = self._caller
        if caller is not None:
            with contextlib.suppress(OSError):
                caller.sendall(data)

    def baud(self) -> int | None:
        """Return None: bytes on a network have no such speed."""
        return None

    def _hang_up(self) -> None:
        caller, self._caller = self._caller, None
        if caller is not None:
            caller.close()
