"""Pinyin of names: what each character can be read as, and whether letters somebody typed spell it.

One decision: letters are matched syllable by syllable, each by as much of it as was typed. So `ylbx`, `yanglao` and
`yanglaobx` all spell 养老保险, and a character with several readings is spelt by any of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a name can be read: of each character every reading, without tones; of a letter or digit, itself."""

    readings: tuple[tuple[str, ...], ...]

    def is_spelt(self, typed: str, place: int) -> bool:
        """Tell whether `typed` (lower case) spells the name from its character `place` on."""
        return _spells(typed, 0, self.readings, place)

    def starts(self) -> Iterator[tuple[int, str]]:
        """Give each character's place with the one or two letters that somebody spelling from there may begin with."""
        for place, choices in enumerate(self.readings):
            following = self.readings[place + 1] if place + 1 < len(self.readings) else ()
            initials = {reading[0] + other[0] for reading in choices for other in following}
            for start in {*initials, *(reading[:size] for reading in choices for size in (1, 2))}:
                yield place, start

    def written(self) -> Iterator[str]:
        """Give the commonest reading of the name in letters, from each of its characters on."""
        common = [choices[0] for choices in self.readings]
        return ("".join(common[place:]) for place in range(len(common)))


def spelling_of(name: str) -> Spelling:
    """Return how the letters, digits and Chinese characters of `name` are read; signs are left out."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - takes a third of a second, which the first screen must not wait

    letters = [character for character in name if character.isalnum()]
    found = pinyin(letters, style=Style.NORMAL, heteronym=True)
    readings = tuple(tuple(dict.fromkeys(reading.casefold() for reading in choices)) for choices in found)
    return Spelling(readings)


def _spells(typed: str, at: int, readings: tuple[tuple[str, ...], ...], place: int) -> bool:
    if at == len(typed):
        return True
    if place == len(readings):
        return False
    for reading in readings[place]:
        for used in range(_shared(typed, at, reading), 0, -1):
            if _spells(typed, at + used, readings, place + 1):
                return True
    return False


def _shared(typed: str, at: int, reading: str) -> int:
    """Return how many letters of `reading` stand in `typed` from `at` on."""
    count = 0
    for letter, other in zip(typed[at : at + len(reading)], reading, strict=False):
        if letter != other:
            break
        count += 1
    return count
