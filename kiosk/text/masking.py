"""Names, numbers and phones as others may see them: enough to recognise one's own, too little to steal.

The shown forms: name ``张*``, number ``3205**********123X``, phone ``138****5678``.
"""

import re
from itertools import groupby

from kiosk.text.clusters import clusters

MASK = "*"
_WORD_BREAKS = frozenset(" ·•・-,'’.")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")

# (at least so many characters, shown at the front, shown at the back); the first row that fits is used.
_NUMBER_SHOWS = ((15, 4, 4), (8, 2, 2), (0, 0, 0))
_PHONE_SHOWS = ((11, 3, 4), (7, 0, 4), (0, 0, 0))


def mask_name(name: str) -> str:
    """Return `name` with its first character shown (of a Latin name the first letter of each word).

    A character outside the basic plane, or one with a variation selector, counts as one. A name of a single character
    is hidden whole, since showing it would show all.
    """
    characters = clusters(name.strip())
    if len(characters) <= 1:
        return MASK * len(characters)
    words = [list(group) for _, group in groupby(characters, key=lambda ch: ch in _WORD_BREAKS)]
    return "".join(_mask_word(word, first=index == 0) for index, word in enumerate(words))


def _mask_word(word: list[str], *, first: bool) -> str:
    if word[0] in _WORD_BREAKS:
        return "".join(word)
    shown = first or (len(word) > 1 and _LATIN.match(word[0]) is not None)
    return (word[0] if shown else MASK) + MASK * (len(word) - 1)


def mask_number(number: str) -> str:
    """Return an identity or permit number with its middle hidden: ``3205**********123X``."""
    return _mask_middle(number.strip(), _NUMBER_SHOWS)


def mask_phone(phone: str) -> str:
    """Return a phone number with its middle hidden: ``138****5678``."""
    return _mask_middle(phone.strip(), _PHONE_SHOWS)


def _mask_middle(text: str, shows: tuple[tuple[int, int, int], ...]) -> str:
    front, back = next((front, back) for least, front, back in shows if len(text) >= least)
    hidden = len(text) - front - back
    return text[:front] + MASK * hidden + text[len(text) - back :]
