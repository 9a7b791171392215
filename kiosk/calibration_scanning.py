"""Gives the scan what a calibration found: how the lens bends, and the empty tray as it was then."""

import logging
from collections.abc import Callable
from pathlib import Path

from drivers.camera_known import not_of
from drivers.model import DeviceInformation
from kiosk.calibration_file import CalibrationFile, CalibrationRecord, CalibrationRefused
from kiosk.scan.straight import Bend
from kiosk.scanner import Calibrated

_log = logging.getLogger(__name__)


class KeptCalibration:
    """The calibration in the kiosk's `state`, if it is of the camera that `camera` names; read anew when it changed.

    Called on the scanner's thread. One that is torn, or of another camera, is none: the camera's own health says so.
    """

    def __init__(self, state: Path, camera: Callable[[], DeviceInformation]) -> None:
        self._file = CalibrationFile(state)
        self._camera = camera
        self._read_at: int | None = None
        self._record: CalibrationRecord | None = None

    def __call__(self, size: tuple[int, int]) -> Calibrated | None:
        """Return it for frames of that width and height, None where there is none of them.

        Raises:
            DeviceError: the camera does not say which one it is.
        """
        record = self._newest()
        if record is None:
            return None
        known = record.known()
        other = not_of(known, self._camera(), size)
        if other:
            _log.info("%s", other)
            return None
        return Calibrated(Bend(*record.radial), known.empty_tray, record.at)

    def _newest(self) -> CalibrationRecord | None:
        written = self._file.path.stat().st_mtime_ns if self._file.path.exists() else None
        if written != self._read_at:
            self._record, self._read_at = self._believed(), written
        return self._record

    def _believed(self) -> CalibrationRecord | None:
        try:
            return self._file.read()
        except CalibrationRefused as error:
            _log.warning("the scan goes without a calibration: %s", error)
            return None
