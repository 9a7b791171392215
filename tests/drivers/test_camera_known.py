"""A camera that was calibrated: its millimetres, a tray that was pushed, another's calibration, and its self-test."""

from collections.abc import Iterator

import pytest

from drivers.camera import DocumentCamera, LearnCalibration, StopCapture
from drivers.camera_known import Known, not_of
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceInformation, DeviceStatus, HealthLevel
from drivers.sim.photograph import Scene
from drivers.sim.tray import TraySimulator
from tests.drivers.camera_bench import SIZE, grab, health, known, opened, over, poll, small_tray
from tests.drivers.helpers import eventually

KNOWN = known()


@pytest.fixture(scope="module")
def one_tray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TraySimulator]:
    tray = small_tray(tmp_path_factory.mktemp("sim"))
    tray.start()
    yield tray
    tray.stop()


@pytest.fixture
def tray(one_tray: TraySimulator) -> TraySimulator:
    one_tray.do("mount")
    return one_tray


@pytest.fixture
def camera(tray: TraySimulator) -> Iterator[DocumentCamera]:
    driver = over(tray)
    driver.learn = lambda: KNOWN
    yield opened(driver)
    driver.close()


def looks(camera: DocumentCamera, newer_than: int = -1) -> Reason | None:
    """Take a frame, and return what the status names after it."""
    grab(camera, newer_than)
    error = poll(camera).error
    return None if error is None else error.reason


def test_frames_bear_the_calibration_and_else_the_option(tray: TraySimulator, camera: DocumentCamera) -> None:
    """Promise 4: there is one number, and a calibration goes before what a ruler said."""
    assert grab(camera).mm_per_pixel == KNOWN.mm_per_pixel
    plain = opened(over(tray))
    try:
        assert grab(plain).mm_per_pixel == 0.5
    finally:
        plain.close()


def test_a_tray_that_was_pushed_is_told_with_how_far(tray: TraySimulator, camera: DocumentCamera) -> None:
    """Promise 4 and 8: pictures still come, their millimetres no longer do, and a technician is named."""
    tray.do("move")
    eventually(lambda: looks(camera) is Reason.CAMERA_MOVED)
    report = poll(camera)
    assert report.device is DeviceStatus.ONLINE
    assert report.error is not None
    assert report.error.action is ErrorAction.MAINTENANCE
    assert "mm from where it was" in report.error.detail
    away = float(report.error.detail.split("lies ")[1].split(" mm")[0])
    assert away == pytest.approx(7.6, abs=1.0), "6 mm right and 4 mm down, and a little turned"
    assert grab(camera).mm_per_pixel is None
    silent = health(camera)
    assert (silent.status, silent.action) == (DeviceStatus.ONLINE, ErrorAction.MAINTENANCE)


def test_a_tray_put_back_is_well_again(tray: TraySimulator, camera: DocumentCamera) -> None:
    """Promise 3: nobody has to tell the kiosk that it was mended."""
    tray.do("move")
    eventually(lambda: looks(camera) is Reason.CAMERA_MOVED)
    camera.execute(StopCapture(), Deadline.after(5), lambda: False)
    tray.do("recover")
    eventually(lambda: looks(camera) is None)
    assert grab(camera).mm_per_pixel == KNOWN.mm_per_pixel


def test_papers_on_the_tray_are_no_move(tray: TraySimulator, camera: DocumentCamera) -> None:
    """Promise 4: a resident's papers are not taken for a fault."""
    number = -1
    for page in ("form", "certificate"):
        tray.do("lay", page=page, seed=4)
        since = grab(camera, number).taken_at
        while (frame := grab(camera, number)).taken_at - since < 2.4:
            number = frame.number
        assert poll(camera).error is None


def test_a_new_calibration_counts_at_once(tray: TraySimulator, camera: DocumentCamera) -> None:
    """Promise 3: after a calibration the kiosk goes on without being started again."""
    tray.do("move")
    eventually(lambda: looks(camera) is Reason.CAMERA_MOVED)
    camera.learn = lambda: Known(KNOWN.model, None, SIZE, 0.41, 0.9, KNOWN.empty_tray)
    camera.execute(LearnCalibration(), Deadline.after(20), lambda: False)
    assert grab(camera).mm_per_pixel == 0.41


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (known(model="Another Camera"), "its camera is Another Camera"),
        (known(serial="A1"), "its serial number is A1, this one is unknown"),
        (known(size=(2592, 1944)), "its frame size is 2592x1944"),
        ("calibration.json is damaged or foreign: the file", "damaged or foreign"),
    ],
)
def test_a_calibration_that_is_not_of_this_camera_is_said_and_not_used(
    tray: TraySimulator, other: Known | str, said: str
) -> None:
    """Promise 4: the option counts as before, and health says why."""
    camera = over(tray)
    camera.learn = lambda: other
    opened(camera)
    try:
        assert grab(camera).mm_per_pixel == 0.5
        silent = health(camera)
        assert said in silent.detail
        assert silent.action is ErrorAction.MAINTENANCE
        assert poll(camera).error is None
    finally:
        camera.close()


def test_a_calibration_of_this_very_camera_is_taken() -> None:
    """Promise 4: name, serial number and size are all that is compared."""
    camera = DeviceInformation(model_name="M", serial_number="S", firmware="2")
    assert not_of(Known("M", "S", SIZE, 0.3, 1.0, KNOWN.empty_tray), camera, SIZE) == ""


def test_without_a_sheet_the_test_says_what_it_did_not_do(camera: DocumentCamera) -> None:
    """Promise 4: a frame that was taken is not a measure of sharpness."""
    taken = health(camera, HealthLevel.EXTERNAL)
    assert "a frame of 1296x972 pixels was taken; no calibration sheet" in taken.detail
    assert taken.action is None


def test_with_the_sheet_sharpness_and_scale_are_compared(tray: TraySimulator, camera: DocumentCamera) -> None:
    """Promise 4 and 8: as calibrated, or by how much off and whose it is."""
    tray.do("lay", page="calibration", seed=5)
    eventually(lambda: "as calibrated" in health(camera, HealthLevel.EXTERNAL).detail)
    camera.learn = lambda: Known(KNOWN.model, None, SIZE, 0.30, 0.9, KNOWN.empty_tray)
    camera.execute(LearnCalibration(), Deadline.after(20), lambda: False)
    off = health(camera, HealthLevel.EXTERNAL)
    assert "% off the calibration" in off.detail
    assert off.action is ErrorAction.MAINTENANCE
    tray.do("mount", blur=3.2)
    tray.do("lay", page="calibration", seed=5)
    eventually(lambda: "BLURRED" in health(camera, HealthLevel.EXTERNAL).detail)


def test_the_technician_is_waited_for_and_not_blamed_for_nothing(tray: TraySimulator, camera: DocumentCamera) -> None:
    """Promise 6 and 8: the wait for the sheet ends; that nobody laid it is nobody's fault."""
    with pytest.raises(DeviceError) as raised:
        health(camera, HealthLevel.INTERACTIVE, seconds=1.5)
    error = raised.value
    assert (error.code, error.reason, error.action) == (
        CompletionCode.TIME_OUT,
        Reason.NO_MEDIA,
        ErrorAction.SUSPEND,
    )
    tray.do("lay", page="calibration", seed=5)
    assert "the sheet was measured" in health(camera, HealthLevel.INTERACTIVE, seconds=20).detail


def test_the_simulated_scale_is_the_one_calibrated_with() -> None:
    """Promise 4: the truth of these tests is the simulator's."""
    across, down = Scene("dark", 0, SIZE).true_mm_per_pixel()
    assert (across * down) ** 0.5 == pytest.approx(KNOWN.mm_per_pixel, rel=0.005)
