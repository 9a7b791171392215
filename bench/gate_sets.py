"""The generated sets that the judgement of a page is measured on: one a fault, and the good pages.

Each maker draws its scene from one seed; what it shows is known by construction. A blank page stands in its own set
alone, and glare counts as a fault only where it lies over writing (both pictures of the seed are compared).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from tests.scenes import PAPERS, Scene, scene

WRITTEN = tuple(kind for kind in PAPERS if kind != "blank")
_LIGHT = tuple(kind for kind in WRITTEN if kind != "bank_card")  # on a dark card, twice the light hides nothing
SMALL = ("register", "id_front", "id_back", "permit", "bank_card", "receipt")
_HARMLESS: tuple[tuple[str, ...], ...] = ((), (), ("stamp",), ("jpeg",), ("shadow",))
_TOO_FEW_PIXELS = (1296, 972)  # 2.9 pixels a mm over a tray of 440 mm
_BURNT, _OVER_INK, _BESIDE_INK = 250, 0.0008, 0.00002  # of the page: what is written under the burnt-out spot
_STROKE, _INK = 61, 25  # pixels: wider than the thickest letter; brightness
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


def _glare(hides: Callable[[float], bool], reach: int) -> Callable[[int], Scene]:
    """Return a maker of the first scene at or after its seed whose glare, `reach` pixels around, hides so much."""

    def make(seed: int) -> Scene:
        while True:
            shining, plain = (scene(seed, papers=_kind(seed), defects=defects) for defects in (("glare",), ()))
            if hides(_hidden(shining, plain, reach)):
                return shining
            seed += 1

    return make


def _hidden(shining: Scene, plain: Scene, reach: int) -> float:
    """Return the share of the page that is both burnt out, or `reach` pixels from that, and written on."""
    burnt = cv2.inRange(shining.frame, np.full(3, _BURNT), np.full(3, 255))
    burnt = cv2.dilate(burnt, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    grey = np.asarray(cv2.cvtColor(plain.frame, cv2.COLOR_BGR2GRAY), np.uint8)
    ink = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((_STROKE, _STROKE), np.uint8)) > _INK
    page = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(page, shining.quads[0].astype(np.int32), 1)
    return float(np.count_nonzero((burnt > 0) & ink & (page > 0)) / np.count_nonzero(page))


MAKERS: Mapping[str, tuple[Callable[[int], Scene], frozenset[str]]] = MappingProxyType(
    {
        "good": (_good, frozenset()),
        "shine": (_glare(lambda hidden: hidden < _BESIDE_INK, _CLEAR), frozenset()),
        "blurred": (_with("blur"), frozenset({"blurred"})),
        "shaken": (_with("motion"), frozenset({"shaken"})),
        "glare": (_glare(lambda hidden: hidden > _OVER_INK, 0), frozenset({"glare"})),
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
        "folded": (_with("fold"), frozenset({"folded"})),
    }
)


def cases(name: str, count: int, first_seed: int) -> Iterator[Case]:
    """Yield `count` cases of one set; the seeds are apart from those of the other sets."""
    make, right = MAKERS[name]
    offset = list(MAKERS).index(name) * 311
    for number in range(count):
        seed = first_seed + (offset + number * _STRIDE) % 9_000
        yield Case(name, seed, make(seed), right)
