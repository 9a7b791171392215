"""How lines are broken, and what they keep."""

from hypothesis import given
from hypothesis import strategies as st

from screens.ink import break_paragraph, pieces


def wide(text: str) -> int:
    """Return a width as type has it: a Chinese character is twice as wide as a Latin one."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


@given(st.text(alphabet="养老保险，。（）“”ylbx 0123-/", max_size=60), st.integers(6, 40))
def test_a_broken_line_keeps_every_character(text: str, width: int) -> None:
    """Promise 5: breaking a line loses nothing but the spaces it is broken at."""
    lines = break_paragraph(text, wide, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="养老保险，。）”yl ", max_size=60), st.integers(12, 40))
def test_no_line_is_wider_than_its_place(text: str, width: int) -> None:
    """Promise 7: nothing is cut off at the edge."""
    assert all(wide(line) <= width for line in break_paragraph(text, wide, width))


def test_no_closing_mark_begins_a_line_and_no_opening_mark_ends_one() -> None:
    """Promise 7: Chinese is broken as it is printed."""
    assert pieces("现在，好（吗）。") == ["现", "在，", "好", "（吗）。"]
    assert break_paragraph("现在也能交，机器替您排队", wide, 10) == ["现在也能", "交，机器替", "您排队"]


def test_words_stay_whole_and_long_compounds_break_after_the_hyphen() -> None:
    """Promise 7: an English word is never torn; a date or a number never loses its parts."""
    assert break_paragraph("pension insurance", wide, 10) == ["pension", "insurance"]
    assert pieces("self-employed 2026-11-24") == ["self-", "employed", " ", "2026-11-24"]
