"""What lies under the camera in the scenes: photograph-like frames of drawn pages, taken once each."""

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from drivers.camera import Frame
from drivers.sim.pages import draw_page
from drivers.sim.photograph import Photograph, Scene
from kiosk.scan.detect import working_copy
from kiosk.scan.handling import Source
from kiosk.scan.judge import Fault, Verdict
from kiosk.scan.page import PageImage, make_page
from kiosk.scan.session import Observation, ScanSession
from kiosk.text.fonts import REGULAR, font_folder

_WIDE, _HIGH = 1296, 972
_SHRINK = 2  # as the scanner's working copy
_SEED = 5
_CLOSE, _CLOSE_MM = (1800, 1350), (300.0, 225.0)  # as near as a card must be to be read


@lru_cache(maxsize=1)
def _scene() -> Scene:
    return Scene(size=(_WIDE, _HIGH))


@lru_cache(maxsize=4)
def _photograph(kind: str, *defects: str) -> Photograph:
    return _scene().photograph(draw_page(kind, font_folder() / REGULAR), _SEED, defects, where=2)


@lru_cache(maxsize=1)
def _two() -> Photograph:
    font = font_folder() / REGULAR
    return _scene().photograph(draw_page("hukou", font), _SEED, beside=draw_page("bank_card", font))


def _seen(photograph: Photograph, verdict: Verdict) -> Observation:
    small = cv2.resize(photograph.frames[0], None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA)
    quad = None if photograph.corners is None else photograph.corners / _SHRINK
    rgb = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)
    source = Source(photograph.frames[0], rgb, quad, _scene().mm_per_pixel)
    progress = 0.6 if verdict.ok else 0.0
    return Observation(
        quad, verdict, still=True, ready=verdict.ok, preview=rgb, taken=False, source=source, progress=progress
    )


def tray(*, ok: bool) -> Observation:
    """Return what the scanner sees: a page on the tray, in order or with a finger on it."""
    if ok:
        return _seen(_photograph("hukou"), Verdict(ok=True, fault=None, where=None))
    seen = _photograph("hukou", "finger")
    assert seen.corners is not None
    corner = seen.corners[2] / _SHRINK
    return _seen(seen, Verdict(ok=False, fault=Fault.FINGER_BOTTOM_RIGHT, where=(float(corner[0]), float(corner[1]))))


def refused(fault: Fault, *, may_go_on: bool = False, taken: bool = False) -> Observation:
    """Return a page that is not taken for that reason; two papers where that is the reason."""
    seen = _two() if fault is Fault.TWO_PAPERS else _photograph("hukou")
    verdict = Verdict(ok=False, fault=fault)
    return replace(_seen(seen, verdict), may_go_on=may_go_on, taken=taken)


@lru_cache(maxsize=2)
def two_apart(*, offered: bool) -> Observation:
    """Return what the session itself sees of two papers that lie still: the first is outlined, or the one after it."""
    scene, font = Scene(size=_CLOSE, field_mm=_CLOSE_MM), font_folder() / REGULAR
    session = ScanSession(working_copy(scene.empty(1).frames[0]))
    laid = scene.photograph(draw_page("hukou", font), _SEED, beside=draw_page("bank_card", font)).frames[0]
    for number in range(4):
        if offered and number == 3:
            session.take()  # by now both lie still
        seen = session.feed(Frame(laid, 1 + 0.2 * number, number, scene.mm_per_pixel))
    return seen


def empty() -> Observation:
    """Return what it sees of the empty tray."""
    return _seen(_scene().empty(), Verdict(ok=False, fault=Fault.NO_PAGE, where=None))


def taken(kind: str = "hukou") -> PageImage:
    """Return a page as it is kept, with a preview of its own: a visit that ends overwrites it."""
    page = _taken(kind)
    return replace(page, preview=page.preview.copy())


@lru_cache(maxsize=2)
def _taken(kind: str) -> PageImage:
    photograph = _photograph(kind)
    assert photograph.corners is not None
    page = make_page(photograph.frames[0], photograph.corners, _scene().mm_per_pixel)
    return replace(page, source=tray(ok=True).source)


def another() -> PageImage:
    """Return the same page as one that was used although it was blurred: such a one may be there again and again."""
    return replace(taken(), notes=("blurred",))
