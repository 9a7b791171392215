"""Takes the panel's own error off every touch, before any widget hears of it.

One decision: it stands in Kivy's input chain as a post-processing module, so that a touch is right for everybody. Kivy
hands the same touch again as the finger moves or lifts; one that has not moved since is not corrected twice.
"""

from collections.abc import Sequence
from typing import Protocol

from kiosk.touch_offset import NONE, Offset


class RawTouch(Protocol):
    """What of a Kivy touch is used: its place as fractions from the bottom left, and room for notes."""

    sx: float
    sy: float
    ud: dict[str, tuple[float, float]]


class TouchCorrector:
    """Corrects by `offset`; `paused` while the panel itself is measured."""

    def __init__(self, offset: Offset = NONE) -> None:
        self.offset = offset
        self.paused = False

    def process(self, events: "Sequence[tuple[str, RawTouch]]") -> "Sequence[tuple[str, RawTouch]]":
        """Correct what came in (Kivy calls it by this name)."""
        if self.paused or self.offset == NONE:
            return events
        for _, touch in events:
            if touch.ud.get("corrected") == (touch.sx, touch.sy):
                continue
            x, from_top = self.offset.true((touch.sx, 1 - touch.sy))
            touch.sx, touch.sy = x, 1 - from_top
            touch.ud["corrected"] = (touch.sx, touch.sy)
        return events
