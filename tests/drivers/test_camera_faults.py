"""Every fault of the document camera under every command: who must act, what is shown, and that it mends by itself."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from drivers.cadence import Cadence
from drivers.camera import DocumentCamera, Frame, GrabFrame, LearnCalibration, StartCapture, StopCapture
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Fact, Reason
from drivers.model import CheckHealth, Command, DeviceClass, DeviceStatus, Event, HealthLevel, HealthReport
from drivers.sim.tray import FAULTS, TraySimulator
from drivers.worker import DeviceWorker
from tests.drivers.camera_bench import grab, opened, over, poll, small_tray
from tests.drivers.helpers import eventually

QUICK = Cadence(poll=0.2, reconnect=(0.1,), open=20.0)
SECONDS = 20.0
CODE = CompletionCode.HARDWARE_ERROR
MATRIX = {
    "freeze": (Reason.FROZEN, ErrorAction.RESET, DeviceStatus.HARDWARE_ERROR, "said nothing for"),
    "die": (Reason.GONE, ErrorAction.MAINTENANCE, DeviceStatus.POWER_OFF, "is not there"),
    "dark": (Reason.DARK, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR, "of 255"),
    "dazzle": (Reason.OVEREXPOSED, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR, "brightness 255"),
    "lie": (Reason.GARBLED, ErrorAction.RESET, DeviceStatus.HARDWARE_ERROR, "spread 0.0"),
    "repeat": (Reason.FROZEN, ErrorAction.RESET, DeviceStatus.HARDWARE_ERROR, "not changed for"),
    "shrink": (Reason.REFUSED, ErrorAction.CONFIGURATION, DeviceStatus.HARDWARE_ERROR, "648x486, not 1296x972"),
    "garbage": (Reason.GARBLED, ErrorAction.RESET, DeviceStatus.HARDWARE_ERROR, "torn after"),
}
FACTS = {
    "dark": {Fact.BRIGHTNESS},
    "dazzle": {Fact.BRIGHTNESS},
    "repeat": {Fact.STILL_SECONDS},
    "shrink": {Fact.FRAME_SIZE},
}


@pytest.fixture(scope="module")
def one_tray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TraySimulator]:
    tray = small_tray(tmp_path_factory.mktemp("sim"))
    tray.start()
    yield tray
    tray.stop()


@pytest.fixture
def tray(one_tray: TraySimulator) -> TraySimulator:
    """The tray, empty and well."""
    one_tray.do("clear")
    return one_tray


@pytest.fixture
def no_child_left() -> Iterator[None]:
    """Fail the test that leaves a capture child behind."""
    before = _children()
    yield
    eventually(lambda: not _children() - before, 20)


def _children() -> set[str]:
    multiprocessing.active_children()  # joins the finished ones
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


@pytest.fixture
def worker(
    nothing_left: None,  # noqa: ARG001 - it watches
    no_child_left: None,  # noqa: ARG001 - likewise
    tray: TraySimulator,
) -> Iterator[DeviceWorker]:
    events: list[Event] = []
    worker = DeviceWorker("camera", DeviceClass.DOCUMENT_CAMERA, over(tray), events.append, cadence=QUICK)
    worker.start()
    yield worker
    worker.stop(Deadline.after(10))


def test_the_matrix_has_every_fault() -> None:
    """Promise 8: no fault of the simulator is left out; a move has tests of its own, for it stops nothing."""
    assert MATRIX.keys() | {"move"} == set(FAULTS)


@pytest.mark.parametrize("fault", MATRIX)
def test_each_fault_under_each_command(worker: DeviceWorker, tray: TraySimulator, fault: str) -> None:
    """Promise 8: code, reason and action. Promise 4: the status shows it. Promise 3: it is over when it is over."""
    reason, action, status, measured = MATRIX[fault]
    assert worker.execute(GrabFrame(), SECONDS).result(SECONDS).image.shape == (972, 1296, 3)
    tray.do("fault", name=fault)
    for command in (
        GrabFrame(10**6),
        CheckHealth(HealthLevel.EXTERNAL),
        CheckHealth(HealthLevel.INTERACTIVE),
    ):
        error = _until_it_fails(worker, command)
        assert (error.code, error.reason, error.action) == (CODE, reason, action), error
        assert measured in error.detail
        assert set(error.facts) == FACTS.get(fault, set())
    eventually(lambda: worker.status.device is status)
    _assert_silent(worker, reason, action)
    for harmless in (StartCapture(), StopCapture(), LearnCalibration()):
        assert _reason(worker.execute(harmless, SECONDS)) in (None, Reason.GONE)
    tray.do("recover")
    eventually(lambda: worker.status.device is DeviceStatus.ONLINE and worker.status.error is None)
    assert worker.execute(GrabFrame(), SECONDS).result(SECONDS).number > 1


def _until_it_fails(worker: DeviceWorker, command: Command[Frame] | Command[HealthReport]) -> DeviceError:
    """Give the command until it fails: frames from before the fault may still lie there."""
    for _ in range(200):
        answer: Future[Any] = worker.execute(command, SECONDS)
        error = answer.exception(SECONDS)
        if error is not None:
            assert isinstance(error, DeviceError)
            return error
    raise AssertionError("it never failed")


def _assert_silent(worker: DeviceWorker, reason: Reason, action: ErrorAction) -> None:
    """The silent test says the same: by its report, or by not getting there."""
    answer: Future[HealthReport] = worker.execute(CheckHealth(), SECONDS)
    error = answer.exception(SECONDS)
    if error is None:
        report = answer.result()
        assert report.status is not DeviceStatus.ONLINE
        assert report.action is action
    else:
        assert isinstance(error, DeviceError)
        assert (error.reason, error.action) == (reason, action)


def _reason(answer: Future[None]) -> Reason | None:
    error = answer.exception(SECONDS)
    assert error is None or isinstance(error, DeviceError)
    return None if error is None else error.reason


def stop(camera: DocumentCamera) -> None:
    """Stop the capture's process, and wait until it stands."""
    assert camera._capture is not None
    pid = camera._capture.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    eventually(lambda: Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T")


@pytest.mark.usefixtures("no_child_left")
def test_a_stopped_child_is_found_though_nobody_scans(tray: TraySimulator) -> None:
    """Promise 4: a process that does not run is not called ready. Promise 3: another takes its place."""
    camera = opened(over(tray))
    try:
        assert poll(camera).error is None
        stop(camera)
        eventually(lambda: (error := poll(camera).error) is not None and error.reason is Reason.FROZEN)
        eventually(lambda: poll(camera).error is None)
        assert grab(camera).number > 0
    finally:
        camera.close()


@pytest.mark.usefixtures("no_child_left")
def test_a_child_stopped_in_the_middle_ends_the_grab(tray: TraySimulator) -> None:
    """Promise 6: who waits for a frame hears in time that none comes; the next grab has a new child."""
    camera = opened(over(tray))
    try:
        number = grab(camera).number
        stop(camera)
        with pytest.raises(DeviceError) as raised:
            grab(camera, 10**6)
        assert (raised.value.reason, raised.value.action) == (Reason.FROZEN, ErrorAction.RESET)
        assert grab(camera, number).number > number
    finally:
        camera.close()


@pytest.mark.usefixtures("no_child_left")
def test_closing_ends_a_child_that_is_stopped(tray: TraySimulator) -> None:
    """Promise 2: no process with a page in its memory is left, whatever state it is in."""
    camera = opened(over(tray))
    grab(camera)
    stop(camera)
    camera.close()
    camera.close()


def test_the_worker_notices_a_killed_child_and_is_well_again(worker: DeviceWorker) -> None:
    """Promise 3: kill -9 of the capture costs a resident nothing but a moment."""
    number = worker.execute(GrabFrame(), SECONDS).result(SECONDS).number
    driver = worker._driver
    assert isinstance(driver, DocumentCamera)
    for _ in range(3):
        capture = driver._capture
        assert capture is not None
        assert capture.pid is not None
        os.kill(capture.pid, signal.SIGKILL)
        eventually(partial(_another, driver, capture))
        number, before = worker.execute(GrabFrame(number), SECONDS).result(SECONDS).number, number
        assert number > before
    assert worker.status.device is DeviceStatus.ONLINE


def _another(driver: DocumentCamera, than: object) -> bool:
    return driver._capture is not None and driver._capture is not than
