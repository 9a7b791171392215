"""What goes wrong when somebody takes a picture of a paper: on the paper, over it, in the light, in the camera.

Each wrong is one function; `DEFECTS` lists their names in the order in which they happen.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.scenes.trays import Floats, Image

Quad = NDArray[np.float64]
Flat = tuple[Image, Image]  # a paper's picture and mask
_NOISE, _FULL = 2.2, 255  # as everywhere in a frame; brightness that clips
_SKINS = ((138, 168, 222), (110, 140, 196), (150, 182, 232))


def _fold(paper: Flat, rng: np.random.Generator) -> Flat:
    """Fold one corner over: the table shows where it was, and the paper's back where it lies now."""
    image, mask = paper[0].copy(), paper[1].copy()
    height, width = mask.shape
    turn = int(rng.integers(4))
    corner = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)[turn]
    inward = np.where(corner > 0, -1, 1)
    reach = rng.uniform(0.1, 0.2, 2) * min(width, height)
    a, b = corner + inward * (reach[0], 0), corner + inward * (0, reach[1])
    normal = np.array([b[1] - a[1], a[0] - b[0]]) / np.linalg.norm(b - a)
    tip = corner - 2 * ((corner - a) @ normal) * normal
    cv2.fillPoly(image, [np.array([a, b, tip], np.int32)], (206, 208, 208), cv2.LINE_AA)
    cv2.polylines(image, [np.array([b, tip, a], np.int32)], False, (150, 150, 150), 3, cv2.LINE_AA)
    cv2.fillPoly(mask, [np.array([a, b, corner], np.int32)], 0)
    return image, mask


def _curl(paper: Flat, rng: np.random.Generator) -> Flat:
    """Bow two opposite sides inward; the corners stay."""
    image, mask = paper
    height, width = mask.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    bow = np.float32(rng.uniform(0.006, 0.014) * height) * np.sin(np.pi * xs / width)
    middle = ys - height / 2
    source = middle * (1 + 2 * bow / height) + height / 2
    shade = (1 - rng.uniform(0.05, 0.15) * np.sin(2 * np.pi * xs[:1] / width))[:, :, None]
    bowed = cv2.remap(image, xs, source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.clip(bowed * shade, 0, 255).astype(np.uint8), np.asarray(cv2.remap(mask, xs, source, cv2.INTER_LINEAR))


def _stamp(paper: Flat, rng: np.random.Generator) -> Flat:
    """Press a second stamp somewhere, half dry."""
    image, mask = paper
    ink = np.zeros(mask.shape, np.uint8)
    radius = int(0.09 * min(mask.shape))
    centre = (int(rng.uniform(0.2, 0.8) * mask.shape[1]), int(rng.uniform(0.2, 0.8) * mask.shape[0]))
    cv2.circle(ink, centre, radius, 200, max(2, radius // 12), cv2.LINE_AA)
    cv2.circle(ink, centre, radius // 3, 150, -1, cv2.LINE_AA)
    share = (ink.astype(np.float32) / 255)[:, :, None]
    return (image * (1 - share) + np.array((40, 32, 198), np.float32) * share).astype(np.uint8), mask


def _finger(scene: Image, quad: Quad, pixels_per_mm: float, rng: np.random.Generator) -> None:
    """Lay a thumb from outside over the rim of the paper."""
    first = int(rng.integers(4))
    share = rng.uniform(0, 1)
    rim = quad[first] * (1 - share) + quad[(first + 1) % 4] * share
    outward = (rim - quad.mean(axis=0)) / np.linalg.norm(rim - quad.mean(axis=0))
    radius = 9 * pixels_per_mm
    tip, far = rim - outward * radius * rng.uniform(0.6, 1.8), rim + outward * float(np.hypot(*scene.shape[:2]))
    mask = np.zeros(scene.shape[:2], np.uint8)
    cv2.line(mask, (int(tip[0]), int(tip[1])), (int(far[0]), int(far[1])), 255, round(radius * 2))
    small = cv2.distanceTransform(cv2.resize(mask, None, fx=0.25, fy=0.25), cv2.DIST_L2, 3)
    depth = cv2.resize(np.clip(small / (radius / 4), 0, 1), (scene.shape[1], scene.shape[0]))[mask > 0]
    skin = np.array(_SKINS[int(rng.integers(len(_SKINS)))])
    scene[mask > 0] = np.clip(skin * (0.72 + 0.28 * depth)[:, None], 0, 255).astype(np.uint8)


def glare(quad: Quad, shape: tuple[int, int], rng: np.random.Generator, margin: float = 0.3) -> Image:
    """Return the light (h, w) that a lamp's reflection adds over the paper, its middle `margin` of a side inside."""
    u, v = rng.uniform(margin, 1 - margin, 2)
    top, bottom = quad[0] + u * (quad[1] - quad[0]), quad[3] + u * (quad[2] - quad[3])
    x, y = top + v * (bottom - top)
    reach = float(np.sqrt(np.linalg.norm(quad[1] - quad[0]) * np.linalg.norm(quad[2] - quad[1]))) * rng.uniform(
        0.1, 0.2
    )
    ys, xs = np.mgrid[0 : shape[0] : 8, 0 : shape[1] : 8]
    blob = np.exp(-((((xs - x) / reach) ** 2 + ((ys - y) / (0.7 * reach)) ** 2) ** 2)) * 330
    return np.asarray(cv2.resize(blob.clip(0, 255).astype(np.uint8), (shape[1], shape[0])), np.uint8)


def shone_on(frame: Image, shine: Image, rng: np.random.Generator) -> Image:
    """Return a frame with the light (h, w) of a reflection added; a sensor's noise is in what is burnt out, too."""
    lit = cv2.add(frame, cv2.merge([shine] * 3))
    noise = rng.normal(0, _NOISE, frame.shape).astype(np.int16)
    noise[lit < _FULL] = 0
    return np.asarray(cv2.add(lit, noise, dtype=cv2.CV_8U), np.uint8)


def shadow(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return the light (h, w) that somebody leaves who stands in it: darker on one side of a soft, straight edge."""
    ys, xs = np.mgrid[-1:1:60j, -1:1:80j].astype(np.float32)
    angle, where, soft = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5), rng.uniform(0.03, 0.2)
    side = 1 / (1 + np.exp(-(xs * np.cos(angle) + ys * np.sin(angle) - where) / soft))
    return np.asarray(cv2.resize((1 - rng.uniform(0.3, 0.5) * side).astype(np.float32), shape[::-1]), np.float32)


def _blur(frame: Image, rng: np.random.Generator) -> Image:
    """Put it out of focus, by about 1.2 mm of a frame of 440 mm."""
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), rng.uniform(0.0018, 0.0028) * frame.shape[1]), np.uint8)


def _motion(frame: Image, rng: np.random.Generator) -> Image:
    """Move it while the shutter is open."""
    length = max(5, round(rng.uniform(0.006, 0.014) * frame.shape[1])) | 1
    kernel = np.zeros((length, length), np.float32)
    angle, half = rng.uniform(0, np.pi), length // 2
    dx, dy = half * np.cos(angle), half * np.sin(angle)
    cv2.line(kernel, (round(half - dx), round(half - dy)), (round(half + dx), round(half + dy)), 1)
    return np.asarray(cv2.filter2D(frame, -1, kernel / kernel.sum()), np.uint8)


def _noise(frame: Image, rng: np.random.Generator) -> Image:
    """Add what a sensor shows with too little light."""
    grain = rng.normal(0, rng.uniform(5, 9), (frame.shape[0] // 2 + 1, frame.shape[1] // 2 + 1, 3)).astype(np.float32)
    wide = cv2.resize(grain, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(frame, wide, dtype=cv2.CV_8U), np.uint8)


def _dark(frame: Image, rng: np.random.Generator) -> Image:
    return np.asarray(cv2.convertScaleAbs(frame, alpha=rng.uniform(0.06, 0.18)), np.uint8)


def _bright(frame: Image, rng: np.random.Generator) -> Image:
    return np.asarray(cv2.convertScaleAbs(frame, alpha=rng.uniform(1.8, 2.6), beta=30), np.uint8)


def _jpeg(frame: Image, rng: np.random.Generator) -> Image:
    packed = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 65))])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


ON_PAPER: Mapping[str, Callable[[Flat, np.random.Generator], Flat]] = MappingProxyType(
    {"stamp": _stamp, "fold": _fold, "curl": _curl}
)
OVER_PAPER: Mapping[str, Callable[[Image, Quad, float, np.random.Generator], None]] = MappingProxyType(
    {"finger": _finger}
)
IN_CAMERA: Mapping[str, Callable[[Image, np.random.Generator], Image]] = MappingProxyType(
    {"dark": _dark, "bright": _bright, "blur": _blur, "motion": _motion, "noise": _noise, "jpeg": _jpeg}
)
DEFECTS = (*ON_PAPER, "cut_off", *OVER_PAPER, "shadow", "glare", *IN_CAMERA)
"""``cut_off`` lays the paper partly out of the frame; ``shadow`` and ``glare`` are light; the tables do the others."""
