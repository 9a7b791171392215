"""A voice that keeps what it was told, for tests of what is read aloud and when."""

from typing import TYPE_CHECKING

from kiosk.words import Language

if TYPE_CHECKING:
    from screens.stage import Stage


class Told:
    """A voice that keeps what it was told, for a test alone."""

    def __init__(self) -> None:
        self.rate, self.volume = 0.0, 0.0
        self.said: list[tuple[str, Language]] = []
        self.stops = 0

    def speak(self, text: str, language: Language) -> None:
        """Keep it."""
        self.said.append((text, language))

    def stop(self) -> None:
        """Count it."""
        self.stops += 1

    def close(self) -> None:
        """Nothing is open."""


def listened_to(stage: "Stage") -> Told:
    """Plug headphones in at a stage, and return the voice that is spoken by."""
    told = Told()
    stage.aloud.voice = told
    stage.listening = lambda: True
    stage.view.visit.changed()
    stage.build()
    return told
