"""What every test is held to: no thread outlives it. And how tests share two cores: three workers, for many tests wait.

Tests that share a window, a pcscd or whole stacks of processes go in groups, each one after the other on one worker,
and first, for they take longest; all others go beside them, file by file.
"""

import os
import threading
import time
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

from tests.coverage_files import remove_torn

_GRACE_SECONDS = 20.0  # for a busy machine; a thread that ends is not waited for

# These machines are noisy: how long an example takes says nothing of the code (bench/ measures that).
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")

# Kivy, where a test imports it into this process, must neither take over everybody's logging nor write to HOME.
os.environ.update(
    KIVY_LOG_MODE="PYTHON", KIVY_NO_FILELOG="1", KIVY_NO_CONSOLELOG="1", KIVY_NO_CONFIG="1", KIVY_NO_ARGS="1"
)

# A process has one pcscd for good (drivers.pcsc), and services that run inside a test have one of their own each: what
# needs a live one comes before them, on a worker that has had none.
_SMART_CARDS = (
    "tests/drivers/test_citizen_card_reader.py", "tests/drivers/test_citizen_card_simulator.py",
    "tests/drivers/test_fault_matrix.py", "tests/drivers/test_everything_at_once.py",
)  # fmt: skip
_GROUPS = {
    "window": ("tests/window",),
    "smart cards": _SMART_CARDS,
    "stacks": ("tests/demo", "tests/visits", "tests/roles", "tests/packaging"),
    "screens": ("tests/screens",),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those first that take longest."""
    order = [*_GROUPS, ""]
    items.sort(key=lambda item: order.index(_group_of(item)))


def _group_of(item: pytest.Item) -> str:
    """Return the group of a test; "" where its file is one of its own."""
    return _group_at(item.nodeid)


def _group_at(nodeid: str) -> str:
    return next((name for name, folders in _GROUPS.items() if nodeid.startswith(folders)), "")


class _Together(LoadScopeScheduling):
    """Hands out whole groups. Marks of xdist would do, but pytest 9.2 no longer lets it write them into a test's id."""

    def _split_scope(self, nodeid: str) -> str:
        return _group_at(nodeid) or nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Tell pytest-xdist which tests belong on one worker."""
    return _Together(config, log)


@pytest.hookimpl(wrapper=True, trylast=True)  # inside pytest-cov's own, which combines after it
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Take away what processes left that were killed while they wrote what they had measured."""
    result = yield
    if session.config.getoption("cov_source", None) and not hasattr(session.config, "workerinput"):
        remove_torn(session.config.rootpath)
    return result


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
