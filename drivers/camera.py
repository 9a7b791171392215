"""The document camera: frames by OpenCV, captured in a child process that can be killed when it does not come back.

One decision: `GrabFrame` is the demand. The first one wakes the child, which keeps the newest three frames until nobody
asked for `idle_seconds` (or `StopCapture`), then closes the camera and wipes them; a kiosk nobody scans at captures
nothing. `StartCapture` only saves the first frame's delay. A still child is killed, reported FROZEN, and spawned anew
by the next command or poll. A camera that has moved goes on giving frames, without millimetres.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from drivers import camera_child as child
from drivers.camera_capture import Capture, error_of, fault_in
from drivers.camera_commands import Frame, GrabFrame, LearnCalibration, StartCapture, StopCapture
from drivers.camera_health import CameraHealth, Note
from drivers.camera_known import Known, Learn, not_of
from drivers.camera_models import CameraOptions, model_of, wanted
from drivers.camera_name import identify
from drivers.camera_ring import FrameRing
from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Reason
from drivers.model import CheckHealth, Command, DeviceClass, DeviceInformation, DeviceStatus, StatusReport, Told
from drivers.recorder import FlightRecorder
from drivers.registry import register

__all__ = ["CameraOptions", "DocumentCamera", "Frame", "GrabFrame", "LearnCalibration", "StartCapture", "StopCapture"]

T = TypeVar("T")

_FRESH_SECONDS = 1.0  # an older frame is not what lies there now
_LOOK_SECONDS = 0.1  # how often a waiting command asks whether it is cancelled
_OPENING = 3  # a camera may take so many times `stall_seconds` to open
_MOVED_SECONDS = 60.0  # how often a poll wakes a camera that has moved, to see whether it was put back


@register(DeviceClass.DOCUMENT_CAMERA, "opencv", options=CameraOptions)
class DocumentCamera:
    """One document camera; `url` is ``/dev/video0``, an index, a folder of pictures or a video file.

    `learn` gives what a calibration found, at each opening; whoever keeps calibrations sets it.
    """

    def __init__(self, url: str, options: CameraOptions, _recorder: FlightRecorder) -> None:
        self.information = DeviceInformation()
        self._url = url
        self._options = options
        self._model = model_of(None, options)
        self._wanted = wanted(self._model, options)
        self._ring: FrameRing | None = None
        self._capture: Capture | None = None
        self._next_number = 1
        self._fault: DeviceError | None = None
        self._moved: DeviceError | None = None
        self._looked_at = 0.0
        self.learn: Learn = _nothing_known
        self._known: Known | None = None
        self._refused = ""

    def __str__(self) -> str:
        return f"document camera {self._url}"

    def open(self, deadline: Deadline) -> None:
        """Spawn the capture child and wait until it is ready to capture; the camera itself stays closed."""
        self._ensure_present()
        self.information = identify(self._url)
        self._model = model_of(self.information.model_name, self._options)
        self._wanted = wanted(self._model, self._options)
        self._learn()
        if self._ring is None:
            self._ring = FrameRing(self._wanted.width * self._wanted.height * 3)
        self._running(deadline)

    def close(self) -> None:
        """End the child, wipe the frames and give the memory back."""
        self._end_capture()
        ring, self._ring = self._ring, None
        if ring is not None:
            ring.close()

    def poll(self, deadline: Deadline) -> StatusReport:
        """Report how it is: whether the child answers, the camera is there, and what the last frames were like.

        After a fault the capture is tried again, so that the report turns right when the camera does.
        """
        self._ensure_present()
        capture = self._running(deadline)
        self._hear(capture)
        if self._fault is not None:
            capture.ask()
        # A read that hangs since before would hang for ever, and one that was only started is nobody else's to notice.
        stalled = self._stall(capture)
        if stalled is not None:
            self._fault = stalled
        elif self._fault is None and capture.unanswered() > self._options.stall_seconds:
            self._fault = self._give_up("the capture process does not answer")
        elif self._fault is None:
            for word in capture.hear_pong():
                self._fault = fault_in(word, self._fault)
        return self._report(capture)

    def _report(self, capture: Capture) -> StatusReport:
        if self._fault is not None:
            return StatusReport(DeviceStatus.HARDWARE_ERROR, error=self._fault)
        if self._moved is not None and time.monotonic() - self._looked_at > _MOVED_SECONDS:
            self._looked_at = time.monotonic()
            capture.ask()
        return StatusReport(DeviceStatus.ONLINE, error=self._moved)

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `GrabFrame`, `StartCapture`, `StopCapture`, `LearnCalibration` or `CheckHealth`."""
        if isinstance(command, GrabFrame):
            return cast(T, self._grab(command.newer_than, deadline, cancelled))
        if isinstance(command, CheckHealth):
            return cast(T, self._health(deadline, cancelled).check(command.level))
        if isinstance(command, StartCapture):
            self._running(deadline).ask()
        elif isinstance(command, StopCapture):
            self._running(deadline).stop()
        elif isinstance(command, LearnCalibration):
            self._learn()
            self._end_capture()  # the next child watches over the new picture of the tray
            self._moved = None
        else:
            raise unsupported(command)
        return cast(T, None)

    def _grab(self, newer_than: int, deadline: Deadline, cancelled: Callable[[], bool]) -> Frame:
        capture = self._running(deadline)
        self._fault = None
        self._hear(capture)
        while True:
            capture.ask()
            frame = self._fresh(newer_than)
            if frame is not None:
                self._fault = None
                return frame
            if cancelled():
                raise canceled()
            if deadline.expired:
                raise DeviceTimeout("no frame in time")
            word = capture.hear(min(_LOOK_SECONDS, deadline.remaining()))
            self._moved = capture.moved
            self._fault = fault_in(word, None) if word is not None else self._stall(capture)
            if self._fault is not None:
                raise self._fault

    def _hear(self, capture: Capture) -> None:
        """Take what the child has said since."""
        while (word := capture.hear(0)) is not None:
            self._fault = fault_in(word, self._fault)
        self._moved = capture.moved

    def _fresh(self, newer_than: int) -> Frame | None:
        found = self._ring.latest(newer_than) if self._ring is not None else None
        if found is None:
            return None
        image, taken_at, number = found
        self._next_number = max(self._next_number, number + 1)
        if time.monotonic() - taken_at > _FRESH_SECONDS:
            return None
        return Frame(image, taken_at, number, self._mm_per_pixel())

    def _mm_per_pixel(self) -> float | None:
        if self._moved is not None:
            return None
        return self._options.mm_per_pixel if self._known is None else self._known.mm_per_pixel

    def _stall(self, capture: Capture) -> DeviceError | None:
        """Kill a child that owes a frame and has said nothing for too long; return the error then."""
        patience = self._options.stall_seconds * (1 if capture.is_open else _OPENING)
        if capture.silence() < patience:
            return None
        return self._give_up(f"the capture said nothing for {patience:.1f} s and was ended")

    def _give_up(self, why: str) -> DeviceError:
        self._end_capture()
        return error_of(Reason.FROZEN, why)

    def _health(self, deadline: Deadline, cancelled: Callable[[], bool]) -> CameraHealth:
        return CameraHealth(
            poll=lambda: self.poll(deadline),
            grab=lambda newer_than: self._grab(newer_than, deadline, cancelled),
            information=self.information,
            known=self._known,
            notes=self._notes,
            deadline=deadline,
        )

    def _notes(self) -> tuple[Note, ...]:
        """Return what a technician should know of it, and who should act, if anybody."""
        capture = self._capture
        notes = [Note(f"model {self._model}", None, (Told("camera_model", {"model": str(self._model)}),))]
        if self._refused:
            notes.append(Note(self._refused, ErrorAction.MAINTENANCE, (Told("calibration_refused"),)))
        elif self._known is None:
            notes.append(Note("not calibrated", None, (Told("not_calibrated"),)))
        if capture is None or capture.not_taken is None:
            notes.append(Note("its settings have not been read back yet", None, (Told("settings_unread"),)))
        else:
            refused = ErrorAction.CONFIGURATION
            notes += [Note(f"not taken: {each}", refused, (Told("not_taken", {"setting": each}),))
                      for each in capture.not_taken]  # fmt: skip
            if capture.watches is False:
                text = "the tray has no marks by which a move could be noticed"
                notes.append(Note(text, None, (Told("no_marks"),)))
        return tuple(notes)

    def _learn(self) -> None:
        """Take the calibration that there is, if it is of this camera and these frames."""
        found = self.learn()
        if isinstance(found, Known):
            other = not_of(found, self.information, (self._wanted.width, self._wanted.height))
            self._known, self._refused = (None, other) if other else (found, "")
        else:
            self._known, self._refused = None, found or ""

    def _ensure_present(self) -> None:
        if not self._url.isdecimal() and not Path(self._url).exists():
            raise DeviceGone(f"{self._url} is not there")

    def _running(self, deadline: Deadline) -> Capture:
        """Return the child, spawned anew when it has ended."""
        ring = self._ring
        if ring is None:
            detail = f"{self} is not open"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, detail)
        if self._capture is not None and not self._capture.is_alive():
            self._end_capture()
        if self._capture is None:
            settings = child.ChildSettings(
                self._url, self._wanted, self._options.idle_seconds, self._next_number, self._known
            )
            self._capture = Capture(ring, settings)
            self._capture.moved = self._moved
            self._capture.await_ready(deadline)
        return self._capture

    def _end_capture(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.end()
        if self._ring is not None:
            while (found := self._ring.latest(self._next_number - 1)) is not None:
                self._next_number = found[2] + 1
            self._ring.wipe()


def _nothing_known() -> None:
    """Nobody keeps calibrations of this camera."""
