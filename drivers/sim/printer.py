"""A receipt printer at the wire: ESC/POS on TCP and on a pty, its receipts as pictures, its faults on demand.

One thread reads what comes. Real-time questions (DLE EOT) are answered the moment their bytes pass, inside pictures
too, online or not, as Epson's printers do; everything else waits in the buffer until the printer can go on.

Actions of `do`: the faults paper_near_end, paper_out, cover_open, cutter_jam, overheated, unrecoverable and what ends
them (refill, cover_close, cutter_clear, cooled, clear: all well again); stop_reading and resume (back pressure); busy
and ready (online, but working off nothing); silent and speak; power_cycle (the buffer is lost, and
on the pty what comes while it boots); vanish and return; take (the receipts); state. Each takes `after_bytes`:
not now, but when so many more bytes have been worked off.
"""

import contextlib
import os
import re
import selectors
import socket
import threading
import time
import tty
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from drivers.sim.fault import SimulatorError
from drivers.sim.printer_commands import Interpreter
from drivers.sim.printer_paper import DOTS_PER_MM
from drivers.sim.printer_sensors import Sensors

_REAL_TIME_QUESTION = re.compile(rb"\x10\x04([\x01-\x04])")
_CHUNK = 4096
_BOOT_SECONDS = 1.0
_BITS_PER_BYTE = 10
_SLICE = 64  # bytes taken at once from a line of real speed
_DOTS_PER_INCH = 25.4 * DOTS_PER_MM

# action -> what it does to the sensors
_SENSOR_ACTIONS: dict[str, dict[str, bool]] = {
    "paper_near_end": {"near_end": True},
    "paper_out": {"near_end": True, "paper_out": True},
    "refill": {"near_end": False, "paper_out": False},
    "cover_open": {"cover_open": True},
    "cover_close": {"cover_open": False},
    "cutter_jam": {"cutter_jam": True},
    "cutter_clear": {"cutter_jam": False},
    "overheated": {"overheated": True},
    "cooled": {"overheated": False},
    "unrecoverable": {"unrecoverable": True},
    "clear": dict.fromkeys(vars(Sensors()), False),
}


@dataclass(frozen=True, slots=True)
class PrintedReceipt:
    """One receipt as it fell from the cutter.

    Attributes:
        raw: the bytes that made it, questions left out.
        text: what the printer's own font printed, ``?`` for each character it lacks.
        image: the paper at 8 dots to the millimetre.
    """

    raw: bytes
    text: str
    image: Image.Image


class PrinterSimulator:
    """A printer on 127.0.0.1:`port` (0: any free one; None: no TCP) and, with `link`, on a pty that `link` points to.

    With `baud` the pty is as slow as a real line. Receipts are kept in `receipts` and, with `folder`, saved there as
    ``receipt-0001.png`` and ``.bin``.
    """

    def __init__(
        self,
        font: Path,
        *,
        port: int | None = 0,
        link: Path | None = None,
        folder: Path | None = None,
        width: int = 576,
        baud: int | None = None,
    ) -> None:
        self.port = port
        self.receipts: list[PrintedReceipt] = []
        self.received = bytearray()
        self._link, self._folder, self._baud = link, folder, baud
        self._sensors = Sensors()
        self._interpreter = Interpreter(font, width, self._sensors, self._answer, self._keep)
        self._guard = threading.RLock()
        self._queue = bytearray()
        self._tail = b""
        self._scheduled: list[tuple[int, str]] = []
        self._printed = 0
        self._booted_at = 0.0
        self._silent = self._reading_stopped = self._busy = False
        self._listener: socket.socket | None = None
        self._pty: tuple[int, int] | None = None
        self._connections: list[socket.socket] = []
        self._speaker: Callable[[bytes], object] = len  # who gets the answers: nobody yet
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="receipt printer simulator", daemon=True)
        self._actions: dict[str, Callable[[], None]] = {
            "stop_reading": lambda: self._read(on=False),
            "resume": lambda: self._read(on=True),
            "busy": lambda: setattr(self, "_busy", True),
            "ready": lambda: setattr(self, "_busy", False),
            "silent": lambda: setattr(self, "_silent", True),
            "speak": lambda: setattr(self, "_silent", False),
            "power_cycle": self._power_cycle,
            "vanish": self._vanish,
            "return": self._appear,
        }

    @property
    def url(self) -> str:
        """The url a driver opens: the pty's link if there is one, else the TCP port."""
        return str(self._link) if self._link is not None else f"socket://127.0.0.1:{self.port}"

    @property
    def unknown(self) -> list[bytes]:
        """Bytes that no printer would have understood."""
        return self._interpreter.unknown

    def start(self) -> None:
        """Switch the printer on."""
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._appear()
        self._thread.start()

    def stop(self) -> None:
        """Switch it off and let go of everything."""
        self._wake.send(b"!")
        self._thread.join()
        with self._guard:
            self._vanish()
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def do(self, action: str, **arguments: object) -> Mapping[str, object]:
        """Do `action` (see the module); return the printer's state.

        Raises:
            SimulatorError: no such action, or arguments it does not take.
        """
        after = arguments.pop("after_bytes", 0)
        if arguments or not isinstance(after, int) or after < 0:
            raise SimulatorError("a printer's action takes after_bytes, a whole number, and nothing else")
        if action not in {*_SENSOR_ACTIONS, *self._actions, "take", "state"}:
            names = ", ".join(sorted({*_SENSOR_ACTIONS, *self._actions, "take", "state"}))
            raise SimulatorError(f"a printer cannot {action!r}; it can {names}")
        with self._guard:
            if after:
                self._scheduled.append((after, action))
            else:
                self._act(action)
                self._work()
            unplugged = self._listener is None and self._pty is None
            printed = {"receipts": len(self.receipts), "printed": self._printed}
            return {**vars(self._sensors), **printed, "unplugged": unplugged}

    def _act(self, action: str) -> None:
        if action == "take":
            self.receipts.clear()
        elif action in _SENSOR_ACTIONS:
            for sensor, value in _SENSOR_ACTIONS[action].items():
                setattr(self._sensors, sensor, value)
            if self._interpreter.automatic_status:
                self._answer(self._sensors.automatic())
        elif action in self._actions:
            self._actions[action]()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    return
                with self._guard:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._connections:
                        self._receive_tcp(key.fileobj)
                    elif self._pty is not None and key.fd == self._pty[0]:
                        self._receive_pty(key.fd)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the caller left before it was taken
            connection, _ = self._opened_listener().accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            if not self._reading_stopped:
                self._selector.register(connection, selectors.EVENT_READ)

    def _opened_listener(self) -> socket.socket:
        if self._listener is None:
            raise OSError("not listening")
        return self._listener

    def _receive_tcp(self, connection: socket.socket) -> None:
        data = b""
        with contextlib.suppress(OSError):  # the other end is gone: the same as an end of file
            data = connection.recv(_CHUNK)
        if data:
            self._receive(data, connection.sendall)
        else:
            self._drop(connection)

    def _receive_pty(self, master: int) -> None:
        with contextlib.suppress(OSError):
            data = os.read(master, _SLICE if self._baud else _CHUNK)
            if self._baud:
                time.sleep(len(data) * _BITS_PER_BYTE / self._baud)
            if time.monotonic() >= self._booted_at:
                self._receive(data, lambda answer: os.write(master, answer))

    def _receive(self, data: bytes, speaker: Callable[[bytes], object]) -> None:
        self._speaker = speaker
        self.received += data
        self._queue += data
        window, end = self._tail + data, 0
        for question in _REAL_TIME_QUESTION.finditer(window):
            self._answer(self._sensors.real_time(question[1][0]))
            end = question.end()
        self._tail = window[max(end, len(window) - 2) :]
        self._work()

    def _work(self) -> None:
        """Work off the buffer as far as the printer can, stopping where something is scheduled to happen."""
        while self._queue and not (self._sensors.offline or self._busy):
            room = min((count for count, _ in self._scheduled), default=len(self._queue))
            piece = bytes(self._queue[:room])
            del self._queue[:room]
            self._interpreter.feed(piece)
            due = [action for count, action in self._scheduled if count <= len(piece)]
            self._scheduled = [(n - len(piece), action) for n, action in self._scheduled if n > len(piece)]
            for action in due:
                self._act(action)

    def _answer(self, data: bytes) -> None:
        if not self._silent:
            with contextlib.suppress(OSError):  # nobody listens any more
                self._speaker(data)

    def _keep(self, raw: bytes, text: str, image: Image.Image) -> None:
        self._printed += 1
        self.receipts.append(PrintedReceipt(raw, text, image))
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            stem = self._folder / f"receipt-{self._printed:04d}"
            image.save(stem.with_suffix(".png"), dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH))
            stem.with_suffix(".bin").write_bytes(raw)

    def _power_cycle(self) -> None:
        self._booted_at = time.monotonic() + _BOOT_SECONDS
        self._queue.clear()
        self._scheduled.clear()
        self._tail = b""
        self._interpreter.power_cycle()
        for connection in tuple(self._connections):
            self._drop(connection)

    def _read(self, *, on: bool) -> None:
        if self._reading_stopped is not on:
            return
        self._reading_stopped = not on
        ends: list[socket.socket | int] = [*self._connections, *(self._pty or ())[:1]]
        for end in ends:
            if on:
                self._selector.register(end, selectors.EVENT_READ)
            else:
                self._selector.unregister(end)

    def _appear(self) -> None:
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

    def _vanish(self) -> None:
        """Take the plug out: port and pty are gone, and what was in the buffer with them."""
        self._read(on=True)
        self._power_cycle()
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

    def _drop(self, connection: socket.socket) -> None:
        self._connections.remove(connection)
        if not self._reading_stopped:
            self._selector.unregister(connection)
        connection.close()
