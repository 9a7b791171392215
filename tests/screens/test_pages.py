"""Every page, in every mode, both languages, upright and across: all of it readable, all of it touchable.

Each panel has a process of its own (Kivy has one window a process); it prints what is wrong, one line a fault. The two
work at the same time.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from roles.display import VirtualScreen
from tests.screens.studio import ROOT

PANELS = {"upright": (1080, 1920), "across": (1920, 1080)}
SECONDS = 1500  # for a machine that is busy with other things


@pytest.fixture(scope="module")
def inspections(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, "subprocess.Popen[str]"]]:
    """The inspection of each panel, under way."""
    with ExitStack() as stack:
        under_way = {}
        for name, (width, height) in PANELS.items():
            screen = stack.enter_context(VirtualScreen(width, height))
            state = tmp_path_factory.mktemp(name)
            command = [sys.executable, "-m", "tests.screens.inspection", str(width), str(height), str(state)]
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, "DISPLAY": screen.name},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            stack.callback(process.wait, SECONDS)
            stack.callback(process.terminate)
            under_way[name] = process
        yield under_way


@pytest.mark.timeout(SECONDS + 20)
@pytest.mark.parametrize("panel", PANELS)
def test_every_page_can_be_read_and_touched(panel: str, inspections: dict[str, "subprocess.Popen[str]"]) -> None:
    """Promise 7, 6 and 2: no text leaves its place, no target is too small, pages conduct themselves, the end wipes."""
    process = inspections[panel]
    told, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors[-2000:]
    *faults, summary = told.splitlines()
    assert not faults, "\n".join(faults[:40])
    assert int(summary) >= 240
