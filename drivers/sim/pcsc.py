"""A PC/SC service and two readers that are not there: a real pcscd of our own, virtual readers (vpcd) in it.

One decision: the pcscd is private. It is handed its listening socket as systemd would do, so that it needs neither root
nor the machine's own socket, and two simulated kiosks on one machine never meet.
"""

import contextlib
import itertools
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from drivers.sim.fault import SimulatorError

PCSCD = Path("/usr/sbin/pcscd")
VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
READERS = ("Virtual PCD 00 00", "Virtual PCD 00 01")

_CONFIG = 'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{port}\nLIBPATH {vpcd}\nCHANNELID {port}\n'
# sd_listen_fds(3): the socket is descriptor 3, and LISTEN_PID, which only the child itself knows, is its number.
# The service ends with whoever started it.
_START = 'LISTEN_FDS=1 LISTEN_PID=$$ exec setpriv --pdeathsig TERM "$@" 3<&0 0</dev/null'
_STOP_SECONDS = 5.0
_BACKLOG = 16
_PORTS = range(36000, 60000, 2)
_LENGTH = 2  # bytes of a message's length, big endian
_POWER_OFF, _POWER_ON, _RESET, _TELL_ATR = 0, 1, 2, 4
_RECONNECT_SECONDS = 0.05


class Pcscd:
    """The service behind the socket `path`. `start` and `stop` any number of times; readers or none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self, *, readers: bool = True) -> None:
        """Start it; it answers at once, for whoever comes early waits in its socket.

        Raises:
            SimulatorError: it is not installed; the text says what to install.
        """
        for file, package in ((PCSCD, "pcscd"), (VPCD, "vsmartcard-vpcd")):
            if not file.exists():
                raise SimulatorError(f"there is no {file}: install {package}; until then the card reader is off")
        self.stop()
        self._folder = tempfile.TemporaryDirectory(prefix="pcscd-")
        self.port = _free_pair()  # a new one each time: the last one's connections still linger
        if readers:
            Path(self._folder.name, "vpcd").write_text(_CONFIG.format(port=self.port, vpcd=VPCD), "ascii")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(self.path))
            self.path.chmod(0o600)
            listener.listen(_BACKLOG)
            # Only the child keeps the socket: when it is gone, callers are refused instead of left waiting.
            self._process = subprocess.Popen(  # noqa: S603 - the program is a constant
                [
                    "/bin/sh",
                    "-c",
                    _START,
                    "pcscd",
                    str(PCSCD),
                    "--foreground",
                    "--critical",
                    "--config",
                    self._folder.name,
                ],
                stdin=listener.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
            )

    def stop(self) -> None:
        """Stop it; allowed at any time."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self.path.unlink(missing_ok=True)
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()


class VirtualSlot:
    """One of the two readers (0, 1): a card in it is a connection to vpcd, and answers by `answer`.

    `answer(command)` returns the answer's bytes, or None when the card is pulled out under it; `atr(powered)` returns
    what the card says when it is asked for its ATR.
    """

    def __init__(self, service: Pcscd, index: int) -> None:
        self._service = service
        self._index = index
        self._lock = threading.Lock()
        self._link: socket.socket | None = None
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def has_card(self) -> bool:
        """Whether a card is in."""
        return self._thread is not None and not self._leaving.is_set()

    def insert(self, answer: Callable[[bytes], bytes | None], atr: Callable[[bool], bytes]) -> None:
        """Put a card in; one that was there is taken out first."""
        self.remove()
        self._leaving = threading.Event()
        name = f"card in {READERS[self._index]}"
        self._thread = threading.Thread(target=self._serve, args=(answer, atr, self._leaving), name=name, daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Take the card out; allowed when there is none."""
        thread, self._thread = self._thread, None
        self._leaving.set()
        self._drop()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _drop(self) -> None:
        with self._lock:
            link, self._link = self._link, None
            if link is not None:
                with contextlib.suppress(OSError):  # the other end was quicker
                    link.shutdown(socket.SHUT_RDWR)
                link.close()

    def _serve(
        self, answer: Callable[[bytes], bytes | None], atr: Callable[[bool], bytes], leaving: threading.Event
    ) -> None:
        """Be a card in the reader, through every restart of the service, until it is taken out."""
        while not leaving.is_set():
            try:
                link = socket.create_connection(("127.0.0.1", self._service.port + self._index), timeout=1)
            except OSError:  # the service is not there
                leaving.wait(_RECONNECT_SECONDS)
                continue
            link.settimeout(None)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # without, each message costs 40 ms
            with self._lock:
                self._link = link
            if leaving.is_set():
                self._drop()
            if not self._talk(link, answer, atr):
                leaving.set()
            self._drop()

    def _talk(self, link: socket.socket, answer: Callable[[bytes], bytes | None], atr: Callable[[bool], bytes]) -> bool:
        """Answer until the connection ends; return whether the card is still in."""
        powered = False
        while (message := _receive(link)) is not None:
            control = message[0] if len(message) == 1 else None
            if control in (_POWER_OFF, _POWER_ON, _RESET):
                powered = control != _POWER_OFF
                continue
            said = atr(powered) if control == _TELL_ATR else answer(message)
            if said is None:
                return False
            with contextlib.suppress(OSError):  # the service went; the next receive ends this
                link.sendall(len(said).to_bytes(_LENGTH, "big") + said)
        return True


def _receive(link: socket.socket) -> bytes | None:
    """Return the next message, None when the connection has ended."""
    try:
        head = link.recv(_LENGTH, socket.MSG_WAITALL)
        if len(head) < _LENGTH:
            return None
        # vpcd sends the length alone and holds the rest back until it is acknowledged: without this, 40 ms later.
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        data = link.recv(size := int.from_bytes(head, "big"), socket.MSG_WAITALL)
    except OSError:
        return None
    return data if data and len(data) == size else None


def _free_pair() -> int:
    """Return a port that is free, and the next one too: one for each reader. Where to look first differs by process."""
    first = os.getpid() % len(_PORTS)
    for port in itertools.chain(_PORTS[first:], _PORTS[:first]):
        with contextlib.suppress(OSError), contextlib.ExitStack() as held:
            for one in (port, port + 1):
                held.enter_context(socket.create_server(("", one)))
            return port
    raise SimulatorError("no two neighbouring ports are free")
