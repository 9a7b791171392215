"""CUPS's `ippeveprinter` as a process of ours: started with a bus of its own, asked over HTTP, told by files.

Toner and paper are set by its own web forms. What it cannot be told there (a jam, an open cover) is said by the command
that it runs for each job, the engine below: a change without a job is carried by a small job named ``state``.
"""

import contextlib
import http.client
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlencode

from drivers.sim.fault import SimulatorError
from drivers.sim.ports import free_port

STATE_JOB = "state"
PROGRAMS = ("ippeveprinter", "dbus-daemon", "setpriv")
CONDITIONS = ("media-jam", "cover-open", "paused", "input-tray-missing", "spool-area-full")
"""What can be ``set`` and lifted: printer-state-reasons that `ippeveprinter` knows."""

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_HTTP_SECONDS = 10.0
_BREATH = 0.02

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>custom</type><listen>unix:path={path}</listen>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
</policy></busconfig>
"""

# The printer's engine. It says what the file "conditions" holds, and leaves alone what supplies make the printer say; a
# real job takes its time, stops while there is a jam, an open cover or no paper, ends unprinted when cancelled, and
# counts its one side at the end.
_ENGINE = """#!/bin/sh
cd "{folder}" || exit 1
said=
tell() {{
    now=$(cat conditions)
    [ "$now" = "$said" ] && return
    on= off=
    for each in {conditions}; do
        case ",$now," in *,$each,*) on="$on,$each" ;; *) off="$off,$each" ;; esac
    done
    [ -n "$on" ] && echo "STATE: +${{on#,}}" >&2
    [ -n "$off" ] && echo "STATE: -${{off#,}}" >&2
    said=$now
    echo "$now" >told
}}
tell
[ "$IPP_JOB_NAME" = {state_job} ] && exit 0
echo 'ATTR: job-impressions-completed=0' >&2
end=$(cat tenths)
while [ "$end" -gt 0 ] || grep -qE 'media-jam|cover-open' conditions || [ "$(cat sheets)" = 0 ]; do
    [ -e "cancelled-$IPP_JOB_ID" ] && exit 0
    tell
    end=$((end - 1))
    sleep 0.1
done
tell
echo 'ATTR: job-impressions-completed=1' >&2
"""


class IppProcess:
    """The printer's process. `spool` keeps what arrives; a job takes `tenths` of a second."""

    def __init__(self, spool: Path, tenths: int) -> None:
        self.port = 0
        self._spool = spool
        self._tenths = tenths
        # Not beside the spool: the path of a socket has room for some 100 characters.
        self._work = Path(tempfile.mkdtemp(prefix="ipp-printer-"))
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start it; it answers when this returns.

        Raises:
            SimulatorError: it does not.
        """
        self._spool.mkdir(parents=True, exist_ok=True)
        self.write("conditions", "none")
        self.write("tenths", str(self._tenths))
        engine = self._work / "engine"
        engine.write_text(_ENGINE.format(folder=self._work, state_job=STATE_JOB, conditions=" ".join(CONDITIONS)))
        engine.chmod(0o700)
        bus = self._work / "bus"
        (self._work / "bus.conf").write_text(_BUS.format(path=bus))
        self._run("dbus-daemon", "--nofork", f"--config-file={self._work}/bus.conf")
        self.until(bus.exists, "its message bus does not start")
        self.port = free_port()
        self._run(
            "ippeveprinter", "-2", "-k", "-r", "off", "-n", "localhost", "-p", str(self.port), "-d", str(self._spool),
            "-f", "application/pdf", "-M", "Budayang", "-m", "A4 Simulated", "-c", str(engine), "Budayang A4",
        )  # fmt: skip
        self.until(self._answers, "ippeveprinter does not answer")

    def stop(self) -> None:
        """End it and what it needed; the spool stays."""
        while self._processes:
            process = self._processes.pop()
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self._work)

    def write(self, name: str, text: str) -> None:
        """Tell the engine something."""
        fresh = self._work / f"{name}.new"
        fresh.write_text(f"{text}\n")
        fresh.rename(self._work / name)

    def read(self, name: str) -> str:
        """Return what the engine told."""
        return (self._work / name).read_text().strip()

    def is_idle(self) -> bool:
        """Whether it prints nothing."""
        return b"<p>Idle, " in self._http("GET", "/")

    def form(self, page: str, values: Mapping[str, object]) -> None:
        """Fill in one of its web forms, ``supplies`` or ``media``."""
        self._http("GET", f"/{page}?{urlencode(values)}")

    def tell(self, conditions: str) -> None:
        """Have the printer say these state reasons: by the engine that runs, or by one that runs for it.

        Raises:
            SimulatorError: it does not.
        """
        self.write("told", "")
        self.write("conditions", conditions)
        carried: list[bool] = []

        def is_told() -> bool:
            if self.read("told") == conditions:
                return True
            if self.is_idle():
                carried.append(self._send_state_job())
            return False

        self.until(is_told, "the printer does not take the change")
        if any(carried):
            self.until(self.is_idle, "the printer does not come to rest")

    def _send_state_job(self) -> bool:
        """Have the engine run once; False when another job was quicker."""
        return self._http("POST", "/ipp/print", _state_job())[2:4] == b"\x00\x00"

    def until(self, condition: Callable[[], bool], complaint: str) -> None:
        """Wait for `condition`.

        Raises:
            SimulatorError: with `complaint`, when it does not come, or a process has ended.
        """
        end = time.monotonic() + _START_SECONDS
        while not condition():
            if time.monotonic() > end or any(process.poll() is not None for process in self._processes):
                raise SimulatorError(complaint)
            time.sleep(_BREATH)

    def _answers(self) -> bool:
        try:
            return self.is_idle()
        except OSError:
            return False

    def _http(self, method: str, path: str, body: bytes | None = None) -> bytes:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_HTTP_SECONDS)
        with contextlib.closing(link):
            link.request(method, path, body, {"Content-Type": "application/ipp"} if body else {})
            return link.getresponse().read()

    def _run(self, name: str, *arguments: str) -> None:
        guard, program = find("setpriv"), find(name)
        if guard is None or program is None:
            raise SimulatorError(f"{name} or setpriv is not installed")
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._work}/bus"}
        quiet = subprocess.DEVNULL
        line = [guard, "--pdeathsig", "TERM", program, *arguments]  # it ends with us, also when we are killed
        started = subprocess.Popen(line, stdin=quiet, stdout=quiet, stderr=quiet, env=environment)  # noqa: S603 - fixed programs, found on the system's own path
        self._processes.append(started)


def find(name: str) -> str | None:
    """Return a program's path; a user's PATH may lack the system's folder."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


def _state_job() -> bytes:
    """Return a Print-Job request for the job that carries a change (RFC 8010, by hand)."""
    attributes = (
        (0x47, "attributes-charset", "utf-8"),
        (0x48, "attributes-natural-language", "en"),
        (0x45, "printer-uri", "ipp://localhost/ipp/print"),
        (0x42, "requesting-user-name", "simulator"),
        (0x42, "job-name", STATE_JOB),
        (0x49, "document-format", "application/pdf"),
    )
    body = b"".join(bytes([tag]) + _counted(name) + _counted(value) for tag, name, value in attributes)
    return b"\x02\x00\x00\x02\x00\x00\x00\x01\x01" + body + b"\x03%PDF-1.4\n%%EOF\n"


def _counted(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()
