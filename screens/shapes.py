"""Shapes drawn by code: rounded grounds, icons in one line weight, the moon.

Each is drawn once, four times too large, and shrunk to a texture, so that edges are smooth on any graphics driver.
"""

from collections.abc import Callable
from functools import lru_cache
from math import cos, pi, sin

from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw

from screens.theme import Rgb

_FINE = 4
_GRID = 24.0
_WEIGHT = 1.7

Point = tuple[float, float]


def texture_of(image: Image.Image) -> Texture:
    """Return a texture of an RGBA `image`, upright in Kivy's bottom-left world, never blurred by resampling."""
    texture = Texture.create(size=image.size, colorfmt="rgba")
    texture.blit_buffer(image.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


@lru_cache(maxsize=128)
def rounded(radius: int, fill: Rgb, outline: Rgb | None, width: int) -> Texture:
    """Return a nine-patch of a rounded ground; its border is `radius` pixels on each side."""
    side = radius * 2 + 4
    image = Image.new("RGBA", (side * _FINE, side * _FINE), (*(outline or fill), 0))
    draw = ImageDraw.Draw(image)
    edge = side * _FINE - 1
    draw.rounded_rectangle((0, 0, edge, edge), radius * _FINE, fill=outline or fill)
    if outline is not None:
        inner = width * _FINE
        draw.rounded_rectangle((inner, inner, edge - inner, edge - inner), (radius - width) * _FINE, fill=fill)
    return texture_of(image.resize((side, side), Image.Resampling.BOX))


@lru_cache(maxsize=32)
def moon(size: int, lamp: Rgb) -> Texture:
    """Return the lamp-yellow crescent, the mark of the house."""
    big = size * _FINE
    mask = Image.new("L", (big, big), 0)
    draw = ImageDraw.Draw(mask)
    draw.ellipse((0, 0, big - 1, big - 1), fill=255)
    draw.ellipse((big * 0.36, -big * 0.06, big * 1.24, big * 0.82), fill=0)
    image = Image.new("RGBA", (size, size), (*lamp, 0))
    image.putalpha(mask.resize((size, size), Image.Resampling.BOX))
    return texture_of(image)


def _arc(x: float, y: float, radius: float, start: float, end: float) -> list[Point]:
    """Points of an arc; degrees clockwise from three o'clock."""
    steps = max(6, int(abs(end - start) / 9))
    angles = (pi / 180 * (start + (end - start) * step / steps) for step in range(steps + 1))
    return [(x + radius * cos(angle), y + radius * sin(angle)) for angle in angles]


def _circle(x: float, y: float, radius: float) -> list[Point]:
    return _arc(x, y, radius, 0, 360)


def _box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


_STAR = [
    (12 + 9.2 * r * sin(i * pi / 5), 12.6 - 9.2 * r * cos(i * pi / 5))
    for i, r in enumerate((1, 0.45, 1, 0.45, 1, 0.45, 1, 0.45, 1, 0.45, 1))
]
_FACE = [_circle(12, 12, 9.8), [(8.6, 9.9), (8.6, 10.3)], [(15.4, 9.9), (15.4, 10.3)]]
_FILLED = frozenset({"star_full"})

# Each icon is a list of strokes on a 24 by 24 grid, y downwards.
ICONS: dict[str, list[list[Point]]] = {
    "search": [_circle(10.5, 10.5, 6.5), [(15.4, 15.4), (21, 21)]],
    "baby": [_circle(12, 8, 5), _arc(12, 7.8, 2.4, 30, 150), _arc(12, 21.5, 8, 200, 340)],
    "home": [[(3, 11), (12, 4), (21, 11)], [(5, 10), (5, 20), (19, 20), (19, 10)], _box(10, 14, 14, 20)],
    "shop": [[(3, 9), (5, 4), (19, 4), (21, 9), (3, 9)], [(5, 9), (5, 20), (19, 20), (19, 9)], _box(10, 14, 14, 20)],
    "elder": [_circle(10, 6, 3), [(6, 21), (6, 14)], _arc(9.5, 14, 3.5, 180, 360), [(13, 14), (13, 21)],
              [(17.5, 21), (17.5, 11.5)], _arc(19, 11.5, 1.5, 180, 330)],
    "heart": [[(12, 20), (4, 12)], _arc(8, 8.6, 4.4, 135, 335), _arc(16, 8.6, 4.4, 205, 405), [(20, 12), (12, 20)]],
    "book": [[(12, 6), (12, 20)], [(12, 6), (4, 5), (4, 18), (12, 20), (20, 18), (20, 5), (12, 6)]],
    "work": [_box(3, 8, 21, 20), [(9, 8), (9, 4.5), (15, 4.5), (15, 8)], [(3, 13), (21, 13)]],
    "cross": [[(9.5, 3.5), (14.5, 3.5), (14.5, 9.5), (20.5, 9.5), (20.5, 14.5), (14.5, 14.5), (14.5, 20.5),
               (9.5, 20.5), (9.5, 14.5), (3.5, 14.5), (3.5, 9.5), (9.5, 9.5), (9.5, 3.5)]],
    "star": [_STAR],
    "star_full": [_STAR],
    "face_5": [*_FACE, [*_arc(12, 11.5, 5.6, 15, 165), (17.4, 12.95)]],
    "face_4": [*_FACE, _arc(12, 10.8, 5.2, 35, 145)],
    "face_3": [*_FACE, [(8.2, 15.5), (15.8, 15.5)]],
    "face_2": [*_FACE, _arc(12, 20, 5.2, 225, 315)],
    "face_1": [*_FACE, _arc(12, 20.2, 5.2, 205, 335), [(6.8, 7.4), (9.6, 8.6)], [(17.2, 7.4), (14.4, 8.6)]],
    "people": [_circle(8.5, 8, 3.2), _arc(8.5, 20, 6, 190, 350), _circle(16.5, 9, 2.6), _arc(16.5, 20, 5, 262, 350)],
    "car": [[(3, 17), (3, 12), (6, 11.5), (8, 7), (16, 7), (18.5, 11.5), (21, 12), (21, 17), (3, 17)],
            _circle(7.5, 17, 2), _circle(16.5, 17, 2)],
    "leaf": [[(5, 20), (14, 10)], [*_arc(20, 20, 15.6, 200, 268), (19, 4)], [*_arc(4.5, 3.5, 15, 2, 72)]],
    "card": [_box(2.5, 5, 21.5, 19), _circle(8, 10.5, 2.2), _arc(8, 17, 3.6, 200, 340), [(14, 10), (18.5, 10)],
             [(14, 14), (18.5, 14)]],
    "pen": [[(4, 20), (5.2, 15), (16, 4.2), (19.8, 8), (9, 18.8), (4, 20)], [(13.6, 6.6), (17.4, 10.4)]],
    "camera": [[(3, 8), (8, 8), (9.6, 5), (14.4, 5), (16, 8), (21, 8), (21, 19), (3, 19), (3, 8)],
               _circle(12, 13, 3.8)],
    "paper": [[(6, 3), (15, 3), (19, 7), (19, 21), (6, 21), (6, 3)], [(15, 3), (15, 7), (19, 7)], [(9, 12), (16, 12)],
              [(9, 16), (16, 16)]],
    "clock": [_circle(12, 12, 9), [(12, 6.5), (12, 12), (16, 14)]],
    "check": [[(4.5, 12.5), (9.8, 18), (20, 6.5)]],
    "back": [[(15, 4.5), (7.5, 12), (15, 19.5)]],
    "help": [_circle(12, 12, 9.2), [*_arc(12, 9.6, 2.9, 190, 390), (12, 13.2), (12, 14.2)], [(12, 17.2), (12, 17.4)]],
    "info": [_circle(12, 12, 9.2), [(12, 11), (12, 16.6)], [(12, 7.4), (12, 7.6)]],
    "grid": [_box(4, 4, 10, 10), _box(14, 4, 20, 10), _box(4, 14, 10, 20), _box(14, 14, 20, 20)],
    "erase": [[(9, 5), (21, 5), (21, 19), (9, 19), (3, 12), (9, 5)], [(12, 9), (18, 15)], [(18, 9), (12, 15)]],
    "eye": [[*_arc(12, 19, 12, 215, 325)], [*_arc(12, 5, 12, 35, 145)], _circle(12, 12, 3)],
    "turn": [_box(3, 9, 15, 21), _arc(12, 12, 8.6, -88, 8), [(17.6, 9.6), (20.6, 12.9), (23.2, 9.4)]],
    "onward": [[(9, 4.5), (16.5, 12), (9, 19.5)]],
    "frame": [[(3, 8), (3, 3), (8, 3)], [(16, 3), (21, 3), (21, 8)], [(21, 16), (21, 21), (16, 21)],
              [(8, 21), (3, 21), (3, 16)]],
    "retake": [_arc(12, 12, 8, -60, 230), [(16, 1.8), (16.2, 5.2), (12.8, 6)]],
    "phone": [_box(7, 2.5, 17, 21.5), [(11, 18.5), (13, 18.5)]],
    "warn": [[(12, 3.5), (21.5, 20), (2.5, 20), (12, 3.5)], [(12, 10), (12, 14.6)], [(12, 17.2), (12, 17.4)]],
    "scanner": [[(4, 4), (4, 8)], [(8, 4), (8, 14)], [(11, 4), (11, 14)], [(15, 4), (15, 14)], [(20, 4), (20, 8)],
                [(3, 17.5), (21, 17.5)], [(12, 17.5), (12, 21)]],
    "lamp": [_arc(12, 10, 6, 130, 410), [(9, 15), (9, 18), (15, 18), (15, 15)], [(10.5, 21), (13.5, 21)]],
    "page_printer": [[(6, 9), (6, 3), (15, 3), (18, 6), (18, 9)],
                     [(6, 17), (3, 17), (3, 9), (21, 9), (21, 17), (18, 17)],
                     _box(6, 14, 18, 21), [(9, 17.5), (15, 17.5)]],
    "chip": [_box(2.5, 5, 21.5, 19), _box(6, 9, 11.5, 15), [(6, 12), (11.5, 12)], [(15, 15), (18.5, 15)]],
    "network": [_circle(12, 12, 9), [(3, 12), (21, 12)], _arc(5, 12, 11, -52, 52), _arc(19, 12, 11, 128, 232)],
    "tray": [[(3, 13), (3, 20), (21, 20), (21, 13), (15.5, 13), (14, 16), (10, 16), (8.5, 13), (3, 13), (6, 5), (18, 5),
              (21, 13)]],
    "log": [_box(4, 4, 20, 20), [(7.5, 9), (10, 11.5), (7.5, 14)], [(12.5, 15), (16.5, 15)]],
    "finger": [[(9, 14), (9, 5)], _arc(10.5, 5, 1.5, 180, 360), [(12, 5), (12, 11), (18, 12.5), (18, 17), (16, 21),
               (10.5, 21), (5.5, 15.5), (7, 13.5), (9, 15)]],
    "plug": [[(9, 3), (9, 8)], [(15, 3), (15, 8)], [(6, 8), (18, 8), (18, 11), (15, 15), (9, 15), (6, 11), (6, 8)],
             [(12, 15), (12, 21)]],
    "export": [[(12, 3), (12, 14)], [(8, 7), (12, 3), (16, 7)], [(5, 12), (5, 20), (19, 20), (19, 12)]],
    "stop": [_circle(12, 12, 9), [(7, 12), (17, 12)]],
    "leave": [[(10, 4), (4, 4), (4, 20), (10, 20)], [(9, 12), (20, 12)], [(16, 8), (20, 12), (16, 16)]],
    "sound": [[(4, 9.5), (7.5, 9.5), (12, 5.5), (12, 18.5), (7.5, 14.5), (4, 14.5), (4, 9.5)],
              _arc(12.5, 12, 4, -45, 45), _arc(12.5, 12, 7.5, -45, 45)],
    "tools": [[(5, 19), (13.5, 10.5)], _arc(16, 8, 4.2, 100, 350)],
    "lock": [_box(5, 11, 19, 20), _arc(12, 11, 4.5, 180, 360), [(12, 14.5), (12, 16.5)]],
    "target": [_circle(12, 12, 7), [(12, 2.5), (12, 9)], [(12, 15), (12, 21.5)], [(2.5, 12), (9, 12)],
               [(15, 12), (21.5, 12)]],
    "roll": [_circle(9, 11, 6), _circle(9, 11, 2), [(9, 17), (21, 17), (21, 20.5)], [(15, 11), (15, 17)]],
    "slip": [[(6, 3), (18, 3), (18, 20), (15, 18), (12, 20), (9, 18), (6, 20), (6, 3)], [(9, 8), (15, 8)],
             [(9, 12), (15, 12)]],
    "cover_open": [_box(4, 12, 20, 20), [(4, 12), (8, 3), (20, 5.5)], [(8, 16), (16, 16)]],
    "cover_closed": [_box(4, 10, 20, 20), [(4, 10), (6, 7), (18, 7), (20, 10)], [(8, 14), (16, 14)]],
    "jam": [[(7, 9), (7, 3), (17, 3), (17, 9)], [(3, 9), (21, 9), (21, 17), (3, 17), (3, 9)],
            [(7, 17), (9, 19), (7, 21)], [(12, 17), (14, 19), (12, 21)], [(17, 17), (19, 19), (17, 21)]],
    "cutter": [_circle(6, 18, 2.6), _circle(18, 18, 2.6), [(7.5, 15.8), (16, 3)], [(16.5, 15.8), (8, 3)]],
    "toner": [_box(3, 8, 21, 16), [(3, 12), (16, 12)], [(8, 8), (8, 5), (16, 5), (16, 8)], [(7, 19), (17, 19)]],
    "fan": [_circle(12, 12, 9), _circle(12, 12, 1.6), _arc(12, 7.5, 3, 90, 270), _arc(12, 16.5, 3, -90, 90),
            _arc(7.5, 12, 3, 0, 180), _arc(16.5, 12, 3, 180, 360)],
    "power": [_arc(12, 13, 8, -60, 240), [(12, 3), (12, 12)]],
    "door": [_box(5, 3, 19, 21), [(15, 11.5), (15, 13)]],
    "ray": [[(12, 3), (12, 6)], [(5.6, 5.6), (7.8, 7.8)], [(18.4, 5.6), (16.2, 7.8)], _circle(12, 13, 4.2),
            [(3, 13), (5.2, 13)], [(18.8, 13), (21, 13)]],
    "printer": [[(7, 9), (7, 3), (17, 3), (17, 9)], [(7, 17), (3, 17), (3, 9), (21, 9), (21, 17), (17, 17)],
                _box(7, 14, 17, 21)],
}  # fmt: skip


@lru_cache(maxsize=256)
def icon(name: str, size: int, colour: Rgb) -> Texture:
    """Return icon `name` of `size` pixels; a KeyError is a defect of the caller."""
    scale = size * _FINE / _GRID
    mask = Image.new("L", (size * _FINE, size * _FINE), 0)
    draw = ImageDraw.Draw(mask)
    width = _WEIGHT * scale
    for stroke in ICONS[name]:
        points = [(x * scale, y * scale) for x, y in stroke]
        if name in _FILLED:
            draw.polygon(points, fill=255)
        draw.line(points, fill=255, width=round(width), joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    image = Image.new("RGBA", (size, size), (*colour, 0))
    image.putalpha(mask.resize((size, size), Image.Resampling.BOX))
    return texture_of(image)


Painter = Callable[[ImageDraw.ImageDraw, float], None]


@lru_cache(maxsize=32)
def drawing(painter: Painter, width: int, height: int, ground: Rgb) -> Texture:
    """Return a picture of `width` by `height` pixels that `painter` draws in mm-free units: 100 units high."""
    image = Image.new("RGBA", (width * _FINE // 2, height * _FINE // 2), (*ground, 0))
    painter(ImageDraw.Draw(image), height * _FINE / 2 / 100)
    return texture_of(image.resize((width, height), Image.Resampling.LANCZOS))
