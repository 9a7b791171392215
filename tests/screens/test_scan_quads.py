"""Corners on the glass: the line that fills, and the handles that are dragged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.scan.handling import can_be_cut
from screens.quads import along, inset, moved, nearest, straight, within

SQUARE = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]
SLANTED = [(10.0, 20.0), (90.0, 10.0), (95.0, 80.0), (5.0, 85.0)]
SIZE = (100, 100)
places = st.tuples(st.floats(-50, 150), st.floats(-50, 150))


@pytest.mark.parametrize(
    ("part", "end", "corners"),
    [(0.0, (0, 0), 2), (0.125, (50, 0), 2), (0.5, (100, 100), 3), (0.875, (0, 50), 5), (1.0, (0, 0), 5)],
)
def test_the_line_goes_round_the_page_as_it_is_taken(part: float, end: tuple[float, float], corners: int) -> None:
    """Promise 6: how far the wait is stands round the page itself; whole only at the end."""
    line = along(SQUARE, part)
    assert line[-1] == pytest.approx(end)
    assert len(line) == corners


def test_a_corner_dragged_in_plain_crop_takes_its_neighbours_along() -> None:
    """Promise 7: where free corners are too much, a rectangle is enough."""
    for number, to in enumerate(((40.0, 30.0), (70.0, 30.0), (70.0, 80.0), (40.0, 80.0))):
        dragged = moved(SQUARE, number, to, plain=True, least=10)
        assert dragged[number] == to
        assert dragged == straight(dragged)
        assert dragged != SQUARE


@given(number=st.integers(0, 3), to=places, plain=st.booleans())
def test_no_drag_makes_what_is_no_page(number: int, to: tuple[float, float], *, plain: bool) -> None:
    """Promise 4: whatever a finger does, what is cut is convex, clockwise and not tiny."""
    start = straight(SLANTED) if plain else SLANTED
    dragged = within(moved(start, number, within([to], SIZE)[0], plain=plain, least=15), SIZE)
    assert can_be_cut(np.array(dragged), SIZE)


def test_a_finger_means_the_handle_that_is_nearest() -> None:
    """Promise 7: one need not hit a corner to hold it."""
    assert [nearest(SLANTED, (x + 9, y - 9)) for x, y in SLANTED] == [0, 1, 2, 3]


def test_where_no_page_was_found_the_corners_begin_inside_the_picture() -> None:
    """Promise 3: the handles can be seen and held."""
    assert inset(SIZE, 0.15) == within(inset(SIZE, 0.15), SIZE)
