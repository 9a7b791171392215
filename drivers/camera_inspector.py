"""Looks at each frame whether it can be one. Runs in the capture child.

One decision: every fault is told with the number it was judged by, so that a technician can compare it.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from drivers.camera_source import SourceFault
from drivers.errors import Fact, Reason

_FROZEN_SECONDS = 2.0
_DARK_LEVEL = 24  # of 255; a matte black tray under its lamp is above it
_BRIGHT_LEVEL = 250
_FEW = 500  # one value in so many may be otherwise: dead pixels, a spark
_FLAT = 0.5  # standard deviation; a sensor's own noise is above it
_ROWS = 16  # every so many rows are looked at: a frame that differs nowhere there differs nowhere


class Inspector:
    """Judges one frame after another: size, darkness, glare, flatness, and whether it is the same for ever."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._digest = -1
        self._since = 0.0

    def fault(self, image: NDArray[np.uint8], now: float, *, live: bool) -> SourceFault | None:
        """Return what is wrong with a frame taken at `now` (monotonic), None if nothing is."""
        height, width = image.shape[:2]
        if (width, height) != self._size:
            detail = f"frames are {width}x{height}, not {self._size[0]}x{self._size[1]} as configured"
            return SourceFault(Reason.REFUSED, detail, {Fact.FRAME_SIZE: f"{width}x{height}"})
        rows = np.ascontiguousarray(image[::_ROWS])
        return _blank(rows) or self._repeated(rows, now, live=live)

    def _repeated(self, rows: NDArray[np.uint8], now: float, *, live: bool) -> SourceFault | None:
        digest = zlib.crc32(rows.data)
        if digest != self._digest:
            self._digest, self._since = digest, now
        if live and now - self._since > _FROZEN_SECONDS:
            still = round(now - self._since)
            return SourceFault(Reason.FROZEN, f"the picture has not changed for {still} s", {Fact.STILL_SECONDS: still})
        return None


def _blank(rows: NDArray[np.uint8]) -> SourceFault | None:
    few = rows.size // _FEW
    bright = round(float(rows.mean()))
    if np.count_nonzero(rows > _DARK_LEVEL) < few:
        detail = f"the picture is black (brightness {bright} of 255): the lens is covered or the lamp is out"
        return SourceFault(Reason.DARK, detail, {Fact.BRIGHTNESS: bright})
    if np.count_nonzero(rows < _BRIGHT_LEVEL) < few:
        detail = f"the picture is white (brightness {bright} of 255): too much light, or the exposure is wrong"
        return SourceFault(Reason.OVEREXPOSED, detail, {Fact.BRIGHTNESS: bright})
    spread = float(rows[::_ROWS].std())
    if spread < _FLAT:
        return SourceFault(Reason.GARBLED, f"every pixel of the picture is alike (spread {spread:.1f} of 255)")
    return None
