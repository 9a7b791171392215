"""Fixtures of the driver tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.helpers import HandClock, eventually
from tests.drivers.traces import dangling, start_helpers, traces


@pytest.fixture(scope="session", autouse=True)
def helpers_run() -> None:
    """What Python starts once and keeps is no test's."""
    start_helpers()


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """Fail the test that leaves a thread, an open file, a child process or a link that leads nowhere behind.

    A fixture that needs one of these asks for it, so that it is watched too.
    """
    before = traces()
    yield

    def left() -> list[str]:
        return sorted((traces() - before).elements())

    end = not left()
    if not end:
        try:
            eventually(lambda: not left(), 15)
        except AssertionError:
            raise AssertionError(f"left behind: {left()}") from None
    assert not dangling(tmp_path)


@pytest.fixture
def hand_clock() -> HandClock:
    """A clock that moves only when told to."""
    return HandClock()
