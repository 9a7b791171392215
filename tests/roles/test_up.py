"""`run.py up`, which is `make run`: everything up, worked through its control page, and nothing left when it ends."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from roles.private_config import write_private_config
from roles.probe_client import look
from roles.processes import ROOT, free_port, wait_until
from sync.enrol import OFFICE_FILE

PARTS = {"office", "simulate", "deliver", "kiosk"}
UP_SECONDS = 240.0  # for a machine that is busy with other things
END_SECONDS = 90.0


@dataclass
class Running:
    """A started `up`: its process, its folder, its page, and every process it has started."""

    process: subprocess.Popen[str]
    config: Path
    folder: Path
    page: httpx.Client
    said: list[str]

    def family(self) -> list[psutil.Process]:
        """Return it and all that descends from it."""
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def end(self) -> None:
        """End it as `kill` does, and let go of it."""
        self.page.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(END_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def screen(self) -> str:
        """Return the name of the screen that the window shows."""
        return look(self.folder / "probe.sock").screen

    def tap(self, target: str) -> None:
        """Touch a target on the page's picture, where the window says it is, and wait until the window felt it."""
        wait_until(f"target {target}", lambda: target in look(self.folder / "probe.sock").targets, UP_SECONDS)
        seen = look(self.folder / "probe.sock")
        x, y, width, height = seen.targets[target]
        self.page.post("/touch", json={"points": [[x + width / 2, y + height / 2]]}).raise_for_status()
        wait_until("the touch is felt", lambda: look(self.folder / "probe.sock").taken > seen.taken, UP_SECONDS)


def command(config: Path, folder: Path, *more: str) -> list[str]:
    """Return the command line of an `up` of its own."""
    up = [sys.executable, str(ROOT / "run.py"), "up", "--virtual", "--config", str(config), "--folder", str(folder)]
    return [*up, *more]


def start(config: Path, folder: Path) -> Running:
    """Start `up` and wait until it has said its six lines."""
    page_port = free_port()
    process = subprocess.Popen(
        command(config, folder, "--office-port", str(free_port()), "--page-port", str(page_port)),
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.rstrip())
        if line.startswith("end "):
            break
    assert said[-1].startswith("end "), said
    return Running(
        process, config, folder, httpx.Client(base_url=f"http://127.0.0.1:{page_port}", timeout=UP_SECONDS), said
    )


def gone(family: list[psutil.Process]) -> Callable[[], bool]:
    """Return a question: have they all ended?"""
    return lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A kiosk.toml of its own."""
    return write_private_config(ROOT / "kiosk.toml", tmp_path, {})


@pytest.fixture
def running(config: Path, tmp_path: Path) -> Iterator[Running]:
    """`up`, brought up; ended with all it started, whatever the test did to it."""
    up = start(config, tmp_path / "up")
    family = up.family()
    yield up
    up.end()
    for left in family:
        if left.is_running():
            left.kill()


def test_a_visit_begins_by_a_touch_on_the_page_and_ctrl_c_leaves_nothing(running: Running) -> None:
    """Promise 6: six lines; the page shows and touches the window; no hung part holds it up."""
    assert [line.split()[0] for line in running.said[-6:]] == [
        "kiosk", "control", "office", "delivery", "state", "end",
    ]  # fmt: skip
    running.tap("start:en")
    wait_until("the choice", lambda: running.screen() == "choose", UP_SECONDS)
    assert running.page.get("/state").json()["window"] == {"screen": "choose", "state": "CHOOSE"}
    assert running.page.get("/screen.jpg").headers["content-type"] == "image/jpeg"
    family = running.family()
    parts = {role: one for one in family for role in PARTS if role in one.cmdline()}
    assert parts.keys() == PARTS

    parts["kiosk"].suspend()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(END_SECONDS) == 0
    wait_until("all have ended", gone(family), END_SECONDS)


def test_kill_9_leaves_nothing_and_the_next_start_goes_on_with_the_same_kiosk(running: Running, tmp_path: Path) -> None:
    """Promise 1: the same kiosk with the same office; with another office, where nothing would arrive, it says so."""
    identity = tmp_path / "kiosk" / "identity" / OFFICE_FILE
    enrolled = identity.read_bytes()
    family = running.family()
    running.process.kill()
    wait_until("all have ended", gone(family), END_SECONDS)

    again = start(running.config, running.folder)
    again.end()
    assert identity.read_bytes() == enrolled

    done = run(running.config, tmp_path / "other")
    assert done.returncode == 1
    assert "is enrolled at another office" in done.stderr


def run(config: Path, folder: Path, **ports: int) -> subprocess.CompletedProcess[str]:
    """Run an `up` that ends by itself."""
    office, page = ports.get("office", free_port()), ports.get("page", free_port())
    more = ("--office-port", str(office), "--page-port", str(page))
    return subprocess.run(
        command(config, folder, *more), capture_output=True, text=True, timeout=UP_SECONDS, check=False
    )


def test_a_port_in_use_is_named_with_what_it_is_for(config: Path, tmp_path: Path) -> None:
    """Promise 8: whoever starts it twice reads why it does not start."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(config, tmp_path / "up", page=port)
    assert done.returncode == 1
    assert f"port {port}, which is for the control page, is in use" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_kiosk_toml_is_refused_with_the_nearest_right_key(config: Path, tmp_path: Path) -> None:
    """Promise 8."""
    config.write_text(config.read_text("utf-8").replace("diagonal_inches", "diagonal_inchs"), "utf-8")
    done = run(config, tmp_path / "up")
    assert done.returncode == 1
    assert "did you mean diagonal_inches" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_a_sentence(config: Path, tmp_path: Path) -> None:
    """Promise 8."""
    (tmp_path / "file").touch()
    done = run(config, tmp_path / "file" / "up")
    assert done.returncode == 1
    assert "the state cannot be kept in" in done.stderr
    assert len(done.stderr.splitlines()) == 1
