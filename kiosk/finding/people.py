"""When somebody of the centre can be asked: now, or when next. Public holidays are not known here."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kiosk.catalogue import Site
from kiosk.dates import CHINA

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Staffed:
    """When staff is at the windows: `now` until `until`, or else again on `day` at `opens`; local times."""

    now: bool
    day: date
    opens: time
    until: time


def staffed(site: Site, now: datetime) -> Staffed | None:
    """Return when staff of `site` can be asked; None where the catalogue does not know its hours.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("a time without a zone could mean any hour")
    hours = site.hours.get("normal")
    if hours is None or not hours.days:
        return None
    local = now.astimezone(CHINA)
    opens, closes = time.fromisoformat(hours.opens), time.fromisoformat(hours.closes)
    today = local.isoweekday() in hours.days
    if today and opens <= local.time() < closes:
        return Staffed(now=True, day=local.date(), opens=opens, until=closes)
    first = 0 if today and local.time() < opens else 1
    days = (local.date() + timedelta(days=ahead) for ahead in range(first, first + _WEEK))
    day = next(each for each in days if each.isoweekday() in hours.days)
    return Staffed(now=False, day=day, opens=opens, until=closes)
