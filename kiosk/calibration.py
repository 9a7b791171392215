"""Calibrates the document camera on site: the printed sheet under it, then the empty tray; what was found is kept.

One decision: a frame is either measured whole or refused with a reason that a technician can act on, and nothing of a
routine that did not reach its end is used. Time is the frames' own, so the routine needs no clock and no thread:
it runs where it is called, as long as `grab` gives frames. An error of `grab` ends it and is the caller's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np

from drivers.camera import Frame
from drivers.camera_lens import Lens
from drivers.camera_measure import SheetError, SheetSeen, ensure_version, measure_lens, see_sheet
from drivers.camera_sheet import LINE_MM
from kiosk.calibration_light import Flicker, flicker
from kiosk.scan.detect import find_page, working_copy
from kiosk.scan.geometry import Image

PATIENCE_SECONDS = 120.0
MOST_RESIDUAL = 1.0  # pixels; a sheet that lies flat leaves a tenth of it
_SHEET_FRAMES = 8
_LIGHT_FRAMES = 48
_TRAY_FRAMES = 8
_STILL_PIXELS = 1.0
_STILL_LEVEL = 6.0  # brightness, between two small copies of a tray nobody touches
_EMPTY_SECONDS = 1.0


class Step(StrEnum):
    """What is done, in its order."""

    LAY_SHEET = "LAY_SHEET"
    MEASURE = "MEASURE"
    TAKE_AWAY = "TAKE_AWAY"
    KEEP_TRAY = "KEEP_TRAY"
    DONE = "DONE"


class Fault(StrEnum):
    """Why it cannot go on: those of the sheet (`drivers.camera_measure.SheetFault`), and of the routine."""

    NOT_FOUND = "NOT_FOUND"
    PART_VISIBLE = "PART_VISIBLE"
    TOO_DARK = "TOO_DARK"
    TOO_BRIGHT = "TOO_BRIGHT"
    BLURRED = "BLURRED"
    OTHER_VERSION = "OTHER_VERSION"
    MOVING = "MOVING"
    NOT_FLAT = "NOT_FLAT"
    TRAY_NOT_EMPTY = "TRAY_NOT_EMPTY"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the routine is: the step, the part of it that is done (0 to 1), and what holds it up just now, if anything.

    `key` is the words key of the sentence to show; it has no parameters.
    """

    step: Step
    part: float = 0.0
    fault: Fault | None = None

    @property
    def key(self) -> str:
        """The words key."""
        return f"calibration.step.{self.step}" if self.fault is None else f"calibration.fault.{self.fault}"


class CalibrationError(Exception):
    """It was given up: `fault` says why (words key ``calibration.fault.<fault>``)."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What was found.

    Attributes:
        lens: scale, perspective and distortion.
        residual: what the lens leaves over at the sheet's corners, in pixels: the mean; `worst`: the largest.
        blur: sigma of printed edges in pixels (under 1: sharp).
        evenness: the darkest paper as a part of the brightest.
        contrast: paper less print, of 255.
        flicker: of the light, from frame to frame.
        empty_tray: uint8 BGR at the working size of `kiosk.scan`.
        line_mm: how long the line of 100 mm was on the sheet that was used.
    """

    lens: Lens
    residual: float
    worst: float
    blur: float
    evenness: float
    contrast: float
    flicker: Flicker
    empty_tray: Image = field(repr=False)
    line_mm: float = LINE_MM

    @property
    def mm_per_pixel(self) -> float:
        """One number for both ways, where only one is asked for."""
        across, down = self.lens.mm_per_pixel()
        return float(np.sqrt(across * down))


Grab = Callable[[int], Frame]
"""Gives the newest frame above a number, as `kiosk.scanner.Scanner` is given it; raises `DeviceError`."""
Say = Callable[[Progress], None]


def calibrate(grab: Grab, say: Say, *, patience: float = PATIENCE_SECONDS, line_mm: float = LINE_MM) -> Calibration:
    """Lead through the routine and return what was found; keeping it is another's (`CalibrationFile.keep`).

    Args:
        grab: gives frames.
        say: told where it is and what holds it up, from this thread.
        patience: seconds a person may take for each step.
        line_mm: how long the sheet's line of 100 mm is by a ruler.

    Raises:
        CalibrationError: somebody took longer than `patience`, or what was measured cannot be right.
        DeviceError: the camera gives no frames.
    """
    frames = _Frames(grab, patience)
    _await_sheet(frames, say)
    seen, light = _measure(frames, say)
    size = frames.size
    lens, off = measure_lens(seen, size, line_mm / LINE_MM)
    if float(off.mean()) > MOST_RESIDUAL:
        raise CalibrationError(Fault.NOT_FLAT)
    _await_empty(frames, say)
    tray = _average(frames, say)
    say(Progress(Step.DONE, 1.0))
    return Calibration(
        lens,
        float(off.mean()),
        float(off.max()),
        float(np.median([each.blur for each in seen])),
        float(np.median([each.evenness for each in seen])),
        float(np.median([each.contrast for each in seen])),
        light,
        tray,
        line_mm,
    )


class _Frames:
    """Frame after frame, and how long the present step has lasted."""

    def __init__(self, grab: Grab, patience: float) -> None:
        self._grab = grab
        self._patience = patience
        self._number = -1
        self._since: float | None = None
        self.size = (0, 0)

    def next(self) -> Frame:
        """Return the next frame."""
        frame = self._grab(self._number)
        self._number = frame.number
        self.size = (frame.image.shape[1], frame.image.shape[0])
        return frame

    def hold(self, frame: Frame, fault: Fault) -> None:
        """Give up when the step has lasted too long."""
        if self._since is None:
            self._since = frame.taken_at
        if frame.taken_at - self._since > self._patience:
            raise CalibrationError(fault)

    def begin(self) -> None:
        """Begin the next step."""
        self._since = None


def _await_sheet(frames: _Frames, say: Say) -> None:
    """Wait until the sheet lies there, whole, sharp and still."""
    frames.begin()
    say(Progress(Step.LAY_SHEET))
    told: Fault | None = None
    before: SheetSeen | None = None
    while True:
        frame = frames.next()
        try:
            seen = see_sheet(frame.image)
            if before is not None and _shift(before, seen) < _STILL_PIXELS:
                ensure_version(frame.image)
                return
            before, fault = seen, None if before is None else Fault.MOVING
        except SheetError as error:
            before, fault = None, Fault(error.fault)
        if fault is not None and fault is not told:
            told = fault
            say(Progress(Step.LAY_SHEET, 0.0, fault))
        frames.hold(frame, fault or Fault.MOVING)


def _measure(frames: _Frames, say: Say) -> tuple[list[SheetSeen], Flicker]:
    """Measure the sheet and the light over many frames; a sheet that is touched meanwhile is no measure."""
    seen: list[SheetSeen] = []
    times: list[float] = []
    levels: list[float] = []
    for number in range(_LIGHT_FRAMES):
        say(Progress(Step.MEASURE, number / _LIGHT_FRAMES))
        frame = frames.next()
        times.append(frame.taken_at)
        levels.append(float(frame.image[::8, ::8].mean()))
        if number % (_LIGHT_FRAMES // _SHEET_FRAMES) == 0:
            seen.append(_sheet_in(frame))
            if _shift(seen[0], seen[-1]) > _STILL_PIXELS:
                raise CalibrationError(Fault.MOVING)
    return seen, flicker(times, levels)


def _sheet_in(frame: Frame) -> SheetSeen:
    try:
        return see_sheet(frame.image)
    except SheetError as error:
        raise CalibrationError(Fault(error.fault)) from error


def _shift(one: SheetSeen, other: SheetSeen) -> float:
    """Return how far the corners that both show went, in pixels."""
    _, here, there = np.intersect1d(one.numbers, other.numbers, return_indices=True)
    return float(np.linalg.norm(one.corners[here] - other.corners[there], axis=1).max())


def _await_empty(frames: _Frames, say: Say) -> None:
    """Wait until nothing lies there and nothing moves."""
    frames.begin()
    say(Progress(Step.TAKE_AWAY))
    before: Image | None = None
    since: float | None = None
    while True:
        frame = frames.next()
        small = working_copy(frame.image)
        still = before is not None and _difference(before, small) < _STILL_LEVEL
        if not still or find_page(frame.image) is not None:
            since = None
        elif since is None:
            since = frame.taken_at
        elif frame.taken_at - since >= _EMPTY_SECONDS:
            return
        before = small
        frames.hold(frame, Fault.TRAY_NOT_EMPTY)


def _difference(one: Image, other: Image) -> float:
    """Return the largest difference of two pictures once their noise is smoothed away."""
    return float(cv2.blur(cv2.absdiff(one, other), (9, 9)).max())


def _average(frames: _Frames, say: Say) -> Image:
    """Return the empty tray with its noise averaged away."""
    copies: list[Image] = []
    for number in range(_TRAY_FRAMES):
        say(Progress(Step.KEEP_TRAY, number / _TRAY_FRAMES))
        copies.append(working_copy(frames.next().image))
    return _mean(copies)


def _mean(pictures: Sequence[Image]) -> Image:
    return np.asarray(np.round(np.mean(np.stack(pictures), axis=0)), np.uint8)
