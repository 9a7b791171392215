"""When a line's back end is open: every day from the first minute of its window to the last but one.

Times are China's, whatever zone `now` is given in; a time without a zone is refused, since it could mean any hour.
"""

from datetime import date, datetime, time, timedelta

from kiosk.catalogue import Line
from kiosk.dates import CHINA

_ALL_DAY = (time(0), time(0))


def window(line: Line) -> tuple[time, time]:
    """Return when the line opens and closes; (0:00, 0:00) is the whole day, and a closing of 0:00 is midnight."""
    opens, closes = line.sample_window.split("-")
    return time.fromisoformat(opens), time(0) if closes == "24:00" else time.fromisoformat(closes)


def always_open(line: Line) -> bool:
    """Tell whether the line never closes."""
    return window(line) == _ALL_DAY


def is_open(line: Line, now: datetime) -> bool:
    """Tell whether the line is open at `now`.

    Raises:
        ValueError: `now` has no time zone.
    """
    opens, closes = window(line)
    clock = _local(now).time()
    return opens <= clock and (closes == time(0) or clock < closes)


def next_opening(line: Line, now: datetime) -> datetime:
    """Return `now` while the line is open, else when it opens next, in China's time.

    Raises:
        ValueError: `now` has no time zone.
    """
    local = _local(now)
    if is_open(line, now):
        return local
    opens = window(line)[0]
    today = _at(local.date(), opens)
    return today if local < today else _at(local.date() + timedelta(days=1), opens)


def _local(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("a time without a zone could mean any hour")
    return now.astimezone(CHINA)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, CHINA)
