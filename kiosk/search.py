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
        english: the English name from each of its words on.
        letters: English and commonest pinyin from each word or character on, by first letter.
    """

    service: Service
    names: tuple[str, ...]
    spellings: tuple[Spelling, ...]
    english: tuple[str, ...]
    letters: Mapping[str, tuple[str, ...]]


class Search:
    """Search over what one site serves."""

    def __init__(self, catalogue: SiteCatalogue) -> None:
        self._catalogue = catalogue

    def warm(self) -> None:
        """Make everything ready (about half a second), so that the first keystroke need not. May run in any thread."""
        _ = self._entries

    def find(self, text: str, limit: int = 20) -> list[Hit]:
        """Return what `text` finds, surest first, at most `limit`; an empty text finds nothing."""
        words = [word for word in map(_plain, text.split()) if word]
        typed = "".join(words)[:_LONGEST]
        if not typed:
            return []
        hits = self._rated(lambda entry: _rate(typed, entry))
        if not hits and len(words) > 1:
            hits = self._rated(lambda entry: min(_rate(word, entry) for word in words))
        if not hits:
            hits = self._rated(lambda entry: _nearness(typed, entry))
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

    def _rated(self, rate: Callable[[_Entry], float]) -> list[Hit]:
        return [Hit(entry.service, score) for entry in self._entries if (score := rate(entry)) > 0]

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        return tuple(map(_entry, self._catalogue.services))


def _entry(service: Service) -> _Entry:
    names = (service.name, *service.alias) if isinstance(service, Item) else (service.name, service.scene)
    words = [word for word in map(_plain, service.name_en.replace("-", " ").split()) if word]
    english = tuple("".join(words[start:]) for start in range(len(words)))
    spellings = tuple(map(spelling_of, names))
    letters: dict[str, tuple[str, ...]] = {}
    for text in (*english, *(text for spelling in spellings for text in spelling.written())):
        letters[text[0]] = (*letters.get(text[0], ()), text[: _LONGEST + 1])
    return _Entry(service, tuple(map(_plain, names)), spellings, english, letters)


def _plain(text: str) -> str:
    """Return the letters, digits and characters of `text`, lower case."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _rate(typed: str, entry: _Entry) -> float:
    """Return how surely `typed` means the entry; 0 if it does not."""
    if not typed.isascii():
        return max(_rate_name(typed, name) for name in entry.names)
    english = _rate_starts(typed, entry.english)
    if english >= _BEGINS:
        return english
    places = [place for spelling in entry.spellings if (place := spelling.first_place(typed)) is not None]
    return max(english, 0.0 if not places else _BEGINS if 0 in places else _HOLDS)


def _rate_name(typed: str, name: str) -> float:
    place = name.find(typed)
    if place >= 0:
        return _SAME if typed == name else _BEGINS if place == 0 else _HOLDS
    return _ORDER if len(typed) >= _SHORTEST_ORDER and _in_order(typed, name) else 0.0


def _rate_starts(typed: str, english: tuple[str, ...]) -> float:
    """Rate against the English name; `english` is the name from each of its words on."""
    place = next((place for place, text in enumerate(english) if text.startswith(typed)), None)
    return 0.0 if place is None else _BEGINS if place == 0 else _HOLDS


def _in_order(typed: str, name: str) -> bool:
    rest = iter(name)
    return all(character in rest for character in typed)


def _nearness(typed: str, entry: _Entry) -> float:
    """Return how near `typed` comes to the entry: one slip in letters, or half of the pairs of characters."""
    if not typed.isascii():
        pairs = [typed[at : at + 2] for at in range(len(typed) - 1)]
        share = max(sum(pair in name for pair in pairs) for name in entry.names) / max(len(pairs), 1)
        return _NEAR * share if share >= _ENOUGH_PAIRS else 0.0
    if len(typed) < _SHORTEST_NEAR:
        return 0.0
    begin, later = typed[:2], typed[3:5]  # one slip leaves one of them as it is: the quick look before the slow one
    near = any(
        (text.startswith(begin) or later in text[2:7]) and _one_slip(typed, text)
        for text in entry.letters.get(typed[0], ())
    )
    return _NEAR if near else 0.0


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
