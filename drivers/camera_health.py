"""The document camera's self-test: its status, a frame of what lies there, the calibration sheet with a person beside.

One decision: without the sheet nothing is said of sharpness and scale; with it both are compared with the calibration.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from drivers.camera_commands import Frame
from drivers.camera_known import Known
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceInformation, DeviceStatus, HealthLevel, HealthReport, StatusReport, Told, told_error

if TYPE_CHECKING:
    from drivers.camera_measure import SheetSeen

_MOST_OFF = 0.01  # of the scale; the lid's play and a creased sheet stay below it
_MOST_BLUR = 1.5  # times what it was, and half a pixel
_SPARE_SECONDS = 1.0  # a frame begun at the deadline is still measured


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be said: in English, who must act, and the same for the technician's language."""

    text: str
    action: ErrorAction | None
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """One self-test of a camera: how to poll it, how to grab a frame newer than a number, and what is known of it."""

    poll: Callable[[], StatusReport]
    grab: Callable[[int], Frame]
    information: DeviceInformation
    known: Known | None
    notes: Callable[[], tuple[Note, ...]]
    deadline: Deadline

    def check(self, level: HealthLevel) -> HealthReport:
        """Do the test of that level.

        Raises:
            DeviceError: the camera gives no frame; INTERACTIVE: nobody laid the sheet (TIME_OUT, NO_MEDIA, SUSPEND).
        """
        if level is HealthLevel.INTERNAL:
            return self._internal()
        return self._tell(level, self._external() if level is HealthLevel.EXTERNAL else self._interactive())

    def _internal(self) -> HealthReport:
        """Ask for the status; nothing is taken and nothing lights up."""
        report = self.poll()
        error = report.error
        said = (
            Note("the capture is ready", None, (Told("capture_ready"),))
            if error is None
            else Note(error.detail, error.action, (told_error(error),))
        )
        return self._tell(HealthLevel.INTERNAL, said, report.device)

    def _tell(self, level: HealthLevel, said: Note, status: DeviceStatus = DeviceStatus.ONLINE) -> HealthReport:
        notes = (said, *self.notes())
        action = next((each.action for each in notes if each.action is not None), None)
        detail = "; ".join(each.text for each in notes)
        told = tuple(one for each in notes for one in each.told)
        return HealthReport(level, status, detail, action, self.information, told)

    def _external(self) -> Note:
        """Take a frame, and measure the sheet if it lies there."""
        from drivers.camera_measure import SheetError, see_sheet  # noqa: PLC0415 - OpenCV, for a test alone

        frame = self.grab(-1)
        high, wide = frame.image.shape[:2]
        text = f"a frame of {wide}x{high} pixels was taken"
        taken = Told("frame_taken", {"width": wide, "height": high})
        try:
            return self._measured(Note(text, None, (taken,)), frame, see_sheet(frame.image))
        except SheetError as error:
            if not error.sheet_lies_there:
                text = f"{text}; no calibration sheet lies there: sharpness and scale were not measured"
                return Note(text, None, (taken, Told("no_sheet")))
            text = f"{text}; the sheet cannot be measured: {error}"
            return Note(text, ErrorAction.MAINTENANCE, (taken, Told("sheet_unmeasured", {"fault": error.fault})))

    def _interactive(self) -> Note:
        """Wait for the sheet, until the deadline."""
        from drivers.camera_measure import SheetError, see_sheet  # noqa: PLC0415 - as above

        number, why = -1, "no calibration sheet was laid under the camera"
        while self.deadline.remaining() > _SPARE_SECONDS:
            frame = self.grab(number)
            number = frame.number
            try:
                measured = Note("the sheet was measured", None, (Told("sheet_measured"),))
                return self._measured(measured, frame, see_sheet(frame.image))
            except SheetError as error:
                if error.sheet_lies_there:
                    why = f"the sheet was laid, but cannot be measured: {error}"
        raise DeviceError(CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND, why)

    def _measured(self, taken: Note, frame: Frame, seen: "SheetSeen") -> Note:
        """Compare sharpness and scale with the calibration's."""
        from drivers.camera_measure import measure_lens  # noqa: PLC0415 - as above

        known = self.known
        scale = 1.0 if known is None else known.line_mm / 100
        lens, _ = measure_lens([seen], (frame.image.shape[1], frame.image.shape[0]), scale)
        mm = float(np.sqrt(np.prod(lens.mm_per_pixel())))
        said = f"{taken.text}: edges {seen.blur:.1f} pixels, {mm:.4f} mm per pixel"
        told = (*taken.told, Told("sharpness", {"blur": f"{seen.blur:.1f}", "scale": f"{mm:.4f}"}))
        verdict, action, short = self._compared(seen.blur, mm)
        return Note(f"{said}, {verdict}", action, (*told, short))

    def _compared(self, blur: float, mm: float) -> tuple[str, ErrorAction | None, Told]:
        """Return how sharpness, in pixels, and scale, in mm a pixel, stand to the calibration's."""
        known = self.known
        if known is None:
            return "no calibration to compare with", None, Told("nothing_to_compare")
        off = mm / known.mm_per_pixel - 1
        if abs(off) > _MOST_OFF:
            percent = f"{100 * off:+.1f}"
            return f"{percent} % off the calibration", ErrorAction.MAINTENANCE, Told("scale_off", {"percent": percent})
        if blur > _MOST_BLUR * known.blur + 0.5:
            was = f"{known.blur:.1f}"
            return (
                f"less sharp than the {was} of the calibration",
                ErrorAction.MAINTENANCE,
                Told("blurred", {"was": was}),
            )
        return "as calibrated", None, Told("as_calibrated")
