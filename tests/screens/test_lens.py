"""What part of the tray is shown, frame by frame."""

import itertools

import pytest

from screens.lens import Lens, around

SIZE = (800, 600)
PAGE = [(300.0, 200.0), (500.0, 210.0), (495.0, 480.0), (295.0, 470.0)]
CORNER = [(0.0, 0.0), (200.0, 0.0), (200.0, 280.0), (0.0, 280.0)]


@pytest.mark.parametrize("quad", [PAGE, CORNER])
@pytest.mark.parametrize("aspect", [0.6, 1.0, 1.9])
def test_the_whole_page_is_shown_inside_the_frame(quad: list[tuple[float, float]], aspect: float) -> None:
    """Promise 7: nothing of the page is cut off, nothing but the camera's picture is shown."""
    left, top, wide, high = around(quad, SIZE, aspect)
    assert left >= 0
    assert top >= 0
    assert left + wide <= SIZE[0]
    assert top + high <= SIZE[1]
    assert all(left <= x <= left + wide and top <= y <= top + high for x, y in quad)


def test_a_page_fills_most_of_the_field() -> None:
    """Promise 7: it is as large as old eyes need: at least three quarters of the field's height."""
    _, _, _, high = around(PAGE, SIZE, 0.9)
    assert (480 - 200) / high > 0.75


def test_the_lens_glides_to_the_page_and_rests_there() -> None:
    """Promise 7: it moves where it must, in steps that can be followed, and then not at all."""
    lens = Lens()
    boxes = [lens.look(PAGE, SIZE, 1.0, number / 30, glide=True) for number in range(30)]
    widths = [box[2] for box in boxes]
    assert widths == sorted(widths, reverse=True)
    assert max(before - after for before, after in itertools.pairwise(widths)) < SIZE[0] / 4
    assert boxes[-1] == boxes[-2]
    trembling = [(x + 3, y - 3) for x, y in PAGE]
    assert lens.look(trembling, SIZE, 1.0, 1.0, glide=True) == boxes[-1]


def test_a_slow_camera_takes_no_longer_than_a_fast_one() -> None:
    """Promise 7: after a fifth of a second the page is shown large, however few frames came."""
    goal = around(PAGE, SIZE, 1.0)
    for frames in (2, 6):
        lens = Lens()
        for number in range(frames + 1):
            box = lens.look(PAGE, SIZE, 1.0, 0.2 * number / frames, glide=True)
        assert box == pytest.approx(goal, abs=0.06 * SIZE[0])


def test_without_gliding_it_is_there_at_once() -> None:
    """Promise 7: nothing moves slowly before elder eyes."""
    assert Lens().look(PAGE, SIZE, 1.0, 0.0, glide=False) == around(PAGE, SIZE, 1.0)


def test_a_hand_over_the_page_moves_nothing_and_a_lifted_page_shows_the_tray() -> None:
    """Promise 7: for half a second the page may be hidden; then the whole tray is shown again."""
    lens = Lens()
    page = lens.look(PAGE, SIZE, 1.0, 0.0, glide=False)
    assert [lens.look(None, SIZE, 1.0, 0.0, glide=False) for _ in range(7)] == [page] * 7
    assert lens.look(None, SIZE, 1.0, 0.0, glide=False) == (0, 0, *SIZE)
