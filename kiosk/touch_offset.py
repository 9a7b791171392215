"""Where the glass says it was touched against where it was: measured at five points, kept, and taken off every touch.

One decision: per axis one scale and one shift, which is what a panel mounted a little off or stretched does. What five
points do not agree on is no such error, and nothing is corrected then. All places are fractions of the screen, from the
top left.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sync.durable import Disk, private_folder

Place = tuple[float, float]
POINTS: tuple[Place, ...] = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.1, 0.9), (0.9, 0.9))
MOST_SCATTER_MM = 6.0  # a fingertip is that unsure of a cross
MOST_SHIFT_MM = 60.0  # beyond this somebody touched something else
_LEAST, _MOST = 0.5, 2.0  # no panel stretches more; a file that says so was not written by us


@dataclass(frozen=True, slots=True)
class Offset:
    """What is done to a touch: ``true = scale * told + shift`` on each axis."""

    scale_x: float = 1.0
    shift_x: float = 0.0
    scale_y: float = 1.0
    shift_y: float = 0.0

    def true(self, told: Place) -> Place:
        """Return where the glass was really touched, within the screen."""
        x = self.scale_x * told[0] + self.shift_x
        y = self.scale_y * told[1] + self.shift_y
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))


NONE = Offset()


@dataclass(frozen=True, slots=True)
class Measured:
    """What five touches say: the offset, how far the touches were off and how far they scatter around it, in mm."""

    offset: Offset
    off_mm: float
    scatter_mm: float

    @property
    def usable(self) -> bool:
        """Whether the five agree on one offset."""
        return self.scatter_mm <= MOST_SCATTER_MM and self.off_mm <= MOST_SHIFT_MM


def measure(told: Sequence[Place], size_mm: tuple[float, float]) -> Measured:
    """Return what the five touches `told` of `POINTS` say on a screen of that size.

    Raises:
        ValueError: there are not five.
    """
    if len(told) != len(POINTS):
        raise ValueError(f"five touches are measured, not {len(told)}")
    scale_x, shift_x = _line([place[0] for place in told], [point[0] for point in POINTS])
    scale_y, shift_y = _line([place[1] for place in told], [point[1] for point in POINTS])
    offset = Offset(scale_x, shift_x, scale_y, shift_y)
    off = max(_mm(place, point, size_mm) for place, point in zip(told, POINTS, strict=True))
    scatter = max(_mm(offset.true(place), point, size_mm) for place, point in zip(told, POINTS, strict=True))
    return Measured(offset, off, scatter)


def _line(told: Sequence[float], true: Sequence[float]) -> tuple[float, float]:
    """Return scale and shift of least squares; touches all in one place have no scale."""
    mean_told, mean_true = sum(told) / len(told), sum(true) / len(true)
    spread = sum((value - mean_told) ** 2 for value in told)
    if spread == 0:
        return 1.0, mean_true - mean_told
    scale = sum((t - mean_told) * (r - mean_true) for t, r in zip(told, true, strict=True)) / spread
    return scale, mean_true - scale * mean_told


def _mm(one: Place, other: Place, size_mm: tuple[float, float]) -> float:
    return math.hypot((one[0] - other[0]) * size_mm[0], (one[1] - other[1]) * size_mm[1])


class OffsetFile:
    """Where the offset is kept, in the kiosk's state."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "touch.json"

    def read(self) -> Offset:
        """Return what was kept; nothing kept, or nothing that can be right, is no correction."""
        try:
            table = json.loads(self.path.read_text("utf-8"))
            offset = Offset(**{name: float(value) for name, value in table.items()})
        except (OSError, ValueError, TypeError, AttributeError):
            return NONE
        sane = all(math.isfinite(value) for value in asdict(offset).values())
        return offset if sane and all(_LEAST < scale < _MOST for scale in (offset.scale_x, offset.scale_y)) else NONE

    def keep(self, offset: Offset) -> None:
        """Keep it; OSError when the disk does not."""
        private_folder(self.path.parent)
        Disk().replace(self.path, json.dumps(asdict(offset)).encode())
