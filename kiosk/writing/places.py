"""Places near the kiosk by their pinyin: a dictionary of Chinese at large has 常熟市 and no 支塘镇.

One decision: they stand before what librime offers, and only where the letters name a place, or several one after the
other, to the last letter; choosing one takes all the letters.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from kiosk.words import ASSETS

FILE = ASSETS / "writing" / "places.txt"
_MOST_PARTS = 5  # province, city, town, village and one more
_LEAST_INITIALS = 3  # fewer letters stand for too much


class PlacesError(Exception):
    """A line of the file of places is not a name and its syllables; the text names file and line."""


class Places:
    """The names by their letters."""

    def __init__(self, whole: Mapping[str, tuple[str, ...]], initials: Mapping[str, tuple[str, ...]]) -> None:
        self._whole, self._initials = whole, initials

    def find(self, letters: str) -> tuple[str, ...]:
        """Return the places that `letters` name: in full, several in a row, or one by its initials."""
        plain = letters.replace("'", "").replace(" ", "")
        short = self._initials.get(plain, ()) if len(plain) >= _LEAST_INITIALS else ()
        return tuple(dict.fromkeys((*self._rows(plain, _MOST_PARTS), *short)))

    def _rows(self, letters: str, parts: int) -> Iterator[str]:
        yield from self._whole.get(letters, ())
        if parts > 1:
            for end in range(len(letters) - 1, 0, -1):
                for first in self._whole.get(letters[:end], ()):
                    for rest in self._rows(letters[end:], parts - 1):
                        yield first + rest


def load(file: Path = FILE) -> Places:
    """Return the places of `file`: a name and its syllables a line, ``#`` before a remark.

    Raises:
        PlacesError: a line is something else.
        OSError: the file cannot be read.
    """
    whole, initials = dict[str, tuple[str, ...]](), dict[str, tuple[str, ...]]()
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, *syllables = line.split()
        if len(syllables) != len(name) or not all(each.isascii() and each.islower() for each in syllables):
            raise PlacesError(f"{file.name}:{number}: is not a name and a syllable for each of its characters")
        for table, letters in ((whole, "".join(syllables)), (initials, "".join(each[0] for each in syllables))):
            table[letters] = (*table.get(letters, ()), name)
    return Places(whole, initials)
