"""The socket by which a test, a person or the control page works the simulators: one JSON object a line, both ways.

``{"device": "id_card", "do": "put_card", "card": "wang"}`` is answered ``{"ok": true, ...}`` or
``{"ok": false, "error": "a sentence"}``; ``{"device": "*", "do": "list"}`` names the devices. One thread serves all
connections, so two commands never meet inside a simulator.
"""

import contextlib
import json
import selectors
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from drivers.sim.fault import SimulatorError

_LONGEST_LINE = 65536
_REPLY_SECONDS = 2.0
_COMMAND_SECONDS = 30.0


class Simulator(Protocol):
    """What can be worked through the socket."""

    def do(self, action: str, **arguments: object) -> Mapping[str, object] | None:
        """Do `action`; return facts for the answer. Raises `SimulatorError` with a sentence when it cannot."""


class ControlServer:
    """Serves the socket `path` for the simulators given to `register`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._simulators: dict[str, Simulator] = {}
        self._lines: dict[socket.socket, bytes] = {}
        self._selector = selectors.DefaultSelector()
        self._thread: threading.Thread | None = None
        self._wake, self._woken = socket.socketpair()

    def register(self, name: str, simulator: Simulator) -> None:
        """Make `simulator` reachable as `name`; before `start`."""
        self._simulators[name] = simulator

    def start(self) -> None:
        """Listen; a socket file left by a process that died is replaced."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self.path))
        self.path.chmod(0o600)
        listener.listen()
        self._selector.register(listener, selectors.EVENT_READ, "listener")
        self._selector.register(self._woken, selectors.EVENT_READ, "woken")
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="simulator control", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and drop every connection."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._wake.send(b"!")
            thread.join()
            self.path.unlink(missing_ok=True)
        for link in (*self._lines, self._wake, self._woken):
            link.close()
        self._lines.clear()
        self._selector.close()

    def _serve(self, listener: socket.socket) -> None:
        with listener:
            while True:
                for key, _ in self._selector.select():
                    if key.data == "woken":
                        return
                    if key.data == "listener":
                        self._accept(listener)
                    elif isinstance(key.fileobj, socket.socket):
                        self._receive(key.fileobj)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # gone before it was taken
            link, _ = listener.accept()
            link.settimeout(_REPLY_SECONDS)
            self._lines[link] = b""
            self._selector.register(link, selectors.EVENT_READ, "client")

    def _receive(self, link: socket.socket) -> None:
        try:
            data = link.recv(4096)
            *lines, rest = (self._lines[link] + data).split(b"\n")
            for line in lines:
                link.sendall(json.dumps(self.answer(line), ensure_ascii=False).encode() + b"\n")
        except OSError:  # a client that left or does not read its answers; the others go on
            data, rest = b"", b""
        self._lines[link] = rest
        if not data or len(rest) > _LONGEST_LINE:
            self._selector.unregister(link)
            del self._lines[link]
            link.close()

    def answer(self, line: bytes) -> dict[str, object]:
        """Do what one line asks for, and return the answer; never raises on bad input."""
        try:
            return {"ok": True, **self._do(line)}
        except (SimulatorError, ValueError, TypeError, KeyError, OSError) as error:  # TypeError: arguments do not fit
            return {"ok": False, "error": str(error)}

    def _do(self, line: bytes) -> Mapping[str, object]:
        try:
            command = json.loads(line)
        except RecursionError as error:
            raise SimulatorError("a command is a flat JSON object") from error
        if not isinstance(command, dict):
            raise SimulatorError("a command is a JSON object")
        device, action = command.pop("device", None), command.pop("do", None)
        if (device, action) == ("*", "list"):
            return {"devices": sorted(self._simulators)}
        if not isinstance(action, str):
            raise SimulatorError('a command says what to "do"')
        if not isinstance(device, str) or device not in self._simulators:
            raise SimulatorError(f"there is no device {device!r}; there are {', '.join(sorted(self._simulators))}")
        return self._simulators[device].do(action, **command) or {}


def send(path: Path, **command: object) -> dict[str, object]:
    """Send one command to the socket `path` and return the answer: ``send(path, device="id_card", do="lift_card")``.

    Raises:
        OSError: nobody listens there, or no answer came within 30 s.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(_COMMAND_SECONDS)
        link.connect(str(path))
        link.sendall(json.dumps(command, ensure_ascii=False).encode() + b"\n")
        with link.makefile("rb") as replies:
            answer = json.loads(replies.readline() or b'{"ok": false, "error": "the connection was closed"}')
    return dict(answer)
