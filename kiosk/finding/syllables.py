"""How Chinese sounds: the readings of a character, letters parted into syllables, readings that are mixed up."""

from functools import cache

# The 400-odd syllables of Mandarin without tones (Hanyu Pinyin Fang'an, 1958; ü is v).
_FINALS = {
    "": "a o e ai ei ao ou an en ang er",
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ei ao ou an en ang eng ong i ie iao iu ian ing u uo ui uan un",
    "t": "a e ai ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
    "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan v ve",
    "l": "a e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve",
    "g": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "k": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "j": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "q": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "x": "i ia ie iao iu ian in iang ing iong u ue uan un",
    "zh": "a e ai ei ao ou an en ang eng ong i u ua uo uai ui uan un uang",
    "ch": "a e ai ao ou an en ang eng ong i u ua uo uai ui uan un uang",
    "sh": "a e ai ei ao ou an en ang eng i u ua uo uai ui uan un uang",
    "r": "e ao ou an en ang eng ong i u ua uo ui uan un",
    "z": "a e ai ei ao ou an en ang eng ong i u uo ui uan un",
    "c": "a e ai ao ou an en ang eng ong i u uo ui uan un",
    "s": "a e ai ao ou an en ang eng ong i u uo ui uan un",
    "y": "a e i o ao ou an in ang ing ong u ue uan un",
    "w": "a o ai ei an en ang eng u",
}
SYLLABLES = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
_LONGEST = 6  # letters: zhuang
# Initials and finals that many do not tell apart, speaking or typing.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_ENDS = ("ang", "eng", "ing")
_USUAL = 3  # readings: behind them stand those of old books and of names of places
_LAST_COST = 1.5  # of a syllable that is not finished, against 1 for a whole one


@cache
def readings(character: str) -> tuple[str, ...]:
    """Return how a character is usually read, the commonest first and without tones; a letter or digit, as itself."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - takes a third of a second, which the first screen must not wait

    found = pinyin([character], style=Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys(reading.casefold() for reading in found))[:_USUAL]


def sound(word: str) -> tuple[str, ...]:
    """Return the commonest reading of each character."""
    return tuple(readings(character)[0] for character in word)


def part(letters: str) -> list[str] | None:
    """Part letters into as few syllables as they make, the last of which may be unfinished; None if they make none."""
    best: list[tuple[float, list[str]] | None] = [(0.0, [])]
    for end in range(1, len(letters) + 1):
        found = None
        for start in range(max(0, end - _LONGEST), end):
            before, piece = best[start], letters[start:end]
            if before is None or not (piece in SYLLABLES or (end == len(letters) and _begins(piece))):
                continue
            cost = before[0] + (1.0 if piece in SYLLABLES else _LAST_COST)
            if found is None or cost < found[0]:
                found = (cost, [*before[1], piece])
        best.append(found)
    last = best[-1]
    return None if last is None else last[1]


def blurred(syllable: str) -> str:
    """Return what a syllable, or its beginning, is when nothing is told apart that people mix up: `lan` for `nang`."""
    for initial, other in _INITIALS:
        if syllable.startswith(initial):
            syllable = other + syllable.removeprefix(initial)
    return syllable.removesuffix("g") if syllable.endswith(_ENDS) else syllable


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(syllable[:size] for syllable in SYLLABLES for size in range(1, len(syllable)))


def _begins(piece: str) -> bool:
    return piece in _beginnings()
