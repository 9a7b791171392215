"""Questions in English: words without endings, everyday words beside the catalogue's, unfinished and misspelt ones."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kiosk.finding.lexicon import lexicon
from kiosk.finding.likeness import Ask, Phrases, Slot
from kiosk.finding.slips import one_slip

_WORD = re.compile("[a-z0-9]+")
_ENDINGS = ("ies", "es", "s", "ing", "ed")
_SHORTEST_STEM, _SHORTEST_SLIP, _SHORTEST_START = 4, 4, 2
_STARTED, _SLIPPED = 0.85, 0.75
_MOST = 40


def english_units(phrase: str) -> Iterator[str]:
    """Give the units of an English phrase: its words, but for those that mean nothing."""
    for word in _WORD.findall(phrase.casefold()):
        if lexicon().same_en.get(word) != ():
            yield _unit(word)


def asks_in_english(words: Sequence[str], known: Phrases) -> list[Ask]:
    """Return what English `words` ask for, of what is `known`; the last word may be unfinished."""
    asks: list[Ask] = []
    for number, word in enumerate(words):
        others = lexicon().same_en.get(word)
        if others == ():
            continue
        if others:
            asks.append(tuple((((_unit(other), 1.0),),) for other in others))
        else:
            asks.append(((_slot(word, known, last=number == len(words) - 1),),))
    return asks


def _slot(word: str, known: Phrases, *, last: bool) -> Slot:
    own = (_unit(word), 1.0)
    if own[0] in known and not last:
        return (own,)
    vocabulary = _vocabulary(known)
    found: list[str] = []
    if last and len(word) >= _SHORTEST_START:
        found = [each for each in vocabulary if each.startswith(word)][:_MOST]
        if found:
            return (own, *((f"e:{each}", _STARTED) for each in found))
    if own[0] not in known and len(word) >= _SHORTEST_SLIP:
        found = [each for each in vocabulary if each[0] == word[0] and _slipped(word, each)]
    return (own, *((f"e:{each}", _SLIPPED) for each in found))


def _slipped(word: str, other: str) -> bool:
    return abs(len(word) - len(other)) <= 1 and one_slip(word, other)


@lru_cache(maxsize=4)
def _vocabulary(known: Phrases) -> tuple[str, ...]:
    return tuple(unit.removeprefix("e:") for unit in known.known)


def _unit(word: str) -> str:
    """Return the word without its ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return f"e:{word.removesuffix(ending)}"
    return f"e:{word}"
