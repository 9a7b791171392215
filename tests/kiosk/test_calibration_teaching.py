"""What was kept reaches the camera's driver, when it opens and not before; what is torn reaches it as a sentence."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from drivers.camera import CameraOptions, DocumentCamera
from drivers.camera_known import Known
from drivers.camera_lens import Lens
from drivers.model import DeviceClass, DeviceInformation
from drivers.recorder import FlightRecorder
from kiosk.calibration import Calibration
from kiosk.calibration_file import CalibrationFile
from kiosk.calibration_light import Flicker
from kiosk.calibration_teaching import teach_calibration

LENS = Lens(np.array([[5.0, 0, 0], [0, 5.0, 0], [0, 0, 1]]), (0.0, 0.0), (1296, 972))
FOUND = Calibration(LENS, 0.1, 0.2, 0.9, 0.9, 200.0, Flicker(0.01, 50), np.full((486, 648, 3), 40, np.uint8), 97.5)


@pytest.fixture
def camera(tmp_path: Path) -> DocumentCamera:
    driver = DocumentCamera(str(tmp_path / "tray"), CameraOptions(), FlightRecorder())
    teach_calibration(DeviceClass.DOCUMENT_CAMERA, driver, tmp_path)
    return driver


def test_a_calibration_kept_later_is_learnt_too(tmp_path: Path, camera: DocumentCamera) -> None:
    """Promise 4: the driver asks at each opening, so a calibration counts without a new kiosk."""
    assert camera.learn() is None
    CalibrationFile(tmp_path).keep(FOUND, DeviceInformation(model_name="M"), "1", datetime(2026, 1, 1, tzinfo=UTC))
    learnt = camera.learn()
    assert isinstance(learnt, Known)
    assert learnt.mm_per_pixel == pytest.approx(0.2)
    assert (learnt.line_mm, learnt.model) == (97.5, "M")


def test_a_torn_calibration_is_learnt_as_a_sentence(tmp_path: Path, camera: DocumentCamera) -> None:
    """Promise 4: health can say why it is not used."""
    CalibrationFile(tmp_path).path.write_text('{"sheet": "BUD', "utf-8")
    learnt = camera.learn()
    assert isinstance(learnt, str)
    assert "damaged or foreign" in learnt


def test_what_is_no_camera_learns_nothing(tmp_path: Path, camera: DocumentCamera) -> None:
    """Promise 3: another class of device is left alone."""
    before = camera.learn
    teach_calibration(DeviceClass.ID_CARD_READER, camera, tmp_path / "other")
    assert camera.learn is before
