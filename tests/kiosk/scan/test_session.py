"""From frame to frame: one paper, one page; the tray learnt and renewed by itself."""

import numpy as np
import pytest

from kiosk.scan.geometry import Image, iou
from kiosk.scan.judge import Fault
from kiosk.scan.session import Observation, PageImage, ScanSession
from tests.kiosk.scan.pictures import MM_PER_PIXEL, empty_tray, frame, photograph, scene

PERIOD = 0.1


class Film:
    """Feeds a session frame after frame on a clock of its own, taking every page that is ready."""

    def __init__(self, session: ScanSession) -> None:
        self.session = session
        self.number = 0
        self.pages: list[PageImage] = []

    def show(self, image: Image, seconds: float) -> Observation:
        for _ in range(round(seconds / PERIOD)):
            self.number += 1
            seen = self.session.feed(frame(image, self.number, 100 + self.number * PERIOD))
            if seen.ready:
                self.pages.append(self.session.take())
        return seen


@pytest.fixture
def film() -> Film:
    return Film(ScanSession(empty_tray()))


def test_a_page_that_lies_still_is_taken_once(film: Film) -> None:
    """Promise 4: never two pages for one paper."""
    image = photograph("form", 2).frames[0]
    film.show(scene().empty(1).frames[0], 0.5)
    film.show(image, 3)
    assert len(film.pages) == 1
    assert film.pages[0].mm_size == (210.0, 297.0)


def test_it_is_not_taken_before_it_has_lain_still(film: Film) -> None:
    """Promise 4: a page in the hand is not a page."""
    film.show(photograph("form", 2).frames[0], 0.6)
    assert film.pages == []


def test_a_page_that_moves_says_so_and_is_not_taken(film: Film) -> None:
    """Promise 6: while it moves, the resident is told what it waits for."""
    for seed in range(6):
        seen = film.show(photograph("hukou", seed).frames[0], 0.2)
    assert seen.verdict.fault is Fault.MOVING
    assert film.pages == []


def test_after_it_was_lifted_the_next_is_taken(film: Film) -> None:
    """Promise 6: page after page without touching the screen."""
    bare = scene().empty(1).frames[0]
    film.show(photograph("hukou", 2).frames[0], 1.2)
    film.show(bare, 0.3)
    film.show(photograph("hukou", 4).frames[0], 1.2)
    assert len(film.pages) == 2


def test_a_nudge_is_not_a_second_paper(film: Film) -> None:
    """Promise 4: moved, covered by a hand, but never lifted: one page."""
    film.show(photograph("hukou", 2).frames[0], 1.2)
    film.show(photograph("hukou", 2, "finger", where=2).frames[0], 0.3)
    film.show(photograph("hukou", 5).frames[0], 1.5)
    assert len(film.pages) == 1


def test_a_page_with_a_fault_is_not_taken_until_it_is_mended(film: Film) -> None:
    """Promise 6: the finger goes, the page is taken."""
    seen = film.show(photograph("form", 2, "finger", where=2).frames[0], 1.5)
    assert seen.verdict.fault is Fault.FINGER_BOTTOM_RIGHT
    assert film.pages == []
    film.show(photograph("form", 2).frames[0], 1.2)
    assert len(film.pages) == 1


def test_what_is_shown_is_small_and_the_page_lies_in_it(film: Film) -> None:
    """Promise 6: the preview is cheap to draw and its outline fits."""
    photo = photograph("form", 2)
    seen = film.show(photo.frames[0], 0.5)
    assert seen.preview.shape == (648, 864, 3)
    assert seen.quad is not None
    assert photo.corners is not None
    assert iou(seen.quad, photo.corners / 3) > 0.98
    assert "preview" not in repr(seen)


def test_the_empty_tray_is_learnt() -> None:
    """Promise 3: a new kiosk needs nobody to photograph its tray."""
    film = Film(ScanSession())
    film.show(scene().empty(1).frames[0], 1.5)
    assert film.session.empty_tray is not None
    film.show(photograph("bank_card", 2).frames[0], 1.2)
    assert len(film.pages) == 1


def test_a_page_is_not_learnt_as_the_tray() -> None:
    """Promise 4: what lies there from the beginning is a page."""
    film = Film(ScanSession())
    film.show(photograph("form", 2).frames[0], 3)
    assert film.session.empty_tray is None
    assert len(film.pages) == 1


def test_the_empty_tray_follows_the_light(film: Film) -> None:
    """Promise 3: dusk does not end the scan."""
    dusk = (scene().empty(1).frames[0] * 0.93).astype(np.uint8)
    film.show(dusk, 3)
    assert film.session.empty_tray is not None
    assert abs(float(film.session.empty_tray.mean()) - float(dusk.mean())) < 1


def test_another_tray_is_learnt_anew(film: Film) -> None:
    """Promise 3: when the camera was moved or the tray changed, the scan goes on after seconds."""
    grey = scene("grey").empty(1).frames[0]
    film.show(grey, 4)
    assert film.session.empty_tray is not None
    assert abs(float(film.session.empty_tray.mean()) - float(grey.mean())) < 1


def test_what_lies_there_can_be_taken_as_it_is(film: Film) -> None:
    """Promise 7: who cannot lay it flat can go on: without a quad the whole frame is the page."""
    film.show(scene().empty(1).frames[0], 0.3)
    taken = film.session.take()
    assert taken.mm_size == pytest.approx((2592 * MM_PER_PIXEL, 1944 * MM_PER_PIXEL))


def test_nothing_can_be_taken_before_a_frame_came() -> None:
    """Promise 4: no page out of nothing."""
    with pytest.raises(ValueError, match="no frame"):
        ScanSession().take()
