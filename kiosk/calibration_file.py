"""Keeps what a calibration found: `calibration.json` in the kiosk's state, with the picture of the empty tray in it.

One decision: one file, replaced whole and private, so that the numbers and the tray they belong to are never of two
different days. A file that is torn, of another version or holds what cannot be right is refused with a sentence and
never half believed; whether it is of the camera that is there now, the driver says, which knows that camera.
"""

import base64
import binascii
from datetime import datetime
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from drivers.camera_known import Known
from drivers.camera_sheet import SHEET_VERSION
from drivers.model import DeviceInformation
from kiosk.calibration import Calibration
from kiosk.scan.geometry import Image
from sync.durable import Disk, private_folder

_QUALITY = 95
_Ratio = Field(gt=0, le=1)


class CalibrationRefused(Exception):  # noqa: N818 - an answer, not a defect
    """There is a file, and it is not to be believed; the text is a sentence for the technician."""


class CalibrationRecord(BaseModel):
    """What the file holds. Lengths in millimetres or pixels as named; `by` is a technician's number or TERMINAL."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    sheet: Literal["BUDAYANG-CALIBRATION-1"]
    model: str | None
    serial: str | None
    at: AwareDatetime
    by: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    mm_per_pixel_x: float = Field(gt=0.005, lt=2)
    mm_per_pixel_y: float = Field(gt=0.005, lt=2)
    tilt_x: float
    tilt_y: float
    radial: tuple[float, float]
    bend_pixels: float
    residual_pixels: float = Field(ge=0)
    worst_residual_pixels: float = Field(ge=0)
    blur_pixels: float = Field(ge=0)
    evenness: float = _Ratio
    contrast: float = Field(gt=0, le=255)
    flicker: float = Field(ge=0)
    mains_hz: Literal[50, 60] | None
    line_mm: float = Field(gt=80, lt=120)  # of the sheet that was used
    empty_tray: str = Field(repr=False)  # JPEG in base64

    def known(self) -> Known:
        """Return what the driver needs.

        Raises:
            CalibrationRefused: the picture is none.
        """
        mm = float(np.sqrt(self.mm_per_pixel_x * self.mm_per_pixel_y))
        tray = _picture(self.empty_tray)
        size = (self.width, self.height)
        return Known(self.model, self.serial, size, mm, self.blur_pixels, tray, self.line_mm)


class CalibrationFile:
    """Where the calibration is kept, in the kiosk's state."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "calibration.json"

    def read(self) -> CalibrationRecord | None:
        """Return what was kept, None where nothing was.

        Raises:
            CalibrationRefused: what is there is not to be believed.
        """
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CalibrationRefused(f"{self.path.name} cannot be read: {error.strerror}") from error
        try:
            record = CalibrationRecord.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(step) for step in first["loc"]) or "the file"
            raise CalibrationRefused(f"{self.path.name} is damaged or foreign: {where}: {first['msg']}") from error
        record.known()
        return record

    def keep(self, found: Calibration, camera: DeviceInformation, by: str, at: datetime) -> CalibrationRecord:
        """Keep it as of `camera`, calibrated by `by`; OSError when the disk does not."""
        record = _record(found, camera, by, at)
        private_folder(self.path.parent)
        Disk().replace(self.path, record.model_dump_json().encode())
        return record


def _record(found: Calibration, camera: DeviceInformation, by: str, at: datetime) -> CalibrationRecord:
    across, down = found.lens.mm_per_pixel()
    tilt_x, tilt_y = found.lens.tilt()
    jpeg = cv2.imencode(".jpg", found.empty_tray, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
    return CalibrationRecord(
        sheet=SHEET_VERSION,
        model=camera.model_name,
        serial=camera.serial_number,
        at=at,
        by=by,
        width=found.lens.size[0],
        height=found.lens.size[1],
        mm_per_pixel_x=across,
        mm_per_pixel_y=down,
        tilt_x=tilt_x,
        tilt_y=tilt_y,
        radial=found.lens.radial,
        bend_pixels=found.lens.bend(),
        residual_pixels=found.residual,
        worst_residual_pixels=found.worst,
        blur_pixels=found.blur,
        evenness=found.evenness,
        contrast=found.contrast,
        flicker=found.flicker.depth,
        mains_hz=found.flicker.mains_hz,
        line_mm=found.line_mm,
        empty_tray=base64.b64encode(jpeg).decode(),
    )


def _picture(text: str) -> Image:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise CalibrationRefused("calibration.json is damaged: the empty tray's picture is not base64") from error
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data.endswith(b"\xff\xd9") else None
    if picture is None:
        raise CalibrationRefused("calibration.json is damaged: the empty tray's picture is torn")
    return np.asarray(picture, np.uint8)
