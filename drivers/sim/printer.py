"""A receipt printer at the wire: ESC/POS on TCP and on a pty, its receipts as pictures, its faults on demand.

One thread reads what comes. Real-time commands (DLE EOT, DLE ENQ) are done the moment their bytes pass, inside pictures
too, online or not, as Epson's printers do; everything else waits in the buffer until the printer can go on.

Actions of `do`: the faults paper_near_end, paper_out, cover_open, cutter_jam, overheated, unrecoverable, recoverable
and what ends them (refill, cover_close, cutter_clear, cooled, clear: all well again; cutter_freed: DLE ENQ 2 or a power
cycle ends the jam); stop_reading and resume (back pressure); busy and ready (online, but working off nothing); silent,
dribble, garbage and speak (how it answers); power_cycle (the buffer is lost, and on the pty what comes while it boots);
vanish and return; take (the receipts); state. Each takes `after_bytes`: not now, but when so many more bytes have been
worked off.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from PIL import Image

from drivers.sim.fault import SimulatorError
from drivers.sim.printer_commands import Interpreter
from drivers.sim.printer_models import USUAL, Model
from drivers.sim.printer_paper import DOTS_PER_MM
from drivers.sim.printer_ports import PrinterPorts
from drivers.sim.printer_sensors import Sensors
from drivers.sim.printer_voice import WAYS, Voice

_REAL_TIME = re.compile(rb"\x10(?:\x04([\x01-\x04])|\x05([\x01\x02]))")  # DLE EOT n, DLE ENQ n
_CLEAR_BUFFER = b"\x02"  # DLE ENQ 2
_DOTS_PER_INCH = 25.4 * DOTS_PER_MM
# Kept to look at, however long it runs: the last receipts, and the last bytes received.
_KEPT_RECEIPTS, _KEPT_BYTES = 50, 1 << 20

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "paper_near_end": "refill",
        "paper_out": "refill",
        "cover_open": "cover_close",
        "cutter_jam": "cutter_clear",
        "overheated": "cooled",
        "unrecoverable": "clear",
        "recoverable": "clear",
        "stop_reading": "resume",
        "busy": "ready",
        "silent": "speak",
        "dribble": "speak",
        "garbage": "speak",
        "power_cycle": "speak",
        "vanish": "return",
    }
)
"""The faults it can have, and what ends each; ``power_cycle`` is over by itself."""

# action -> what it does to the sensors
_SENSOR_ACTIONS: dict[str, dict[str, bool]] = {
    "paper_near_end": {"near_end": True},
    "paper_out": {"near_end": True, "paper_out": True},
    "refill": {"near_end": False, "paper_out": False},
    "cover_open": {"cover_open": True},
    "cover_close": {"cover_open": False},
    "cutter_jam": {"cutter_jam": True},
    "cutter_freed": {"blade_freed": True},
    "cutter_clear": {"cutter_jam": False, "blade_freed": False},
    "overheated": {"overheated": True},
    "cooled": {"overheated": False},
    "unrecoverable": {"unrecoverable": True},
    "recoverable": {"recoverable": True},
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

    With `baud` the pty is as slow as a real line. The last receipts are kept in `receipts`, and with `folder` all are
    saved there as ``receipt-0001.png`` and ``.bin``. `model` is what it says it is, and where it stops.
    """

    def __init__(
        self,
        font: Path,
        *,
        port: int | None = 0,
        link: Path | None = None,
        folder: Path | None = None,
        model: Model = USUAL,
        baud: int | None = None,
    ) -> None:
        self.receipts: list[PrintedReceipt] = []
        self.received = bytearray()
        self._folder = folder
        self._sensors, self._voice = Sensors(), Voice()
        self._ports = PrinterPorts(port, link, baud, self._receive)
        self._interpreter = Interpreter(font, model, self._sensors, self._voice.say, self._keep)
        self._queue = bytearray()
        self._tail = b""
        self._scheduled: list[tuple[int, str]] = []
        self._printed = 0
        self._busy = False
        self._actions: dict[str, Callable[[], None]] = {
            "stop_reading": lambda: self._ports.read(on=False),
            "resume": lambda: self._ports.read(on=True),
            "busy": lambda: setattr(self, "_busy", True),
            "ready": lambda: setattr(self, "_busy", False),
            "power_cycle": self._power_cycle,
            "vanish": self._vanish,
            "return": self._ports.appear,
            "take": self.receipts.clear,
            "state": lambda: None,
            **{sensed: partial(self._sense, changes) for sensed, changes in _SENSOR_ACTIONS.items()},
            **{way: partial(setattr, self._voice, "way", way) for way in WAYS},
        }

    @property
    def url(self) -> str:
        """The url a driver opens: the pty's link if there is one, else the TCP port."""
        return self._ports.url

    @property
    def port(self) -> int | None:
        """The TCP port, None where there is none."""
        return self._ports.port

    @property
    def unknown(self) -> list[bytes]:
        """Bytes that no printer of this model would have understood."""
        return self._interpreter.unknown

    def start(self) -> None:
        """Switch the printer on."""
        self._ports.start()

    def stop(self) -> None:
        """Switch it off and let go of everything."""
        self._ports.stop()

    def do(self, action: str, **arguments: object) -> Mapping[str, object]:
        """Do `action` (see the module); return the printer's state.

        Raises:
            SimulatorError: no such action, or arguments it does not take.
        """
        after = arguments.pop("after_bytes", 0)
        if arguments or not isinstance(after, int) or after < 0:
            raise SimulatorError("a printer's action takes after_bytes, a whole number, and nothing else")
        if action not in self._actions:
            raise SimulatorError(f"a printer cannot {action!r}; it can {', '.join(sorted(self._actions))}")
        with self._ports.guard:
            if after:
                self._scheduled.append((after, action))
            else:
                self._actions[action]()
                self._work()
            printed = {"receipts": len(self.receipts), "printed": self._printed}
            return {**vars(self._sensors), **printed, "says": self._voice.way, "unplugged": self._ports.unplugged}

    def _sense(self, changes: dict[str, bool]) -> None:
        for sensor, value in changes.items():
            setattr(self._sensors, sensor, value)
        self._interpreter.report()

    def _receive(self, data: bytes, speaker: Callable[[bytes], object]) -> None:
        """Take bytes: what is real-time is done as it passes, the rest waits its turn."""
        self._voice.speaker = speaker
        self.received += data
        del self.received[:-_KEPT_BYTES]
        window = self._tail + data
        queued = end = len(self._tail)
        for command in _REAL_TIME.finditer(window):
            end = command.end()
            if command[1]:
                self._voice.say(self._sensors.real_time(command[1][0]))
            else:
                self._recover()
                if command[2] == _CLEAR_BUFFER:
                    self._queue.clear()
                    self._interpreter.clear()
                    queued = end
        self._queue += window[queued:]
        self._tail = window[max(end, len(window) - 2) :]
        self._work()

    def _recover(self) -> None:
        self._sensors.recover()
        self._interpreter.report()

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
                self._actions[action]()

    def _keep(self, raw: bytes, text: str, image: Image.Image) -> None:
        self._printed += 1
        self.receipts.append(PrintedReceipt(raw, text, image))
        del self.receipts[:-_KEPT_RECEIPTS]
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            stem = self._folder / f"receipt-{self._printed:04d}"
            image.save(stem.with_suffix(".png"), dpi=(_DOTS_PER_INCH, _DOTS_PER_INCH))
            stem.with_suffix(".bin").write_bytes(raw)

    def _power_cycle(self) -> None:
        self._forget()
        self._ports.boot()

    def _vanish(self) -> None:
        self._forget()
        self._ports.vanish()

    def _forget(self) -> None:
        """Lose what is in the buffer; an error whose cause is gone ends with the power too."""
        self._queue.clear()
        self._scheduled.clear()
        self._tail = b""
        self._interpreter.power_cycle()
        self._sensors.recover()
