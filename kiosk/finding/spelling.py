"""Whether letters somebody typed spell a Chinese name.

One decision: letters are matched syllable by syllable, each by as much of it as was typed. So `ylbx`, `yanglao`,
`yanglaobx` and `养老bx` all spell 养老保险, and a character with several readings is spelt by any of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kiosk.finding.syllables import blurred, readings

_START = 3  # letters by which a name is looked up


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a name can be read: of each character every reading, without tones, and the character itself."""

    readings: tuple[tuple[str, ...], ...]

    def spelt(self, typed: str, place: int) -> int:
        """Return how many characters from `place` on `typed` (plain text) spells; 0 if it does not."""
        return max(_spells(typed, 0, self.readings, place) - place, 0)

    def starts(self, places: int) -> Iterator[tuple[int, str, int]]:
        """Give each of the first `places` with the one to three letters that spelling from there may begin with.

        The third is how many characters those letters are of.
        """
        for place in range(places):
            one, two, three = (self.readings[at] if at < len(self.readings) else () for at in range(place, place + 3))
            ones = {form[:size] for form in one for size in (1, 2, 3)}
            seconds = {form[:size] for form in two for size in (1, 2)}
            pairs = {form[:size] + other for form in one for size in (1, 2) for other in seconds}
            triples = {form[0] + other[0] + last[0] for form in one for other in two for last in three}
            counts = dict.fromkeys(triples, 3) | dict.fromkeys((each for each in pairs if len(each) <= _START), 2)
            counts |= dict.fromkeys(ones, 1)
            for start, count in counts.items():
                yield place, start, count

    def written(self) -> Iterator[str]:
        """Give the commonest reading of the name in letters, from each of its characters on."""
        common = [choices[0] for choices in self.readings]
        return ("".join(common[place:]) for place in range(len(common)))


def spelling_of(name: str) -> Spelling:
    """Return how the letters, digits and Chinese characters of `name` (plain text) are read."""
    return Spelling(tuple(map(_choices, name)))


def blurred_spelling_of(name: str) -> Spelling:
    """Return the same with readings that are mixed up made one (`blurred`)."""
    return Spelling(tuple(map(_blurred_choices, name)))


@cache
def _choices(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*readings(character), character)))


@cache
def _blurred_choices(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*map(blurred, readings(character)), character)))


def _spells(typed: str, at: int, readings: tuple[tuple[str, ...], ...], place: int) -> int:
    """Return the place behind the last character that is spelt; -1 if `typed` is not used up."""
    if at == len(typed):
        return place
    if place == len(readings):
        return -1
    letter = typed[at]
    for reading in readings[place]:
        if reading[0] != letter:
            continue
        for used in range(_shared(typed, at, reading), 0, -1):
            end = _spells(typed, at + used, readings, place + 1)
            if end >= 0:
                return end
    return -1


def _shared(typed: str, at: int, reading: str) -> int:
    """Return how many letters of `reading` stand in `typed` from `at` on."""
    if typed.startswith(reading, at):
        return len(reading)
    count = 0
    for letter, other in zip(typed[at : at + len(reading)], reading, strict=False):
        if letter != other:
            break
        count += 1
    return count
