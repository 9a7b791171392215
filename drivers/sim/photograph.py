"""Photograph-like frames of a page on a tray, with the exact truth of where its corners are.

One decision: the scene (tray, light, camera) is fixed by its own seed, as in a real kiosk; only the page's pose, the
exposure and the sensor noise differ from frame to frame. Every frame is deterministic by its seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.sim.pages import PIXELS_PER_MM, DrawnPage

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Quad = NDArray[np.float64]

DEFECTS = ("finger", "glare", "blur", "cut_off", "empty", "dark")
TRAYS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {"dark": (50, 47, 46), "grey": (112, 110, 108), "wood": (96, 142, 178), "white": (226, 228, 229)}
)
_SKIN = (138, 168, 222)
_NOISE_SIGMA = 2.2
_LARGE_MM = 200  # such a page fills the tray and cannot be turned far


@dataclass(frozen=True, slots=True)
class Photograph:
    """Frames uint8 BGR that differ in noise alone; `corners` (4, 2) pixels TL, TR, BR, BL, None without a page."""

    frames: tuple[Image, ...]
    corners: Quad | None


@dataclass(frozen=True, slots=True)
class Optics:
    """The camera as it was mounted, known exactly; the usual one is straight, sharp and steady.

    Attributes:
        radial: k1, k2 of the lens: what is at distance r from the frame's centre (1: half its diagonal) is shown at
            ``r (1 + k1 r^2 + k2 r^4)``.
        blur: sigma of the focus, in pixels.
        flicker: how much brighter the lamp is at its brightest, as a part of its mean; one swing takes `swing` frames.
        swing: 3 is what 100 Hz look like at 30 frames a second.
        shift_mm: by how much the tray was pushed right and down since the camera was mounted.
        turn: by how many degrees it was turned, about the frame's centre.
    """

    radial: tuple[float, float] = (0.0, 0.0)
    blur: float = 0.8
    flicker: float = 0.0
    swing: int = 3
    shift_mm: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0


STRAIGHT = Optics()


@lru_cache(maxsize=2)
def _noise_bank(height: int, width: int) -> NDArray[np.int16]:
    bank = np.empty((height + 64, width + 64, 3), np.int16)
    cv2.setRNGSeed(20240229)
    cv2.randn(bank, np.zeros(3), np.full(3, _NOISE_SIGMA))
    return bank


def _project(matrix: Quad, points: Sequence[Sequence[float]] | Quad) -> Quad:
    seen = cv2.perspectiveTransform(np.asarray(points, np.float64).reshape(1, -1, 2), matrix)
    return np.asarray(seen[0], np.float64)


class Scene:
    """A tray under a fixed camera.

    Args:
        tray: one of `TRAYS`.
        seed: fixes light, texture and the camera's small tilt.
        size: width and height of the frame in pixels.
        field_mm: what the camera sees, width and height in mm; gives the mm per pixel.
        optics: the camera as it was mounted.
    """

    def __init__(
        self,
        tray: str = "dark",
        seed: int = 0,
        size: tuple[int, int] = (2592, 1944),
        field_mm: tuple[float, float] = (440.0, 330.0),
        optics: Optics = STRAIGHT,
    ) -> None:
        self.size = size
        self.mm_per_pixel = field_mm[0] / size[0]
        self._field = field_mm
        rng = np.random.default_rng(seed)
        self._tray = _tray_texture(tray, size, rng)
        self._light = _light(size, rng)
        self._camera = self._tilt(rng)
        self._optics = optics
        self._push()

    def _push(self) -> None:
        """Push the tray and all that will lie on it."""
        shift, turn = self._optics.shift_mm, self._optics.turn
        if shift == (0.0, 0.0) and turn == 0.0:
            return
        width, height = self.size
        moved = np.eye(3)
        moved[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), -turn, 1.0)
        moved[:2, 2] += np.array(shift) / self.mm_per_pixel
        self._camera = moved @ self._camera
        self._tray = np.asarray(
            cv2.warpAffine(self._tray, moved[:2], self.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
            np.uint8,
        )

    def true_mm_per_pixel(self) -> tuple[float, float]:
        """Return the millimetres of a pixel at the frame's centre, across and down, of this tilted camera."""
        width, height = self.size
        middle = np.array([[width / 2, height / 2]])
        back = np.asarray(np.linalg.inv(self._camera), np.float64)
        here, right, down = _project(back, middle + np.array([[0, 0], [1, 0], [0, 1]]))
        return float(np.hypot(*(right - here))), float(np.hypot(*(down - here)))

    def _tilt(self, rng: np.random.Generator) -> Quad:
        (w, h), (fw, fh) = self.size, self._field
        seen = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
        seen += rng.uniform(-0.006, 0.006, (4, 2)).astype(np.float32) * w
        field = np.array([[0, 0], [fw, 0], [fw, fh], [0, fh]], np.float32)
        return cv2.getPerspectiveTransform(field, seen).astype(np.float64)

    def empty(self, seed: int = 0, variants: int = 1, defects: Sequence[str] = ()) -> Photograph:
        """Photograph the empty tray (`defects`: ``dark`` alone makes sense)."""
        rng = np.random.default_rng(seed)
        return Photograph(self._expose(self._tray.copy(), rng, variants, defects), None)

    def photograph(
        self,
        page: DrawnPage,
        seed: int,
        defects: Sequence[str] = (),
        variants: int = 1,
        where: int | None = None,
        beside: DrawnPage | None = None,
    ) -> Photograph:
        """Lay `page` in a pose drawn from `seed` and photograph it.

        Args:
            page: the flat page; for the defect ``empty`` pass a blank one.
            seed: of pose, exposure and noise.
            defects: some of `DEFECTS`.
            variants: how many frames that differ in noise alone.
            where: the corner a finger covers, 0 to 3 as in `Photograph.corners`; drawn from the seed if None.
            beside: a second page at its right, each in its half of the tray; neither wider than that.
        """
        rng = np.random.default_rng(seed)
        half = 0.5 if beside else 1.0
        to_pixels = self._camera @ self._pose(page, rng, cut_off="cut_off" in defects, part=(0.0, half))
        w, h = page.size_mm
        corners = _project(to_pixels, [[0, 0], [w, 0], [w, h], [0, h]])
        seen = _bend(corners, self._optics.radial, self.size)
        scene = self._lay(page, to_pixels, self._tray)
        if beside is not None:
            scene = self._lay(beside, self._camera @ self._pose(beside, rng, cut_off=False, part=(half, 1.0)), scene)
        corner = int(rng.integers(4)) if where is None else where
        if "finger" in defects:
            _finger(scene, corners, corner, 9 / self.mm_per_pixel)
        glare = _glare(self.size, corners, rng) if "glare" in defects else None
        return Photograph(self._expose(scene, rng, variants, defects, glare), seen)

    def _pose(self, page: DrawnPage, rng: np.random.Generator, *, cut_off: bool, part: tuple[float, float]) -> Quad:
        (w, h), (width, fh) = page.size_mm, self._field
        fw = width * (part[1] - part[0])
        angle = np.radians(rng.uniform(-5, 5) if max(w, h) > _LARGE_MM else rng.uniform(-14, 14))
        cos, sin = np.cos(angle), np.sin(angle)
        half_w, half_h = (abs(w * cos) + abs(h * sin)) / 2, (abs(w * sin) + abs(h * cos)) / 2
        room_x, room_y = max(0.0, fw / 2 - half_w - 6), max(0.0, fh / 2 - half_h - 6)
        x, y = fw / 2 + rng.uniform(-room_x, room_x), fh / 2 + rng.uniform(-room_y, room_y)
        if cut_off:
            beyond = half_w - w * rng.uniform(0.15, 0.3)
            x = beyond if rng.integers(2) else fw - beyond
        x += width * part[0]
        return np.array(
            [[cos, -sin, x - cos * w / 2 + sin * h / 2], [sin, cos, y - sin * w / 2 - cos * h / 2], [0, 0, 1]]
        )

    def _lay(self, page: DrawnPage, to_pixels: Quad, onto: Image) -> Image:
        matrix = to_pixels @ np.diag([1 / PIXELS_PER_MM, 1 / PIXELS_PER_MM, 1.0])
        # A pixel's value stands for its centre, half a pixel from the corner that the truth speaks of.
        half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], np.float64)
        matrix = np.linalg.inv(half) @ matrix @ half
        paper = cv2.warpPerspective(
            page.image, matrix, self.size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        mask = cv2.warpPerspective(page.mask, matrix, self.size, flags=cv2.INTER_LINEAR)
        small = cv2.resize(mask, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
        shadow = cv2.GaussianBlur(np.roll(small, (1, 1), (0, 1)), (0, 0), 1.6)
        dimmed = cv2.resize(255 - (shadow * 0.38).astype(np.uint8), self.size, interpolation=cv2.INTER_LINEAR)
        tray = cv2.multiply(onto, cv2.merge([dimmed] * 3), scale=1 / 255)
        alpha = cv2.merge([mask] * 3)
        laid = cv2.multiply(paper, alpha, scale=0.93 / 255)
        return np.asarray(cv2.add(laid, cv2.multiply(tray, 255 - alpha, scale=1 / 255)), np.uint8)

    def _expose(
        self,
        scene: Image,
        rng: np.random.Generator,
        variants: int,
        defects: Sequence[str],
        glare: Image | None = None,
    ) -> tuple[Image, ...]:
        gain = rng.uniform(0.98, 1.02) * (0.02 if "dark" in defects else 1.0)
        if self._optics.radial != (0.0, 0.0):
            scene = _through(scene, self._optics.radial)
        lit = cv2.multiply(scene, cv2.merge([self._light] * 3), scale=gain, dtype=cv2.CV_8U)
        if glare is not None:
            lit = cv2.add(lit, cv2.merge([glare] * 3))
        sigma = rng.uniform(5.0, 7.0) if "blur" in defects else self._optics.blur
        seen = cv2.GaussianBlur(lit, (0, 0), sigma)
        width, height = self.size
        bank = _noise_bank(height, width)
        frames = []
        for number in range(variants):
            dy, dx = rng.integers(64, size=2)
            noise = bank[dy : dy + height, dx : dx + width]
            lamp = 1 + self._optics.flicker * np.sin(2 * np.pi * number / self._optics.swing)
            shown = seen if lamp == 1 else cv2.multiply(seen, np.ones_like(seen), scale=lamp)
            frames.append(np.asarray(cv2.add(shown, noise, dtype=cv2.CV_8U), np.uint8))
        return tuple(frames)


def _tray_texture(tray: str, size: tuple[int, int], rng: np.random.Generator) -> Image:
    width, height = size
    coarse = rng.normal(0, 1, (height // 4, width // 4)).astype(np.float32)
    if tray == "wood":
        streaks = cv2.GaussianBlur(coarse, (0, 0), sigmaX=40, sigmaY=1.2) * 55
        rows = np.arange(coarse.shape[0], dtype=np.float32)[:, None]
        grain = streaks + 5 * np.sin(rows / 9 + streaks / 6)
    else:
        grain = cv2.GaussianBlur(coarse, (0, 0), 0.8) * 3
    base = np.array(TRAYS[tray], np.float32)
    fine = cv2.resize(grain, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(base + fine[:, :, None], 0, 255), np.uint8)


def _light(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return the illumination over the frame: a gradient with a direction and the lens's vignetting, at most 1.05."""
    ys, xs = np.mgrid[-1:1:40j, -1:1:54j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    gradient = 1 + rng.uniform(0.04, 0.1) * (xs * np.cos(angle) + ys * np.sin(angle))
    vignette = 1 - rng.uniform(0.06, 0.12) * (xs**2 + ys**2) / 2
    light = np.minimum(gradient * vignette, 1.05).astype(np.float32)
    return np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _bend(points: Quad, radial: tuple[float, float], size: tuple[int, int]) -> Quad:
    """Return where a lens shows what a straight one would show at `points` (n, 2)."""
    centre = np.array(size, np.float64) / 2
    r2 = (((points - centre) / (np.hypot(*size) / 2)) ** 2).sum(axis=1, keepdims=True)
    return np.asarray(centre + (points - centre) * (1 + radial[0] * r2 + radial[1] * r2 * r2), np.float64)


@lru_cache(maxsize=2)
def _sources(width: int, height: int, radial: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return, for each pixel of the bent picture, where it is in the straight one (the inverse, found by iteration)."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    bent_x, bent_y = xs + 0.5 - width / 2, ys + 0.5 - height / 2
    reach = np.float32(np.hypot(width, height) / 2)
    straight_x, straight_y = bent_x.copy(), bent_y.copy()
    for _ in range(8):
        r2 = (straight_x**2 + straight_y**2) / reach**2
        factor = 1 + radial[0] * r2 + radial[1] * r2 * r2
        straight_x, straight_y = bent_x / factor, bent_y / factor
    return straight_x + np.float32(width / 2 - 0.5), straight_y + np.float32(height / 2 - 0.5)


def _through(scene: Image, radial: tuple[float, float]) -> Image:
    """Return the scene as a lens bends it."""
    xs, ys = _sources(scene.shape[1], scene.shape[0], radial)
    return np.asarray(cv2.remap(scene, xs, ys, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _finger(scene: Image, corners: Quad, corner: int, radius: float) -> None:
    """Paint a thumb that comes from outside and covers the page's `corner`; `radius` in pixels."""
    centre = corners.mean(axis=0)
    outward = (corners[corner] - centre) / np.linalg.norm(corners[corner] - centre)
    tip = corners[corner] - outward * radius * 1.2
    far = corners[corner] + outward * float(np.hypot(*scene.shape[:2]))  # an arm comes from beyond the frame
    start, end = ((int(x), int(y)) for x, y in (tip, far))
    mask = np.zeros(scene.shape[:2], np.uint8)
    cv2.line(mask, start, end, 255, round(radius * 2))
    small = cv2.distanceTransform(cv2.resize(mask, None, fx=0.25, fy=0.25), cv2.DIST_L2, 3)
    depth = cv2.resize(np.clip(small / (radius / 4), 0, 1), (scene.shape[1], scene.shape[0]))[mask > 0]
    shade = (0.72 + 0.28 * depth)[:, None]
    scene[mask > 0] = np.clip(np.array(_SKIN) * shade, 0, 255).astype(np.uint8)


def _glare(size: tuple[int, int], corners: Quad, rng: np.random.Generator) -> Image:
    """Return the light (h, w) of the reflection of a lamp over what is written in the page's upper half."""
    u, v = rng.uniform(0.35, 0.65), rng.uniform(0.25, 0.45)
    top, bottom = corners[0] + u * (corners[1] - corners[0]), corners[3] + u * (corners[2] - corners[3])
    x, y = top + v * (bottom - top)
    reach = float(np.linalg.norm(corners[1] - corners[0])) * rng.uniform(0.12, 0.2)
    step = 8
    ys, xs = np.mgrid[0 : size[1] : step, 0 : size[0] : step]
    blob = np.exp(-((((xs - x) / reach) ** 2 + ((ys - y) / (0.7 * reach)) ** 2) ** 2)) * 330
    return np.asarray(cv2.resize(blob.astype(np.float32), size).clip(0, 255), np.uint8)
