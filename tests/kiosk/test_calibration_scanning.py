"""What a calibration found reaches the scan: of this very camera, as soon as it is kept, and never half believed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.model import DeviceInformation
from kiosk.calibration_file import CalibrationFile
from kiosk.calibration_scanning import KeptCalibration
from kiosk.scan.straight import Bend
from tests.kiosk.test_calibration_teaching import FOUND

CAMERA = DeviceInformation(model_name="M")
SIZE = FOUND.lens.size
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> KeptCalibration:
    return KeptCalibration(tmp_path, lambda: CAMERA)


def test_a_calibration_is_given_as_soon_as_it_is_kept(tmp_path: Path, kept: KeptCalibration) -> None:
    """Promise 4: the next paper goes by it, without a new kiosk."""
    assert kept(SIZE) is None
    CalibrationFile(tmp_path).keep(FOUND, CAMERA, "1", AT)
    found = kept(SIZE)
    assert found is not None
    assert (found.bend, found.at, found.empty_tray.shape) == (Bend(0.0, 0.0), AT, FOUND.empty_tray.shape)


def test_that_of_another_camera_or_of_other_frames_is_none(tmp_path: Path, kept: KeptCalibration) -> None:
    """Promise 4: another lens bends otherwise, and another size is another picture."""
    CalibrationFile(tmp_path).keep(FOUND, DeviceInformation(model_name="N"), "1", AT)
    assert kept(SIZE) is None
    CalibrationFile(tmp_path).keep(FOUND, CAMERA, "1", AT)
    assert kept((640, 480)) is None


def test_a_torn_one_is_none_and_the_log_says_so(
    tmp_path: Path, kept: KeptCalibration, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 3: the scan learns its tray itself."""
    CalibrationFile(tmp_path).path.write_text('{"sheet": "BUD', "utf-8")
    assert kept(SIZE) is None
    assert "goes without a calibration" in caplog.text
