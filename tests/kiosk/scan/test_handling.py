"""Pages in a resident's hands: turns, and corners shown by hand."""

import cv2
import numpy as np
import pytest

from kiosk.scan.detect import working_copy
from kiosk.scan.geometry import Quad, iou
from kiosk.scan.handling import Source, can_be_cut, cut, turned, upright
from kiosk.scan.page import PageImage, make_page
from tests.kiosk.scan.pictures import MM_PER_PIXEL, photograph

SQUARE = np.array([[10, 10], [90, 10], [90, 90], [10, 90]], np.float64)


def _taken() -> tuple[PageImage, Source, Quad]:
    """Return a page cut badly, the frame it came from, and where it truly lies."""
    seen = photograph("hukou", 3)
    assert seen.corners is not None
    frame = seen.frames[0]
    small = working_copy(frame)
    scale = frame.shape[1] // small.shape[1]
    source = Source(frame, cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.uint8), None, MM_PER_PIXEL)
    return make_page(frame, seen.corners + 40, MM_PER_PIXEL), source, seen.corners / scale


def test_a_turned_page_is_turned_in_its_jpeg_once() -> None:
    """Promise 4: the clerk sees the page as the resident turned it; four turns leave the very bytes."""
    page, _, _ = _taken()
    once = turned(page)
    made = upright(once)
    before, after = (
        np.asarray(cv2.imdecode(np.frombuffer(each.jpeg, np.uint8), cv2.IMREAD_COLOR), int) for each in (page, made)
    )
    assert np.abs(np.rot90(before, -1) - after).mean() < 2
    assert once.preview.shape[:2] == page.preview.shape[:2][::-1]
    assert made.mm_size == page.mm_size[::-1]
    assert upright(turned(turned(turned(once)))).jpeg == page.jpeg
    assert upright(page) is page


def test_the_page_cut_by_hand_is_the_page_that_lies_there() -> None:
    """Promise 4: in true size, named as the paper it is, and its corners can be shown again."""
    _, source, truth = _taken()
    page = cut(source, truth)
    assert page.paper == "register"
    assert page.mm_size == (105.0, 143.0)
    assert page.source is not None
    assert page.source.quad is not None
    assert iou(page.source.quad, truth) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("corners", "fits"),
    [
        (SQUARE, True),
        (SQUARE[[1, 0, 3, 2]], False),  # mirrored: the page would be, too
        (SQUARE[[0, 2, 1, 3]], False),  # a bow tie
        (np.array([[10, 10], [90, 10], [30, 30], [10, 90]], np.float64), False),  # dented
        (SQUARE * 0.05, False),
    ],
)
def test_corners_that_make_no_page_are_not_cut(corners: Quad, fits: bool) -> None:
    """Promise 4: a bow tie, a dent and a speck are no page."""
    assert can_be_cut(corners, (100, 100)) is fits
