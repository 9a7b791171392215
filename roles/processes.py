"""Processes of this product started by another of its processes: the same program in another role.

One decision: a role is always started as a command line of this very program (checkout or PyInstaller folder), never
as a fork, so that what `make run` and the demo start is what systemd starts on a kiosk.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from drivers.sim.ports import free_port as free_port  # noqa: PLC0414 - for whoever starts a process at a port

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 10.0


def command(role: str, *arguments: str) -> list[str]:
    """Return the command line that starts `role` of this program."""
    if getattr(sys, "frozen", False):
        return [sys.executable, role, *arguments]
    return [sys.executable, str(ROOT / "run.py"), role, *arguments]


def tied(arguments: list[str], at_death: str = "KILL") -> list[str]:
    """Return the command line that runs `arguments` until the thread that started it ends, then signals `at_death`.

    So even kill -9 of this process leaves nothing running (prctl(2), PR_SET_PDEATHSIG, by util-linux' setpriv).
    """
    return ["setpriv", "--pdeathsig", at_death, "--", *arguments]


def port_is_taken(port: int) -> bool:
    """Tell whether something listens on that port of the loopback."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(what: str, happened: Callable[[], bool], seconds: float) -> None:
    """Wait until `happened()`.

    Raises:
        TimeoutError: naming `what` did not happen in time.
    """
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


class Child:
    """A running role, its output in a log file. It ends with the thread that starts it."""

    def __init__(self, role: str, *arguments: str, log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.role = role
        self._arguments = arguments
        self._log = log
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        output: IO[bytes]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                tied(command(self.role, *self._arguments)),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id of the running process.

        Raises:
            ProcessLookupError: it does not run.
        """
        if self._process is None or self._process.poll() is not None:
            raise ProcessLookupError(f"{self.role} does not run")
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return None if self._process is None else self._process.poll()

    def kill(self) -> None:
        """Kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Ask the process to end, and end it and what it started if it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def last_words(self, lines: int = 12) -> str:
        """Return the end of its log, for an error message."""
        if not self._log.is_file():
            return ""
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-lines:])
