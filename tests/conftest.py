"""What every test is held to: no thread outlives it."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

_GRACE_SECONDS = 3.0

# Kivy, where a test imports it into this process, must neither take over everybody's logging nor write to HOME.
os.environ.update(
    KIVY_LOG_MODE="PYTHON", KIVY_NO_FILELOG="1", KIVY_NO_CONSOLELOG="1", KIVY_NO_CONFIG="1", KIVY_NO_ARGS="1"
)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fail a test that leaves a thread of ours behind: the next test would share its devices."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _GRACE_SECONDS
    left = set(threading.enumerate()) - before
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
        left = {thread for thread in left if thread.is_alive()}
    names = sorted(thread.name for thread in left if "AnyIO worker" not in thread.name)
    assert not names, f"threads left behind: {names}"
