"""What the capture child and the driver say of a source of frames; apart from the sources, which load OpenCV."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.errors import NO_FACTS, Facts, Reason

Image = NDArray[np.uint8]
"""A frame: BGR (height, width, 3)."""
Auto = Literal["auto"]
"""A control that the camera sets by itself."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the camera is to deliver: pixels, frames a second, and its controls as in `drivers.camera_models`."""

    width: int
    height: int
    fps: float
    fourcc: str = "MJPG"
    exposure: int | Auto | None = None
    focus: int | Auto | None = None
    white_balance: int | Auto | None = None


class SourceFault(Exception):  # noqa: N818 - told as a reason, as the field does
    """The source gives no frame: a reason, a sentence for the log, and the facts a technician is shown."""

    def __init__(self, reason: Reason, detail: str, facts: Facts = NO_FACTS) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.facts = facts


class Source(Protocol):
    """Frames one after another.

    `live`: two equal frames in a row mean that it stands still. `not_taken`: a phrase for each setting that the camera
    did not take.
    """

    not_taken: tuple[str, ...]

    @property
    def live(self) -> bool:
        """Whether its frames can never be equal twice."""

    def read(self) -> Image:
        """Return the next frame, BGR, when it is due. Raises `SourceFault`."""

    def close(self) -> None:
        """Let go of the device."""
