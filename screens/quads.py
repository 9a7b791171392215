"""Corners on the glass: how far round a page a line has come, where handles may go, and which one a finger meant."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

Point = tuple[float, float]
Corners = list[Point]

_LEAST_TURN = 0.05  # of the product of two sides: less is a straight line, no corner


def along(corners: Sequence[Point], part: float) -> list[Point]:
    """Return the line that goes `part` (0 to 1) of the way round, clockwise from the first corner."""
    ends = [*corners, *corners[:1]]
    left = part * sum(_long(*side) for side in pairwise(ends))
    line = [ends[0]]
    for start, end in pairwise(ends):
        length = _long(start, end)
        if left <= length:
            share = left / length if length else 0.0
            return [*line, (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)]
        left -= length
        line.append(end)
    return line


def inset(size: tuple[int, int], share: float) -> Corners:
    """Return the corners of a picture of `size`, `share` of it in from each edge: where nothing better is known."""
    left, top, right, bottom = size[0] * share, size[1] * share, size[0] * (1 - share), size[1] * (1 - share)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def straight(corners: Sequence[Point]) -> Corners:
    """Return the upright rectangle around the corners: the plain crop."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return [(min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))]


def within(corners: Sequence[Point], size: tuple[int, int]) -> Corners:
    """Return the corners, none outside of a picture of `size`."""
    return [(min(max(x, 0.0), size[0]), min(max(y, 0.0), size[1])) for x, y in corners]


def nearest(corners: Sequence[Point], point: Point) -> int:
    """Return which corner is nearest to a point."""
    return min(range(len(corners)), key=lambda number: _long(corners[number], point))


def moved(corners: Sequence[Point], number: int, to: Point, *, plain: bool, least: float) -> Corners:
    """Return the corners with one of them moved; as they were if the page would be bent in or thinner than `least`.

    With `plain` the two neighbours come along, and it stays an upright rectangle.
    """
    changed = list(corners)
    changed[number] = to
    if plain:
        beside, below = (1, 3) if number % 2 == 0 else (3, 1)
        changed[(number + beside) % 4] = (changed[(number + beside) % 4][0], to[1])
        changed[(number + below) % 4] = (to[0], changed[(number + below) % 4][1])
    return changed if _is_page(changed, least) else list(corners)


def _is_page(corners: Sequence[Point], least: float) -> bool:
    """Tell whether they go round clockwise, turn at each corner, and no side is shorter than `least`."""
    for number in range(4):
        (ax, ay), (bx, by), (cx, cy) = (corners[(number + step) % 4] for step in range(3))
        before, after = hypot(bx - ax, by - ay), hypot(cx - bx, cy - by)
        if before < least or (bx - ax) * (cy - by) - (by - ay) * (cx - bx) <= _LEAST_TURN * before * after:
            return False
    return True


def _long(start: Point, end: Point) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])
