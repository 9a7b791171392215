"""The document camera against its tray: one broken part never stops the rest, and every fault names who must act."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera import CameraOptions, DocumentCamera, GrabFrame, StartCapture, StopCapture
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import CheckHealth, DeviceClass, DeviceStatus, HealthLevel
from drivers.recorder import FlightRecorder
from drivers.registry import lookup
from drivers.sim.fault import SimulatorError
from drivers.sim.tray import TraySimulator
from tests.drivers.camera_bench import OPTIONS, ROOT, error_of, grab, small_tray
from tests.drivers.helpers import eventually


@pytest.fixture(scope="module")
def one_tray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TraySimulator]:
    folder = tmp_path_factory.mktemp("sim")
    simulator = small_tray(folder)
    simulator.start()
    yield simulator
    simulator.stop()
    assert list(folder.iterdir()) == [], "the simulator leaves nothing behind"


@pytest.fixture
def tray(one_tray: TraySimulator) -> TraySimulator:
    """The tray, empty and well."""
    one_tray.do("clear")
    return one_tray


@pytest.fixture
def camera(tray: TraySimulator) -> Iterator[DocumentCamera]:
    driver = DocumentCamera(str(tray.folder), OPTIONS, FlightRecorder())
    driver.open(Deadline.after(10))
    yield driver
    driver.close()


def child_of(camera: DocumentCamera) -> int:
    assert camera._capture is not None
    assert camera._capture.pid is not None
    return camera._capture.pid


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_frames_rise_in_number_and_are_full_size(camera: DocumentCamera) -> None:
    """Promise 3: the camera gives what lies there now, frame after frame."""
    first = grab(camera)
    second = grab(camera, first.number)
    assert second.number > first.number
    assert second.taken_at > first.taken_at
    assert first.image.shape == (972, 1296, 3)


def test_a_page_that_is_laid_is_seen(camera: DocumentCamera, tray: TraySimulator) -> None:
    """Promise 4: the frame shows the tray as it is, not as it was."""
    empty = grab(camera)
    tray.do("lay", page="form", seed=1)
    eventually(lambda: float(grab(camera).image.mean()) > 1.5 * float(empty.image.mean()))


def test_a_poll_reports_a_fault_until_the_camera_is_well(camera: DocumentCamera, tray: TraySimulator) -> None:
    """Promise 4: the status follows the device, without a resident having to try."""
    tray.do("dark")
    error_of(camera)
    report = camera.poll(Deadline.after(5))
    assert report.device is DeviceStatus.HARDWARE_ERROR
    assert report.error is not None
    assert report.error.reason is Reason.DARK
    tray.do("recover")
    eventually(lambda: camera.poll(Deadline.after(5)).device is DeviceStatus.ONLINE)


def test_a_poll_ends_a_capture_that_hangs(camera: DocumentCamera, tray: TraySimulator) -> None:
    """Promise 3: the picture came back while nobody scanned; a read that hangs since before is not waited for."""
    tray.do("freeze")
    error_of(camera)  # ends the capture that hung; the next one, begun by a poll, hangs in its turn

    def hangs() -> bool:
        assert camera.poll(Deadline.after(5)).device is DeviceStatus.HARDWARE_ERROR
        return camera._capture is not None and camera._capture.is_open

    eventually(hangs)
    tray.do("recover")
    eventually(lambda: camera.poll(Deadline.after(5)).device is DeviceStatus.ONLINE)


def test_one_picture_is_a_still_and_never_frozen(tmp_path: Path) -> None:
    """Promise 4: what cannot be told from a still is not called a fault."""
    picture = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    camera = DocumentCamera(str(tmp_path), CameraOptions(width=80, height=60, fps=60), FlightRecorder())
    camera.open(Deadline.after(10))
    try:
        first = grab(camera)
        frame = first
        while frame.taken_at - first.taken_at < 2.3:
            frame = grab(camera, frame.number)
        assert np.array_equal(frame.image, picture)
    finally:
        camera.close()


def test_pictures_larger_than_configured_are_refused(tmp_path: Path) -> None:
    """Promise 8: a wrong width in kiosk.toml is the technician's, with the file."""
    cv2.imwrite(str(tmp_path / "a.png"), np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8))
    camera = DocumentCamera(str(tmp_path), CameraOptions(width=40, height=30), FlightRecorder())
    camera.open(Deadline.after(10))
    try:
        error = error_of(camera)
        assert (error.reason, error.action) == (Reason.REFUSED, ErrorAction.CONFIGURATION)
        assert "80x60" in error.detail
    finally:
        camera.close()


def test_a_video_plays_in_a_loop(tmp_path: Path) -> None:
    """Promise 3: a recorded visit can stand for the camera."""
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 30, (80, 60))
    rng = np.random.default_rng(0)
    for _ in range(5):
        writer.write(rng.integers(0, 255, (60, 80, 3), np.uint8))
    writer.release()
    camera = DocumentCamera(str(film), CameraOptions(width=80, height=60, fps=60), FlightRecorder())
    camera.open(Deadline.after(10))
    try:
        frame = grab(camera)
        while frame.number < 12:
            frame = grab(camera, frame.number)
    finally:
        camera.close()


def test_a_killed_child_is_replaced(camera: DocumentCamera) -> None:
    """Promise 3: the capture may die; numbers go on rising over its successor."""
    before = grab(camera)
    os.kill(child_of(camera), signal.SIGKILL)
    eventually(lambda: camera._capture is None or not camera._capture.is_alive())
    assert grab(camera, before.number).number > before.number


def test_nobody_scans_and_nothing_is_captured_or_kept(camera: DocumentCamera) -> None:
    """Promise 2: after the idle time, or at once when told, the frames are wiped."""
    grab(camera)
    ring = camera._ring
    assert ring is not None
    eventually(lambda: ring.latest(-1) is None)
    eventually(lambda: not np.frombuffer(ring._memory, np.uint8).any())
    camera.execute(StartCapture(), Deadline.after(5), lambda: False)
    eventually(lambda: ring.latest(-1) is not None)
    camera.execute(StopCapture(), Deadline.after(5), lambda: False)
    eventually(lambda: not np.frombuffer(ring._memory, np.uint8).any())


def test_an_idle_child_uses_no_processor(camera: DocumentCamera) -> None:
    """Promise 3: a kiosk nobody scans at has its processor for the rest."""
    grab(camera)
    ring = camera._ring
    assert ring is not None
    eventually(lambda: ring.latest(-1) is None)
    eventually(lambda: ticks(child_of(camera), over=0.4) <= 1)


def ticks(pid: int, over: float) -> int:
    """Return the processor ticks a process uses in `over` seconds."""

    def used() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = used()
    time.sleep(over)  # what is measured is this very stretch of time
    return used() - before


def test_a_cancelled_grab_ends(camera: DocumentCamera, tray: TraySimulator) -> None:
    """Promise 6: every wait ends, also when it is called off."""
    grab(camera)
    tray.do("freeze")
    answers = iter([False, False])
    with pytest.raises(DeviceError) as raised:
        camera.execute(GrabFrame(10**9), Deadline.after(10), lambda: next(answers, True))
    assert raised.value.code is CompletionCode.CANCELED


def test_a_deadline_is_kept(camera: DocumentCamera) -> None:
    """Promise 6: no frame in time is an error in time."""
    with pytest.raises(DeviceError) as raised:
        grab(camera, newer_than=10**9, seconds=0.3)
    assert raised.value.code is CompletionCode.TIME_OUT


def test_a_closed_camera_says_so() -> None:
    """Promise 4: what was not opened does not answer."""
    camera = DocumentCamera("0", OPTIONS, FlightRecorder())
    with pytest.raises(DeviceError) as raised:
        grab(camera)
    assert raised.value.code is CompletionCode.SEQUENCE_ERROR


def test_a_camera_that_is_not_there_is_gone(tmp_path: Path) -> None:
    """Promise 8: a missing camera is the technician's."""
    camera = DocumentCamera(str(tmp_path / "none"), OPTIONS, FlightRecorder())
    with pytest.raises(DeviceError) as raised:
        camera.open(Deadline.after(1))
    assert raised.value.reason is Reason.GONE


def test_health_is_a_status_or_a_frame(camera: DocumentCamera) -> None:
    """Promise 8: the technician's check says what was done."""
    silent = camera.execute(CheckHealth(), Deadline.after(5), lambda: False)
    assert silent.status is DeviceStatus.ONLINE
    taken = camera.execute(CheckHealth(HealthLevel.EXTERNAL), Deadline.after(10), lambda: False)
    assert "1296x972" in taken.detail
    with pytest.raises(DeviceError):
        camera.execute(CheckHealth(HealthLevel.INTERACTIVE), Deadline.after(1.2), lambda: False)


def test_the_child_dies_with_its_parent_even_when_that_is_killed_and_it_hangs(tray: TraySimulator) -> None:
    """Promise 2: no orphan keeps a camera open or a page in memory, and nothing is left in /dev/shm."""
    shared = {path.name for path in Path("/dev/shm").iterdir()}
    script = (
        "import sys, time\n"
        "from drivers.camera import *\n"
        "from drivers.deadline import Deadline\n"
        "from drivers.recorder import FlightRecorder\n"
        "if __name__ == '__main__':\n"
        "    options = CameraOptions(width=1296, height=972, stall_seconds=60, idle_seconds=60)\n"
        "    camera = DocumentCamera(sys.argv[1], options, FlightRecorder())\n"
        "    camera.open(Deadline.after(10))\n"
        "    camera.execute(GrabFrame(), Deadline.after(10), lambda: False)\n"
        "    print(camera._capture.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tray.folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        tray.do("freeze")
        eventually(lambda: ticks(child, over=0.4) == 0)  # it hangs in its read
        assert alive(child)
        parent.kill()
    eventually(lambda: not alive(child))
    assert {path.name for path in Path("/dev/shm").iterdir()} <= shared


def test_a_frame_never_shows_in_a_log(camera: DocumentCamera) -> None:
    """Promise 2: a page does not get into a repr."""
    assert "array" not in repr(grab(camera))


def test_kiosk_toml_finds_the_camera_by_its_name() -> None:
    """Promise 3: real and simulated differ by the url alone."""
    registration = lookup(DeviceClass.DOCUMENT_CAMERA, "opencv")
    assert isinstance(registration.factory("0", registration.options(), FlightRecorder()), DocumentCamera)


@pytest.mark.parametrize(
    ("action", "arguments", "hint"),
    [
        ("fly", {}, "lay"),
        ("lay", {"page": "passport"}, "hukou"),
        ("lay", {"page": "form", "defects": ["torn"]}, "finger"),
        ("lay", {"page": "form", "seed": "x"}, "whole number"),
        ("lay", {"page": "form", "corner": 7}, "top left"),
        ("lay", {"page": "form", "fields": 3}, "names and values"),
        ("lay", {"page": "form", "sheet": 3}, "defects"),
    ],
)
def test_the_tray_says_what_it_can(tray: TraySimulator, action: str, arguments: dict[str, object], hint: str) -> None:
    """Promise 8: a wrong order to the simulator is answered with the right ones."""
    with pytest.raises(SimulatorError, match=hint):
        tray.do(action, **arguments)
