"""The generated sets that the judgement of a page is measured on: one a fault, and the good pages.

Each maker draws its scene from one seed; what it shows is known by construction. A blank page stands in its own set
alone, and glare counts as a fault only where it lies over writing (the picture without it tells where that is).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import cv2
import numpy as np

from kiosk.scan.geometry import Image, area
from tests.scenes import PAPERS, Scene, scene
from tests.scenes.wrongs import glare, shone_on

WRITTEN = tuple(kind for kind in PAPERS if kind != "blank")
_LIGHT = tuple(kind for kind in WRITTEN if kind != "bank_card")  # on a dark card, twice the light hides nothing
_FOLDING = tuple(kind for kind in WRITTEN if kind not in ("id_front", "id_back", "permit", "bank_card"))  # no plastic
SMALL = ("register", "id_front", "id_back", "permit", "bank_card", "receipt")
_HARMLESS: tuple[tuple[str, ...], ...] = ((), (), ("stamp",), ("jpeg",), ("shadow",))
_TOO_FEW_PIXELS = (1296, 972)  # 2.9 pixels a mm over a tray of 440 mm
_BURNT, _OVER_INK, _BESIDE_INK = 250, 0.0008, 0.00002  # of the page: what is written under the burnt-out spot
_STROKE, _INK = 61, 25  # pixels: wider than the thickest letter; brightness
_LIGHT_STROKE, _DARK_CARD = 25, 130  # letters on a dark card are thinner than its chip; brightness
_RIM, _COARSE = 13, 4  # pixels: a page's soft edge is no writing; looked at in quarters
_PLACES = 24  # where a lamp is tried
_CLEAR = 18  # pixels, 3 mm: so far from any letter a reflection is beside the writing
_STRIDE = 7_919  # a prime: sets of neighbouring seeds would share their random streams' beginnings


@dataclass(frozen=True, slots=True)
class Case:
    """One picture to judge, with the fault families that are right; none for a good page."""

    name: str
    seed: int
    scene: Scene
    right: frozenset[str]


def _kind(seed: int, kinds: Sequence[str] = WRITTEN) -> list[str]:
    return [kinds[seed % len(kinds)]]


def _with(*defects: str) -> Callable[[int], Scene]:
    return lambda seed: scene(seed, papers=_kind(seed), defects=defects)


def _good(seed: int) -> Scene:
    return scene(seed, papers=_kind(seed), defects=_HARMLESS[seed // len(WRITTEN) % len(_HARMLESS)])


def _two(seed: int) -> Scene:
    rng = np.random.default_rng(seed)
    return scene(seed, papers=[SMALL[int(i)] for i in rng.integers(len(SMALL), size=2)], defects=())


def _glare(hides: Callable[[float], bool], reach: int, margin: float) -> Callable[[int], Scene]:
    """Return a maker of a scene whose reflection, `reach` pixels around, hides so much; of the first seed with room."""

    def make(seed: int) -> Scene:
        while True:
            plain, rng = scene(seed, papers=_kind(seed), defects=()), np.random.default_rng(seed)
            written = _written(plain)
            for _ in range(_PLACES):
                light = glare(plain.quads[0], plain.frame.shape[:2], rng, margin)
                if hides(_hidden(plain, written, light, reach)):
                    return replace(plain, frame=shone_on(plain.frame, light, rng), defects=("glare",))
            seed += 1

    return make


def _written(plain: Scene) -> Image:
    """Return 255 where the page is written on, dark on light or light on dark, at a quarter of the size."""
    grey = np.asarray(cv2.cvtColor(plain.frame, cv2.COLOR_BGR2GRAY), np.uint8)
    page = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(page, plain.quads[0].astype(np.int32), 255)
    page = np.asarray(cv2.erode(page, np.ones((_RIM, _RIM), np.uint8)), np.uint8)
    dark = float(np.median(grey[page > 0])) < _DARK_CARD
    way, stroke = (cv2.MORPH_TOPHAT, _LIGHT_STROKE) if dark else (cv2.MORPH_BLACKHAT, _STROKE)
    relief = np.asarray(cv2.morphologyEx(grey, way, np.ones((stroke, stroke), np.uint8)), np.uint8)
    ink = np.where((relief > _INK) & (page > 0), np.uint8(255), np.uint8(0))
    return np.asarray(cv2.resize(ink, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA), np.uint8)


def _hidden(plain: Scene, written: Image, light: Image, reach: int) -> float:
    """Return the share of the page that is both burnt out, or `reach` pixels from that, and written on."""
    size = written.shape[::-1]
    low = np.asarray(plain.frame[::_COARSE, ::_COARSE].min(axis=2), np.uint8)
    shining = cv2.add(low, cv2.resize(light, size, interpolation=cv2.INTER_AREA))
    burnt = np.where(shining >= _BURNT, np.uint8(1), np.uint8(0))
    across = 2 * (reach // _COARSE) + 1
    burnt = np.asarray(cv2.dilate(burnt, np.ones((across, across), np.uint8)), np.uint8)
    return float(written[burnt > 0].sum() / 255 * _COARSE**2 / area(plain.quads[0]))


MAKERS: Mapping[str, tuple[Callable[[int], Scene], frozenset[str]]] = MappingProxyType(
    {
        "good": (_good, frozenset()),
        "shine": (_glare(lambda hidden: hidden < _BESIDE_INK, _CLEAR, 0.1), frozenset()),
        "blurred": (_with("blur"), frozenset({"blurred"})),
        "shaken": (_with("motion"), frozenset({"shaken"})),
        "glare": (_glare(lambda hidden: hidden > _OVER_INK, 0, 0.3), frozenset({"glare"})),
        "finger": (_with("finger"), frozenset({"finger"})),
        "edge_cut": (_with("cut_off"), frozenset({"edge_cut"})),
        "too_small": (lambda seed: scene(seed, papers=_kind(seed), size=_TOO_FEW_PIXELS), frozenset({"too_small"})),
        "two_papers": (_two, frozenset({"two_papers"})),
        "no_page": (lambda seed: scene(seed, papers=()), frozenset({"no_page"})),
        "dark": (_with("dark"), frozenset({"dark"})),
        "too_bright": (
            lambda seed: scene(seed, papers=_kind(seed, _LIGHT), defects=("bright",)),
            frozenset({"too_bright"}),
        ),
        "empty_page": (lambda seed: scene(seed, papers=["blank"], defects=()), frozenset({"empty_page"})),
        "folded": (
            lambda seed: scene(seed, papers=_kind(seed, _FOLDING), defects=("fold",)),
            frozenset({"folded"}),
        ),
    }
)


def cases(name: str, count: int, first_seed: int) -> Iterator[Case]:
    """Yield `count` cases of one set; the seeds are apart from those of the other sets."""
    make, right = MAKERS[name]
    offset = list(MAKERS).index(name) * 311
    for number in range(count):
        seed = first_seed + (offset + number * _STRIDE) % 9_000
        yield Case(name, seed, make(seed), right)
