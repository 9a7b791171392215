"""Finding a service by what people call it: names, nicknames, English, pinyin in full or by initials, whole questions.

One decision: everything a service can be found by is made once (`warm`, or at the first search); a keystroke then only
compares. Letters are read in every way they can be, and the surest way counts; slips are forgiven only where nothing
was found without.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from kiosk.catalogue import Item, Service, SiteCatalogue
from kiosk.finding.english import asks_in_english, english_units
from kiosk.finding.lexicon import lexicon, nicknames
from kiosk.finding.likeness import Ask, Phrases
from kiosk.finding.plain import plain, words_of
from kiosk.finding.questions import asks_of, units_of
from kiosk.finding.slips import Slips
from kiosk.finding.spelling import Spelling, blurred_spelling_of, spelling_of
from kiosk.finding.syllables import blurred, part

# What counts of a phrase: the question it answers, more than how much of it was asked for.
_ANSWERED, _WHOLE = 0.75, 0.25
_CONTAINED = 0.5  # all of a phrase stands in a longer question
_OF_PHRASE, _OF_SERVICE = 0.6, 0.4  # one phrase answers it, or all the service is known by together
_BEGINS, _HOLDS, _SPELT_WHOLE = 0.78, 0.66, 0.22
_SAME_NAME, _SAME = 1.4, 1.2
_NICKNAME, _SCENE = 0.98, 0.85  # against what the catalogue itself says
_MIXED, _SLIPPED = 0.9, 0.7  # sounds mixed up; a slip of the finger
_LEAST, _LEAST_OF_BEST, _FORGIVING = 0.34, 0.5, 0.62
_LEAST_OF_STORY, _STORY = 0.26, 7  # who tells a story of so many characters sees what is a little like it
_OTHER_AUDIENCE = 0.93
_SHORTEST_SLIP, _START = 4, 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that was found.

    Attributes:
        score: how sure that is (higher is surer).
        known_as: the nickname by which it was found; "" where its own name or all of it together was alike.
    """

    service: Service
    score: float
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One thing a service is called: as it is shown, and plain; `own` if it is its name; `worth` how much it says."""

    service: int
    shown: str
    text: str
    own: bool
    worth: float = 1.0


_Found = dict[int, tuple[float, str]]  # of a service's place: how sure, and the nickname that counted


class Search:
    """Search over what one site serves."""

    def __init__(self, catalogue: SiteCatalogue) -> None:
        self._catalogue = catalogue

    def warm(self) -> None:
        """Make everything ready (about a second), so that the first keystroke need not. May run in any thread."""
        _ = self._same, self._chinese, self._english, self._by_start, self._by_blurred_start, self._slips

    def find(self, text: str, limit: int = 20) -> list[Hit]:
        """Return what `text` finds, surest first, at most `limit`; an empty text finds nothing."""
        words = words_of(text)
        if not words:
            return []
        found = self._fitting(words, self._find(words))
        best = sorted(found, key=lambda at: (-found[at][0], at))
        surely = _LEAST_OF_STORY if len("".join(words)) >= _STORY else _LEAST
        least = max(surely, found[best[0]][0] * _LEAST_OF_BEST) if best else 0
        services = self._catalogue.services
        return [Hit(services[at], *found[at]) for at in best[:limit] if found[at][0] >= least]

    # -- ways to find ----------------------------------------------------------------------------------------------

    def _find(self, words: list[str]) -> _Found:
        typed = "".join(words)
        found = self._same.get(typed, {}).copy()
        _add(found, self._spelt(typed, self._by_start))
        asks = asks_of(typed)
        if asks:
            _add(found, self._alike(asks, self._chinese))
        if typed.isascii():
            _add(found, self._alike(asks_in_english(words, self._english[0]), self._english))
        if not typed.isascii():
            return found
        if _surest(found) < _FORGIVING:
            pieces = part(typed) or [typed]
            _add(found, self._spelt("".join(map(blurred, pieces)), self._by_blurred_start), _MIXED)
        if _surest(found) < _FORGIVING and len(typed) >= _SHORTEST_SLIP:
            _add(found, self._slipped(typed))
        return found

    def _spelt(self, typed: str, starts: "_Starts") -> _Found:
        """Return what `typed` spells, from any of its characters on."""
        if len(typed) < _START:
            return dict(starts.short.get(typed, {}))
        found: _Found = {}
        for at, spelling, place in starts.long.get(typed[:_START], ()):
            count = spelling.spelt(typed, place)
            if count:
                _put(found, self._phrases[at], _rate_spelt(spelling, place, count))
        return found

    def _alike(self, asks: list[Ask], phrases: tuple[Phrases, list[_Phrase]]) -> _Found:
        """Return what is like the question `asks`."""
        index, known = phrases
        if not asks:
            return {}
        like = index.compare(asks)
        rates = np.maximum(like.answered * (_ANSWERED + _WHOLE * like.asked), _CONTAINED * index.contained(like))
        whole = len(known) - len(self._catalogue.services)  # the last phrases are each all of one service
        found: _Found = {}
        for at in rates[:whole].nonzero()[0]:
            _put(found, known[at], float(rates[at]))
        everything = like.answered[whole:]
        return {
            at: (score * _OF_PHRASE + float(everything[at]) * _OF_SERVICE, name) for at, (score, name) in found.items()
        }

    def _slipped(self, typed: str) -> _Found:
        """Return what comes near but for one slip of the finger."""
        found: _Found = {}
        for at, text in self._slips.near(typed).items():
            phrase = self._phrases[at]
            _put(found, phrase, _SLIPPED - 0.2 + 0.2 * len(typed) / max(len(text), len(typed)))
        return found

    def _fitting(self, words: list[str], found: _Found) -> _Found:
        """Put services for businesses behind the others unless a business is named; the others behind them if so."""
        said = [
            {word for word in each if word in (words if word.isascii() else "".join(words))}
            for each in (lexicon().firm, lexicon().either)
        ]
        firm, either = map(bool, said)
        if either and not firm:
            return found
        wanted = "enterprise" if firm else "person"
        services = self._catalogue.services
        return {
            at: (score * (1 if services[at].audience == wanted else _OTHER_AUDIENCE), name)
            for at, (score, name) in found.items()
        }

    # -- what is made once -----------------------------------------------------------------------------------------

    @cached_property
    def _phrases(self) -> list[_Phrase]:
        """All that services are called in Chinese."""
        found = []
        for at, service in enumerate(self._catalogue.services):
            given = service.alias if isinstance(service, Item) else ()
            parts = () if isinstance(service, Item) else service.scene.split("、")
            nicks = [name for name in nicknames().get(service.id, ()) if not name.isascii()]
            worth = dict.fromkeys(parts, _SCENE) | dict.fromkeys(nicks, _NICKNAME) | dict.fromkeys(given, 1.0)
            found += [
                _Phrase(at, "" if name in parts else name, plain(name), own=False, worth=worth[name]) for name in worth
            ]
            found.append(_Phrase(at, service.name, plain(service.name), own=True))
        return found

    @cached_property
    def _same(self) -> dict[str, _Found]:
        """What is called exactly so."""
        found: dict[str, _Found] = {}
        for phrase in self._phrases:
            _put(found.setdefault(phrase.text, {}), phrase, _SAME_NAME if phrase.own else _SAME)
        return found

    @cached_property
    def _chinese(self) -> tuple[Phrases, list[_Phrase]]:
        units = [frozenset(units_of(phrase.text)) for phrase in self._phrases]
        department = self._departments
        more = [frozenset(units_of(plain(department[at]))) for at in range(len(department))]
        return self._with_wholes(units, self._phrases, more)

    @cached_property
    def _english(self) -> tuple[Phrases, list[_Phrase]]:
        phrases = []
        for at, service in enumerate(self._catalogue.services):
            names = (service.name_en, *(name for name in nicknames().get(service.id, ()) if name.isascii()))
            phrases += [_Phrase(at, name, name, name == service.name_en) for name in names]
        units = [frozenset(english_units(phrase.text)) for phrase in phrases]
        return self._with_wholes(units, phrases, [frozenset()] * len(self._catalogue.services))

    def _with_wholes(
        self, units: list[frozenset[str]], phrases: list[_Phrase], more: list[frozenset[str]]
    ) -> tuple[Phrases, list[_Phrase]]:
        """Add, for each service, all it is known by together."""
        wholes: list[set[str]] = [set(each) for each in more]
        for each, phrase in zip(units, phrases, strict=True):
            wholes[phrase.service] |= each
        ends = [_Phrase(at, "", "", own=True) for at in range(len(wholes))]
        known = [*phrases, *ends]
        return Phrases([*units, *map(frozenset, wholes)], [phrase.service for phrase in known]), known

    @cached_property
    def _departments(self) -> list[str]:
        """The department of each service; of a package, the one that leads it."""
        names = self._catalogue.whole.departments
        services = self._catalogue.services
        return [names[each.dept if isinstance(each, Item) else each.lead_dept].name for each in services]

    @cached_property
    def _by_start(self) -> "_Starts":
        return _Starts(self._phrases, spelling_of, inner=True)

    @cached_property
    def _by_blurred_start(self) -> "_Starts":
        return _Starts(self._phrases, blurred_spelling_of, inner=False)

    @cached_property
    def _slips(self) -> Slips:
        return Slips(_written(self._phrases))


class _Starts:
    """All that less than three letters spell, and where to look for what more letters do."""

    def __init__(self, phrases: list[_Phrase], spell: Callable[[str], Spelling], *, inner: bool) -> None:
        """Take phrases; of a name, what begins inside it too, if `inner`."""
        self.short: dict[str, _Found] = {}
        self.long: dict[str, list[tuple[int, Spelling, int]]] = {}
        for at, phrase in enumerate(phrases):
            spelling = spell(phrase.text)
            for place, start, count in spelling.starts(len(phrase.text) if inner and phrase.own else 1):
                if len(start) < _START:
                    _put(self.short.setdefault(start, {}), phrase, _rate_spelt(spelling, place, count))
                else:
                    self.long.setdefault(start, []).append((at, spelling, place))


def _rate_spelt(spelling: Spelling, place: int, count: int) -> float:
    return (_HOLDS if place else _BEGINS) + _SPELT_WHOLE * count / len(spelling.readings)


def _written(phrases: list[_Phrase]) -> Iterator[tuple[str, int]]:
    """Give what is written in letters for each phrase; of a name, from each of its characters on."""
    for at, phrase in enumerate(phrases):
        written = spelling_of(phrase.text).written()
        for text in written if phrase.own else islice(written, 1):
            yield text, at


def _put(found: _Found, phrase: _Phrase, score: float) -> None:
    score *= phrase.worth
    if score > found.get(phrase.service, (0.0, ""))[0]:
        found[phrase.service] = (score, "" if phrase.own else phrase.shown)


def _add(found: _Found, more: _Found, factor: float = 1.0) -> None:
    for at, (score, name) in more.items():
        if score * factor > found.get(at, (0.0, ""))[0]:
            found[at] = (score * factor, name)


def _surest(found: _Found) -> float:
    return max((score for score, _ in found.values()), default=0.0)
