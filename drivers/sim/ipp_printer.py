"""A document printer that is not there: CUPS's own `ippeveprinter`, kept, fed and troubled.

It speaks real IPP, and what arrives stays in the spool folder, byte for byte. Between it and the kiosk lies an
`IppLine` for what goes wrong on the way.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from drivers.sim.fault import SimulatorError
from drivers.sim.ipp_line import FAULTS, IppLine
from drivers.sim.ipp_process import CONDITIONS, PROGRAMS, STATE_JOB, IppProcess, find

T = TypeVar("T")

_CANCEL_JOB = b"\x00\x08"
_JOB_ID = b"\x21\x00\x06job-id\x00\x04"
_MEDIA = "iso_a4_210x297mm"
_FULL_TRAY, _FULL_BYPASS, _FULL_TONER = 250, 25, 75
_WASTE = 25
_LOW_TRAY, _LOW_TONER = 5, 5
_PERCENT = 100

LEVELS = ("toner_low", "toner_out", "paper_low", "paper_out")
"""What its supplies can be brought to in one word. With `FAULTS` of the line: all that can be wrong with it."""


class IppPrinterSimulator:
    """The printer on `port` (0: any free one) of the loopback; `folder` keeps its spool.

    `seconds` is how long a job takes, to a tenth.
    """

    def __init__(self, folder: Path, port: int = 0, *, seconds: float = 0.0) -> None:
        self.spool = folder / "spool"
        self.trouble = ""
        """Why it could not be started; empty when it runs."""
        self._port = port
        self._tenths = round(seconds * 10)
        self._process: IppProcess | None = None
        self._line: IppLine | None = None
        self._changing = threading.Lock()
        self._conditions: set[str] = set()
        self._toner, self._tray, self._bypass = _FULL_TONER, _FULL_TRAY, _FULL_BYPASS
        self._actions: dict[str, Callable[..., Mapping[str, object] | None]] = {
            "toner": self._set_toner,
            "paper": self._set_paper,
            "set": self._set,
            "lift": self._lift,
            "toner_low": lambda: self._set_toner(_LOW_TONER),
            "toner_out": lambda: self._set_toner(0),
            "paper_low": lambda: self._set_paper(_LOW_TRAY),
            "paper_out": lambda: self._set_paper(0),
            "jam": lambda: self._set("media-jam"),
            "cover_open": lambda: self._set("cover-open"),
            "well": self._well,
            "fault": self._fault,
            "heal": self._heal,
            "faults": lambda: {"faults": list(FAULTS), "conditions": list(CONDITIONS)},
            "state": self._state,
        }

    @property
    def url(self) -> str:
        """Where the kiosk finds it."""
        return f"ipp://127.0.0.1:{self._port}/ipp/print"

    def start(self) -> None:
        """Switch it on. On a machine that cannot run it the printer is not there, and `trouble` says why."""
        missing = [name for name in PROGRAMS if find(name) is None]
        if missing:
            self.trouble = f"the document printer is not there: {' and '.join(missing)} not installed"
            return
        try:
            self._process = IppProcess(self.spool, self._tenths)
            self._process.start()
            self._apply_levels()
            self._line = IppLine(self._port, ("127.0.0.1", self._process.port), self._heard)
        except (SimulatorError, OSError) as error:
            self.stop()
            self.trouble = f"the document printer is not there: {error}"
            return
        self._port = self._line.port
        self._line.start()

    def stop(self) -> None:
        """Switch it off; the spool stays."""
        line, self._line = self._line, None
        if line is not None:
            line.stop()
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    def do(self, action: str, **arguments: object) -> Mapping[str, object] | None:
        """Set ``toner`` (percent) or ``paper`` (sheets), ``set`` or ``lift`` a condition, make all ``well``.

        In one word: ``toner_low``, ``toner_out``, ``paper_low``, ``paper_out``, ``jam``, ``cover_open``. Have a
        ``fault`` of the line (name, when, until, seed), or ``heal`` it. What it tells: ``faults``, its ``state`` now.

        Raises:
            SimulatorError: no such action, condition or fault, or it does not run.
            TypeError: the arguments do not fit the action.
        """
        if action not in self._actions:
            raise SimulatorError(f"a document printer cannot {action!r}; it can {', '.join(self._actions)}")
        return self._actions[action](**arguments)

    def documents(self) -> list[Path]:
        """Return the documents that arrived, in their order."""
        return printed_documents(self.spool.parent)

    def sums(self) -> list[str]:
        """Return the SHA-256 of every document that arrived, in their order."""
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in self.documents()]

    def _set_toner(self, percent: int) -> None:
        if not 0 <= percent <= _PERCENT:
            raise SimulatorError(f"toner is from 0 to {_PERCENT} percent, not {percent}")
        with self._changing:
            self._toner = percent
            self._apply_levels()

    def _set_paper(self, sheets: int) -> None:
        if not 0 <= sheets <= _FULL_TRAY:
            raise SimulatorError(f"the tray holds from 0 to {_FULL_TRAY} sheets, not {sheets}")
        with self._changing:
            self._tray, self._bypass = sheets, min(sheets, _FULL_BYPASS)
            self._apply_levels()

    def _set(self, condition: str) -> None:
        self._change(self._conditions | {_known(condition)})

    def _lift(self, condition: str) -> None:
        self._change(self._conditions - {_known(condition)})

    def _well(self) -> None:
        """Refill, close and clear everything, and heal the line."""
        self._heal()
        self._set_toner(_FULL_TONER)
        self._set_paper(_FULL_TRAY)
        self._change(set())

    def _fault(self, name: str, when: object = "now", until: object = None, seed: int = 0) -> None:
        self._running(self._line).faults.inject(name, when, until, seed)

    def _heal(self) -> None:
        self._running(self._line).faults.clear()

    def _state(self) -> Mapping[str, object]:
        documents = self.documents()
        return {
            "conditions": sorted(self._conditions),
            "toner": self._toner,
            "paper": self._tray,
            "faults": [] if self._line is None else sorted(self._line.faults.active()),
            "printed": len(documents),
            "last": documents[-1].name if documents else None,
            "trouble": self.trouble,
        }

    def _running(self, part: T | None) -> T:
        if part is None:
            raise SimulatorError(self.trouble or "the document printer is not switched on")
        return part

    def _change(self, conditions: set[str]) -> None:
        """Have the printer say these conditions: in the middle of a job too."""
        process = self._running(self._process)
        with self._changing:
            self._conditions = conditions
            if self._tray == 0:
                process.form("media", _media(_FULL_TRAY, _FULL_BYPASS))  # without paper no job begins
            process.tell(",".join(sorted(conditions)) or "none")
            self._apply_levels()

    def _apply_levels(self) -> None:
        process = self._running(self._process)
        process.form("supplies", {"supply0": _WASTE, "supply1": self._toner})
        process.write("sheets", str(self._tray))
        process.form("media", _media(self._tray, self._bypass))

    def _heard(self, message: bytes) -> None:
        """A job that is cancelled stops before its side is out: `ippeveprinter` does not tell its command."""
        number = message.partition(_JOB_ID)[2][:4]
        if message[2:4] == _CANCEL_JOB and self._process is not None:
            self._process.write(f"cancelled-{int.from_bytes(number, 'big')}", "yes")


def printed_documents(folder: Path) -> list[Path]:
    """Return the documents in the spool of the printer that has this folder, the last one at the end."""
    found = [path for path in (folder / "spool").glob("*.pdf") if not path.stem.endswith(f"-{STATE_JOB}")]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)


def _known(condition: str) -> str:
    if condition not in CONDITIONS:
        raise SimulatorError(f"there is no condition {condition!r}; there are {', '.join(CONDITIONS)}")
    return condition


def _media(tray: int, bypass: int) -> dict[str, object]:
    """Return the form for both trays; `ippeveprinter` numbers its sources auto, main, manual, by-pass-tray."""
    levels = {1: tray, 3: bypass}
    sheet = {"size": _MEDIA, "type": "stationery"}
    return {f"{key}{n}": value for n, level in levels.items() for key, value in {**sheet, "level": level}.items()}
