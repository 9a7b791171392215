"""One slip of a finger: a letter wrong, missing, doubled or too many, two letters swapped."""

from collections.abc import Iterable


class Slips:
    """Everything written in letters, found again by what is one slip after the first letter away."""

    def __init__(self, written: Iterable[tuple[str, int]]) -> None:
        """Take texts, each with a number that stands for it."""
        self._by_key: dict[str, list[tuple[str, int]]] = {}
        for text, number in written:
            for key in {text[:2], f"{text[0]}?{text[2:4]}"}:
                self._by_key.setdefault(key, []).append((text, number))

    def near(self, typed: str) -> dict[int, str]:
        """Return the numbers of texts that begin with `typed` but for one slip, each with the shortest such text."""
        found: dict[int, str] = {}
        for key in _keys(typed):
            for text, number in self._by_key.get(key, ()):
                if one_slip(typed, text) and (number not in found or len(text) < len(found[number])):
                    found[number] = text
        return found


def _keys(typed: str) -> set[str]:
    """Return the keys of all that is one slip after the first letter away.

    A slip behind the second letter leaves the first two; one at it leaves the first and, at their place or one on or
    back, the next two.
    """
    first = typed[0]
    return {typed[:2], first + typed[2:3], f"{first}?{typed[2:4]}", f"{first}?{typed[1:3]}"}


def one_slip(typed: str, text: str) -> bool:
    """Tell whether `text` begins with `typed` but for one letter wrong, missing, too many, or two letters swapped."""
    at = next((i for i, (a, b) in enumerate(zip(typed, text, strict=False)) if a != b), min(len(typed), len(text)))
    rest, other = typed[at:], text[at:]
    return (
        other.startswith(rest[1:])
        or other[1:].startswith(rest[1:])
        or other[1:].startswith(rest)
        or (rest[1:2] + rest[:1] == other[:2] and other[2:].startswith(rest[2:]))
    )
