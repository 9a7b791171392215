"""What papers lie on: textures uint8 BGR of any size, fixed by a random generator, and the light over them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Size = tuple[int, int]


def _smooth(size: Size, rng: np.random.Generator, sigma: tuple[float, float], strength: float) -> Floats:
    """Return smooth noise (h, w) of about that standard deviation, made at a quarter of the size."""
    small = rng.normal(0, 1, (size[1] // 4 + 1, size[0] // 4 + 1)).astype(np.float32)
    soft = cv2.GaussianBlur(small, (0, 0), sigmaX=sigma[0], sigmaY=sigma[1])
    even = np.asarray(soft * np.float32(strength / max(float(soft.std()), 1e-6)), np.float32)
    return np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _on(base: tuple[int, int, int], grain: Floats) -> Image:
    return np.asarray(cv2.merge([cv2.convertScaleAbs(np.maximum(grain, -v), beta=v) for v in base]), np.uint8)


def _plain(*bases: tuple[int, int, int], grain: float = 2.0) -> Callable[[Size, np.random.Generator], Image]:
    def make(size: Size, rng: np.random.Generator) -> Image:
        return _on(bases[int(rng.integers(len(bases)))], _smooth(size, rng, (0.8, 0.8), grain))

    return make


def _wood(*base: int) -> Callable[[Size, np.random.Generator], Image]:
    def make(size: Size, rng: np.random.Generator) -> Image:
        grain = _smooth(size, rng, (45, 1.3), 9) + _smooth(size, rng, (80, 6), 6)
        table = _on((base[0], base[1], base[2]), grain)
        # The joints between planks are the straight lines that finders fall for.
        for y in range(int(rng.integers(60, 300)), size[1], int(rng.integers(size[1] // 4, size[1]))):
            cv2.line(table, (0, y), (size[0], y + int(rng.integers(-9, 9))), [int(v * 0.55) for v in base], 3)
        return table

    return make


def _slats(size: Size, rng: np.random.Generator) -> Image:
    table = _on((44, 42, 40), _smooth(size, rng, (30, 1.0), 3))
    pitch = int(rng.integers(size[1] // 12, size[1] // 7))
    for y in range(int(rng.integers(pitch)), size[1], pitch):
        cv2.rectangle(table, (0, y), (size[0], y + pitch // 6), (14, 14, 15), cv2.FILLED)
        cv2.line(table, (0, y - 1), (size[0], y - 1), (84, 82, 80), 2)
    return table


def _cloth(size: Size, rng: np.random.Generator) -> Image:
    colours = rng.integers(40, 190, (2, 3))
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    angle, pitch = rng.uniform(0, np.pi), rng.uniform(30, 110)
    u, v = xs * np.cos(angle) + ys * np.sin(angle), ys * np.cos(angle) - xs * np.sin(angle)
    squares = ((u // pitch + v // pitch) % 2 == 0).astype(np.uint8)
    dots = ((u % pitch - pitch / 2) ** 2 + (v % pitch - pitch / 2) ** 2 < (pitch / 4) ** 2).astype(np.uint8)
    pattern = colours[squares if rng.integers(2) else dots]
    return np.asarray(np.clip(pattern + _smooth(size, rng, (0.8, 0.8), 5)[:, :, None], 0, 255), np.uint8)


def _tiles(size: Size, rng: np.random.Generator) -> Image:
    table = _on((176, 182, 186), _smooth(size, rng, (12, 12), 4))
    pitch, angle = rng.uniform(0.25, 0.45) * size[0], rng.uniform(-0.5, 0.5)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    centre, far = np.array(size) / 2, 2.0 * size[0]
    for step in range(-6, 7):
        for way, other in ((along, across), (across, along)):
            base = centre + way * (step + 0.37) * pitch
            ends = [tuple(int(v) for v in base + sign * far * other) for sign in (-1, 1)]
            cv2.line(table, ends[0], ends[1], (128, 132, 134), max(2, size[0] // 300), cv2.LINE_AA)
    return table


TRAYS: Mapping[str, Callable[[Size, np.random.Generator], Image]] = MappingProxyType(
    {
        "black": _plain((30, 29, 28), (44, 42, 42)),
        "dark_grey": _plain((84, 82, 80), (70, 72, 74)),
        "light_wood": _wood(128, 172, 205),
        "dark_wood": _wood(42, 66, 98),
        "dark_slats": _slats,
        "white": _plain((222, 225, 226), (232, 233, 231), (214, 216, 219)),
        "cloth": _cloth,
        "tiles": _tiles,
    }
)
"""Of these, tiles and cloth are tables, not what a kiosk is built with."""


def light(size: Size, rng: np.random.Generator, strength: float) -> Floats:
    """Return the light (h, w), about 1: it falls off to one side, to the corners, and has soft shadows."""
    ys, xs = np.mgrid[-1:1:60j, -1:1:80j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    shade = 1 + strength * rng.uniform(0.3, 1) * (xs * np.cos(angle) + ys * np.sin(angle))
    shade *= 1 - strength * rng.uniform(0.3, 1) * (xs**2 + ys**2) / 2
    return np.asarray(cv2.resize(np.clip(shade, 0.25, 1.1), size, interpolation=cv2.INTER_CUBIC), np.float32)
