"""Handwriting, with the real library and its real model."""

import random
from pathlib import Path

import pytest

from kiosk.writing import zinnia
from kiosk.writing.zinnia import Hand, HandMissingError
from tests.kiosk.writing.strokes import WRITTEN, drawn


@pytest.fixture(scope="module")
def hand() -> Hand:
    return Hand()


@pytest.mark.parametrize("character", WRITTEN)
def test_a_written_character_is_among_the_first(hand: Hand, character: str) -> None:
    """Promise 7: three to four strokes of a finger."""
    assert character in hand.recognise(WRITTEN[character], 6)[:3]


def test_there_are_candidates_after_each_stroke(hand: Hand) -> None:
    """Promise 6: one need not finish what is recognised already."""
    for count in range(1, 5):
        assert len(hand.recognise(WRITTEN["中"][:count], 12)) == 12


def test_nothing_drawn_is_nothing_found(hand: Hand) -> None:
    """Promise 4: no guess without a stroke."""
    assert hand.recognise([], 12) == ()
    assert hand.recognise([[]], 12) == ()


def test_a_finger_that_scribbles_or_rests_does_no_harm(hand: Hand) -> None:
    """Promise 3: points outside the square, single ones, thousands in one place, fifty strokes."""
    chance = random.Random(2)
    scribbles = [[(chance.uniform(-1, 2), chance.uniform(-1, 2)) for _ in range(9)] for _ in range(50)]
    for strokes in ([[(0.5, 0.5)]], [[(0.5, 0.5)] * 20_000], scribbles, [drawn((-5, -5), (9, 9))]):
        assert len(hand.recognise(strokes, 5)) <= 5


def test_a_model_that_is_not_installed_is_named(tmp_path: Path) -> None:
    """Promise 8: and the package that brings it."""
    with pytest.raises(HandMissingError, match="tegaki-zinnia-simplified-chinese"):
        Hand(tmp_path / "absent.model")


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 8: and the package that brings it."""
    monkeypatch.setattr(zinnia, "LIBRARY", "libzinnia.so.absent")
    with pytest.raises(HandMissingError, match="libzinnia0"):
        Hand()


def test_libraries_are_let_go_once() -> None:
    """Promise 3: closing twice is no fault."""
    hand = Hand()
    hand.close()
    hand.close()
