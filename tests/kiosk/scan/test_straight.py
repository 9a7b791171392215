"""The lens's bend is taken out of a page; the empty tray of a calibration is fitted to the frames of the moment."""

from functools import lru_cache

import cv2
import numpy as np
import pytest

from drivers.camera import Frame
from drivers.sim.photograph import Optics, Scene
from kiosk.scan.detect import working_copy
from kiosk.scan.geometry import Image
from kiosk.scan.handling import cut
from kiosk.scan.page import PageImage
from kiosk.scan.session import ScanSession
from kiosk.scan.straight import Bend
from kiosk.scan.tray_keeping import fitted
from tests.kiosk.scan.pictures import MM_PER_PIXEL, empty_tray, page, scene

LENS = (-0.06, 0.015)
SCALE, PIECE, REACH = 5, 60, 20  # pixels a mm, and of the pieces that are looked for
TWO_WAYS = 0.35  # how much less a piece may change one way than the other: a line slides along itself unseen


@lru_cache(maxsize=1)
def bent() -> Scene:
    """Return a tray under a lens that bends."""
    return Scene("dark", 0, optics=Optics(radial=LENS))


def taken(bend: Bend | None) -> PageImage:
    """Return the form as it is taken by who knows of that bend."""
    image = bent().photograph(page("form"), 2).frames[0]
    session = ScanSession(working_copy(bent().empty(99).frames[0]))
    if bend is not None:
        session.learn(bend, None)
    for number in range(4):
        session.feed(Frame(image.copy(), 1 + number * 0.2, number, MM_PER_PIXEL))
    return session.take()


def grey(picture: Image, size_mm: tuple[float, float]) -> Image:
    size = (round(size_mm[0] * SCALE), round(size_mm[1] * SCALE))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (0, 0), 1.2), np.uint8)


def changes_two_ways(piece: Image) -> bool:
    x, y = (cv2.Sobel(piece, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    least, most = np.linalg.eigvalsh([[np.mean(x * x), np.mean(x * y)], [np.mean(x * y), np.mean(y * y)]])
    return bool(piece.std() > 15 and least > TWO_WAYS * most)


def peak(before: float, at: float, after: float) -> float:
    """Return where between three samples the top of a parabola through them is."""
    return 0.5 * (before - after) / (before - 2 * at + after)


def off_by(made: PageImage) -> list[float]:
    """Return by how many mm each written piece of the form is from where it was drawn, to a tenth of a pixel."""
    drawn = page("form")
    seen = cv2.imdecode(np.frombuffer(made.jpeg, np.uint8), cv2.IMREAD_COLOR)
    there, here = grey(np.asarray(seen, np.uint8), drawn.size_mm), grey(drawn.image, drawn.size_mm)
    found = []
    for top in range(REACH, here.shape[0] - PIECE - REACH, PIECE):
        for left in range(REACH, here.shape[1] - PIECE - REACH, PIECE):
            piece = here[top : top + PIECE, left : left + PIECE]
            if not changes_two_ways(piece):
                continue
            around = there[top - REACH : top + PIECE + REACH, left - REACH : left + PIECE + REACH]
            match = cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED)
            x, y = cv2.minMaxLoc(match)[3]
            assert 0 < x < 2 * REACH
            assert 0 < y < 2 * REACH
            across, down = peak(*match[y, x - 1 : x + 2]), peak(*match[y - 1 : y + 2, x])
            found.append(float(np.hypot(x - REACH + across, y - REACH + down)) / SCALE)
    return found


def test_a_page_under_a_lens_that_bends_is_right_to_a_millimetre() -> None:
    """Promise 4: a copy is held against the paper; without the calibration it is a millimetre off."""
    known, unknown = off_by(taken(Bend(*LENS))), off_by(taken(None))
    assert len(known) > 80
    assert max(known) < 0.3
    assert max(unknown) > 1.0


def test_a_wrong_lens_is_noticed_by_what_is_measured() -> None:
    """Promise 4: the measure above tells a lens of half the bend, and one that bends the other way."""
    assert max(off_by(taken(Bend(-0.03, 0.0)))) > 0.3
    assert max(off_by(taken(Bend(0.06, -0.015)))) > 1.0


def test_corners_set_by_hand_are_straightened_too() -> None:
    """Promise 4: where the resident put them is where the page is cut."""
    made, corners = taken(Bend(*LENS)), bent().photograph(page("form"), 2).corners
    assert made.source is not None
    assert corners is not None
    scale = made.source.image.shape[1] // made.source.preview.shape[1]
    assert max(off_by(cut(made.source, corners / scale))) < 0.3


def test_what_is_bent_is_straightened_to_where_it_was() -> None:
    """Promise 4: the one is the other's inverse, to a hundredth of a pixel."""
    points = np.random.default_rng(1).uniform(0, [2592, 1944], (200, 2))
    bend = Bend(*LENS)
    assert np.abs(bend.straight(bend.bent(points, (2592, 1944)), (2592, 1944)) - points).max() < 0.01


@pytest.mark.parametrize("light", [0.6, 1.6])
def test_a_kept_tray_is_fitted_to_the_size_and_the_light_of_now(light: float) -> None:
    """Promise 3: the calibration's picture serves on another day, whatever its size."""
    now = working_copy(np.asarray(cv2.convertScaleAbs(scene().empty(1).frames[0], alpha=light), np.uint8))
    half = np.asarray(cv2.resize(empty_tray(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    tray = fitted(half, now)
    assert tray.shape == now.shape
    assert abs(float(tray.mean()) - float(now.mean())) < 2


def test_a_page_that_lies_there_at_the_start_is_found_by_the_calibrations_tray() -> None:
    """Promise 3: nobody has to clear the tray first, and the picture is not learnt from a page."""
    session = ScanSession()
    session.learn(Bend(0.0, 0.0), empty_tray())
    two = scene().photograph(page("hukou"), 8, beside=page("bank_card")).frames[0]
    for number in range(4):
        seen = session.feed(Frame(two.copy(), 1 + number * 0.2, number, MM_PER_PIXEL))
    assert len(seen.others) == 1
