"""Sounds, and silence."""

from pathlib import Path

from screens.sounds import Player, Sound, has_card


def test_a_machine_without_a_card_is_silent_and_says_nothing(tmp_path: Path) -> None:
    """Promise 3: no sound card stops nothing."""
    cards = tmp_path / "cards"
    assert not has_card(cards)
    cards.write_text("--- no soundcards ---\n", encoding="utf-8")
    assert not has_card(cards)
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n", encoding="utf-8")
    assert has_card(cards)
    Player().play(Sound.TICK)
