"""Every fault of a page is seen, and has a sentence the resident can act on."""

import numpy as np
import pytest

from kiosk.scan.detect import find_page, working_copy
from kiosk.scan.geometry import Image
from kiosk.scan.judge import FINGERS, Fault, Verdict, judge
from kiosk.words import LANGUAGES, Words
from tests.kiosk.scan.pictures import KINDS, MM_PER_PIXEL, empty_tray, photograph, scene


def verdict_of(image: Image, mm_per_pixel: float | None = MM_PER_PIXEL, tray: str = "dark") -> Verdict:
    return judge(image, find_page(image, empty_tray(tray)), working_copy(image), mm_per_pixel)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_a_sentence_in_both_languages(fault: Fault, language: str) -> None:
    """Promise 7: what is wrong is said, in Chinese and in English, with no parameter left open."""
    words = Words("zh" if language == "zh" else "en")
    assert len(words.say(f"scan.{fault}")) > 8


@pytest.mark.parametrize("tray", ["dark", "wood"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_good_page_is_never_refused(kind: str, tray: str) -> None:
    """Promise 4: no fault is made up."""
    for seed in (0, 7):
        image = photograph(kind, seed, tray=tray).frames[0]
        assert verdict_of(image, tray=tray) == Verdict(ok=True)


@pytest.mark.parametrize(
    ("defect", "family"),
    [
        ("blur", "blurred"),
        ("cut_off", "edge_cut"),
        ("empty", "empty_page"),
        ("glare", "glare"),
    ],
)
@pytest.mark.parametrize("kind", ["hukou", "form", "certificate"])
def test_a_defect_is_called_by_its_name(kind: str, defect: str, family: str) -> None:
    """Promise 4: the reason given is the right one."""
    for seed in (1, 2):
        fault = verdict_of(photograph(kind, seed, defect).frames[0]).fault
        assert fault is not None
        assert fault.family == family


@pytest.mark.parametrize(
    ("corner", "fault", "sentence"),
    [
        (0, Fault.FINGER_TOP_LEFT, "左上角被手指挡住了，请移开后再放好。"),
        (1, Fault.FINGER_TOP_RIGHT, "右上角被手指挡住了，请移开后再放好。"),
        (2, Fault.FINGER_BOTTOM_RIGHT, "右下角被手指挡住了，请移开后再放好。"),
        (3, Fault.FINGER_BOTTOM_LEFT, "左下角被手指挡住了，请移开后再放好。"),
    ],
)
@pytest.mark.parametrize("kind", ["hukou", "form", "id_copy"])
def test_a_finger_is_told_with_its_corner(kind: str, corner: int, fault: Fault, sentence: str) -> None:
    """Promise 6: the resident knows which finger to move, and sees it ringed."""
    seen = photograph(kind, 3, "finger", where=corner)
    verdict = verdict_of(seen.frames[0])
    assert verdict.fault is fault
    assert fault in FINGERS
    assert Words("zh").say(f"scan.{fault}") == sentence
    assert seen.corners is not None
    assert verdict.where is not None
    scale = 2592 / working_copy(seen.frames[0]).shape[1]
    assert np.linalg.norm(seen.corners[corner] / scale - verdict.where) < 60


def test_the_cut_edge_is_shown_where_it_is() -> None:
    """Promise 6: the resident sees towards where to move the paper."""
    seen = photograph("form", 1, "cut_off")
    verdict = verdict_of(seen.frames[0])
    assert verdict.where is not None
    assert verdict.where[0] < 3 or verdict.where[0] > 860


def test_an_empty_tray_and_a_covered_lens_are_two_things() -> None:
    """Promise 4: dark is not empty."""
    bare = scene().empty(1).frames[0]
    assert verdict_of(bare).fault is Fault.NO_PAGE
    covered = scene().empty(1, defects=["dark"]).frames[0]
    assert judge(covered, None, working_copy(covered)).fault is Fault.DARK


def test_a_page_in_the_dark_is_dark() -> None:
    """Promise 4: a page that is seen but cannot be read is refused with the reason."""
    seen = photograph("form", 1)
    night = (seen.frames[0] * 0.2).astype(np.uint8)
    assert judge(night, seen.corners, working_copy(night), MM_PER_PIXEL).fault is Fault.DARK


def test_too_few_pixels_per_mm_are_refused() -> None:
    """Promise 4: what cannot be read at the office is not taken."""
    image = photograph("form", 1).frames[0]
    assert verdict_of(image, mm_per_pixel=0.25).fault is Fault.TOO_SMALL
    tiny = np.array([[900.0, 900], [1050, 900], [1050, 1100], [900, 1100]])
    assert judge(image, tiny, working_copy(image)).fault is Fault.TOO_SMALL
