"""The judgement on generated scenes: what is told apart, what is no fault, and what was measured."""

from functools import lru_cache

import numpy as np
import pytest

from kiosk.scan import limits
from kiosk.scan.detect import look, working_copy
from kiosk.scan.fault import Fault, Verdict
from kiosk.scan.judge import judge
from tests.scenes import Scene, scene
from tests.scenes.wrongs import shone_on


@lru_cache(maxsize=2)
def made(seed: int, tray: str, papers: tuple[str, ...], *defects: str) -> Scene:
    return scene(seed, tray=tray, papers=papers, defects=defects)


def verdict_of(lying: Scene, *, with_tray: bool = True) -> Verdict:
    """Judge the first paper of a scene where it truly is."""
    assert lying.empty is not None
    tray = working_copy(lying.empty) if with_tray else None
    quad = lying.quads[0] if lying.quads else None
    return judge(lying.frame, quad, working_copy(lying.frame), lying.mm_per_pixel, tray)


@pytest.mark.parametrize(
    ("defect", "family"),
    [
        ("blur", "blurred"), ("motion", "shaken"), ("finger", "finger"), ("fold", "folded"), ("dark", "dark"),
        ("bright", "too_bright"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tray", ["black", "light_wood"])
def test_each_fault_is_told_from_the_others(tray: str, defect: str, family: str) -> None:
    """Promise 4: the sentence is about what is wrong, on wood as coloured as a finger, too."""
    verdict = verdict_of(made(41, tray, ("register",), defect))
    assert verdict.fault is not None
    assert verdict.fault.family == family


def found_and_judged(lying: Scene) -> Verdict:
    """Judge the page of a scene where it is found."""
    assert lying.empty is not None
    small, tray = working_copy(lying.frame), working_copy(lying.empty)
    seen = look(lying.frame, tray, small)
    return judge(lying.frame, seen.quad, small, lying.mm_per_pixel, tray)


@pytest.mark.parametrize(
    ("papers", "defects", "family"),
    [
        (("register",), ("fold",), "folded"),
        (("letter",), ("fold",), "folded"),
        (("permit",), ("cut_off",), "edge_cut"),
        (("licence",), ("cut_off",), "edge_cut"),
        (("register", "id_front"), (), "two_papers"),
        (("receipt", "id_back"), (), "two_papers"),
        (("permit",), ("finger",), "finger"),
        (("form",), (), None),
        (("certificate",), (), None),
        (("id_back",), (), None),
    ],
)
def test_on_a_white_tray_faults_are_told_too(
    papers: tuple[str, ...], defects: tuple[str, ...], family: str | None
) -> None:
    """Promise 4: where white paper has no edge to speak of, nothing is overlooked and nobody is refused."""
    fault = found_and_judged(made(61, "white", papers, *defects)).fault
    assert (None if fault is None else fault.family) == family


@pytest.mark.parametrize("tray", ["black", "dark_slats", "white"])
@pytest.mark.parametrize(("defects", "family"), [((), None), (("fold",), "folded"), (("cut_off",), "edge_cut")])
def test_a_dark_card_is_judged_as_any_paper(tray: str, defects: tuple[str, ...], family: str | None) -> None:
    """Promise 4: as dark as the tray, its corners are no holes, and a folded one is."""
    fault = found_and_judged(made(62, tray, ("bank_card",), *defects)).fault
    assert (None if fault is None else fault.family) == family


def test_a_reflection_over_light_writing_on_a_dark_card_is_seen() -> None:
    """Promise 4: light letters drown earlier than the card beneath them does."""
    lying = made(63, "black", ("bank_card",))
    quad, rng = lying.quads[0], np.random.default_rng(5)
    top_left, top_right, _, bottom_left = np.roll(quad, lying.upright_turns[0], axis=0)
    number = top_left + 0.38 * (top_right - top_left) + 0.68 * (bottom_left - top_left)
    ys, xs = np.mgrid[0 : lying.frame.shape[0], 0 : lying.frame.shape[1]]
    far = ((xs - number[0]) ** 2 + (ys - number[1]) ** 2) / 90.0**2
    light = np.clip(330 * np.exp(-(far**2)), 0, 255).astype(np.uint8)
    frame = shone_on(lying.frame, light, rng)
    fault = judge(frame, quad, working_copy(frame), lying.mm_per_pixel).fault
    assert fault is not None
    assert fault.family == "glare"


@pytest.mark.parametrize("defects", [(), ("stamp",), ("jpeg",), ("shadow",)])
def test_what_is_harmless_is_no_fault(defects: tuple[str, ...]) -> None:
    """Promise 4: a stamp, a shadow, a weak camera refuse nobody."""
    assert verdict_of(made(42, "dark_wood", ("form",), *defects)).ok


def test_the_folded_corner_is_named() -> None:
    """Promise 6: the resident knows which corner to smooth out, and sees it ringed."""
    lying = made(41, "black", ("register",), "fold")
    verdict = verdict_of(lying)
    assert verdict.fault is not None
    assert verdict.where is not None
    corner = ("top_left", "top_right", "bottom_right", "bottom_left").index(verdict.fault.removeprefix("folded_"))
    scale = lying.frame.shape[1] // working_copy(lying.frame).shape[1]
    assert np.linalg.norm(lying.quads[0][corner] / scale - verdict.where) < 12


def test_two_papers_are_two_and_the_other_is_shown() -> None:
    """Promise 4: two papers never become one page."""
    lying = made(43, "black", ("register", "id_front"))
    verdict = verdict_of(lying)
    assert verdict.fault is Fault.TWO_PAPERS
    assert verdict.where is not None
    scale = lying.frame.shape[1] // working_copy(lying.frame).shape[1]
    assert np.linalg.norm(lying.quads[1].mean(axis=0) / scale - verdict.where) < 12


def test_a_reflection_beside_the_writing_is_no_fault() -> None:
    """Promise 7: a laminated card always shines; it is refused only where letters drown."""
    lying = made(44, "black", ("letter",))
    for at, family in ((0.5, "glare"), (0.97, None)):
        frame = lying.frame.copy()
        top, bottom = lying.quads[0][:2].mean(axis=0), lying.quads[0][2:].mean(axis=0)
        x, y = (top + at * (bottom - top)).astype(int)
        ys, xs = np.mgrid[0 : frame.shape[0], 0 : frame.shape[1]]
        frame[(xs - x) ** 2 + (ys - y) ** 2 < 60**2] = 255
        fault = judge(frame, lying.quads[0], working_copy(frame), lying.mm_per_pixel).fault
        assert (None if fault is None else fault.family) == family


def test_a_finger_is_known_without_the_tray_too() -> None:
    """Promise 3: a kiosk that has not learnt its tray judges what it can."""
    verdict = verdict_of(made(41, "black", ("register",), "finger"), with_tray=False)
    assert verdict.fault is not None
    assert verdict.fault.family == "finger"


def test_the_verdict_says_what_was_measured() -> None:
    """Promise 8: whoever tunes a kiosk reads numbers, of good pages as of bad ones."""
    good = verdict_of(made(42, "dark_wood", ("form",)))
    assert good.measured["sharpness"] > limits.LEAST_SHARP
    assert good.measured["pixels_per_mm"] == pytest.approx(2592 / 440)
    assert {"edge_margin", "paper_brightness", "burnt_out", "finger_area", "other_area", "bare_corner", "ink"} <= set(
        good.measured
    )
    blurred = verdict_of(made(41, "black", ("register",), "blur"))
    assert 0 < blurred.measured["sharpness"] < limits.LEAST_SHARP


def test_a_picture_without_contrast_or_light_is_judged_too() -> None:
    """Promise 4: flat grey, black and white pictures get the sentence that fits."""
    for level, fault in ((128, Fault.NO_PAGE), (2, Fault.DARK), (255, Fault.TOO_BRIGHT)):
        flat = np.full((480, 640, 3), level, np.uint8)
        assert judge(flat, None, working_copy(flat)).fault is fault
