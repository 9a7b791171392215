"""A read-only window into the window: where its targets are, for demonstrations and tests that touch them.

One JSON line a connection over a Unix socket; it takes no commands, says nothing personal, and exists only where a path
was given. What it says is a snapshot that Kivy's thread leaves after each change.
"""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Thread

Snapshot = dict[str, object]


class Probe:
    """Answers every connection with the latest snapshot."""

    def __init__(self, path: Path, snapshot: Callable[[], Snapshot]) -> None:
        self._path = path
        self._snapshot = snapshot
        self._socket: socket.socket | None = None
        self._thread = Thread(target=self._serve, name="probe", daemon=True)

    def start(self) -> None:
        """Listen at the path, where the socket is seen once it answers; one left by an earlier process is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        coming = self._path.with_suffix(".new")
        coming.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(coming))
        coming.chmod(0o600)
        self._socket.listen(8)
        coming.rename(self._path)
        self._thread.start()

    def stop(self) -> None:
        """Close the socket and remove it."""
        listening, self._socket = self._socket, None
        if listening is not None:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            self._thread.join(timeout=2)
            self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while (listening := self._socket) is not None:
            try:
                connection, _ = listening.accept()
            except OSError:  # closed by stop()
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(1)
        try:
            connection.sendall(json.dumps(self._snapshot(), ensure_ascii=False).encode() + b"\n")
        except OSError:  # the asker went away; the next one will be answered
            return


def ask(path: Path, timeout: float = 2.0) -> Snapshot:
    """Return the snapshot of the window behind the probe at `path`; OSError while there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(timeout)
        client.connect(str(path))
        with client.makefile("rb") as lines:
            answer: Snapshot = json.loads(lines.readline())
    return answer
