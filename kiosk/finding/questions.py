"""From what was typed to what is asked: filler left out, everyday words beside the catalogue's, sounds beside both.

One decision: the longest word that the lexicon knows is taken first, by its characters, else (two syllables and more)
by its sound; so a question typed in pinyin is read as the same question in characters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kiosk.finding.lexicon import lexicon
from kiosk.finding.likeness import Ask, Slot, Way
from kiosk.finding.plain import runs
from kiosk.finding.syllables import SYLLABLES, part, readings, sound

_SOUND, _SOUND_PAIR = 0.5, 0.65  # characters that only sound alike; the resident wrote characters
_SPELT, _SPELT_PAIR = 0.85, 0.95  # the resident wrote pinyin


@dataclass(frozen=True, slots=True)
class _Sign:
    """One character, or one syllable in letters (`text` is then empty)."""

    text: str
    reading: str


def units_of(phrase: str) -> Iterator[str]:
    """Give the units of a Chinese phrase (plain text): characters, pairs of them, and how both sound."""
    yield from phrase
    for one, other in pairwise(phrase):
        yield one + other
        yield from (f"~{first} {second}" for first in readings(one) for second in readings(other))
    yield from (f"~{reading}" for character in phrase for reading in readings(character))


def asks_of(text: str) -> list[Ask] | None:
    """Return what a Chinese text asks for, or one in pinyin; None if letters in it spell nothing."""
    signs = _signs(text)
    if signs is None:
        return None
    asks: list[Ask] = []
    loose: list[_Sign] = []
    at = 0
    while at < len(signs):
        size, others = _longest(signs, at)
        if size and loose:
            asks.append((_way(loose),))
            loose = []
        if not size:
            loose.append(signs[at])
        elif others:
            own = _way(signs[at : at + size])
            asks.append((own, *(_way([_Sign(c, sound(c)[0]) for c in other]) for other in others)))
        at += size or 1
    if loose:
        asks.append((_way(loose),))
    return asks


def _signs(text: str) -> list[_Sign] | None:
    signs: list[_Sign] = []
    for run in runs(text):
        if not run.isascii() or run.isdecimal():
            signs += [_Sign(character, readings(character)[0]) for character in run]
            continue
        syllables = part(run)
        if syllables is None:
            if run == text:
                return None
            continue  # KTV among characters
        whole = [syllable for syllable in syllables if syllable in SYLLABLES]
        signs += [_Sign("", syllable) for syllable in whole]
    return signs


def _longest(signs: Sequence[_Sign], at: int) -> tuple[int, tuple[str, ...]]:
    """Return how many signs from `at` on make a word of the lexicon, and other words for it."""
    words = lexicon()
    for size in range(min(words.longest, len(signs) - at), 0, -1):
        some = signs[at : at + size]
        text = "".join(sign.text for sign in some)
        if len(text) == size and text in words.same:
            return size, words.same[text]
        word = words.by_sound.get(tuple(sign.reading for sign in some))
        if word is not None and (len(text) != size or words.same[word]):
            return size, words.same[word]
    return 0, ()


def _way(signs: Sequence[_Sign]) -> Way:
    singles = [_single(sign) for sign in signs]
    return (*singles, *(_pair(one, other) for one, other in pairwise(signs)))


def _single(sign: _Sign) -> Slot:
    by_sound = (f"~{sign.reading}", _SOUND if sign.text else _SPELT)
    return ((sign.text, 1.0), by_sound) if sign.text else (by_sound,)


def _pair(one: _Sign, other: _Sign) -> Slot:
    written = bool(one.text and other.text)
    by_sound = (f"~{one.reading} {other.reading}", _SOUND_PAIR if written else _SPELT_PAIR)
    return ((one.text + other.text, 1.0), by_sound) if written else (by_sound,)
