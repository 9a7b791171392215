"""The kiosk's waiting for a code, with the production driver at the wire of the simulated scanner."""

from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from drivers.code_scanner import Code, CodeScanner, CodeScannerOptions
from drivers.deadline import Deadline
from drivers.errors import DeviceError, Reason
from drivers.model import DeviceClass, DeviceStatus
from drivers.recorder import FlightRecorder
from drivers.sim.code_scanner import ScannerSimulator
from drivers.worker import Cadence, DeviceWorker
from kiosk import services_codes
from kiosk.services_codes import CodeWait
from tests.drivers.helpers import eventually

TOKEN = "SFM-20261124-7f3a9c51d2"


class Waiting:
    """A scanner and the waiting for its codes; what is posted happens when the test looks."""

    def __init__(self, folder: Path) -> None:
        self.scanner = ScannerSimulator(folder / "code-scanner")
        self.driver = CodeScanner(str(self.scanner.link), CodeScannerOptions(), FlightRecorder())
        cadence = Cadence(poll=0.05, reconnect=(0.02,))
        self.worker = DeviceWorker(
            "code_scanner", DeviceClass.CODE_SCANNER, self.driver, lambda _event: None, cadence=cadence
        )
        self.posted: SimpleQueue[object] = SimpleQueue()
        self.wait = CodeWait(self.worker, self.posted.put)
        self.shown: list[str] = []
        self.failed: list[Reason] = []

    def begin(self) -> None:
        """Begin to wait, and return when the scanner is listened to."""
        asked = self.driver.asked
        assert self.wait.start(self._take, self._note)
        eventually(lambda: self.driver.asked > asked)

    def happen(self) -> bool:
        """Let everything that was posted happen; whether there was any."""
        some = not self.posted.empty()
        while not self.posted.empty():
            job = self.posted.get()
            assert callable(job)
            job()
        return some

    def _take(self, code: Code) -> None:
        self.shown.append(code.text)

    def _note(self, error: DeviceError) -> None:
        self.failed.append(error.reason)


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Waiting]:
    waiting = Waiting(tmp_path)
    waiting.scanner.start()
    waiting.worker.start()
    eventually(lambda: waiting.worker.status.device is DeviceStatus.ONLINE)
    yield waiting
    waiting.worker.stop(Deadline.after(5))
    waiting.scanner.stop()


def test_a_code_reaches_the_one_who_waits(waiting: Waiting) -> None:
    """Promise 6: on the visit's thread, once."""
    waiting.begin()
    waiting.scanner.do("show", code=TOKEN)
    eventually(waiting.happen)
    assert (waiting.shown, waiting.failed) == ([TOKEN], [])


def test_a_wish_whose_time_is_over_is_renewed(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 6: a resident may look for the phone longer than one wish takes."""
    monkeypatch.setattr(services_codes, "_SECONDS", 0.1)
    waiting.begin()
    eventually(lambda: waiting.happen() and waiting.driver.asked > 1)
    monkeypatch.setattr(services_codes, "_SECONDS", 30.0)
    eventually(waiting.happen)
    asked = waiting.driver.asked
    eventually(lambda: waiting.driver.asked > asked)
    waiting.scanner.do("show", code=TOKEN)
    eventually(lambda: waiting.happen() and waiting.shown)
    assert (waiting.shown, waiting.failed) == ([TOKEN], [])


def test_a_code_that_comes_when_nobody_waits_any_more_is_dropped(waiting: Waiting) -> None:
    """Promise 2: the visit went on while the code was on its way."""
    waiting.begin()
    waiting.scanner.do("show", code=TOKEN)
    eventually(lambda: not waiting.posted.empty())
    waiting.wait.stop()
    assert waiting.happen()
    assert (waiting.shown, waiting.failed) == ([], [])


def test_the_scanner_is_let_go_when_nobody_waits(waiting: Waiting) -> None:
    """Promise 2: what is shown afterwards is counted as unasked."""
    waiting.begin()
    waiting.wait.stop()
    eventually(waiting.happen)
    waiting.scanner.do("show", code=TOKEN)
    eventually(lambda: waiting.driver.dropped == 1)
    assert (waiting.shown, waiting.failed) == ([], [])


@pytest.mark.parametrize(("fault", "reason"), [("half_code", Reason.GARBLED), ("vanish", Reason.GONE)])
def test_what_fails_is_told(waiting: Waiting, fault: str, reason: Reason) -> None:
    """Promise 3: once, and the waiting has ended."""
    waiting.begin()
    waiting.scanner.do("fault", name=fault)
    if fault == "half_code":
        waiting.scanner.do("show", code=TOKEN)
    eventually(waiting.happen)
    assert (waiting.shown, waiting.failed) == ([], [reason])


def test_without_a_scanner_nothing_is_awaited() -> None:
    """Promise 4: and that is said at once."""
    assert not CodeWait(None, lambda job: job()).start(lambda _code: None, lambda _error: None)
