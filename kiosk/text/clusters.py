"""What a reader counts as one character: a base with its combining marks and variation selectors.

Fonts must not tear such a cluster apart, and masking must count it as one.
"""

import unicodedata

_ZERO_WIDTH_JOINERS = frozenset("\u200c\u200d")
_VARIATION_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
INVISIBLE = _ZERO_WIDTH_JOINERS | _VARIATION_SELECTORS
"""Code points that change a neighbour and have no picture of their own."""


def joins(ch: str) -> bool:
    """Say whether `ch` belongs to the character before it."""
    return ch in INVISIBLE or unicodedata.category(ch) in {"Mn", "Me", "Mc"}


def clusters(text: str) -> list[str]:
    """Split `text` into base characters, each with what joins it; nothing is lost or changed."""
    found: list[str] = []
    for ch in text:
        if found and joins(ch):
            found[-1] += ch
        else:
            found.append(ch)
    return found
