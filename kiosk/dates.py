"""Days and hours where the kiosks stand, and how people say them. China keeps one time, so nothing is configured."""

from datetime import date, datetime, timedelta
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


def is_working_day(day: date) -> bool:
    """Tell whether `day` is Monday to Friday. Public holidays are not known here: the office's clock counts those."""
    return day.weekday() < _SATURDAY


def working_days_after(day: date, count: int) -> date:
    """Return the day `count` working days after `day`; for 0 the next working day, `day` itself if it is one."""
    while count > 0 or not is_working_day(day):
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
