"""What was read of a page, in a form in which words can be looked for: rows from left to right, forgiving a misreading.

One decision: a title set wide ("结 婚 证") is read as several lines side by side, so words are looked for in rows.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.reading.results import Line, Reading

_SAME_ROW = 0.5  # of the height of a line
_LEAST_CONFIDENCE = 0.5
_FORGIVEN = 5  # characters of a word for each one that may be misread


@dataclass(frozen=True, slots=True)
class Piece:
    """One line as it stands on the upright page, in parts of its width and height; personal, so never in a repr."""

    text: str = field(repr=False)
    left: float
    top: float
    right: float
    bottom: float

    @property
    def x(self) -> float:
        """Its middle across."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """Its middle down."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Row:
    """A row of pieces from left to right; x, y is its middle, `text` all of it as it is compared."""

    pieces: tuple[Piece, ...]
    text: str = field(repr=False)
    x: float
    y: float


def plain(text: str) -> str:
    """Return `text` as it is compared: full-width forms narrowed, capitals, no white space, no punctuation."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).upper() if ch.isalnum())


def rows_of(reading: "Reading") -> tuple[Row, ...]:
    """Return the rows of a page that was read, from the top of the upright page; what was hardly read is left out."""
    upright = reading.turned(reading.turns or 0)
    pieces = [_piece(line, upright.size) for line in upright.lines if line.confidence >= _LEAST_CONFIDENCE]
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda each: each.y):
        if rows and abs(piece.y - rows[-1][0].y) < _SAME_ROW * (piece.bottom - piece.top):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return tuple(_row(sorted(row, key=lambda each: each.x)) for row in rows)


def has(text: str, word: str) -> bool:
    """Tell whether `word` is in `text`, one character in five of it misread at most."""
    if word in text:
        return True
    allowed = len(word) // _FORGIVEN
    if allowed == 0:
        return False
    windows = (text[start : start + len(word)] for start in range(len(text) - len(word) + 1))
    return any(sum(a != b for a, b in zip(window, word, strict=True)) <= allowed for window in windows)


def _row(pieces: list[Piece]) -> Row:
    y = sum(piece.y for piece in pieces) / len(pieces)
    x = (min(piece.left for piece in pieces) + max(piece.right for piece in pieces)) / 2
    return Row(tuple(pieces), plain("".join(piece.text for piece in pieces)), x, y)


def _piece(line: "Line", size: tuple[int, int]) -> Piece:
    width, height = size
    across, down = [x / width for x, _ in line.quad], [y / height for _, y in line.quad]
    return Piece(line.text, min(across), min(down), max(across), max(down))
