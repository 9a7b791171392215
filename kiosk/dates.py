"""Days and hours where the kiosks stand, and how people say them. China keeps one time, so nothing is configured."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from kiosk.words import Language

CHINA = ZoneInfo("Asia/Shanghai")
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SATURDAY = 5


def today_in_china() -> date:
    """Return today's date in China."""
    return datetime.now(CHINA).date()


def spoken_date(day: date, language: Language) -> str:
    """Return a date as people write it: 2026年11月24日, 24 November 2026."""
    return (
        f"{day.year}年{day.month}月{day.day}日"
        if language == "zh"
        else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    )


def spoken_day(day: date, language: Language) -> str:
    """Return a day of these weeks: 11月24日周二, Tuesday 24 November."""
    weekday = _WEEKDAYS[language][day.weekday()]
    if language == "zh":
        return f"{day.month}月{day.day}日{weekday}"
    return f"{weekday} {day.day} {_MONTHS[day.month - 1]}"


def spoken_time(clock: time, language: Language) -> str:
    """Return a time of day: 早上6:00, 6:00."""
    if language == "en":
        return f"{clock.hour}:{clock.minute:02d}"
    part = next(name for until, name in _PARTS if clock.hour < until)
    hour = clock.hour - 12 if clock.hour > 12 else clock.hour  # noqa: PLR2004 - noon
    return f"{part}{hour}:{clock.minute:02d}"


_PARTS = ((6, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


def working_days_after(day: date, count: int) -> date:
    """Return the day `count` working days after `day`; Saturdays and Sundays do not count.

    Public holidays are not known here: the office's clock of promises counts those.
    """
    while count > 0 or day.weekday() >= _SATURDAY:
        day = date.fromordinal(day.toordinal() + 1)
        count -= day.weekday() < _SATURDAY
    return day
