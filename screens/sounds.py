"""Soft sounds: a tick for a touch, a rising pair for "got it", a falling pair for "please look", and guiding ones.

A kiosk without a sound card is silent: Kivy's player is not even imported there, for it would complain on each sound.
Speech is played here too, sentence by sentence (`Speaker`).
"""

import os
from collections import deque
from enum import StrEnum
from pathlib import Path
from typing import Any

from kiosk.speech import Clip
from kiosk.words import ASSETS

_CARDS = Path("/proc/asound/cards")
_DRIVER = "SDL_AUDIODRIVER"  # SDL's own: where somebody has named a driver, there is something to play on


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
    """Tell whether the kernel knows a sound card (ALSA's list of them), or SDL was told what to play on."""
    if os.environ.get(_DRIVER):
        return True
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


class Speaker:
    """Plays what is spoken, one clip after the other; each is closed once the mixer has it. Silent without a card."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Clip, float]] = deque()
        self._playing: Any = None

    def add(self, clip: Clip, volume: float) -> None:
        """Play this after what is being played, and close it."""
        if not has_card():
            clip.close()
            return
        self._waiting.append((clip, volume))
        if self._playing is None:
            self._next()

    def stop(self) -> None:
        """Be silent at once, and forget what was still to be played."""
        while self._waiting:
            self._waiting.popleft()[0].close()
        self._end()

    def _next(self, *_: object) -> None:
        """Play what comes next; a recording that is no sound is passed over."""
        from kivy.core.audio.audio_sdl2 import SoundSDL2  # noqa: PLC0415 - opens the sound card

        self._end()
        while self._waiting and self._playing is None:
            clip, volume = self._waiting.popleft()
            # Not by SoundLoader, which goes by the end of a name: a file in memory has none.
            sound = SoundSDL2(source=clip.path)
            clip.close()
            if sound.length > 0:
                self._playing = sound
                sound.volume = volume
                sound.bind(on_stop=self._next)
                sound.play()

    def _end(self) -> None:
        """Stop what is being played and give its memory back."""
        playing, self._playing = self._playing, None
        if playing is not None:
            playing.unbind(on_stop=self._next)
            playing.stop()
            playing.unload()
