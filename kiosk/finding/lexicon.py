"""The words people use: nicknames of services, everyday words for the catalogue's own, words that mean nothing here."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from kiosk.finding.plain import plain
from kiosk.finding.syllables import sound
from kiosk.words import ASSETS

_FOLDER = ASSETS / "finding"
Sounds = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How a question is read.

    Attributes:
        same: an everyday word and what the catalogue says for it; `()` for a word that means nothing here.
        by_sound: the same for words of two syllables and more, by how they are read: for pinyin and misspelt words.
        same_en: the same for English words.
        firm: words that tell that a business is meant; `either`: words that both a person and a business may say.
        longest: how many characters the longest word of `same` has.
    """

    same: dict[str, tuple[str, ...]]
    by_sound: dict[Sounds, str]
    same_en: dict[str, tuple[str, ...]]
    firm: tuple[str, ...]
    either: tuple[str, ...]
    longest: int


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that is shipped."""
    table = _read("lexicon")
    same: dict[str, tuple[str, ...]] = {plain(word): () for word in table["filler"]}
    same |= {plain(word): tuple(dict.fromkeys((word, *others))) for word, others in table["same"].items()}
    by_sound = {sound(word): word for word in reversed(same) if len(word) > 1}
    english: dict[str, tuple[str, ...]] = dict.fromkeys(table["filler_en"], ())
    english |= {word: tuple(dict.fromkeys((word, *others))) for word, others in table["same_en"].items()}
    return Lexicon(same, by_sound, english, tuple(table["firm"]), tuple(table["either"]), max(map(len, same)))


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """Return what people call a service, by its id."""
    return {service: tuple(names) for service, names in _read("nicknames").items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
