"""Sound that leads a paper under the camera, for who cannot see it: ticks that rise and quicken as it comes near.

One decision: only for headphones (they are private, people.md 1). A room full of ticks helps nobody, and who has none
plugged is led by the picture and its sentence. One long tone says that it lies well; the rising pair, that it is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING

from screens.sounds import Sound

if TYPE_CHECKING:
    from kiosk.scan.session import Observation

# How far the page's middle is from the tray's, as a part of half the frame's diagonal; what sounds, every so many s.
_STEPS = ((0.08, Sound.NEAR_3, 0.25), (0.2, Sound.NEAR_2, 0.45), (0.4, Sound.NEAR_1, 0.7), (2.0, Sound.NEAR_0, 1.1))


def off_middle(corners: Sequence[Sequence[float]], size: tuple[int, int]) -> float:
    """Return how far a page (pixels) is from the middle of a frame of `size`: 0 in it, 1 at the frame's corner."""
    across = sum(float(x) for x, _ in corners) / len(corners) - size[0] / 2
    down = sum(float(y) for _, y in corners) / len(corners) - size[1] / 2
    return hypot(across, down) / (hypot(*size) / 2)


@dataclass(slots=True)
class Guide:
    """Says what is to be heard now; `now` is the time in monotonic s."""

    again_at: float = 0.0
    lay_well: bool = False

    def hear(self, seen: "Observation", now: float) -> Sound | None:
        """Return the sound for what was just seen, if it is time for one."""
        lies_well = seen.still and seen.verdict.ok and not seen.taken
        came_to_rest, self.lay_well = lies_well and not self.lay_well, lies_well
        if came_to_rest:
            return Sound.STILL
        if lies_well or seen.taken or seen.quad is None or now < self.again_at:
            return None
        high, wide = seen.preview.shape[:2]
        off = off_middle([(float(x), float(y)) for x, y in seen.quad], (wide, high))
        sound, pause = next((sound, pause) for most, sound, pause in _STEPS if off <= most)
        self.again_at = now + pause
        return sound
