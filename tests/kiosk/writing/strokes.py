"""Characters as a finger writes them: strokes in a square of side 1, many points each."""

from itertools import pairwise

Point = tuple[float, float]
_POINTS = 12  # between two corners


def drawn(*corners: Point) -> list[Point]:
    """Return one stroke through `corners`."""
    points = [corners[0]]
    for (x, y), (to_x, to_y) in pairwise(corners):
        points += [(x + (to_x - x) * n / _POINTS, y + (to_y - y) * n / _POINTS) for n in range(1, _POINTS + 1)]
    return points


WRITTEN = {
    "大": [
        drawn((0.13, 0.37), (0.87, 0.33)),
        drawn((0.5, 0.1), (0.49, 0.33), (0.37, 0.63), (0.13, 0.9)),
        drawn((0.5, 0.37), (0.63, 0.67), (0.87, 0.9)),
    ],
    "中": [
        drawn((0.2, 0.27), (0.2, 0.6)),
        drawn((0.2, 0.27), (0.8, 0.27), (0.8, 0.6)),
        drawn((0.2, 0.6), (0.8, 0.6)),
        drawn((0.5, 0.07), (0.5, 0.93)),
    ],
    "王": [
        drawn((0.2, 0.2), (0.8, 0.18)),
        drawn((0.24, 0.5), (0.76, 0.48)),
        drawn((0.5, 0.2), (0.5, 0.82)),
        drawn((0.12, 0.83), (0.9, 0.82)),
    ],
}
