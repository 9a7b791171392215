"""Speech: what a voice is, how fast and how loud one wants it. Which one speaks is the site's choice.

One decision: a voice is told plain sentences, one a line, as they stand on the glass, and may say nothing else and keep
nothing: they are personal (promise 2). It is spoken into headphones alone; who calls it sees to that.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kiosk.words import Language

RATES = (0.6, 0.75, 0.9, 1.0, 1.2, 1.45, 1.75, 2.1)
"""Paces to choose from, 1.0 being the voice's own."""
VOLUMES = (0.15, 0.25, 0.4, 0.55, 0.75, 1.0)
"""Loudness to choose from, 1.0 being the most that the jack gives; none is silence."""
_RATE, _VOLUME = RATES.index(1.0), VOLUMES.index(0.55)


class VoiceError(Exception):
    """There is no voice; the text says what is missing, and nothing of what was to be spoken."""


class Voice(Protocol):
    """Somebody who speaks: recorded, synthesised, licensed. Called on one thread; nothing here waits for the speech."""

    rate: float
    """How fast, 1.0 being its own pace; heeded by what is spoken next."""
    volume: float
    """How loud, 0.0 to 1.0; heeded by what is spoken next."""

    def speak(self, text: str, language: Language) -> None:
        """Begin to say `text`, one sentence a line; what was being said ends."""

    def stop(self) -> None:
        """Be silent at once."""

    def close(self) -> None:
        """Be silent for good."""


@dataclass(slots=True)
class Wish:
    """Which pace and loudness were chosen, as places in `RATES` and `VOLUMES`."""

    rate_step: int = _RATE
    volume_step: int = _VOLUME

    @property
    def rate(self) -> float:
        """The pace."""
        return RATES[self.rate_step]

    @property
    def volume(self) -> float:
        """The loudness."""
        return VOLUMES[self.volume_step]

    def faster(self, steps: int) -> None:
        """Speak faster by so many steps, or slower; no further than the last."""
        self.rate_step = min(max(self.rate_step + steps, 0), len(RATES) - 1)

    def louder(self, steps: int) -> None:
        """Speak louder by so many steps, or more quietly; no further than the last."""
        self.volume_step = min(max(self.volume_step + steps, 0), len(VOLUMES) - 1)


class Clip:
    """A WAV to be played: a file of the site's, or one that is nowhere but in memory (memfd_create(2)).

    Whoever has it closes it; then what was only in memory is gone.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._memory = os.memfd_create("speech") if file is None else None
        self.path = str(file) if self._memory is None else f"/proc/self/fd/{self._memory}"

    @property
    def descriptor(self) -> int:
        """The file descriptor of one in memory, for the process that writes it.

        Raises:
            ValueError: it is a file, or closed.
        """
        if self._memory is None:
            raise ValueError("this clip is not in memory")
        return self._memory

    def close(self) -> None:
        """Let go of it."""
        memory, self._memory = self._memory, None
        if memory is not None:
            os.close(memory)


class Playing(Protocol):
    """Who plays clips, one after the other, on the thread of the window."""

    def add(self, clip: Clip, volume: float) -> None:
        """Play this after what is being played, and close it."""

    def stop(self) -> None:
        """Be silent at once, and forget what was still to be played."""
