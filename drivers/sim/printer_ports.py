"""Where the simulated printer is reached: a TCP port and a pty, one thread that reads both, and its plug to pull.

One decision: all that happens, from the wire or by order, happens under one lock, `guard`.
"""

import contextlib
import os
import selectors
import socket
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

Speaker = Callable[[bytes], object]

_CHUNK = 4096
_BITS_PER_BYTE = 10
_SLICE = 64  # bytes taken at once from a line of real speed
_BOOT_SECONDS = 1.0


class PrinterPorts:
    """The ends of the wire. `received` takes what came, and how to answer; with `baud` the pty is that slow."""

    def __init__(
        self, port: int | None, link: Path | None, baud: int | None, received: Callable[[bytes, Speaker], None]
    ) -> None:
        self.port = port
        self.guard = threading.RLock()
        self._link, self._baud, self._received = link, baud, received
        self._deaf_until = 0.0
        self._reading_stopped = False
        self._listener: socket.socket | None = None
        self._pty: tuple[int, int] | None = None
        self._connections: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="receipt printer simulator", daemon=True)

    @property
    def url(self) -> str:
        """The url a driver opens: the pty's link if there is one, else the TCP port."""
        return str(self._link) if self._link is not None else f"socket://127.0.0.1:{self.port}"

    @property
    def unplugged(self) -> bool:
        """Whether there is nothing to reach."""
        return self._listener is None and self._pty is None

    def start(self) -> None:
        """Begin to read."""
        self._selector.register(self._woken, selectors.EVENT_READ)
        self.appear()
        self._thread.start()

    def stop(self) -> None:
        """Let go of everything."""
        self._wake.send(b"!")
        self._thread.join()
        with self.guard:
            self.vanish()
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def appear(self) -> None:
        """Listen on the port and lay the pty; the slave stays open here, or the master would read EIO."""
        if self.port is not None and self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listener.getsockname()[1]
            self._selector.register(self._listener, selectors.EVENT_READ)
        if self._link is not None and self._pty is None:
            master, slave = os.openpty()
            tty.setraw(slave)
            os.set_blocking(master, False)
            self._pty = master, slave
            self._selector.register(master, selectors.EVENT_READ)
            self._link.parent.mkdir(parents=True, exist_ok=True)
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(os.ttyname(slave))

    def vanish(self) -> None:
        """Take the plug out: port and pty are gone."""
        self.read(on=True)
        self.boot()
        if self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
        if self._pty is not None and self._link is not None:
            self._selector.unregister(self._pty[0])
            for end in self._pty:
                os.close(end)
            self._pty = None
            self._link.unlink(missing_ok=True)

    def boot(self) -> None:
        """Drop every connection, and hear nothing on the pty for as long as a printer takes to start."""
        self._deaf_until = time.monotonic() + _BOOT_SECONDS
        for connection in tuple(self._connections):
            self._drop(connection)

    def read(self, *, on: bool) -> None:
        """Read what comes, or leave it where it is: then who sends it must wait."""
        if self._reading_stopped is not on:
            return
        self._reading_stopped = not on
        ends: list[socket.socket | int] = [*self._connections, *(self._pty or ())[:1]]
        for end in ends:
            if on:
                self._selector.register(end, selectors.EVENT_READ)
            else:
                self._selector.unregister(end)

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    return
                with self.guard:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._connections:
                        self._receive_tcp(key.fileobj)
                    elif self._pty is not None and key.fd == self._pty[0]:
                        self._receive_pty(key.fd)

    def _accept(self) -> None:
        if self._listener is None:
            return
        with contextlib.suppress(OSError):  # the caller left before it was taken
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            if not self._reading_stopped:
                self._selector.register(connection, selectors.EVENT_READ)

    def _receive_tcp(self, connection: socket.socket) -> None:
        data = b""
        with contextlib.suppress(OSError):  # the other end is gone: the same as an end of file
            data = connection.recv(_CHUNK)
        if data:
            self._received(data, connection.sendall)
        else:
            self._drop(connection)

    def _receive_pty(self, master: int) -> None:
        with contextlib.suppress(OSError):
            data = os.read(master, _SLICE if self._baud else _CHUNK)
            if self._baud:
                time.sleep(len(data) * _BITS_PER_BYTE / self._baud)
            if time.monotonic() >= self._deaf_until:
                self._received(data, lambda answer: os.write(master, answer))

    def _drop(self, connection: socket.socket) -> None:
        self._connections.remove(connection)
        if not self._reading_stopped:
            self._selector.unregister(connection)
        connection.close()
