"""Numbers as they are typed and shown, and which keyboards a question has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.form_checks import money
from kiosk.forms import Widget
from kiosk.writing.boards import Board, boards
from kiosk.writing.numbers import amount, dashed, grouped


@given(st.text("0123456789.", max_size=20))
def test_whatever_is_pressed_an_amount_is_one_or_about_to_be(keys: str) -> None:
    """Promise 4: one point, two decimals, nine digits, no useless noughts; and nothing that was typed is taken away."""
    text = ""
    for key in keys:
        longer = amount(text, key)
        assert longer == text or longer.endswith(key)
        text = longer
    assert text == "" or text.endswith(".") or money(text) is None


@pytest.mark.parametrize(
    ("keys", "text"),
    [("0012", "12"), (".5", "0.5"), ("1.234", "1.23"), ("1..5", "1.5"), ("12345678901", "123456789"), ("0.05", "0.05")],
)
def test_an_amount_is_typed_as_it_is_written(keys: str, text: str) -> None:
    """Promise 7: a key that would make no amount does nothing."""
    typed = ""
    for key in keys:
        typed = amount(typed, key)
    assert typed == text


@pytest.mark.parametrize(
    ("widget", "text", "shown"),
    [
        (Widget.PHONE, "13800005678", "138 0000 5678"),
        (Widget.PHONE, "1380", "138 0"),
        (Widget.BANK_CARD, "6222020000000000000", "6222 0200 0000 0000 000"),
        (Widget.CITIZEN_NUMBER, "11010519491231002X", "110105 19491231 002X"),
        (Widget.MONEY, "1200000.5", "1,200,000.5"),
        (Widget.MONEY, "", ""),
        (Widget.TEXT, "支塘镇", "支塘镇"),
        (Widget.DIGITS, "12345", "12345"),
    ],
)
def test_a_number_is_shown_in_groups_that_an_eye_can_check(widget: Widget, text: str, shown: str) -> None:
    """Promise 7: and shown alone: the answer is the plain number."""
    assert grouped(widget, text) == shown


def test_digits_become_a_date_as_far_as_they_go() -> None:
    """Promise 7: year, month, day."""
    assert [dashed("20260930"[:count]) for count in (0, 3, 6, 8)] == ["", "202", "2026-09", "2026-09-30"]


def test_each_question_begins_with_the_keyboard_that_fits() -> None:
    """Promise 7: words by pinyin, in English by letters; a date by wheel; every number by digits alone."""
    assert boards(Widget.TEXT, "zh")[0] is Board.PINYIN
    assert boards(Widget.TEXT, "en")[0] is Board.LATIN
    assert set(boards(Widget.TEXT, "en")) == set(boards(Widget.TEXT, "zh"))
    assert boards(Widget.DATE, "zh") == (Board.WHEEL, Board.DIGITS)
    for widget in (Widget.PHONE, Widget.MONEY, Widget.BANK_CARD, Widget.CITIZEN_NUMBER, Widget.DIGITS):
        assert boards(widget, "zh") == (Board.DIGITS,)
