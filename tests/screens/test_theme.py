"""Sizes and colours."""

import pytest

from screens.theme import PAIRS, TYPE_MM, Colour, Screen, Theme, Tone, contrast

PORTRAIT = Screen(1080, 1920, 27.0)


def test_contrast_is_that_of_wcag() -> None:
    """Promise 7: the measure itself is right: black on white is 21 to 1, equal colours are 1 to 1."""
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((9, 9, 9), (9, 9, 9)) == pytest.approx(1)
    assert contrast((0x77, 0x77, 0x77), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("high_contrast", [False, True])
@pytest.mark.parametrize("tone", list(Tone))
def test_every_pair_of_ink_and_ground_can_be_read(tone: Tone, high_contrast: bool) -> None:
    """Promise 7: contrast is at least 7 to 1 in every pair text is drawn in."""
    ink, ground = Theme(PORTRAIT, high_contrast=high_contrast).pair(tone)
    assert contrast(ink, ground) >= 7


def test_high_contrast_is_black_white_and_yellow() -> None:
    """Promise 7: high contrast uses no other colour for text."""
    theme = Theme(PORTRAIT, high_contrast=True)
    used = {theme.rgb(colour) for colour in (each for pair in PAIRS.values() for each in pair)}
    assert used <= {(0, 0, 0), (255, 255, 255), (255, 225, 77), theme.rgb(Colour.PRESSED)}


def test_no_type_is_smaller_than_a_seated_reader_needs() -> None:
    """Promise 7: an em is at least 7.3 mm, in elder mode larger still."""
    for normal, elder in TYPE_MM.values():
        assert normal >= 7.3
        assert elder > normal


@pytest.mark.parametrize(
    ("size", "pixels"), [((1920, 1080, 21.5), 48), ((1080, 1920, 27.0), 39), ((1080, 1920, 32.0), 33)]
)
def test_a_millimetre_is_a_millimetre_on_every_panel(size: tuple[int, int, float], pixels: int) -> None:
    """Promise 7: 12 mm of type are as many pixels as the panel needs for them (facts: 49, 39 and 33)."""
    assert Theme(Screen(*size)).px(12.0) == pytest.approx(pixels, abs=1)


def test_modes_are_switched_one_by_one() -> None:
    """Promise 7: modes can be combined, and each is switched off where it was switched on."""
    theme = Theme(PORTRAIT).toggled("elder").toggled("low")
    assert theme.mode == "elder+low"
    assert theme.toggled("low").toggled("elder") == Theme(PORTRAIT)
    assert Theme(PORTRAIT).mode == "normal"
