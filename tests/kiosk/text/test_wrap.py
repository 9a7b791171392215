"""Lines of a receipt: cells, whole words, and punctuation where it belongs."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.text.wrap import width, wrap


def test_latin_words_stay_whole() -> None:
    """Promise 7: an English receipt reads as English."""
    assert wrap("Change of contribution base", 12) == ["Change of", "contribution", "base"]
    assert wrap("由 Budayang 受理", 8) == ["由", "Budayang", "受理"]


def test_no_line_begins_with_closing_punctuation_or_ends_with_an_opening() -> None:
    """Promise 7: 。，、） never stand at the start of a line, （《 never at its end."""
    assert wrap("一二三四，五", 8) == ["一二三", "四，五"]
    assert wrap("一二三（四）", 8) == ["一二三", "（四）"]
    assert wrap("一二三。」四", 7) == ["一二", "三。」", "四"]


def test_a_word_longer_than_the_line_is_torn() -> None:
    """Promise 5: nothing is lost, even where nothing fits."""
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_cells_are_counted_as_the_printer_does() -> None:
    """Promise 5: full width two, half width one, a selector none."""
    assert width("A中") == 3
    assert width("葛\U000e0100") == 2
    assert wrap("", 10) == [""]


@given(st.text(st.sampled_from("一二，。（）AB c·d1%"), max_size=60), st.integers(6, 20))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, columns: int) -> None:
    """Promise 5: all but spaces at the breaks is printed, within the paper."""
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
