"""A document printer that is not there: CUPS's own `ippeveprinter`, kept, fed and troubled.

It speaks real IPP. What arrives stays in the spool folder, byte for byte. Toner and paper are set by its own web forms;
what it cannot be told there (a jam, an open cover) is said by the command it runs for each job, so a change without a
job is carried by a small job named ``state``. It wants a message bus and gets a private one. Between it and the kiosk
lies an `IppLine` for what goes wrong on the way.
"""

import contextlib
import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlencode

from drivers.sim.fault import SimulatorError
from drivers.sim.ipp_line import FAULTS, IppLine

_PROGRAMS = ("ippeveprinter", "dbus-daemon")
_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_JOB_SECONDS = 10.0
_BREATH = 0.02
_CANCEL_JOB = 0x0008
_STATE_JOB = "state"
_MEDIA = "iso_a4_210x297mm"
_FULL_TRAY, _LOW_TRAY, _FULL_BYPASS = 250, 5, 25
_FULL_TONER, _LOW_TONER = 75, 5
_WASTE = 25

CONDITIONS = ("media-jam", "cover-open", "paused", "marker-waste-full", "input-tray-missing", "spool-area-full")
"""What can be ``set`` and lifted: printer-state-reasons that `ippeveprinter` knows."""

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>custom</type><listen>unix:path={path}</listen>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
</policy></busconfig>
"""

# The printer's engine. It says what the file "conditions" holds; a real job takes its time, stops while there is a jam
# or an open cover, ends unprinted when cancelled, and counts its one side at the end.
_ENGINE = """#!/bin/sh
cd "{folder}" || exit 1
said=
tell() {{
    now=$(cat conditions)
    [ "$now" = "$said" ] || echo "STATE: $now" >&2
    said=$now
}}
tell
[ "$IPP_JOB_NAME" = {state_job} ] && echo "$said" >told && exit 0
rm -f cancelled
echo 'ATTR: job-impressions-completed=0' >&2
end=$(cat tenths)
while [ "$end" -gt 0 ] || grep -qE 'media-jam|cover-open' conditions; do
    [ -e cancelled ] && rm cancelled && exit 0
    tell
    end=$((end - 1))
    sleep 0.1
done
tell
echo 'ATTR: job-impressions-completed=1' >&2
"""


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
        self._inner = 0
        self._work: Path | None = None
        self._line: IppLine | None = None
        self._processes: list[subprocess.Popen[bytes]] = []
        self._changing = threading.Lock()
        self._conditions: set[str] = set()
        self._toner, self._tray, self._bypass = _FULL_TONER, _FULL_TRAY, _FULL_BYPASS
        self._actions: dict[str, Callable[..., Mapping[str, object] | None]] = {
            "toner": self._set_toner,
            "paper": self._set_paper,
            "set": self._set,
            "lift": self._lift,
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
        """Switch it on. A machine that cannot run it has a printer that is not there: see `trouble`."""
        missing = [name for name in _PROGRAMS if _program(name) is None]
        if missing:
            self.trouble = f"no document printer: {' and '.join(missing)} not installed"
            return
        try:
            self._start()
        except (SimulatorError, OSError) as error:
            self.stop()
            self.trouble = f"no document printer: {error}"

    def _start(self) -> None:
        self.spool.mkdir(parents=True, exist_ok=True)
        # Not in `folder`: the path of a socket has room for some 100 characters.
        self._work = Path(tempfile.mkdtemp(prefix="ipp-printer-"))
        (self._work / "conditions").write_text("none\n")
        (self._work / "tenths").write_text(f"{self._tenths}\n")
        engine = self._work / "engine"
        engine.write_text(_ENGINE.format(folder=self._work, state_job=_STATE_JOB))
        engine.chmod(0o700)
        bus = self._work / "bus"
        (self._work / "bus.conf").write_text(_BUS.format(path=bus))
        self._run("dbus-daemon", "--nofork", f"--config-file={self._work}/bus.conf")
        self._until(bus.exists, "its message bus does not start")
        self._inner = _free_port()
        self._run(
            "ippeveprinter", "-2", "-k", "-r", "off", "-n", "localhost", "-p", str(self._inner), "-d", str(self.spool),
            "-f", "application/pdf", "-M", "Budayang", "-m", "A4 Simulated", "-c", str(engine), "Budayang A4",
        )  # fmt: skip
        self._until(self._answers, "ippeveprinter does not answer")
        self._apply_levels()
        self._line = IppLine(self._port, ("127.0.0.1", self._inner), self._heard)
        self._port = self._line.port
        self._line.start()

    def stop(self) -> None:
        """Switch it off; the spool stays."""
        line, self._line = self._line, None
        if line is not None:
            line.stop()
        while self._processes:
            process = self._processes.pop()
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        work, self._work = self._work, None
        if work is not None:
            shutil.rmtree(work)

    def do(self, action: str, **arguments: object) -> Mapping[str, object] | None:
        """Set ``toner`` (percent), ``paper`` (sheets); ``set`` or ``lift`` a condition; ``fault``, ``heal``; or ``well``.

        What it tells: ``faults``, and its ``state`` now.

        Raises:
            SimulatorError: no such action, condition or fault, or it does not run.
            TypeError: the arguments do not fit the action.
        """
        if action not in self._actions:
            raise SimulatorError(f"a document printer cannot {action!r}; it can {', '.join(self._actions)}")
        return self._actions[action](**arguments)

    def printed(self) -> list[str]:
        """Return the SHA-256 of every document that arrived, in their order."""
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in self.documents()]

    def documents(self) -> list[Path]:
        """Return the documents that arrived, in their order."""
        found = [path for path in self.spool.glob("*.pdf") if not path.stem.endswith(f"-{_STATE_JOB}")]
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    # ---- what can be done to it

    def _set_toner(self, percent: int) -> None:
        with self._changing:
            self._toner = percent
            self._apply_levels()

    def _set_paper(self, sheets: int) -> None:
        with self._changing:
            self._tray = sheets
            self._bypass = min(sheets, _FULL_BYPASS)
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

    def _fault(self, **fault: object) -> None:
        self._running().faults.inject(**fault)  # type: ignore[arg-type]  # inject checks what JSON brought

    def _heal(self) -> None:
        self._running().faults.clear()

    def _state(self) -> Mapping[str, object]:
        last = next(reversed(self.documents()), None)
        return {
            "conditions": sorted(self._conditions),
            "toner": self._toner,
            "paper": self._tray,
            "faults": [] if self._line is None else sorted(self._line.faults.active()),
            "printed": len(self.documents()),
            "last": None if last is None else last.name,
            "trouble": self.trouble,
        }

    def _running(self) -> IppLine:
        if self._line is None:
            raise SimulatorError(self.trouble or "the document printer is not switched on")
        return self._line

    # ---- how it is done

    def _change(self, conditions: set[str]) -> None:
        """Have the printer say these conditions: by the job it prints, or by one sent for the purpose."""
        self._running()
        with self._changing:
            self._conditions = conditions
            wanted = ",".join(sorted(conditions)) or "none"
            self._write("conditions", wanted)
            if not self._is_idle():
                return
            if self._tray == 0:
                self._form("media", _media(_FULL_TRAY, _FULL_BYPASS))  # without paper no job begins
            self._write("told", "")
            self._post(_state_job())
            self._until(lambda: self._has_told(wanted), "the printer does not take the change")
            self._apply_levels()

    def _write(self, name: str, text: str) -> None:
        if self._work is None:
            raise SimulatorError("the document printer is not switched on")
        fresh = self._work / f"{name}.new"
        fresh.write_text(f"{text}\n")
        fresh.rename(self._work / name)

    def _read(self, name: str) -> str:
        return "" if self._work is None else (self._work / name).read_text().strip()

    def _apply_levels(self) -> None:
        self._form("supplies", {"supply0": _WASTE, "supply1": self._toner})
        self._form("media", _media(self._tray, self._bypass))

    def _heard(self, operation: int) -> None:
        """A job that is cancelled stops before its side is out."""
        if operation == _CANCEL_JOB:
            self._write("cancelled", "yes")

    def _has_told(self, conditions: str) -> bool:
        return self._read("told") == conditions and self._is_idle()

    def _is_idle(self) -> bool:
        return b"<p>Idle, " in self._get("/")

    def _answers(self) -> bool:
        try:
            return self._is_idle()
        except OSError:
            return False

    def _form(self, page: str, values: Mapping[str, object]) -> None:
        self._get(f"/{page}?{urlencode(values)}")

    def _get(self, path: str) -> bytes:
        return self._http("GET", path)

    def _post(self, message: bytes) -> None:
        self._http("POST", "/ipp/print", message)

    def _http(self, method: str, path: str, body: bytes | None = None) -> bytes:
        link = http.client.HTTPConnection("127.0.0.1", self._inner, timeout=_JOB_SECONDS)
        with contextlib.closing(link):
            link.request(method, path, body, {"Content-Type": "application/ipp"} if body else {})
            return link.getresponse().read()

    def _run(self, name: str, *arguments: str) -> None:
        program = _program(name)
        if program is None:
            raise SimulatorError(f"{name} is not installed")
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._work}/bus"}
        quiet = subprocess.DEVNULL
        self._processes.append(
            subprocess.Popen([program, *arguments], stdin=quiet, stdout=quiet, stderr=quiet, env=environment)  # noqa: S603 - a fixed program, found on the system's own path
        )

    def _until(self, condition: Callable[[], bool], complaint: str) -> None:
        end = time.monotonic() + _START_SECONDS
        while not condition():
            if time.monotonic() > end or any(process.poll() is not None for process in self._processes):
                raise SimulatorError(complaint)
            time.sleep(_BREATH)


def _program(name: str) -> str | None:
    """Return the program's path; a user's PATH may lack the system's folder."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


def _known(condition: str) -> str:
    if condition not in CONDITIONS:
        raise SimulatorError(f"there is no condition {condition!r}; there are {', '.join(CONDITIONS)}")
    return condition


def _media(tray: int, bypass: int) -> dict[str, object]:
    """Return the form for both trays; `ippeveprinter` numbers its sources auto, main, manual, by-pass-tray."""
    sheet = {"size": _MEDIA, "type": "stationery"}
    levels = {1: tray, 3: bypass}
    return {f"{key}{n}": value for n, level in levels.items() for key, value in {**sheet, "level": level}.items()}


def _state_job() -> bytes:
    """Return a Print-Job request for the job that carries a change (RFC 8010, by hand)."""
    attributes = (
        (0x47, "attributes-charset", "utf-8"),
        (0x48, "attributes-natural-language", "en"),
        (0x45, "printer-uri", "ipp://localhost/ipp/print"),
        (0x42, "requesting-user-name", "simulator"),
        (0x42, "job-name", _STATE_JOB),
        (0x49, "document-format", "application/pdf"),
    )
    body = b"".join(bytes([tag]) + _counted(name) + _counted(value) for tag, name, value in attributes)
    return b"\x02\x00\x00\x02\x00\x00\x00\x01\x01" + body + b"\x03%PDF-1.4\n%%EOF\n"


def _counted(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()


def _free_port() -> int:
    """Return a port that is free now; `ippeveprinter` takes no 0."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
