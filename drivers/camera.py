"""The document camera: frames by OpenCV, captured in a child process that can be killed when it does not come back.

One decision: `GrabFrame` is the demand. The first one wakes the child, which keeps the newest three frames until nobody
asked for `idle_seconds` (or `StopCapture`), then closes the camera and wipes them; a kiosk nobody scans at captures
nothing. `StartCapture` only saves the first frame's delay. A still child is killed, reported FROZEN, and spawned anew
by the next command or poll.
"""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from drivers import camera_child as child
from drivers.camera_ring import FrameRing
from drivers.camera_source import Wanted
from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    StatusReport,
)
from drivers.recorder import FlightRecorder
from drivers.registry import register

T = TypeVar("T")

_FRESH_SECONDS = 1.0  # an older frame is not what lies there now
_ASK_AGAIN_SECONDS = 0.5
_LOOK_SECONDS = 0.1  # how often a waiting command asks whether it is cancelled
_END_SECONDS = 0.5
_OPENING = 3  # a camera may take so many times `stall_seconds` to open

_ACTIONS = {
    Reason.GONE: ErrorAction.MAINTENANCE,
    Reason.FROZEN: ErrorAction.RESET,
    Reason.DARK: ErrorAction.MAINTENANCE,
    Reason.GARBLED: ErrorAction.RESET,
    Reason.REFUSED: ErrorAction.CONFIGURATION,
}


@dataclass(frozen=True, slots=True)
class CameraOptions:
    """Options of the document camera in kiosk.toml.

    Attributes:
        width: of a frame, in pixels; 5 megapixels see an A4 page at 150 dots per inch.
        height: of a frame, in pixels.
        fps: frames a second the camera is asked for, or a folder is played at.
        idle_seconds: after so long without a `GrabFrame` the camera is closed.
        stall_seconds: a capture that says nothing for so long is killed.
        mm_per_pixel: measured once the camera is mounted; None where nobody measured (see `Frame.mm_per_pixel`).
    """

    width: int = 2592
    height: int = 1944
    fps: float = 20.0
    idle_seconds: float = 3.0
    stall_seconds: float = 2.0
    mm_per_pixel: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the tray.

    Attributes:
        image: uint8 BGR (height, width, 3), the receiver's own.
        taken_at: seconds on the monotonic clock.
        number: rises for as long as the driver lives, whatever happens to the capture.
        mm_per_pixel: the camera's calibration, None if it has none.
    """

    image: NDArray[np.uint8] = field(repr=False)
    taken_at: float
    number: int
    mm_per_pixel: float | None = None


@dataclass(frozen=True, slots=True)
class GrabFrame(Command[Frame]):
    """Give the newest frame with a number above `newer_than`, waiting for it if need be.

    Errors: FROZEN (RESET), DARK (MAINTENANCE), GARBLED (RESET), GONE (MAINTENANCE), REFUSED (CONFIGURATION: frames are
    larger than configured), NO_ANSWER.
    """

    newer_than: int = -1


@dataclass(frozen=True, slots=True)
class StartCapture(Command[None]):
    """Wake the camera, so that the first `GrabFrame` need not wait for it."""


@dataclass(frozen=True, slots=True)
class StopCapture(Command[None]):
    """Close the camera and wipe the frames, now rather than after `idle_seconds`."""


@register(DeviceClass.DOCUMENT_CAMERA, "opencv", options=CameraOptions)
class DocumentCamera:
    """One document camera; `url` is ``/dev/video0``, an index, a folder of pictures or a video file."""

    def __init__(self, url: str, options: CameraOptions, _recorder: FlightRecorder) -> None:
        self.information = DeviceInformation(model_name=f"OpenCV {url}")
        self._url = url
        self._options = options
        self._ring: FrameRing | None = None
        self._capture: _Capture | None = None
        self._next_number = 1
        self._fault: DeviceError | None = None

    def __str__(self) -> str:
        return f"document camera {self._url}"

    def open(self, deadline: Deadline) -> None:
        """Spawn the capture child and wait until it is ready to capture; the camera itself stays closed."""
        self._ensure_present()
        if self._ring is None:
            self._ring = FrameRing(self._options.width * self._options.height * 3)
        self._running(deadline)

    def close(self) -> None:
        """End the child, wipe the frames and give the memory back."""
        self._end_capture()
        ring, self._ring = self._ring, None
        if ring is not None:
            ring.close()

    def poll(self, deadline: Deadline) -> StatusReport:
        """Report how it is: whether the child lives, the camera is there, and what the last frames were like.

        After a fault the capture is tried again, so that the report turns right when the camera does.
        """
        self._ensure_present()
        capture = self._running(deadline)
        while (word := capture.hear(0)) is not None:
            self._fault = _fault_in(word, self._fault)
        if self._fault is None:
            return StatusReport(DeviceStatus.ONLINE)
        capture.ask()
        self._fault = self._stall(capture) or self._fault  # a read that hangs since before would hang for ever
        return StatusReport(DeviceStatus.HARDWARE_ERROR, error=self._fault)

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `GrabFrame`, `StartCapture`, `StopCapture` or `CheckHealth`."""
        if isinstance(command, GrabFrame):
            return cast(T, self._grab(command.newer_than, deadline, cancelled))
        if isinstance(command, CheckHealth):
            return cast(T, self._check(command.level, deadline, cancelled))
        if isinstance(command, StartCapture):
            self._running(deadline).ask()
        elif isinstance(command, StopCapture):
            self._running(deadline).stop()
        else:
            raise unsupported(command)
        return cast(T, None)

    def _grab(self, newer_than: int, deadline: Deadline, cancelled: Callable[[], bool]) -> Frame:
        capture = self._running(deadline)
        while (word := capture.hear(0)) is not None:
            self._fault = _fault_in(word, None)
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
            self._fault = _fault_in(word, None) if word is not None else self._stall(capture)
            if self._fault is not None:
                raise self._fault

    def _fresh(self, newer_than: int) -> Frame | None:
        found = self._ring.latest(newer_than) if self._ring is not None else None
        if found is None:
            return None
        image, taken_at, number = found
        self._next_number = max(self._next_number, number + 1)
        if time.monotonic() - taken_at > _FRESH_SECONDS:
            return None
        return Frame(image, taken_at, number, self._options.mm_per_pixel)

    def _stall(self, capture: "_Capture") -> DeviceError | None:
        """Kill a child that owes a frame and has said nothing for too long; return the error then."""
        patience = self._options.stall_seconds * (1 if capture.is_open else _OPENING)
        if capture.silence() < patience:
            return None
        self._end_capture()
        return _error(Reason.FROZEN, f"the capture said nothing for {patience:.1f} s and was ended")

    def _check(self, level: HealthLevel, deadline: Deadline, cancelled: Callable[[], bool]) -> HealthReport:
        """INTERNAL asks for the status; EXTERNAL takes a frame."""
        if level is HealthLevel.INTERNAL:
            report = self.poll(deadline)
            if report.error is not None:
                return HealthReport(level, report.device, report.error.detail, report.error.action, self.information)
            return HealthReport(level, report.device, "the capture is ready", None, self.information)
        if level is HealthLevel.EXTERNAL:
            frame = self._grab(-1, deadline, cancelled)
            detail = f"a frame of {frame.image.shape[1]}x{frame.image.shape[0]} pixels was taken"
            return HealthReport(level, DeviceStatus.ONLINE, detail, None, self.information)
        raise unsupported(CheckHealth(level))

    def _ensure_present(self) -> None:
        if not self._url.isdecimal() and not Path(self._url).exists():
            raise DeviceGone(f"{self._url} is not there")

    def _running(self, deadline: Deadline) -> "_Capture":
        """Return the child, spawned anew when it has ended."""
        ring = self._ring
        if ring is None:
            detail = f"{self} is not open"
            raise DeviceError(CompletionCode.SEQUENCE_ERROR, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, detail)
        if self._capture is not None and not self._capture.is_alive():
            self._end_capture()
        if self._capture is None:
            wanted = Wanted(self._options.width, self._options.height, self._options.fps)
            settings = child.ChildSettings(self._url, wanted, self._options.idle_seconds, self._next_number)
            self._capture = _Capture(ring, settings)
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


class _Capture:
    """The child and the pipe to it."""

    def __init__(self, ring: FrameRing, settings: child.ChildSettings) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection: Connection
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=child.run, args=(theirs, ring, settings), name="document camera", daemon=True
        )
        self._process.start()
        theirs.close()
        self.is_open = False
        self._asked_at: float | None = None
        self._heard_at = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the child lives."""
        return self._process.is_alive()

    def await_ready(self, deadline: Deadline) -> None:
        """Wait until the child has started up."""
        if self.hear(deadline.remaining()) is None:
            raise DeviceTimeout("the capture did not start in time")

    def ask(self) -> None:
        """Tell the child that frames are wanted, now and for its idle time; not at every call."""
        now = time.monotonic()
        if self._asked_at is None or now - self._asked_at > _ASK_AGAIN_SECONDS:
            if self._asked_at is None:
                self._heard_at = now
            self._asked_at = now
            self._send(child.GO)

    def stop(self) -> None:
        """Tell the child that no frames are wanted."""
        self._asked_at = None
        self._send(child.STOP)

    def silence(self) -> float:
        """Return for how many seconds the child has owed a word."""
        return time.monotonic() - self._heard_at

    def hear(self, seconds: float) -> bytes | None:
        """Return the child's next word, None if there is none in time. Raises `DeviceGone` if it has ended."""
        try:
            if not self._connection.poll(seconds):
                return None
            word = self._connection.recv_bytes()
        except (EOFError, OSError) as error:
            raise DeviceGone("the capture process has ended") from error
        self._heard_at = time.monotonic()
        if word in (child.OPENED, child.IDLE):
            self.is_open = word == child.OPENED
        if word == child.IDLE:
            self._asked_at = None
        return word

    def end(self) -> None:
        """Close the pipe, which ends the child; kill it if that does not."""
        self._connection.close()
        self._process.join(_END_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()

    def _send(self, order: bytes) -> None:
        try:
            self._connection.send_bytes(order)
        except OSError as error:
            raise DeviceGone("the capture process has ended") from error


def _fault_in(word: bytes, before: DeviceError | None) -> DeviceError | None:
    """Return the fault after the child's `word`: a fault stays until a frame comes."""
    if word[:1] == child.FAULT:
        reason, detail = word[1:].decode().split("\n", 1)
        return _error(Reason(reason), detail)
    return None if word == child.FRAME else before


def _error(reason: Reason, detail: str) -> DeviceError:
    if reason is Reason.GONE:
        return DeviceGone(detail)
    return DeviceError(CompletionCode.HARDWARE_ERROR, reason, _ACTIONS[reason], detail)
