"""Does the light flicker, and with which mains? From the brightness of one frame after another.

One decision: a lamp on 50 Hz mains swings 100 times a second, one on 60 Hz 120 times; a camera slower than that shows
an alias, so the brightness is compared with both swings at the very times of the frames. Where both fit as well, or
neither, the mains are not known (None): at 20, 25 or 50 frames a second 100 Hz cannot be seen at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_SWINGS: Mapping[Literal[50, 60], float] = {50: 100.0, 60: 120.0}  # mains to swings a second
_LEAST = 0.004  # of the brightness; less is a sensor's own
_SHARE = 0.6  # of the swing that one mains must explain, and the other must not


@dataclass(frozen=True, slots=True)
class Flicker:
    """`depth`: brightest less darkest frame, as a part of the mean; `mains_hz`: 50, 60, or None where not known."""

    depth: float
    mains_hz: Literal[50, 60] | None


def flicker(times: Sequence[float], levels: Sequence[float]) -> Flicker:
    """Return the flicker of frames with mean brightness `levels` (above 0) taken at `times` (seconds)."""
    at, level = np.array(times) - times[0], np.array(levels)
    swing = level - np.polyval(np.polyfit(at, level, 1), at)  # a lamp that warms up, an exposure that adapts
    low, high = np.percentile(swing, [2, 98])
    depth = float((high - low) / level.mean())
    if depth < _LEAST:
        return Flicker(depth, None)
    fitting = [mains for mains, hertz in _SWINGS.items() if _share(at, swing, hertz) > _SHARE]
    return Flicker(depth, fitting[0] if len(fitting) == 1 else None)


def _share(at: NDArray[np.float64], swing: NDArray[np.float64], hertz: float) -> float:
    """Return the part of the swing that an oscillation of that frequency explains."""
    turns = 2 * np.pi * hertz * at
    waves = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    best, *_ = np.linalg.lstsq(waves, swing, rcond=None)
    left = swing - waves @ best
    return float(1 - (left @ left) / (swing @ swing))
