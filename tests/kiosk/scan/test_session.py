"""From frame to frame: one paper, one page; the tray learnt and renewed by itself."""

from typing import cast

import cv2
import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.camera import Frame
from drivers.errors import DeviceError, Reason
from drivers.sim.pages import DrawnPage, draw_page
from drivers.sim.photograph import Photograph
from kiosk.scan import laid
from kiosk.scan.geometry import Image, Quad, iou
from kiosk.scan.judge import Fault
from kiosk.scan.same import look_of, same_page
from kiosk.scan.session import Observation, PageImage, ScanSession
from tests.kiosk.scan.pictures import FONT, MM_PER_PIXEL, empty_tray, frame, page, photograph, scene

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


def empty_frame() -> Image:
    """Return a frame of the bare tray that may be painted on."""
    return scene().empty(1).frames[0].copy()


def two(*, left: str = "hukou", right: str = "bank_card", seed: int = 8) -> Photograph:
    """Photograph two papers beside each other."""
    return scene().photograph(page(left), seed, beside=page(right))


def test_two_papers_are_offered_one_by_one_and_neither_is_lifted(film: Film) -> None:
    """Promise 7: the left one first; the other is the next as soon as the first is taken."""
    both = two()
    assert both.corners is not None
    seen = film.show(both.frames[0], 1.5)
    assert (seen.verdict.fault, len(seen.others), seen.offered) == (Fault.TWO_PAPERS, 1, False)
    assert seen.quad is not None
    assert iou(seen.quad, both.corners / 3) > 0.98
    assert film.pages == []
    first = film.session.take()
    seen = film.show(both.frames[0], 1.5)
    assert (seen.verdict.fault, seen.taken, seen.offered) == (Fault.TWO_PAPERS, False, True)
    second = film.session.take()
    assert film.show(both.frames[0], 1.5).taken
    assert [each.paper for each in (first, second)] == ["register", "ID-1"]
    assert (first.notes, second.notes) == ((), ())
    assert film.pages == []


def test_what_is_wrong_with_the_outlined_one_of_two_is_told_first(film: Film) -> None:
    """Promise 6: a finger on it is a finger, whatever lies beside it."""
    held = scene().photograph(page("hukou"), 8, ("finger",), where=0, beside=page("bank_card"))
    assert film.show(held.frames[0], 1).verdict.fault is Fault.FINGER_TOP_LEFT


def test_of_two_that_lay_together_the_one_left_behind_is_not_taken_by_itself(film: Film) -> None:
    """Promise 4: a card that only lay beside the paper becomes no page of it, though the paper is lifted."""
    both, kept = two().frames[0], empty_frame()
    film.show(both, 0.6)
    film.session.take()
    left_half = kept.shape[1] // 2
    kept[:, left_half:] = both[:, left_half:]
    seen = film.show(kept, 2)
    assert seen.offered
    assert film.pages == []


def test_a_paper_laid_beside_one_that_was_taken_is_taken_by_itself(film: Film) -> None:
    """Promise 6: page after page, and none has to be lifted."""
    both, first = two().frames[0], empty_frame()
    left_half = first.shape[1] // 2
    first[:, :left_half] = both[:, :left_half]
    film.show(first, 1.2)
    seen = film.show(both, 1.5)
    assert [each.paper for each in film.pages] == ["register", "ID-1"]
    assert seen.taken


@pytest.mark.parametrize(("left", "right"), [("bank_card", "bank_card"), ("hukou", "hukou")])
def test_two_alike_papers_lie_still(film: Film, left: str, right: str) -> None:
    """Promise 6: that neither is the larger one does not make them move."""
    both = scene().photograph(page(left), 6, variants=6, beside=page(right))
    for image in both.frames * 2:
        seen = film.show(image, PERIOD)
    assert (seen.still, seen.verdict.fault) == (True, Fault.TWO_PAPERS)


def test_a_paper_swapped_under_the_hand_is_a_new_page(film: Film) -> None:
    """Promise 6: a register is leafed through; its tray is never bare, and each page is taken once."""
    other = draw_page("hukou", FONT, {"姓名": "李小红", "性别": "女", "公民身份号码": "320581199202020028"})
    film.show(photograph("hukou", 2).frames[0], 1.2)
    film.show(photograph("hukou", 2, "finger", where=2).frames[0], 0.3)
    film.show(scene().photograph(other, 5).frames[0], 1.5)
    assert len(film.pages) == 2


def another_person(name: str, number: str) -> DrawnPage:
    """Return the register's page of somebody who shares everything else with its first one."""
    return draw_page("hukou", FONT, {"姓名": name, "公民身份号码": number})


def test_a_page_that_differs_in_a_few_letters_is_a_new_one_and_is_not_told_as_repeated(film: Film) -> None:
    """Promise 4: swapped under the hand, two people's pages of one register are two pages, and both are kept."""
    own = another_person("王小军", "320581199001010994")
    film.show(photograph("hukou", 2).frames[0], 1.2)
    film.show(photograph("hukou", 2, "finger", where=2).frames[0], 0.3)
    film.show(scene().photograph(own, 5).frames[0], 1.5)
    first, second = film.pages
    assert not same_page(first, second)


def test_the_same_page_nudged_blunt_or_shaken_is_no_new_one(film: Film) -> None:
    """Promise 4: what focus and a hand do to one page makes no second of it, and taken again it is told."""
    film.show(photograph("hukou", 2).frames[0], 1.2)
    again = photograph("hukou", 5).frames[0]
    shaken = np.asarray(cv2.filter2D(again, -1, np.eye(3, dtype=np.float32) / 3), np.uint8)
    for image in (np.asarray(cv2.GaussianBlur(again, (0, 0), 1.0), np.uint8), shaken, again):
        film.show(photograph("hukou", 2, "finger", where=2).frames[0], 0.3)
        film.show(image, 1.5)
    assert len(film.pages) == 1
    assert same_page(film.pages[0], film.session.take())


def test_a_paper_turned_about_under_the_hand_is_still_the_same(film: Film) -> None:
    """Promise 4: upside down it is no other page."""
    first = photograph("hukou", 2)
    film.show(first.frames[0], 1.2)
    film.show(photograph("hukou", 2, "finger", where=2).frames[0], 0.3)
    film.show(np.ascontiguousarray(first.frames[0][::-1, ::-1]), 1.5)
    assert len(film.pages) == 1


def test_a_blank_paper_moved_under_the_hand_is_not_another_one(film: Film) -> None:
    """Promise 4: where nothing is written nothing can tell two papers apart, and none is made up."""
    film.show(photograph("form", 2, "empty").frames[0], 0.5)
    film.session.take()
    film.show(photograph("form", 2, "finger", where=2).frames[0], 0.3)
    assert film.show(photograph("form", 3, "empty").frames[0], 1.5).taken


def test_looks_of_papers_are_overwritten_when_the_visit_is_over(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 2: what a paper is known again by shows its writing."""
    looks: list[Image] = []

    def kept(image: Image, quad: Quad, mm_per_pixel: float | None) -> Image:
        looks.append(look_of(image, quad, mm_per_pixel))
        return looks[-1]

    monkeypatch.setattr(laid, "look_of", kept)
    film.show(photograph("hukou", 2).frames[0], 1.2)
    assert [look.any() for look in looks] == [True]
    film.session.wipe()
    assert [look.any() for look in looks] == [False]


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


def test_after_three_tries_with_the_same_fault_the_resident_may_go_on(film: Film) -> None:
    """Promise 7: a refusal that never ends helps nobody; promise 4: what was wrong is noted for the clerk."""
    bare, held = scene().empty(1).frames[0], photograph("form", 2, "finger", where=2).frames[0]
    for attempt in range(1, 4):
        film.show(bare, 0.3)
        seen = film.show(held, 0.8)
        assert seen.may_go_on == (attempt == 3)
    assert film.session.take().notes == ("finger",)
    assert not film.show(held, 0.1).may_go_on


def test_after_twenty_seconds_the_resident_may_go_on(film: Film) -> None:
    """Promise 6: the wait ends, even for who does not lay it anew."""
    held = photograph("hukou", 2, "finger", where=2).frames[0]
    assert not film.show(held, 2).may_go_on
    film.number += 150  # fifteen seconds in which the camera gave nothing
    assert not film.show(held, 1).may_go_on
    for _ in range(18):
        film.number += 9
        seen = film.show(held, PERIOD)
    assert seen.may_go_on


def test_another_fault_begins_to_count_anew(film: Film) -> None:
    """Promise 4: two fingers and one reflection are not three of the same."""
    bare = scene().empty(1).frames[0]
    for defect in ("finger", "finger", "glare"):
        film.show(bare, 0.3)
        seen = film.show(photograph("form", 1, defect, where=2).frames[0], 0.8)
    assert not seen.may_go_on


def test_a_page_that_moves_as_it_is_taken_says_so(film: Film) -> None:
    """Promise 6: it is told why nothing was taken just now."""
    film.show(photograph("hukou", 2).frames[0], 0.5)
    seen = film.show(photograph("hukou", 5).frames[0], PERIOD)
    assert seen.verdict.fault is Fault.MOVED
    assert film.pages == []


def test_the_outline_of_a_still_page_does_not_tremble(film: Film) -> None:
    """Promise 6: noise moves the outline by less than 0.3 mm."""
    drawn = page("form")
    frames = scene().photograph(drawn, 2, variants=12).frames
    film.show(frames[0], 1)
    quads = [film.show(image, PERIOD).quad for image in frames]
    preview_mm = MM_PER_PIXEL * 3
    corners = np.array([quad for quad in quads if quad is not None])
    assert len(corners) == len(frames)
    assert np.ptp(corners, axis=0).max() * preview_mm <= 0.3


def test_the_outline_of_a_moving_page_does_not_lag(film: Film) -> None:
    """Promise 6: it is where the page is, in the same frame."""
    film.show(photograph("hukou", 2).frames[0], 1)
    there = photograph("hukou", 5)
    seen = film.show(there.frames[0], PERIOD)
    assert seen.quad is not None
    assert there.corners is not None
    assert iou(seen.quad, there.corners / 3) > 0.98


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((480, 640), np.uint8),
        np.zeros((480, 640, 4), np.uint8),
        np.zeros((480, 640, 3), np.uint16),
        np.zeros((480, 640, 3), np.float32),
        np.zeros((3, 2000, 3), np.uint8),
        None,
        b"jpeg",
    ],
    ids=["nothing", "grey", "four channels", "16 bit", "float", "a strip", "None", "bytes"],
)
def test_what_is_no_picture_is_a_device_error(film: Film, image: object) -> None:
    """Promise 3: whatever the camera gives, nothing crashes."""
    bad = Frame(cast("Image", image), 1.0, 1, MM_PER_PIXEL)
    with pytest.raises(DeviceError) as caught:
        film.session.feed(bad)
    assert caught.value.reason is Reason.GARBLED


@given(
    width=st.integers(64, 700),
    height=st.integers(64, 700),
    seed=st.integers(0, 99),
    kind=st.sampled_from(["flat", "noise", "stripes"]),
)
@settings(max_examples=25, deadline=None)
def test_any_picture_is_looked_at_without_a_crash(width: int, height: int, seed: int, kind: str) -> None:
    """Promise 3: sizes change, lenses are covered; the answer is an observation."""
    rng = np.random.default_rng(seed)
    image = np.full((height, width, 3), seed * 2, np.uint8)
    if kind == "noise":
        image = rng.integers(0, 255, image.shape, np.uint8)
    elif kind == "stripes":
        image[:: 2 + seed] = 255
    session = ScanSession(empty_tray() if seed % 2 else None)
    for number in range(3):
        seen = session.feed(Frame(image.copy(), 1 + number * PERIOD, number, None))
    assert seen.preview.ndim == 3


def test_ten_pages_in_a_row_leave_no_memory_behind() -> None:
    """Promise 2 and 3: what a page needed is given back before the next one."""
    film = Film(ScanSession(empty_tray()))
    bare, laid = scene().empty(1).frames[0], photograph("hukou", 2).frames[0]
    process = psutil.Process()
    after: list[int] = []
    for _ in range(11):
        film.show(bare, 0.3)
        film.show(laid, 0.8)
        film.pages.clear()
        after.append(process.memory_info().rss)
    assert after[-1] - after[0] < 12 * 2**20  # less than one frame
