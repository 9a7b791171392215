"""Finding a service by what people call it: name, nickname, English, pinyin in full or by initials, with small slips.

One decision: everything a service can be found by is made once (`warm`, or at the first search); a keystroke then only
compares. What begins with the words typed stands before what holds them, and that before what merely comes near.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from kiosk.catalogue import Item, Service, SiteCatalogue
from kiosk.spelling import Spelling, spelling_of

_LONGEST = 40
# The surer the higher. Within a kind the catalogue's order stands: the commonest departments come first in it.
_SAME, _BEGINS, _HOLDS, _ORDER, _NEAR = 120.0, 100.0, 80.0, 40.0, 20.0
_SHORTEST_ORDER, _SHORTEST_NEAR, _ENOUGH_PAIRS = 2, 4, 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that was found, and how sure that is (higher is surer)."""

    service: Service
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one service is found by.

    Attributes:
        names: Chinese name and nicknames; `spellings`: how they are read.
        english: the English name from each of its words on, each behind a line feed.
    """

    service: Service
    names: tuple[str, ...]
    spellings: tuple[Spelling, ...]
    english: str


class Search:
    """Search over what one site serves."""

    def __init__(self, catalogue: SiteCatalogue) -> None:
        self._catalogue = catalogue

    def warm(self) -> None:
        """Make everything ready (about half a second), so that the first keystroke need not. May run in any thread."""
        _ = self._by_start, self._by_slip

    def find(self, text: str, limit: int = 20) -> list[Hit]:
        """Return what `text` finds, surest first, at most `limit`; an empty text finds nothing."""
        words = [word for word in map(_plain, text.split()) if word]
        typed = "".join(words)[:_LONGEST]
        if not typed:
            return []
        scores = self._scores(typed) or self._all_of(words) or self._near(typed)
        best = sorted(scores, key=lambda at: (-scores[at], at))[:limit]
        return [Hit(self._entries[at].service, scores[at]) for at in best]

    def _scores(self, typed: str) -> dict[int, float]:
        """Return the places of the entries that `typed` means, and how surely."""
        if not typed.isascii():
            return self._rated(lambda entry: max(_rate_name(typed, name) for name in entry.names))
        scores = self._rated(lambda entry: _rate_english(typed, entry.english))
        for at, spelling, place in self._by_start.get(typed[:2], ()):
            score = _BEGINS if place == 0 else _HOLDS
            if score > scores.get(at, 0) and spelling.is_spelt(typed, place):
                scores[at] = score
        return scores

    def _all_of(self, words: list[str]) -> dict[int, float]:
        """Return what each of several words finds; the least sure word counts."""
        if len(words) == 1:
            return {}
        found = [self._scores(word) for word in words]
        both = set(found[0]).intersection(*found[1:])
        return {at: min(scores[at] for scores in found) for at in both}

    def _near(self, typed: str) -> dict[int, float]:
        """Return what comes near: letters but for one slip, Chinese by half of its pairs of characters."""
        if not typed.isascii():
            return self._rated(lambda entry: _shared_pairs(typed, entry))
        if len(typed) < _SHORTEST_NEAR:
            return {}
        keys = _slip_keys(typed)
        return {at: _NEAR for key in keys for text, at in self._by_slip.get(key, ()) if _one_slip(typed, text)}

    def _rated(self, rate: Callable[[_Entry], float]) -> dict[int, float]:
        return {at: score for at, entry in enumerate(self._entries) if (score := rate(entry)) > 0}

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        return tuple(map(_entry, self._catalogue.services))

    @cached_property
    def _by_start(self) -> Mapping[str, list[tuple[int, Spelling, int]]]:
        """Where one or two letters can begin: entry, spelling and character."""
        by_start: dict[str, list[tuple[int, Spelling, int]]] = {}
        for at, entry in enumerate(self._entries):
            for spelling in entry.spellings:
                for place, start in spelling.starts():
                    by_start.setdefault(start, []).append((at, spelling, place))
        return by_start

    @cached_property
    def _by_slip(self) -> Mapping[str, list[tuple[str, int]]]:
        """Everything written in letters, by the beginnings that a slip leaves as they are (`_slip_keys`)."""
        by_slip: dict[str, list[tuple[str, int]]] = {}
        for at, entry in enumerate(self._entries):
            spelt = (text for spelling in entry.spellings for text in spelling.written())
            for text in {text[: _LONGEST + 1] for text in (*entry.english.split(), *spelt)}:
                for key in {text[:2], f"{text[0]}?{text[2:4]}"}:
                    by_slip.setdefault(key, []).append((text, at))
        return by_slip


def _entry(service: Service) -> _Entry:
    names = (service.name, *service.alias) if isinstance(service, Item) else (service.name, service.scene)
    words = [word for word in map(_plain, service.name_en.replace("-", " ").split()) if word]
    english = "".join("\n" + "".join(words[start:]) for start in range(len(words)))
    return _Entry(service, tuple(map(_plain, names)), tuple(map(spelling_of, names)), english)


def _plain(text: str) -> str:
    """Return the letters, digits and characters of `text`, lower case."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _rate_name(typed: str, name: str) -> float:
    place = name.find(typed)
    if place >= 0:
        return _SAME if typed == name else _BEGINS if place == 0 else _HOLDS
    return _ORDER if len(typed) >= _SHORTEST_ORDER and _in_order(typed, name) else 0.0


def _rate_english(typed: str, english: str) -> float:
    place = english.find(f"\n{typed}")
    return 0.0 if place < 0 else _BEGINS if place == 0 else _HOLDS


def _in_order(typed: str, name: str) -> bool:
    rest = iter(name)
    return all(character in rest for character in typed)


def _shared_pairs(typed: str, entry: _Entry) -> float:
    """Rate by how many of the pairs of characters in `typed` a name has; less than half is nothing."""
    pairs = [typed[at : at + 2] for at in range(len(typed) - 1)]
    share = max(sum(pair in name for pair in pairs) for name in entry.names) / max(len(pairs), 1)
    return _NEAR * share if share >= _ENOUGH_PAIRS else 0.0


def _slip_keys(typed: str) -> set[str]:
    """Return the keys of all that is one slip after the first letter away.

    A slip behind the second letter leaves the first two; one at it leaves the first and, at their place or one on or
    back, the next two.
    """
    first = typed[0]
    return {typed[:2], first + typed[2:3], f"{first}?{typed[2:4]}", f"{first}?{typed[1:3]}"}


def _one_slip(typed: str, text: str) -> bool:
    """Tell whether `text` begins with `typed` but for one letter wrong, missing, too many, or two letters swapped."""
    at = next((i for i, (a, b) in enumerate(zip(typed, text, strict=False)) if a != b), min(len(typed), len(text)))
    rest, other = typed[at:], text[at:]
    return (
        other.startswith(rest[1:])
        or other[1:].startswith(rest[1:])
        or other[1:].startswith(rest)
        or (rest[1:2] + rest[:1] == other[:2] and other[2:].startswith(rest[2:]))
    )
