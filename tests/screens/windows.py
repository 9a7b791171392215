"""Windows that tests touch: the real window in a process of its own, under an X server of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from roles.display import Hand, VirtualScreen
from roles.probe_client import Visitor
from tests.screens.studio import ROOT

END_SECONDS = 60.0


@dataclass(frozen=True)
class Kiosk:
    """A window that runs; what it logs is kept in a file."""

    visitor: Visitor
    process: "subprocess.Popen[bytes]"
    state: Path
    home: Path
    log: Path

    def ended(self) -> int:
        """Wait for its end and return the exit code."""
        return self.process.wait(END_SECONDS)

    def said(self) -> str:
        """Return what it logged so far."""
        return self.log.read_text("utf-8")


@contextmanager
def window(folder: Path, defect: str = "") -> Iterator[Kiosk]:
    """Open a window, upright, whose home folder is watched; `defect` names a port that raises."""
    home, state, probe, log = (folder / name for name in ("home", "state", "probe.sock", "log"))
    home.mkdir()
    with VirtualScreen(1080, 1920) as screen, log.open("wb") as told:
        command = [sys.executable, "-m", "tests.screens.process", str(state), str(probe), "1080x1920", defect]
        environment = {**os.environ, "DISPLAY": screen.name, "HOME": str(home)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=told)
        hand = Hand(screen.name)
        try:
            kiosk = Kiosk(Visitor(probe, hand), process, state, home, log)
            _wait_for(probe, kiosk)
            yield kiosk
        finally:
            process.terminate()
            process.wait(END_SECONDS)
            hand.close()


def _wait_for(path: Path, kiosk: Kiosk) -> None:
    """Wait until the window says where it can be asked; it ends if it cannot."""
    deadline = time.monotonic() + END_SECONDS
    while not path.exists():
        assert kiosk.process.poll() is None, kiosk.said()
        assert time.monotonic() < deadline, "no window"
        time.sleep(0.02)


def to_identify(visitor: Visitor) -> None:
    """Choose, and agree to the consent."""
    visitor.tap("start:zh")
    visitor.tap("service:ZT-RS-001")
    visitor.tap("begin")
    visitor.read_and_tap("agree")


def to_fill(visitor: Visitor) -> None:
    """Go as far as the first question."""
    to_identify(visitor)
    visitor.tap("confirm")
    visitor.wait_screen("fill")


def to_scan(visitor: Visitor) -> None:
    """Answer the two questions."""
    to_fill(visitor)
    visitor.type("13800005678")
    visitor.tap("next")
    seen = visitor.wait("choices", lambda now: any(each.startswith("choice:") for each in now.targets))
    visitor.tap(next(each for each in seen.targets if each.startswith("choice:")))
    visitor.tap("next")


def to_review(visitor: Visitor) -> None:
    """Leave the papers for the window, and sign."""
    to_scan(visitor)
    visitor.wait_screen("scan")
    visitor.tap_until("later_at_window", "the papers are left", lambda seen: seen.screen == "sign")
    visitor.draw_in("signature", [[(0.2 + n / 60, 0.4 + (n % 5) / 20) for n in range(30)]])
    visitor.wait("the ink is kept", lambda now: "again" in now.targets)
    visitor.tap("next")
    visitor.wait_screen("review")
