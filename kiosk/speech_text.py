"""A sentence of the glass as it is to be said: numbers digit by digit, dates as dates, rare characters by their code.

One decision: what a synthesiser would swallow or guess is spelled out here, and what nobody knows is said to be
unknown: a name is never spoken as a look-alike (promise 5).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from kiosk.words import Language, Words

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-./](\d\d)[-./](\d\d)(?!\d)")
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_WORD = r"[A-Z0-9*]"
# What is read out character by character: ZT-K01-261124-00001-J, 7K3M9QXD, 320599 19850712 0016, 3205**********0010.
_NUMBER = re.compile(rf"(?<![A-Za-z0-9]){_WORD}+(?:[- ]{_WORD}+)*(?![A-Za-z0-9])")
_HIDDEN = re.compile(r"(\*+)")
_SPELLED_FROM = 5  # digits; shorter ones are amounts, counts, days
_LEVEL_ONE = range(0xB0, 0xD8)  # GB 2312's first level, first byte: 3,755 characters everybody knows, by pinyin
_HAN = re.compile(r"[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\uffef\U00020000-\U0003ffff]+")
# Words of Latin letters in a Chinese sentence; a single letter is said in Chinese, as people do.
_LATIN = re.compile(r"[A-Za-z][A-Za-z']+(?:[ ,.;:-]+[A-Za-z0-9']+)*")


def sayable(sentence: str, words: Words) -> str:
    """Return `sentence` as it is said in the language of `words`."""
    sentence = _DATE.sub(lambda found: _date(found, words), sentence)
    sentence = _TIME.sub(lambda found: _time(found, words), sentence)
    sentence = _NUMBER.sub(lambda found: _spelled(found[0], words), sentence)
    return "".join(_character(each, words) for each in sentence).strip()


def _date(found: "re.Match[str]", words: Words) -> str:
    month = int(found[2])
    if f"speech.month.{month}" not in words:
        return found[0]
    return words.say("speech.date", year=found[1], month=words.say(f"speech.month.{month}"), day=int(found[3]))


def _time(found: "re.Match[str]", words: Words) -> str:
    hour, minute = int(found[1]), int(found[2])
    return words.say("speech.time", hour=hour, minute=f"{minute:02}") if minute else words.say("speech.hour", hour=hour)


def _spelled(number: str, words: Words) -> str:
    """Return a number of five digits or more, or with letters in it, character by character; pauses at its gaps."""
    if "*" in number:
        parts = _HIDDEN.split(number)
        return "".join(_hidden(part, words) if part.startswith("*") else " ".join(part) for part in parts)
    digits = sum(each.isdigit() for each in number)
    if digits < _SPELLED_FROM and not (digits and any(each.isalpha() for each in number)):
        return number
    return ", ".join(" ".join(group) for group in re.split("[- ]+", number))


def _hidden(stars: str, words: Words) -> str:
    return words.say("speech.hidden", count=len(stars))


def _character(each: str, words: Words) -> str:
    """Return one character, or for one that few can read what is known of it."""
    if not is_rare(each):
        return each
    code = " ".join(f"{ord(each):X}")
    alike = same_sound(each)
    if alike is None:
        return words.say("speech.rare_unknown", code=code)
    return words.say("speech.rare", alike=alike, code=code)


def is_rare(character: str) -> bool:
    """Tell whether few can read it: Chinese outside GB 2312, or one of the private use area."""
    if unicodedata.category(character) == "Co":
        return True
    if not _HAN.match(character):
        return False
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


@cache
def _known_sounds() -> dict[str, str]:
    """Return for each syllable with its tone the first character of GB 2312's first level that sounds so."""
    known: dict[str, str] = {}
    for first in _LEVEL_ONE:
        for second in range(0xA1, 0xFF):
            character = bytes((first, second)).decode("gb2312", "ignore")
            sound = _sound(character) if character else None
            if sound is not None:
                known.setdefault(sound, character)
    return known


def _sound(character: str) -> str | None:
    from pypinyin import Style, pinyin  # noqa: PLC0415 - takes a third of a second, which the first screen must not wait

    found = pinyin(character, style=Style.TONE3, errors="ignore")
    return found[0][0] if found else None


def same_sound(character: str) -> str | None:
    """Return a character everybody knows that sounds the same; None when the reading is not known."""
    if unicodedata.category(character) == "Co":
        return None
    sound = _sound(character)
    return None if sound is None else _known_sounds().get(sound)


def runs(sentence: str, language: Language) -> Iterator[tuple[str, Language]]:
    """Yield the parts of a sentence and the language of each: a Chinese name in English, an English word."""
    other: Language = "en" if language == "zh" else "zh"
    pattern = _LATIN if language == "zh" else _CHINESE
    at = 0
    for found in pattern.finditer(sentence):
        yield from _said(sentence[at : found.start()], language)
        yield from _said(found[0], other)
        at = found.end()
    yield from _said(sentence[at:], language)


def _said(part: str, language: Language) -> Iterator[tuple[str, Language]]:
    is_heard: Callable[[str], bool] = str.isalnum
    if any(map(is_heard, part)):
        yield part.strip(), language
