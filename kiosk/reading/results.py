"""What was read on a page: lines of text, each with its place. Personal data: travels inside `Sensitive` alone."""

from dataclasses import dataclass, field

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text.

    Attributes:
        text: as read; personal data, so never in a repr.
        quad: its corners in pixels of the page as it was given, TL, TR, BR, BL in the direction of reading.
        confidence: 0 to 1, the mean of its characters'.
    """

    text: str = field(repr=False)
    quad: tuple[Point, Point, Point, Point]
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read on one page.

    Attributes:
        lines: from top to bottom of the upright page.
        size: width and height in pixels of the page as it was given.
        turns: the quarter turns clockwise that make it upright; None if too little is written to tell.
    """

    lines: tuple[Line, ...]
    size: tuple[int, int]
    turns: int | None
