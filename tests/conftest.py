"""What every test is held to: no thread outlives it. And how tests share two cores.

Tests that run whole stacks of processes go one after the other on one core; all others go beside them, file by file.
"""

import os
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

_GRACE_SECONDS = 3.0

# These machines are noisy: how long an example takes says nothing of the code (bench/ measures that).
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")

# Kivy, where a test imports it into this process, must neither take over everybody's logging nor write to HOME.
os.environ.update(
    KIVY_LOG_MODE="PYTHON", KIVY_NO_FILELOG="1", KIVY_NO_CONSOLELOG="1", KIVY_NO_CONFIG="1", KIVY_NO_ARGS="1"
)

_TOGETHER = ("tests/window", "tests/demo", "tests/screens", "tests/visits", "tests/roles", "tests/packaging")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell pytest-xdist which tests belong on one worker."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("stacks" if file.startswith(_TOGETHER) else file))


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
