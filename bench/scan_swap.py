"""Two people's pages of one form, swapped under the hand: how often the swap is missed, and how often one is made up.

Pairs on reported seeds: a page laid anew, out of focus or shaken a little at every second one, which has to be known
again; and a page on which a name and three digits of a number are another person's, which has to be a new one.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from bench.figures import Figure
from drivers.sim.pages import DrawnPage, draw_page
from drivers.sim.photograph import Optics, Scene
from kiosk.scan.detect import find_page, working_copy
from kiosk.scan.geometry import Image
from kiosk.scan.same import look_of, same_look
from kiosk.text.fonts import REGULAR, font_folder
from tests.scenes import REPORTED

PAIRS = 64
_KINDS = {"hukou": "姓名", "form": "姓名", "id_copy": "姓名", "certificate": "获奖人"}
_TRAYS = ("dark", "grey", "wood")
_GIVEN = "明红伟芳娜敏静丽强磊军洋勇艳杰涛"
_SHAKE = np.eye(3, dtype=np.float32) / 3  # along a diagonal, by three pixels
_ODDS = 2.0  # per cent


def measure() -> Iterator[Figure]:
    """Yield the share of swaps missed, and of pages that were laid anew and taken for another one."""
    said = [_pair(REPORTED.start + 31 * number, number) for number in range(PAIRS)]
    made_up = 100 * float(np.mean([not same for same, _ in said]))
    missed = 100 * float(np.mean([other for _, other in said]))
    yield Figure.of("swap_made_up", made_up, "%", _ODDS, f"<= {_ODDS} % of {PAIRS}")
    yield Figure.of("swap_missed", missed, "%", _ODDS, f"<= {_ODDS} % of {PAIRS}")


def _pair(seed: int, number: int) -> tuple[bool, bool]:
    """Tell whether the page laid anew, and whether the other person's page, counts as the first one."""
    rng = np.random.default_rng(seed)
    kind, tray = list(_KINDS)[number % len(_KINDS)], _TRAYS[number % len(_TRAYS)]
    name, digits = int(rng.integers(len(_GIVEN))), int(rng.integers(1000))
    first, other = _drawn(kind, name, digits), _drawn(kind, name + 1, (digits + 123) % 1000)
    sharp, blunt = Scene(tray, seed % 5), Scene(tray, seed % 5, optics=Optics(blur=1.3))
    known = _look(sharp, first, seed)
    again = _look(blunt if number % 4 == 1 else sharp, first, seed + 1, shaken=number % 4 == 3)
    return same_look(known, again) is True, same_look(known, _look(sharp, other, seed + 2)) is True


def _drawn(kind: str, name: int, digits: int) -> DrawnPage:
    person = {_KINDS[kind]: "王小" + _GIVEN[name % len(_GIVEN)]}
    number = {} if kind == "certificate" else {"公民身份号码": f"32058119900101{digits:03d}7"}
    return draw_page(kind, font_folder() / REGULAR, {**person, **number})


def _look(scene: Scene, page: DrawnPage, seed: int, *, shaken: bool = False) -> Image:
    frame = scene.photograph(page, seed).frames[0]
    if shaken:
        frame = np.asarray(cv2.filter2D(frame, -1, _SHAKE), np.uint8)
    quad = find_page(frame, working_copy(scene.empty(seed).frames[0]))
    if quad is None:
        raise LookupError(f"no page was found in the picture of seed {seed}")
    return look_of(frame, quad, scene.mm_per_pixel)
