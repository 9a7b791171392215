"""Puts a scene together: a tray, papers in their poses, the light, the camera; and says where all of it is.

Two cameras: "fixed" looks straight down on a tray whose empty picture is known, 440 x 330 mm, as a kiosk's does; "hand"
is held over any table, at any slant, among clutter. (0, 0) is the outer corner of the first pixel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.scenes.clutter import strew
from tests.scenes.papers import PAPERS, PIXELS_PER_MM, VARIANTS, draw_paper
from tests.scenes.poses import Pose, fixed_camera, fixed_poses, hand_view
from tests.scenes.trays import TRAYS, Image, Size, light
from tests.scenes.wrongs import DEFECTS, IN_CAMERA, ON_PAPER, OVER_PAPER, Quad, glare, shadow

TUNING, REPORTED = range(10_000), range(10_000, 1_000_000)
FIELD_MM = (440.0, 330.0)
FIXED_SIZE: Size = (2592, 1944)
HAND_SIZES: tuple[Size, ...] = ((1600, 1200), (1200, 1600))
_KIOSK_TRAYS = tuple(TRAYS)[:6]
_HAND_WRONGS = {"finger": 0.25, "shadow": 0.3, "curl": 0.15, "fold": 0.1, "glare": 0.1, "noise": 0.15, "jpeg": 0.4}
_REFLECTS = 0.93  # of the light, paper
_BANK_MARGIN = 64


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A frame and the truth about it; the sequences of papers go in the same order.

    Attributes:
        frame: uint8 BGR (h, w, 3).
        empty: the fixed camera's frame of the tray without papers, None for a hand-held one.
        quads: float64 (4, 2) each, TL TR BR BL in pixels of the frame, beyond it where the paper is.
        kinds: see `PAPERS`.
        mm_per_pixel: the fixed camera's calibration, None for a hand-held one.
        defects: see `DEFECTS`.
        upright_turns: the quarter turns clockwise that make the flattened paper upright, 0 to 3 each.
        variants: `draw_paper(kind, variant)` is the paper that was laid.
        tray: see `TRAYS`.
    """

    frame: Image
    empty: Image | None
    quads: list[Quad]
    kinds: list[str]
    mm_per_pixel: float | None
    defects: tuple[str, ...]
    upright_turns: list[int]
    variants: list[int]
    tray: str


def scene(
    seed: int,
    *,
    tray: str | None = None,
    papers: Sequence[str] | None = None,
    defects: Sequence[str] | None = None,
    camera: str = "fixed",
    size: Size | None = None,
    turns: int | None = None,
) -> Scene:
    """Make the scene of a seed; what is not given is drawn from it.

    Args:
        seed: of `TUNING` or `REPORTED`.
        tray: one of `TRAYS`; a kiosk's for the fixed camera, any for a hand-held one.
        papers: kinds of `PAPERS`, () for an empty tray; one, if not given.
        defects: some of `DEFECTS`; if not given, none for the fixed camera, the usual ones for a hand-held one.
        camera: "fixed" or "hand" (one paper at most).
        size: width and height of the frame in pixels.
        turns: how papers lie: this many quarter turns counter-clockwise.

    Raises:
        KeyError: no such tray or kind.
        ValueError: an unknown defect, or papers that do not fit beside each other.
    """
    rng = np.random.default_rng(seed)
    fixed = camera == "fixed"
    size = size or (FIXED_SIZE if fixed else HAND_SIZES[int(rng.integers(2))])
    trays = _KIOSK_TRAYS if fixed else tuple(TRAYS)
    drawn_tray = trays[int(rng.integers(len(trays)))]
    drawn_kind = tuple(PAPERS)[int(rng.integers(len(PAPERS)))]
    usual = [] if fixed else [name for name, share in _HAND_WRONGS.items() if rng.random() < share]
    wrongs = usual if defects is None else defects
    if unknown := set(wrongs) - set(DEFECTS):
        raise ValueError(f"no such defects: {sorted(unknown)}")
    kinds = [drawn_kind] if papers is None else list(papers)
    scene_of = _Maker(rng, tray or drawn_tray, size, [name for name in DEFECTS if name in wrongs])
    return scene_of.fixed(kinds, turns) if fixed else scene_of.hand(kinds)


class _Maker:
    """One scene in the making."""

    def __init__(self, rng: np.random.Generator, tray: str, size: Size, defects: list[str]) -> None:
        self.rng, self.tray, self.size, self.defects = rng, tray, size, defects
        self.table = TRAYS[tray](size, rng)

    def fixed(self, kinds: list[str], turns: int | None) -> Scene:
        mm_per_pixel = FIELD_MM[0] / self.size[0]
        lit = light(self.size, self.rng, 0.12)
        to_pixels = fixed_camera(self.size, FIELD_MM, self.rng)
        sizes = [PAPERS[kind].size_mm for kind in kinds]
        poses = fixed_poses(sizes, FIELD_MM, self.rng, turns, cut_off="cut_off" in self.defects)
        empty = self._expose(self.table, lit, [], 0.8)
        return self._made(kinds, [to_pixels @ pose for pose in poses], lit, 0.8, 1 / mm_per_pixel, empty)

    def hand(self, kinds: list[str]) -> Scene:
        if len(kinds) > 1:
            raise ValueError("a hand-held camera takes one paper")
        size_mm = PAPERS[kinds[0]].size_mm if kinds else (210.0, 297.0)
        view, pixels_per_mm = hand_view(size_mm, self.size, self.rng, cut_off="cut_off" in self.defects)
        strew(self.table, pixels_per_mm, self.rng)
        lit = light(self.size, self.rng, 0.3)
        return self._made(kinds, [view] if kinds else [], lit, self.rng.uniform(0.5, 1.3), pixels_per_mm, None)

    def _made(
        self,
        kinds: list[str],
        views: list[Pose],
        lit: NDArray[np.float32],
        focus: float,
        ppm: float,
        empty: Image | None,
    ) -> Scene:
        picture, quads, turns, variants = self.table.copy(), [], [], []
        for kind, view in zip(kinds, views, strict=True):
            variants.append(int(self.rng.integers(VARIANTS)))
            quad, turn = _truth(PAPERS[kind].size_mm, view)
            picture = self._lay(picture, kind, variants[-1], view, ppm)
            quads.append(quad)
            turns.append(turn)
        for name in self.defects:
            for quad in quads[:1] if name in OVER_PAPER else ():
                OVER_PAPER[name](picture, quad, ppm, self.rng)
        frame = self._expose(picture, lit, quads, focus)
        for name in self.defects:
            if name in IN_CAMERA:
                frame = IN_CAMERA[name](frame, self.rng)
        calibration = None if empty is None else 1 / ppm
        return Scene(frame, empty, quads, kinds, calibration, tuple(self.defects), turns, variants, self.tray)

    def _lay(self, picture: Image, kind: str, variant: int, view: Pose, ppm: float) -> Image:
        drawn = draw_paper(kind, variant)
        flat = (drawn.image, drawn.mask)
        for name in self.defects:
            if name in ON_PAPER:
                flat = ON_PAPER[name](flat, self.rng)
        shrink = max(1, int(PIXELS_PER_MM / ppm + 0.25))
        scale = PIXELS_PER_MM / shrink
        flat_size = (flat[1].shape[1] // shrink, flat[1].shape[0] // shrink)
        image, mask = (cv2.resize(layer, flat_size, interpolation=cv2.INTER_AREA) for layer in flat)
        # A pixel's value stands for its centre, half a pixel from the corner that the truth speaks of.
        half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], np.float64)
        matrix = np.linalg.inv(half) @ view @ np.diag([1 / scale, 1 / scale, 1.0]) @ half
        paper = cv2.warpPerspective(image, matrix, self.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        alpha = np.asarray(cv2.warpPerspective(mask, matrix, self.size, flags=cv2.INTER_LINEAR), np.uint8)
        shaded = cv2.multiply(picture, cv2.merge([_contact_shadow(alpha, ppm, self.rng)] * 3), scale=1 / 255)
        whole = cv2.merge([alpha] * 3)
        laid = cv2.multiply(paper, whole, scale=_REFLECTS / 255)
        return np.asarray(cv2.add(laid, cv2.multiply(shaded, 255 - whole, scale=1 / 255)), np.uint8)

    def _expose(self, picture: Image, lit: NDArray[np.float32], quads: list[Quad], focus: float) -> Image:
        shape = (self.size[1], self.size[0])
        if quads and "shadow" in self.defects:
            lit = lit * shadow(shape, self.rng)
        gain = self.rng.uniform(0.97, 1.03)
        seen = cv2.multiply(picture, cv2.merge([lit] * 3), scale=gain, dtype=cv2.CV_8U)
        if quads and "glare" in self.defects:
            seen = cv2.add(seen, cv2.merge([glare(quads[0], shape, self.rng)] * 3))
        dy, dx = self.rng.integers(_BANK_MARGIN, size=2)
        noise = _noise_bank(*shape)[dy : dy + shape[0], dx : dx + shape[1]]
        return np.asarray(cv2.add(cv2.GaussianBlur(seen, (0, 0), focus), noise, dtype=cv2.CV_8U), np.uint8)


def _truth(size_mm: tuple[float, float], view: Pose) -> tuple[Quad, int]:
    """Return where the corners of a paper are seen, and the turns clockwise that make it upright."""
    w, h = size_mm
    flat = np.array([[[0.0, 0], [w, 0], [w, h], [0, h]]])
    seen = np.asarray(cv2.perspectiveTransform(flat, view)[0], np.float64)
    first = int(np.argmin(seen.sum(axis=1)))
    return np.roll(seen, -first, axis=0), first


def _contact_shadow(alpha: Image, ppm: float, rng: np.random.Generator) -> Image:
    """Return how much light (h, w) reaches the table beside a paper."""
    small = cv2.resize(alpha, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    by = rng.uniform(-1.5, 1.5, 2) * ppm / 8
    moved = np.array([[1, 0, by[0]], [0, 1, by[1]]])
    soft = cv2.GaussianBlur(cv2.warpAffine(small, moved, small.shape[::-1]), (0, 0), rng.uniform(0.8, 2.0))
    dim = 255 - (soft * rng.uniform(0.15, 0.45)).astype(np.uint8)
    return np.asarray(cv2.resize(dim, alpha.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


@lru_cache(maxsize=3)
def _noise_bank(height: int, width: int) -> NDArray[np.int16]:
    bank = np.empty((height + _BANK_MARGIN, width + _BANK_MARGIN, 3), np.int16)
    cv2.setRNGSeed(4711)
    cv2.randn(bank, np.zeros(3), np.full(3, 2.2))
    return bank
