"""What a technician's screen knows and nobody else does: where one is, what was typed, what was found.

One decision: `forget` sets every field back when the technician leaves, as the resident's draft is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from kiosk.services_staff import StaffError, Tested
from kiosk.technicians import Admission

if TYPE_CHECKING:
    from kiosk.calibration import Progress

HOME = ("board",)


def _nothing() -> None:
    """Nothing is being measured."""


@dataclass(slots=True, repr=False)
class StaffDraft:
    """What is on the technician's screens. No repr: a PIN may be in it."""

    place: tuple[str, ...] = HOME
    writing: str = "number"  # the line of the login that is written in
    number: str = ""
    pin: str = ""
    code: str = ""
    answer: Admission | StaffError | None = None  # of the last login
    waiting: str | None = None  # what is under way: a device's test, the login, a page's question
    tested: dict[str, Tested] = field(default_factory=dict)
    fault: StaffError | None = None  # why the last act was not done
    swept: set[tuple[int, int]] = field(default_factory=set)  # cells of the glass that were touched
    swept_at: float | None = None  # seconds of the view's clock of the last touch, while the glass is measured
    silent: Callable[[], None] = _nothing  # what happens when nobody touches the measured glass any more
    pressed: frozenset[str] = frozenset()  # keys of the keypad
    points: list[tuple[float, float]] = field(default_factory=list)  # where the crosses were touched
    ports: frozenset[str] | None = None  # while a device is out; what comes beside them is the device
    found: str = ""  # the port that came
    progress: "Progress | None" = None  # of the camera's calibration
    given_up: str | None = None  # words key of why that ended without a result
    told: object = None  # what the page's question brought

    def forget(self) -> None:
        """Set every field to what it was before anybody came."""
        fresh = StaffDraft()
        for each in fields(StaffDraft):
            setattr(self, each.name, getattr(fresh, each.name))
