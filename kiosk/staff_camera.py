"""The camera's calibration as a technician runs it at the kiosk: frames from the camera's worker, the result kept.

One decision: it runs on staff's thread and can be called off between two frames, so that whoever walks away from the
tray does not hold the kiosk for minutes.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from drivers.camera import Frame, GrabFrame, LearnCalibration, StopCapture
from drivers.device import canceled
from drivers.model import CheckHealth
from drivers.worker import DeviceWorker
from kiosk.calibration import CalibrationError, Fault, Progress, calibrate
from kiosk.calibration_file import CalibrationFile, CalibrationRecord

_FRAME_SECONDS = 3.0
_HEALTH_SECONDS = 10.0


class CalibrationRun:
    """One run; `called_off` may be set from any thread."""

    def __init__(self, worker: DeviceWorker, folder: Path, by: str, now: Callable[[], datetime]) -> None:
        self.called_off = threading.Event()
        self.fault: Fault | None = None
        self._worker = worker
        self._file = CalibrationFile(folder)
        self._by = by
        self._now = now

    def run(self, say: Callable[[Progress], None]) -> CalibrationRecord | None:
        """Lead through it and keep what was found; None where it was given up, and `fault` then says why.

        Raises:
            DeviceError: the camera gives no frames, or it was called off.
            OSError: the disk does not keep the result.
        """
        camera = self._worker.execute(CheckHealth(), _HEALTH_SECONDS).result().information
        try:
            found = calibrate(self._grab, say)
        except CalibrationError as error:
            self.fault = error.fault
            return None
        finally:
            self._worker.execute(StopCapture(), _FRAME_SECONDS)
        kept = self._file.keep(found, camera, self._by, self._now())
        self._worker.execute(LearnCalibration(), _HEALTH_SECONDS).result()
        return kept

    def _grab(self, newer_than: int) -> Frame:
        if self.called_off.is_set():
            raise canceled()
        return self._worker.execute(GrabFrame(newer_than), _FRAME_SECONDS).result()
