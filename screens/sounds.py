"""Soft sounds: a tick for a touch, a rising pair for "got it", a falling pair for "please look", and guiding ones.

A kiosk without a sound card is silent: Kivy's player is not even imported there, for it would complain on each sound.
"""

from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.words import ASSETS

_CARDS = Path("/proc/asound/cards")


class Sound(StrEnum):
    """The sounds by the name of their file in assets/sounds."""

    TICK = "tick"
    GOT = "got"
    LOOK = "look"
    NEAR_0 = "near_0"
    NEAR_1 = "near_1"
    NEAR_2 = "near_2"
    NEAR_3 = "near_3"
    STILL = "still"


def has_card(cards: Path = _CARDS) -> bool:
    """Tell whether the kernel knows a sound card (ALSA's list of them)."""
    return cards.exists() and "no soundcards" not in cards.read_text(encoding="utf-8", errors="replace")


class Player:
    """Plays the sounds, each loaded when `load` is called, after the first page is on the glass."""

    def __init__(self) -> None:
        self._sounds: dict[Sound, Any] = {}

    def load(self) -> None:
        """Load the sounds if there is anything to play them on."""
        if not has_card():
            return
        from kivy.core.audio import SoundLoader  # noqa: PLC0415 - opens the sound card

        loaded = {sound: SoundLoader.load(str(ASSETS / "sounds" / f"{sound}.wav")) for sound in Sound}
        self._sounds = {sound: player for sound, player in loaded.items() if player is not None}

    def play(self, sound: Sound) -> None:
        """Play a sound; silent where there is none."""
        if sound in self._sounds:
            self._sounds[sound].play()
