"""Typed text made plain: one width, one case, simplified characters, no tones, nothing that is no letter or digit.

One decision: what somebody typed is cut to `LONGEST` characters before anything looks at it, so that no text, however
long or strange, costs more than a sentence does.
"""

import re
import unicodedata
from functools import cache

from kiosk.words import ASSETS

LONGEST = 60  # letters, digits and characters: two sentences
_RAW = 400  # what is looked at of what was typed; marks and signs among it do not count
_TONE_MARKS = {"\u0300", "\u0301", "\u0304", "\u030c"}  # grave, acute, macron, caron: the tones of pinyin
_TONE_DIGIT = re.compile("(?<=[a-z])[1-5](?![0-9])")  # yang3 lao3
_RUNS = re.compile("[a-z]+|[^a-z]+")


def words_of(text: str) -> list[str]:
    """Return the words of `text`: lower case, simplified, without signs, marks and tones; at most `LONGEST` long."""
    found, room = [], LONGEST
    for word in _clean(text[:_RAW]).split():
        if not room:
            break
        found.append(word[:room])
        room -= len(found[-1])
    return found


def plain(text: str) -> str:
    """Return `words_of` without spaces between them."""
    return "".join(words_of(text))


def runs(text: str) -> list[str]:
    """Part plain text where Latin letters and other characters meet."""
    return _RUNS.findall(text)


def _clean(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold()
    parted = unicodedata.normalize("NFD", wide).replace("u\u0308", "v")  # ü is typed as v
    bare = "".join(letter for letter in parted if letter not in _TONE_MARKS)
    table = _simplified()
    kept = (table.get(c, c) if c.isalnum() else " " if c.isspace() or c in "-/" else "" for c in bare)
    return _TONE_DIGIT.sub("", "".join(kept))


@cache
def _simplified() -> dict[str, str]:
    lines = (ASSETS / "finding" / "traditional.txt").read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return dict(zip(pairs[::2], pairs[1::2], strict=True))
