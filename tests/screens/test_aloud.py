"""Every page of a visit, heard instead of seen: all of it is reached by keys, all of it is said, in both languages."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from roles.display import VirtualScreen
from tests.screens.studio import ROOT

SECONDS = 600  # for a machine that is busy with other things
_AT_ONCE = 2


@pytest.mark.timeout(SECONDS + 20)
def test_every_page_can_be_walked_by_keys_and_heard(tmp_path: Path) -> None:
    """Promises 7, 6 and 2: reading order, keys, countdown, trouble, and silence without headphones."""
    with ExitStack() as stack:
        processes = []
        for number in range(_AT_ONCE):
            screen = stack.enter_context(VirtualScreen(540, 960))
            command = [
                sys.executable, "-m", "tests.screens.aloud_inspection", str(tmp_path / str(number)), str(number),
                str(_AT_ONCE),
            ]  # fmt: skip
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, "DISPLAY": screen.name},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            stack.callback(process.wait, SECONDS)
            stack.callback(process.terminate)
            processes.append(process)
        heard = 0
        for process in processes:
            told, errors = process.communicate(timeout=SECONDS)
            assert process.returncode == 0, errors[-2000:]
            *faults, summary = told.splitlines()
            assert not faults, "\n".join(faults[:40])
            heard += int(summary)
    assert heard >= 190
