"""What can be wrong with a page under the camera, and a verdict on one frame of it.

One decision: a fault that has a place on the page has one member a place, for each has its own sentence in the words
`scan.*`; its `family` is the fault without the place, which tries and notes to the clerk are counted by.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong; each value is a key of the words `scan.*`, a sentence the resident can act on."""

    NO_PAGE = "no_page"
    DARK = "dark"
    TOO_BRIGHT = "too_bright"
    EDGE_CUT_LEFT = "edge_cut_left"
    EDGE_CUT_TOP = "edge_cut_top"
    EDGE_CUT_RIGHT = "edge_cut_right"
    EDGE_CUT_BOTTOM = "edge_cut_bottom"
    TOO_SMALL = "too_small"
    TWO_PAPERS = "two_papers"
    MOVING = "moving"
    MOVED = "moved"
    FINGER = "finger"
    FINGER_TOP_LEFT = "finger_top_left"
    FINGER_TOP_RIGHT = "finger_top_right"
    FINGER_BOTTOM_RIGHT = "finger_bottom_right"
    FINGER_BOTTOM_LEFT = "finger_bottom_left"
    FOLDED_TOP_LEFT = "folded_top_left"
    FOLDED_TOP_RIGHT = "folded_top_right"
    FOLDED_BOTTOM_RIGHT = "folded_bottom_right"
    FOLDED_BOTTOM_LEFT = "folded_bottom_left"
    BLURRED = "blurred"
    SHAKEN = "shaken"
    GLARE = "glare"
    GLARE_TOP = "glare_top"
    GLARE_BOTTOM = "glare_bottom"
    EMPTY_PAGE = "empty_page"
    REPEATED = "repeated"

    @property
    def family(self) -> str:
        """The fault without its place: ``finger`` of ``finger_top_left``."""
        return next((family for family in _WITH_PLACES if self.startswith(family)), self.value)


_WITH_PLACES = ("edge_cut", "finger", "folded", "glare")
FINGERS = frozenset(fault for fault in Fault if fault.family == "finger")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a frame can be kept.

    Attributes:
        ok: it can.
        fault: why not.
        where: where on the frame's working copy (x, y) it is, if it is somewhere.
        measured: what was measured, by name (units in `kiosk.scan.limits`); it names no person and may be logged.
    """

    ok: bool
    fault: Fault | None = None
    where: tuple[float, float] | None = None
    measured: Mapping[str, float] = field(default_factory=dict, compare=False)


OK = Verdict(ok=True)
