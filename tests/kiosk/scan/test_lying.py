"""Pages as they were laid: askew, sideways, upside down. What is kept of them is straight and upright."""

import cv2
import numpy as np
import pytest

from drivers.sim.pages import draw_page
from drivers.sim.photograph import Scene
from kiosk.scan import skew_degrees
from kiosk.scan.geometry import Image, Quad
from kiosk.scan.page import PageImage, make_page
from tests.kiosk.reading.sheets import LETTER, sheet
from tests.kiosk.scan.pictures import FONT
from tests.scenes import draw_paper

FIELD = 110  # pixels of tray around a paper
MM_PER_PIXEL = 25.4 / 200


def drawn(kind: str) -> Image:
    image = draw_paper(kind, 1).image
    return np.asarray(cv2.resize(image, None, fx=0.984, fy=0.984, interpolation=cv2.INTER_AREA), np.uint8)


def askew(paper: Image, degrees: float) -> Image:
    """Return a paper whose writing is turned clockwise by that, its edges are not."""
    height, width = paper.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return np.asarray(cv2.warpAffine(paper, matrix, (width, height), borderValue=(250, 250, 250)), np.uint8)


def laid(paper: Image) -> tuple[Image, Quad]:
    """Return the frame of a paper that lies in the tray, and its corners."""
    height, width = paper.shape[:2]
    frame = np.full((height + 2 * FIELD, width + 2 * FIELD, 3), 40, np.uint8)
    frame[FIELD:-FIELD, FIELD:-FIELD] = paper
    return frame, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64) + FIELD


def taken(paper: Image, turns: int | None = None) -> PageImage:
    return make_page(*laid(paper), MM_PER_PIXEL, turns)


def decoded(page: PageImage) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(page.jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def how_it_lies(page: PageImage, paper: Image) -> int:
    """Return by how many quarter turns clockwise the paper is turned on the page that was kept of it."""

    def thumbnail(image: Image) -> Image:
        return np.asarray(cv2.resize(image, (60, 60), interpolation=cv2.INTER_AREA), np.uint8)

    kept = thumbnail(decoded(page)).ravel()
    turned = [thumbnail(np.ascontiguousarray(np.rot90(paper, -turns))).ravel() for turns in range(4)]
    return int(np.argmax([np.corrcoef(kept, each)[0, 1] for each in turned]))


@pytest.mark.parametrize("kind", ["letter", "form", "register"])
@pytest.mark.parametrize("degrees", [-10, -2.17, 0.33, 5.5])
def test_writing_that_runs_askew_is_kept_straight(kind: str, degrees: float) -> None:
    """Promise 1: what is kept is straight to a twentieth of a degree, in the size of its paper."""
    page = taken(askew(drawn(kind), degrees))
    left = skew_degrees(decoded(page))
    assert left is not None
    assert abs(left) <= 0.05
    assert page.paper == ("register" if kind == "register" else "A4")


def test_no_tray_is_seen_beside_a_page_that_was_straightened() -> None:
    """Promise 4: beyond the paper's edge there is paper's white, not the tray's black."""
    image = decoded(taken(askew(drawn("letter"), 4.0)))
    assert min(int(image[y, x].min()) for y in (4, -5) for x in (4, -5)) > 225


def test_a_page_is_not_straightened_at_the_cost_of_what_is_written_at_its_edge() -> None:
    """Promise 1: askew is read, lost is not."""
    paper = askew(drawn("letter"), 6.0)
    paper[30:90, 40:160] = (60, 60, 200)  # a stamp in the very corner
    kept = decoded(taken(paper))
    left = skew_degrees(kept)
    assert left == pytest.approx(6.0, abs=0.1)
    assert kept[60, 100, 2] > kept[60, 100, 0] + 80


@pytest.mark.parametrize("kind", ["letter", "form", "register", "certificate", "receipt"])
@pytest.mark.parametrize("lying", range(4))
def test_a_page_is_kept_upright_however_it_was_laid(kind: str, lying: int) -> None:
    """Promise 6: nobody has to lay a paper the right way round, and nobody is asked to turn it."""
    paper = drawn(kind)
    page = taken(np.ascontiguousarray(np.rot90(paper, lying)))
    assert how_it_lies(page, paper) == 0
    height, width = decoded(page).shape[:2]
    assert page.preview.shape[1] / page.preview.shape[0] == pytest.approx(width / height, rel=0.02)
    assert page.mm_size[0] / page.mm_size[1] == pytest.approx(width / height, rel=0.02)


@pytest.mark.parametrize("turns", range(4))
def test_seventy_characters_are_enough_to_tell_never_the_wrong_way(turns: int) -> None:
    """Promise 4: a short letter is turned upright."""
    paper = sheet(LETTER, dpi=200)
    assert how_it_lies(taken(np.ascontiguousarray(np.rot90(paper, turns))), paper) == 0


@pytest.mark.parametrize("kind", ["blank", "bank_card", "id_front"])
def test_a_page_that_does_not_tell_stays_as_it_lies(kind: str) -> None:
    """Promise 4: no guess turns a page."""
    paper = drawn(kind)
    page = taken(np.ascontiguousarray(np.rot90(paper, -1)))
    assert (page.mm_size[0] > page.mm_size[1]) == (paper.shape[0] > paper.shape[1])
    assert kind == "blank" or how_it_lies(page, paper) == 1


@pytest.mark.parametrize("kind", ["hukou", "id_copy"])
def test_what_a_poor_camera_shows_of_a_page_turns_it_never_wrongly(kind: str) -> None:
    """Promise 4: letters of nine pixels, a table begun and ended alike, a portrait's dots: no guess."""
    page, tray = draw_page(kind, FONT), Scene(size=(1296, 972))
    for seed in range(41, 46):
        seen = tray.photograph(page, seed)
        assert seen.corners is not None
        taken = make_page(seen.frames[0], seen.corners, tray.mm_per_pixel)
        assert how_it_lies(taken, page.image) == 0


def test_who_says_how_a_page_lies_is_believed() -> None:
    """Promise 7: turns that are given are made, whatever the writing tells."""
    paper = drawn("letter")
    assert how_it_lies(taken(paper, turns=2), paper) == 2
