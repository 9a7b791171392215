"""Which code points a font file has, read from its cmap table as ranges.

fontTools' own cmap reader builds a dictionary of every character, 45,000 entries and 100 ms a font; the ranges are in
the file already (cmap format 12, OpenType specification), so they are taken as they stand.
"""

import struct
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont, TTLibError
from numpy.typing import NDArray

# Private-use code points: a font's glyph there is some other character than the card means.
_PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
_SEGMENTED_COVERAGE = 12
_GROUPS_AT = 16  # format, reserved, length, language and count come first


class FontError(Exception):
    """A font file is missing, or is none; the sentence names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Sorted, inclusive ranges of code points: `starts[i]`..`ends[i]`."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, code_point: int) -> bool:
        """Say whether the font has a glyph for `code_point`; never for a private-use one."""
        place = bisect_right(self.starts, code_point) - 1
        return place >= 0 and code_point <= self.ends[place] and not is_private(code_point)


def is_private(code_point: int) -> bool:
    """Say whether `code_point` is private use (planes 0, 15 and 16)."""
    return any(first <= code_point <= last for first, last in _PRIVATE)


def read_coverage(path: Path) -> Coverage:
    """Read the coverage of the OpenType or TrueType font at `path`.

    Raises:
        FontError: the file is no font, or has no full Unicode cmap (format 12).
    """
    try:
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            table: bytes = font.reader["cmap"]
    except (OSError, KeyError, TTLibError) as error:
        raise FontError(f"{path.name} is not a readable font; run `make run` to lay the fonts again") from error
    offset = _segmented_subtable(table)
    if offset is None:
        raise FontError(f"{path.name} has no cmap of format 12, so its rare characters cannot be known")
    (count,) = struct.unpack_from(">L", table, offset + 12)
    groups = np.frombuffer(table, dtype=">u4", count=3 * count, offset=offset + _GROUPS_AT).reshape(count, 3)
    return _merge(groups[:, 0].astype(np.int64), groups[:, 1].astype(np.int64))


def _segmented_subtable(table: bytes) -> int | None:
    (count,) = struct.unpack_from(">H", table, 2)
    for index in range(count):
        _platform, _encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * index)
        (form,) = struct.unpack_from(">H", table, offset)
        if form == _SEGMENTED_COVERAGE:
            return int(offset)
    return None


def _merge(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Coverage:
    """Join ranges that touch: glyph order splits them, coverage does not care."""
    breaks = np.flatnonzero(starts[1:] != ends[:-1] + 1)
    firsts = np.concatenate((starts[:1], starts[breaks + 1]))
    lasts = np.concatenate((ends[breaks], ends[-1:]))
    return Coverage(tuple(firsts.tolist()), tuple(lasts.tolist()))
