"""Citizen numbers that were read: with a right check digit, or none at all."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.citizen_number import check_digit
from kiosk.papers.kinds import PaperKind
from kiosk.papers.suggest import FieldKind, fields_of
from kiosk.papers.text import rows_of
from kiosk.reading.results import Line, Reading

DIGITS = "0123456789X"
numbers = st.builds(
    lambda born, rest: f"320581{born:%Y%m%d}{rest:03d}",
    st.dates(min_value=date(1930, 1, 1), max_value=date(2020, 1, 1)),
    st.integers(0, 999),
).map(lambda first: first + check_digit(first))


def read(*texts: str) -> list[str]:
    """Return the numbers that a page with these lines side by side gives."""
    lines = [
        Line(text, ((i * 300.0, 0.0), (i * 300.0 + 280, 0.0), (i * 300.0 + 280, 40.0), (i * 300.0, 40.0)), 0.99)
        for i, text in enumerate(texts)
    ]
    found = fields_of(PaperKind.ID_COPY, rows_of(Reading(tuple(lines), (1200, 800), 0)))
    return [each.value.reveal() for each in found if each.kind is FieldKind.CITIZEN_NUMBER]


@given(numbers)
def test_a_number_is_read_as_it_is_printed(number: str) -> None:
    """Promise 5: whole, and with its letter."""
    assert read(f"公民身份号码 {number}") == [number]
    assert read("公民身份号码", number) == [number]


@settings(max_examples=200)
@given(numbers, st.integers(0, 17), st.sampled_from(DIGITS))
def test_a_number_with_one_digit_misread_is_no_number(number: str, place: int, wrong: str) -> None:
    """Promise 4: it is refused, never silently wrong."""
    misread = number[:place] + wrong + number[place + 1 :]
    assert read(misread) == ([number] if misread == number else [])


@given(numbers, st.integers(0, 17), st.sampled_from(["", "0", "O", "l", "I", "B", "x1"]))
def test_a_digit_lost_added_or_taken_for_a_letter_gives_no_number(number: str, place: int, instead: str) -> None:
    """Promise 4: nothing is mended by guessing."""
    misread = number[:place] + instead + number[place + 1 :]
    assert read(misread) in ([], [number])
    assert read(f"7{number}") == []
