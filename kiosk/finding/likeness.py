"""How alike a question and a phrase are: by the rare things they share, whatever stands between them.

One decision: a phrase is a set of units (characters and pairs of them, as written and as they sound; English words),
and a unit counts the more, the fewer services have it. A question asks for slots, each filled by the best unit that is
there; what counts is how much of the question is answered, and then how much of the phrase was asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

Rates = NDArray[np.float32]
Slot = tuple[tuple[str, float], ...]  # units that fill it and how well (0 to 1), the best first
Way = tuple[Slot, ...]  # one way to say what is asked
Ask = tuple[Way, ...]  # all ways to say it, the resident's own first
_SINGLE = 0.6  # of a character alone, against a pair of them or a word: many words share a character
# What a unit weighs that nothing here has: a word, a character, a pair (which may just be the end of one word and
# the beginning of the next); and all of them together, for a story told at length says no less than a short one.
_STRANGE, _STRANGE_SINGLE, _STRANGE_PAIR, _STRANGE_MOST = 2.6, 1.6, 1.2, 4.0
_TELLING = 10.0  # what a phrase weighs that leaves no doubt: two rare pairs or so
_NOTHING = 1e-6
_OTHER_WAY = 0.92  # another word for it is a little less than the word itself


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of every phrase: what share of the question it answers, and what share of it was asked for (0 to 1)."""

    answered: Rates
    asked: Rates


class Phrases:
    """Phrases to be compared with questions."""

    def __init__(self, units: Sequence[frozenset[str]], owners: Sequence[int]) -> None:
        """Take the units of each phrase, and whose phrase it is: rare is what few owners have."""
        where: dict[str, list[int]] = {}
        for at, each in enumerate(units):
            for unit in each:
                where.setdefault(unit, []).append(at)
        many = len(set(owners))
        self._where = {unit: np.array(places, np.int32) for unit, places in where.items()}
        rarity = {unit: log(1 + many / len({owners[at] for at in places})) for unit, places in where.items()}
        self._weight = {unit: weight * (_SINGLE if _is_single(unit) else 1) for unit, weight in rarity.items()}
        written = ([self._weight[unit] for unit in each if not unit.startswith("~")] for each in units)
        self._whole = np.array([max(sum(weights), _NOTHING) for weights in written], np.float32)

    def __contains__(self, unit: str) -> bool:
        """Tell whether any phrase has the unit."""
        return unit in self._where

    @property
    def known(self) -> Sequence[str]:
        """Every unit there is."""
        return tuple(self._where)

    def compare(self, question: Sequence[Ask]) -> Likeness:
        """Compare every phrase with a question."""
        answered, asked = self._none(), self._none()
        weights = strange = 0.0
        for ask in question:
            base = next((way for way in ask if self._is_known(way)), ask[0])
            weight = sum(self._weigh(slot) for slot in base if self._has(slot))
            strange += sum(self._weigh(slot) for slot in base if not self._has(slot))
            share, matched = self._none(), self._none()
            for number, way in enumerate(ask):
                own = self._fill(way)
                total = weight if way is base else sum(map(self._weigh, way))
                if total:
                    np.maximum(share, own * ((_OTHER_WAY if number else 1.0) / total), out=share)
                np.maximum(matched, own, out=matched)
            answered += share * weight
            asked += matched
            weights += weight
        answered /= max(weights + min(strange, _STRANGE_MOST), _NOTHING)
        return Likeness(answered, np.minimum(asked / self._whole, 1))

    def contained(self, like: Likeness) -> Rates:
        """Return how surely a phrase is meant because all of it stands in a longer question (0 to 1)."""
        sure: Rates = like.asked**2 * np.minimum(self._whole / _TELLING, 1)
        return sure

    def _none(self) -> Rates:
        return np.zeros(len(self._whole), np.float32)

    def _has(self, slot: Slot) -> bool:
        return any(unit in self._where for unit, _ in slot)

    def _is_known(self, way: Way) -> bool:
        return all(map(self._has, way))

    def _weigh(self, slot: Slot) -> float:
        last = slot[-1][0]
        strange = _STRANGE_SINGLE if _is_single(last) else _STRANGE_PAIR if last.startswith("~") else _STRANGE
        return next((self._weight[unit] for unit, _ in slot if unit in self._weight), strange)

    def _fill(self, way: Way) -> Rates:
        """Return the weight of the slots that each phrase fills."""
        total = self._none()
        for slot in way:
            filled, weight = self._none(), self._weigh(slot)
            for unit, strength in reversed(slot):
                if unit in self._where:
                    filled[self._where[unit]] = strength * weight
            total += filled
        return total


def _is_single(unit: str) -> bool:
    """Tell whether it is one character, or how one sounds."""
    return len(unit) == 1 or (unit.startswith("~") and " " not in unit)
