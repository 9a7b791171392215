"""A network line that can be cut: a TCP proxy between the kiosk's delivery and the office.

`cut` drops every connection and refuses new ones, as a dedicated line that closes at night does; `hang` keeps accepting
but passes nothing on, as a half-open line does; `restore` ends both.
"""

import contextlib
import socket
import threading
from collections.abc import Mapping

from drivers.sim.fault import SimulatorError

_CHUNK = 65536


class LineSimulator:
    """Listens on `port` (0: any free one) of the loopback and forwards to `target` (host, port)."""

    def __init__(self, port: int, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._open = threading.Event()
        self._open.set()
        self._cut = False
        self._stopped = False
        self._guard = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, name="line-simulator", daemon=True)

    def start(self) -> None:
        """Begin to forward."""
        self._thread.start()

    def stop(self) -> None:
        """Close everything and wait for the acceptor."""
        self._stopped = True
        self._open.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._drop_all()
        self._thread.join(5)

    def do(self, action: str, **arguments: object) -> Mapping[str, object]:
        """Do `cut`, `hang` or `restore`, or tell the `state`.

        Raises:
            SimulatorError: for any other action.
        """
        if arguments:
            raise SimulatorError("a line's actions take nothing")
        match action:
            case "cut":
                self._cut = True
                self._drop_all()
            case "hang":
                self._open.clear()
            case "restore":
                self._cut = False
                self._open.set()
            case "state":
                pass
            case _:
                raise SimulatorError(f"a line knows cut, hang, restore and state, not {action!r}")
        return {"state": "cut" if self._cut else "open" if self._open.is_set() else "hanging"}

    def _accept(self) -> None:
        while not self._stopped:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return  # closed by stop()
            if self._cut:
                near.close()
                continue
            threading.Thread(target=self._join, args=(near,), name="line-connection", daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target, timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        with self._guard:
            self._sockets |= {near, far}
        back = threading.Thread(target=self._pump, args=(far, near), name="line-connection", daemon=True)
        back.start()
        self._pump(near, far)
        back.join()
        with self._guard:
            self._sockets -= {near, far}
        near.close()
        far.close()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                self._open.wait()
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _drop_all(self) -> None:
        with self._guard:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
