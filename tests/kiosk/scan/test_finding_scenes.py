"""The generator itself: what it says of a scene is so, and the same seed says the same."""

import cv2
import numpy as np
import pytest

from tests.scenes import DEFECTS, TRAYS, draw_paper, scene
from tests.scenes.papers import PIXELS_PER_MM


def test_equal_seeds_give_equal_scenes_and_others_others() -> None:
    """A test that failed can be seen again."""
    one, same, other = (scene(seed, camera="hand") for seed in (3, 3, 4))
    assert np.array_equal(one.frame, same.frame)
    assert one.frame.shape != other.frame.shape or not np.array_equal(one.frame, other.frame)


@pytest.mark.parametrize("turns", range(4))
def test_the_truth_is_where_the_paper_is_and_says_how_it_is_made_upright(turns: int) -> None:
    """Flattened by the truth and turned as it says, the paper is the paper that was drawn."""
    seen = scene(7 + turns, tray="black", papers=["register"], turns=turns)
    drawn = draw_paper("register", seen.variants[0]).image[::2, ::2]
    height, width = drawn.shape[:2] if seen.upright_turns[0] % 2 == 0 else drawn.shape[1::-1]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(seen.quads[0].astype(np.float32), flat)
    upright = np.rot90(cv2.warpPerspective(seen.frame, matrix, (width, height)), -seen.upright_turns[0])
    one, other = (cv2.GaussianBlur(picture, (0, 0), 4).ravel() for picture in (upright, drawn))
    assert float(np.asarray(np.corrcoef(one, other))[0, 1]) > 0.9
    assert seen.upright_turns[0] == turns


def test_every_defect_can_be_asked_for_and_no_other() -> None:
    """A scene says what is wrong with it."""
    for defect in DEFECTS:
        seen = scene(9, tray="black", papers=["register"], defects=[defect], size=(1296, 972))
        assert seen.defects == (defect,)
        assert len(seen.quads) == 1
    with pytest.raises(ValueError, match="no such defects"):
        scene(9, defects=["dog-ear"])


def test_an_empty_tray_is_the_tray_without_the_paper() -> None:
    """The picture of the empty tray differs from the frame where the paper is, and there alone."""
    seen = scene(5, tray="black", papers=["form"], size=(1296, 972))
    assert seen.empty is not None
    changed = cv2.absdiff(seen.frame, seen.empty).max(axis=2) > 60
    covered = cv2.fillConvexPoly(np.zeros(changed.shape, np.uint8), seen.quads[0].astype(np.int32), (1,)) > 0
    assert changed[covered].mean() > 0.7
    assert changed[~covered].mean() < 0.01
    assert all(scene(5, tray=tray, papers=(), size=(648, 486)).quads == [] for tray in TRAYS)
    assert scene(5, camera="hand").empty is None


def test_papers_are_drawn_in_true_millimetres_and_know_what_they_say() -> None:
    """Who reads a paper can be held against what was written."""
    drawn = draw_paper("form", 1)
    assert drawn.image.shape == (297 * PIXELS_PER_MM, 210 * PIXELS_PER_MM, 3)
    assert any("登记表" in text for text in drawn.texts)


def test_several_papers_lie_apart() -> None:
    """Front and back of a card beside each other; two A4 sheets have no room."""
    seen = scene(12, papers=["id_front", "id_back"], size=(1296, 972))
    front, back = (quad.astype(np.float32) for quad in seen.quads)
    assert cv2.intersectConvexConvex(front, back)[0] == 0
    assert seen.kinds == ["id_front", "id_back"]
    with pytest.raises(ValueError, match="do not fit"):
        scene(12, papers=["form", "certificate"])
