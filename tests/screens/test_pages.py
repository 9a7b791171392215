"""Every page, in every mode, both languages, upright and across: all of it readable, all of it touchable.

Each panel has a process of its own (Kivy has one window a process); it prints what is wrong, one line a fault.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from roles.display import VirtualScreen
from tests.screens.studio import ROOT


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)], ids=["upright", "across"])
def test_every_page_can_be_read_and_touched(size: tuple[int, int], tmp_path: Path) -> None:
    """Promise 7 and 2: no text leaves its place, no target is under 20 mm (elder 25), and the end wipes the screen."""
    width, height = size
    with VirtualScreen(width, height) as screen:
        command = [sys.executable, "-m", "tests.screens.inspection", str(width), str(height), str(tmp_path)]
        environment = {**os.environ, "DISPLAY": screen.name}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr[-2000:]
    *faults, summary = done.stdout.splitlines()
    assert not faults, "\n".join(faults[:40])
    assert int(summary) >= 210
