"""The wheel of a date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.writing.dates import DateWheel, Part, wheel

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
STEPS = st.lists(st.tuples(st.sampled_from(list(Part)), st.integers(-60, 60)), max_size=12)


@given(DAYS, st.integers(0, 40_000), DAYS, STEPS)
def test_no_turn_leads_to_a_day_that_is_not_there(
    earliest: date, span: int, today: date, turns: list[tuple[Part, int]]
) -> None:
    """Promise 4: whatever is turned, it stands at a day of the calendar within the bounds, and shows its parts."""
    turned = wheel(earliest, min(earliest + timedelta(span), date(2150, 1, 1)), "", today)
    for part, steps in turns:
        turned = turned.turned(part, steps)
        assert turned.earliest <= turned.shown <= turned.latest
        for each in Part:
            assert turned.value(each) == getattr(turned.shown, each)


@given(DAYS, st.sampled_from(list(Part)), st.integers(-40, 40))
def test_what_is_seen_is_what_is_reached(day: date, part: Part, steps: int) -> None:
    """Promise 4: a value that stands in a column can be turned to; what does not stand there, cannot."""
    turned = DateWheel(date(1990, 5, 20), date(2030, 6, 7), min(max(day, date(1990, 5, 20)), date(2030, 6, 7)))
    seen = turned.value(part, steps)
    reached = getattr(turned.turned(part, steps).shown, part)
    assert reached == seen if seen is not None else reached in (turned.values(part)[0], turned.values(part)[-1])


def test_the_end_of_a_month_follows_the_month() -> None:
    """Promise 4: 31 January and one month is the end of February, in a leap year the 29th."""
    begin = DateWheel(date(2000, 1, 1), date(2030, 12, 31), date(2028, 1, 31))
    assert begin.turned(Part.MONTH, 1).shown == date(2028, 2, 29)
    assert begin.turned(Part.MONTH, 1).turned(Part.YEAR, 1).shown == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("2026-09-30", date(2026, 9, 30)),
        ("", date(2026, 11, 24)),
        ("2026-09", date(2026, 11, 24)),
        ("1800-01-01", date(2020, 2, 3)),
        ("2999-01-01", date(2027, 1, 1)),
    ],
)
def test_it_stands_at_the_answer_or_near_today(answer: str, shown: date) -> None:
    """Promise 7: what was typed by digits is where the wheel goes on from."""
    assert wheel(date(2020, 2, 3), date(2027, 1, 1), answer, date(2026, 11, 24)).shown == shown


def test_a_birthday_is_in_no_repr() -> None:
    """Promise 2: a date on a wheel may be somebody's birth."""
    assert "1950" not in repr(DateWheel(date(1900, 1, 1), date(2026, 1, 1), date(1950, 3, 4)))
