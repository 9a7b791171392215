"""A code scanner that is not there: it types the codes shown to it on a pty behind a stable link.

Run by tests, the demo and the control page. Own framing on purpose, written apart from the driver's. A scanner with a
`trigger` sees a code only between the start and the stop command of its make, as a hand scanner on a stand does.
"""

import random
import threading
from dataclasses import dataclass
from pathlib import Path

from drivers.sim.fault import Faults, SimulatorError
from drivers.sim.serial_device import SerialDevice
from drivers.sim.serial_line import PtyLine

_TICK = 0.02  # how often faults that come and go by the clock are looked at, in seconds
_DRIBBLE_SECONDS = 0.005
_DOUBLE_SECONDS = 0.02
_BITS_A_BYTE = 10  # 8N1
_MOST_UNHEARD = 64  # bytes of commands that are kept until one is whole

FAULTS = ("garbage", "dribble", "half_code", "glued", "doubled", "wrong_encoding", "silent", "vanish")
"""The faults it can have. ``glued``: the next code follows in the same breath. ``vanish`` takes the port away."""

ENDS = {
    "cr": ("", "\r"),
    "lf": ("", "\n"),
    "crlf": ("", "\r\n"),
    "tab": ("", "\t"),
    "stx_etx": ("\x02", "\x03"),
    "idle": ("", ""),
}
"""How it can be set: what it types before and behind a code."""

COMMANDS = {
    "none": ("", ""),
    "honeywell": ("16540d", "16550d"),
    "newland": ("1b31", "1b30"),
    "datalogic": ("45", "44"),
}
"""Make -> start and stop in hex, as published."""


@dataclass(frozen=True, slots=True)
class ScannerSetting:
    """What setting codes set. `kinds`: whether it types an AIM identifier; `baud` 0: as fast as the pty is."""

    framing: str = "cr"
    encoding: str = "utf-8"
    kinds: bool = False
    trigger: str = "none"
    baud: int = 0


class ScannerSimulator(SerialDevice):
    """The scanner behind `link`, a symlink to its pty.

    It can hold a code before it (``show`` code, kind), ``take_away``, have a ``fault`` (name, when, until, seed) and
    ``heal``. `kind` is the AIM identifier without its bracket (default ``Q1``). What it tells: ``faults``, ``state``.
    """

    called = "a code scanner"

    def __init__(self, link: Path, setting: ScannerSetting | None = None) -> None:
        super().__init__(PtyLine(link))
        self.link = link
        self._setting = setting or ScannerSetting()
        self._start, self._stop = (bytes.fromhex(command) for command in COMMANDS[self._setting.trigger])
        self._faults = Faults(FAULTS)
        self._lock = threading.Lock()
        self._lit = not self._start
        self._typed = 0
        self.typing = False  # whether a code is on its way through the line
        self._held = ""  # what is in front of it, out of its sight until it is triggered
        self._actions = {
            "show": self._show,
            "take_away": self._take_away,
            "fault": self._inject,
            "heal": self._faults.clear,
            "faults": lambda: {"faults": list(FAULTS)},
            "state": self._state,
        }

    def _show(self, code: str, kind: str = "Q1") -> None:
        """Type the code at once, or when the trigger comes."""
        if not isinstance(code, str) or not code:
            raise SimulatorError("a code says something")
        with self._lock:
            self._held = f"]{kind}{code}" if self._setting.kinds else code
            if self._lit:
                self._type()

    def _take_away(self) -> None:
        with self._lock:
            self._held = ""

    def _inject(self, name: str, when: object = "now", until: object = None, seed: int = 0) -> None:
        self._faults.inject(name, when, until, seed)

    def _state(self) -> dict[str, object]:
        """Return how many codes it typed, whether its light is on, and the faults in force; never what a code said."""
        with self._lock:
            return {"typed": self._typed, "lit": self._lit, "faults": sorted(self._faults.active())}

    # ---- the line

    def _run(self) -> None:
        heard = b""
        while not self._stopping.is_set():
            with self._lock:
                if self._plug_or_unplug(is_away="vanish" in self._faults.active()):
                    heard, self._lit = b"", not self._start
            if not self._line.plugged:
                self._stopping.wait(_TICK)
            elif data := self._line.read(_TICK):
                heard = self._obey((heard + data)[-_MOST_UNHEARD:])

    def _obey(self, heard: bytes) -> bytes:
        """Do every whole command in `heard`, and return the rest."""
        if not self._start:
            return b""
        while True:
            found = [(heard.find(each), each) for each in (self._start, self._stop) if each in heard]
            if not found:
                return heard
            place, command = min(found)
            heard = heard[place + len(command) :]
            with self._lock:
                self._lit = command == self._start
                if self._lit and self._held:
                    self._type()

    def _type(self) -> None:
        """Type what is held before it, once, spoilt by the faults in force. A scanner's commands are its codes."""
        text, self._held = self._held, ""
        faults = self._faults.command()
        self._typed += 1
        if "silent" in faults:
            return
        before, behind = (end.encode() for end in ENDS[self._setting.framing])
        encoding = "utf-16-le" if "wrong_encoding" in faults else self._setting.encoding
        content = text.encode(encoding)
        if "garbage" in faults:
            content = _noise(faults["garbage"])
        whole = before + content + behind
        if "half_code" in faults:
            whole = whole[: len(before) + max(1, len(content) // 2)]
        self._put_on_line(whole * 2 if "glued" in faults else whole, dribble="dribble" in faults)
        if "doubled" in faults and not self._stopping.wait(_DOUBLE_SECONDS):
            self._put_on_line(whole, dribble="dribble" in faults)

    def _put_on_line(self, data: bytes, *, dribble: bool) -> None:
        pause = _DRIBBLE_SECONDS if dribble else _BITS_A_BYTE / self._setting.baud if self._setting.baud else 0.0
        self.typing = True
        for piece in [data[at : at + 1] for at in range(len(data))] if pause else [data]:
            if self._line.plugged and not (pause and self._stopping.wait(pause)):
                self._line.write(piece)
        self.typing = False


def _noise(dice: random.Random) -> bytes:
    """Return bytes that are no text in any charset: FF begins nothing, neither in UTF-8 nor in GB 18030."""
    return b"\xff" + bytes(dice.choice(range(0x80, 0x100)) for _ in range(dice.randint(1, 40)))
