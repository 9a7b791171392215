"""Fixtures of the driver tests."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.helpers import HandClock, eventually


def _open_files() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that lists the folder
            found.add(f"{entry.name} {entry.readlink()}")
    return found


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Fail the test that leaves a thread or an open file behind; ask for it before the fixtures it shall watch."""
    threads, files = set(threading.enumerate()), _open_files()
    yield
    eventually(lambda: not [thread for thread in threading.enumerate() if thread not in threads], 2)
    left = sorted(_open_files() - files)
    assert not left, f"left open: {left}"


@pytest.fixture
def hand_clock() -> HandClock:
    """A clock that moves only when told to."""
    return HandClock()
