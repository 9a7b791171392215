"""What was read on a page: lines of text, each with its place. Personal data: travels inside `Sensitive` alone."""

from dataclasses import dataclass, field, replace

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text.

    Attributes:
        text: as read; personal data, so never in a repr.
        quad: its corners in pixels of the page as it was given, TL, TR, BR, BL in the direction of reading.
        confidence: 0 to 1, the mean of its characters'.
    """

    text: str = field(repr=False)
    quad: Corners
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

    def turned(self, quarters: int) -> "Reading":
        """Return the reading of the same page after `quarters` quarter turns clockwise."""
        lines, (width, height) = self.lines, self.size
        for _ in range(quarters % _QUARTERS):
            lines = tuple(replace(line, quad=_turned(line.quad, height)) for line in lines)
            width, height = height, width
        turns = None if self.turns is None else (self.turns - quarters) % _QUARTERS
        return Reading(lines, (width, height), turns)


def _turned(quad: Corners, height: float) -> Corners:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return (height - ay, ax), (height - by, bx), (height - cy, cx), (height - dy, dx)
