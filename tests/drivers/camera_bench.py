"""What the camera's tests share: a tray of small pictures, a driver over it, and waiting for what it says."""

from pathlib import Path

import numpy as np

from drivers.camera import CameraOptions, DocumentCamera, Frame, GrabFrame
from drivers.camera_known import Known
from drivers.camera_source import Image
from drivers.deadline import Deadline
from drivers.errors import DeviceError
from drivers.model import CheckHealth, HealthLevel, HealthReport, StatusReport
from drivers.recorder import FlightRecorder
from drivers.sim.photograph import Optics, Scene
from drivers.sim.tray import TraySimulator

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "assets" / "fonts" / "NotoSansCJKsc-Regular.otf"
SIZE = (1296, 972)
FACTOR = 2
OPTIONS = CameraOptions(width=SIZE[0], height=SIZE[1], fps=30, idle_seconds=0.6, stall_seconds=0.6, mm_per_pixel=0.5)
MODEL = "pictures in tray"


def small_tray(folder: Path) -> TraySimulator:
    return TraySimulator(folder / "tray", FONT, size=SIZE)


def shrunk(pictures: tuple[Image, ...]) -> Image:
    """Return the mean of the pictures at half their size, as a calibration keeps the empty tray."""
    mean = np.mean(np.stack(pictures).astype(np.float32), axis=0)
    height, width = mean.shape[:2]
    return np.asarray(
        mean.reshape(height // FACTOR, FACTOR, width // FACTOR, FACTOR, 3).mean(axis=(1, 3)).round(), np.uint8
    )


def known(model: str | None = MODEL, serial: str | None = None, size: tuple[int, int] = SIZE) -> Known:
    """Return a calibration of the simulated tray as it is usually mounted."""
    scene = Scene("dark", 0, SIZE, optics=Optics())
    return Known(model, serial, size, 0.338, 0.9, shrunk(scene.empty(1, 8).frames))


def grab(camera: DocumentCamera, newer_than: int = -1, seconds: float = 10) -> Frame:
    return camera.execute(GrabFrame(newer_than), Deadline.after(seconds), lambda: False)


def health(camera: DocumentCamera, level: HealthLevel = HealthLevel.INTERNAL, seconds: float = 10) -> HealthReport:
    return camera.execute(CheckHealth(level), Deadline.after(seconds), lambda: False)


def poll(camera: DocumentCamera) -> StatusReport:
    return camera.poll(Deadline.after(5))


def opened(camera: DocumentCamera) -> DocumentCamera:
    camera.open(Deadline.after(20))
    return camera


def over(tray: TraySimulator, options: CameraOptions = OPTIONS) -> DocumentCamera:
    return DocumentCamera(str(tray.folder), options, FlightRecorder())


def error_of(camera: DocumentCamera) -> DeviceError:
    """Grab until it fails: frames from before the fault may still come."""
    number = -1
    deadline = Deadline.after(15)
    while not deadline.expired:
        try:
            number = grab(camera, number).number
        except DeviceError as error:
            return error
    raise AssertionError("the camera never failed")
