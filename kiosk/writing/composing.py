"""Composing Chinese from letters or strokes: one key at a time in, what is composed and its candidates out."""

from dataclasses import dataclass
from pathlib import Path

from kiosk.words import ASSETS
from kiosk.writing import places
from kiosk.writing.places import Places
from kiosk.writing.rime_api import Rime, RimeMissingError, RimeSession

SHARED = Path("/usr/share/rime-data")  # Debian: librime-data
STAGING = ASSETS / "writing" / "rime"
PINYIN, STROKE = "budayang_pinyin", "budayang_stroke"
_DATA = {
    PINYIN: ("luna_pinyin.table.bin", "luna_pinyin_simp.prism.bin"),
    STROKE: ("stroke.table.bin", "stroke.prism.bin"),
}
_PACKAGES = {PINYIN: "rime-data-luna-pinyin", STROKE: "rime-data-stroke"}
_MOST_CANDIDATES = 160  # the sentence, the words and every character of a syllable, rare ones last
_IN_EVERY_ALPHABET = "h"
_MOST_LETTERS = 60  # a sentence; beyond it the library would only get slow


@dataclass(frozen=True, slots=True, repr=False)
class Composed:
    """What a key has done. No repr: it is what somebody writes.

    Attributes:
        text: what was finished, to be put behind what is written already.
        composing: what is still being composed, as it is shown: choices made so far, then letters by syllables.
        candidates: what it may become, the likeliest first.
    """

    text: str = ""
    composing: str = ""
    candidates: tuple[str, ...] = ()


class Composer:
    """One composition."""

    def __init__(self, rime: Rime, schema: str) -> None:
        """Open one of the schemas.

        Raises:
            RimeMissingError: its data is not installed, or gives nothing.
        """
        if missing := [name for name in _DATA[schema] if not (SHARED / "build" / name).is_file()]:
            raise RimeMissingError(f"{missing[0]} is not installed (Debian: {_PACKAGES[schema]})")
        self._session = RimeSession(rime, schema)
        self._places = places.load() if schema == PINYIN else Places({}, {})
        self._found: tuple[str, ...] = ()  # places that stand first in the list
        self._others: tuple[int, ...] = ()  # where the rest of the list stands in the library's
        if not self.key(_IN_EVERY_ALPHABET).candidates:
            raise RimeMissingError(f"{schema} composes nothing from its data in {SHARED}")
        self.clear()

    def key(self, letter: str) -> Composed:
        """Take one letter of the schema's alphabet, or ``'`` between two syllables."""
        if len(self._session.letters()) < _MOST_LETTERS:
            self._session.key(letter)
        return self._now()

    def erase(self) -> Composed:
        """Take back the last letter or the last choice."""
        self._session.erase()
        return self._now()

    def choose(self, index: int) -> Composed:
        """Take a candidate by its place in the list; one that is not there changes nothing."""
        if index < len(self._found):
            chosen = self._found[index]
            self.clear()
            return Composed(chosen)
        if index - len(self._found) < len(self._others):
            self._session.choose(self._others[index - len(self._found)])
        return self._now()

    def clear(self) -> None:
        """Drop the composition."""
        self._session.clear()
        self._session.committed()
        self._found, self._others = (), ()

    def _now(self) -> Composed:
        text, composing = self._session.committed(), self._session.composing()
        if not composing:
            self._found, self._others = (), ()
            return Composed(text)
        untouched = composing.isascii()  # no choice was made yet: the letters are all there is
        self._found = self._places.find(self._session.letters()) if untouched else ()
        offered = self._session.candidates(_MOST_CANDIDATES)
        self._others = tuple(number for number, each in enumerate(offered) if each not in self._found)
        return Composed(text, composing, (*self._found, *(offered[number] for number in self._others)))


def open_rime() -> Rime:
    """Load librime with Debian's data and our schemas.

    Raises:
        RimeMissingError: it is not installed.
    """
    return Rime(str(SHARED), str(STAGING))
