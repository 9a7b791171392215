"""What a document camera can be told, and what it gives."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.model import Command


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the tray.

    Attributes:
        image: uint8 BGR (height, width, 3), the receiver's own.
        taken_at: seconds on the monotonic clock.
        number: rises for as long as the driver lives, whatever happens to the capture.
        mm_per_pixel: by the calibration, else by the option; None where neither is, or the camera has moved since.
    """

    image: NDArray[np.uint8] = field(repr=False)
    taken_at: float
    number: int
    mm_per_pixel: float | None = None


@dataclass(frozen=True, slots=True)
class GrabFrame(Command[Frame]):
    """Give the newest frame with a number above `newer_than`, waiting for it if need be.

    Errors: FROZEN (RESET), DARK, OVEREXPOSED (MAINTENANCE), GARBLED (RESET), GONE (MAINTENANCE), REFUSED
    (CONFIGURATION: frames are of another size than configured), NO_ANSWER.
    """

    newer_than: int = -1


@dataclass(frozen=True, slots=True)
class StartCapture(Command[None]):
    """Wake the camera, so that the first `GrabFrame` need not wait for it."""


@dataclass(frozen=True, slots=True)
class StopCapture(Command[None]):
    """Close the camera and wipe the frames, now rather than after `idle_seconds`."""


@dataclass(frozen=True, slots=True)
class LearnCalibration(Command[None]):
    """Ask anew for what a calibration found, and go by it (a technician has just calibrated the camera)."""
