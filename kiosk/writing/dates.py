"""A date by wheel: three columns that turn, and stop where the question's earliest and latest day are.

One decision: there is no way to a day that the calendar or the question does not have; turning the month of 31 January
shows 28 February.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Part(StrEnum):
    """A column."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True, repr=False)
class DateWheel:
    """What the wheel shows. No repr: it may be somebody's birthday.

    Attributes:
        earliest, latest: the days it stops at.
        shown: the day it stands at, within them.
    """

    earliest: date
    latest: date
    shown: date

    def values(self, part: Part) -> range:
        """Return what a column can be turned to while the columns before it stand."""
        first, last = _WHOLE[part](self.shown)
        upper = [Part.YEAR, Part.MONTH, Part.DAY][: list(Part).index(part)]
        if all(_of(self.earliest, each) == _of(self.shown, each) for each in upper):
            first = _of(self.earliest, part)
        if all(_of(self.latest, each) == _of(self.shown, each) for each in upper):
            last = _of(self.latest, part)
        return range(first, last + 1)

    def value(self, part: Part, steps: int = 0) -> int | None:
        """Return what stands `steps` below the middle of a column; None past its end."""
        wanted = _of(self.shown, part) + steps
        return wanted if wanted in self.values(part) else None

    def turned(self, part: Part, steps: int) -> "DateWheel":
        """Return the wheel with a column turned, no further than its end."""
        values = self.values(part)
        wanted = min(max(_of(self.shown, part) + steps, values[0]), values[-1])
        year, month, day = (wanted if each is part else _of(self.shown, each) for each in Part)
        there = date(year, month, min(day, monthrange(year, month)[1]))
        return DateWheel(self.earliest, self.latest, min(max(there, self.earliest), self.latest))


def _of(day: date, part: Part) -> int:
    number: int = getattr(day, part)
    return number


_WHOLE: Mapping[Part, Callable[[date], tuple[int, int]]] = {
    Part.YEAR: lambda _day: (date.min.year, date.max.year),
    Part.MONTH: lambda _day: (1, 12),
    Part.DAY: lambda day: (1, monthrange(day.year, day.month)[1]),
}


def wheel(earliest: date, latest: date, answer: str, today: date) -> DateWheel:
    """Return the wheel at `answer` (YYYY-MM-DD), else at today; within the bounds, at the nearest day to it."""
    try:
        shown = date.fromisoformat(answer)
    except ValueError:
        shown = today
    return DateWheel(earliest, latest, min(max(shown, earliest), latest))
