"""One stack for all of this folder, on a virtual screen; each test gets it healthy, at its first page."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from roles.display import Hand, VirtualScreen
from roles.private_config import write_private_config
from roles.probe_client import Visitor
from roles.processes import ROOT, free_port
from roles.stack import Places, Stack
from tests.window.kiosk_window import DEVICES, Kiosk

SIZE = (540, 960)  # half a panel's pixels each way: a software renderer draws four times as fast
# Short where the countdown is looked at; the countdown itself cannot be shorter than 20 s.
SHORT_LIMIT = """
[[state_limit]]
state = "REVIEW"
idle_seconds = 4
elder_idle_seconds = 4
"""


def _mount(folder: Path, *arguments: str) -> bool:
    if os.geteuid() != 0:
        return False
    done = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def own_disk(folder: Path) -> Iterator[None]:
    """Give the outbox a disk of its own where this may mount one; where not, it stands on the machine's."""
    folder.mkdir(parents=True, mode=0o700)
    mounted = _mount(folder, "-t", "tmpfs", "-o", "size=600m", "tmpfs")
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Leave no room below `folder` for a while.

    A disk of its own shrinks to what is on it and a little. On the machine's own disk the folder is away instead, and a
    disk that cannot be asked has no room either.
    """
    if folder.is_mount():
        assert _mount(folder, "-o", "remount,size=120m")
        try:
            yield
        finally:
            assert _mount(folder, "-o", "remount,size=600m")
        return
    aside = folder.rename(folder.with_name("aside"))
    try:
        yield
    finally:
        aside.rename(folder)


@contextmanager
def one_kiosk() -> Iterator[Kiosk]:
    """Start office, simulators, delivery and the window; stop them at the end."""
    with tempfile.TemporaryDirectory(prefix="window-") as name, VirtualScreen(*SIZE) as screen:
        folder = Path(name)
        size = {"width": SIZE[0], "height": SIZE[1]}
        config = write_private_config(ROOT / "kiosk.toml", folder, {"screen": size})
        with config.open("a", encoding="utf-8") as file:
            file.write(SHORT_LIMIT)
        stack = Stack(Places(config, folder, free_port(), free_port(), screen.name))
        with own_disk(stack.config.kiosk.outbox):
            hand = Hand(screen.name)
            try:
                stack.start()
                yield Kiosk(stack, Visitor(stack.places.probe, hand))
            finally:
                hand.close()
                stack.stop()


@pytest.fixture(scope="session")
def running() -> Iterator[Kiosk]:
    """One kiosk, started once."""
    with one_kiosk() as kiosk:
        yield kiosk


@pytest.fixture
def kiosk(running: Kiosk) -> Iterator[Kiosk]:
    """The kiosk, well and waiting; whatever a test breaks is mended after it, and the visit it left is cancelled."""
    running.window.wait_screen("attract")
    running.until_well(*DEVICES)
    yield running
    running.heal()
    running.to_attract()
    assert running.stack.restart_dead() == []
