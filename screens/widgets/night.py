"""The first picture anybody sees: a water town at night, a moon, and lamps left on. Drawn by code."""

import random
from functools import lru_cache

from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw, ImageFilter

from screens.blocks import Block, Kit, Text
from screens.shapes import moon, texture_of
from screens.theme import Colour, Rgb, Tone, Type

_SKY_TOP: Rgb = (16, 27, 51)
_SKY_LOW: Rgb = (44, 66, 104)
_ROOF: Rgb = (9, 15, 30)
_WALL: Rgb = (34, 49, 84)
_WATER: Rgb = (20, 33, 60)
_SEED = 20200927
_HOUSE = 0.19  # of the height
_SKY = 0.6  # of the height, free of roofs
_LIT = 0.62  # of the windows


def _mix(one: Rgb, other: Rgb, part: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _house(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], lamp: Rgb, lit: tuple[bool, ...]) -> None:
    """One house with a black tiled roof whose eaves turn up, white-washed walls in the dark, some windows lit."""
    left, top, right, ground = box
    wide = right - left
    eave, ridge = top + wide * 0.16, top
    draw.rectangle((left, eave, right, ground), fill=_WALL)
    over = wide * 0.07
    roof = [
        (left - over, eave - wide * 0.035), (left + wide * 0.06, eave - wide * 0.05), (left + wide * 0.2, ridge),
        (right - wide * 0.2, ridge), (right - wide * 0.06, eave - wide * 0.05), (right + over, eave - wide * 0.035),
        (right + over * 0.6, eave + wide * 0.03), (left - over * 0.6, eave + wide * 0.03),
    ]  # fmt: skip
    draw.polygon(roof, fill=_ROOF)
    side = wide * 0.13
    for number, on in enumerate(lit):
        x = left + wide * (number + 1) / (len(lit) + 1) - side / 2
        y = eave + (ground - eave) * 0.34
        draw.rectangle((x, y, x + side, y + side * 1.35), fill=lamp if on else _mix(_WALL, _ROOF, 0.5))
        if on:
            draw.line((x + side / 2, y, x + side / 2, y + side * 1.35), fill=_WALL, width=max(1, round(side / 12)))
            draw.line((x, y + side * 0.6, x + side, y + side * 0.6), fill=_WALL, width=max(1, round(side / 12)))


@lru_cache(maxsize=4)
def night_town(width: int, height: int, lamp: Rgb) -> Texture:
    """Return the town in `width` by `height` pixels."""
    rng = random.Random(_SEED)  # noqa: S311 - a picture, the same each time
    image = Image.new("RGB", (width, height), _SKY_TOP)
    draw = ImageDraw.Draw(image)
    shore = round(height * 0.82)
    for y in range(shore):
        draw.line((0, y, width, y), fill=_mix(_SKY_TOP, _SKY_LOW, (y / shore) ** 1.6))
    for _ in range(70):
        left, top, size = rng.random() * width, rng.random() * shore * 0.6, rng.choice((1, 1, 2, 2, 3))
        draw.ellipse((left, top, left + size, top + size), fill=_mix(_SKY_TOP, (255, 255, 255), rng.uniform(0.25, 0.8)))
    unit = max(90, min(round(height * _HOUSE), width // 6))
    x = -unit // 3
    while x < width:
        wide = round(unit * rng.uniform(0.8, 1.35))
        top = shore - round(unit * rng.uniform(0.75, 1.2))
        lit = tuple(rng.random() < _LIT for _ in range(2 if wide < unit else 3))
        _house(draw, (x, top, x + wide, shore), lamp, lit)
        x += wide + rng.choice((0, 0, round(unit * 0.12)))
    town = image.crop((0, shore - (height - shore), width, shore)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    town = Image.blend(town.filter(ImageFilter.BoxBlur(max(2, unit // 40))), Image.new("RGB", town.size, _WATER), 0.55)
    image.paste(town, (0, shore))
    for _ in range(26):
        x, y = rng.randrange(width), rng.randrange(shore + 4, height)
        long = round(unit * rng.uniform(0.1, 0.5))
        draw.line((x, y, x + long, y), fill=_mix(_WATER, _SKY_LOW, rng.uniform(0.3, 0.9)), width=1)
    draw.line((0, shore, width, shore), fill=_ROOF, width=max(2, unit // 40))
    return texture_of(image.convert("RGBA"))


class NightTown(Block):
    """The town, with the moon and the greeting in its sky."""

    stretch = True

    def __init__(self, kit: Kit, greeting: str, sentence: str) -> None:
        super().__init__(kit)
        self.greeting = Text(kit, greeting, Type.HEADING, Tone.LAMP, bold=True, align="center")
        self.sentence = Text(kit, sentence, Type.TEXT, Tone.BAR, align="center")

    def fit(self, width: int) -> int:
        """Return the height of the moon and the words, and as much town below."""
        words = self.greeting.fit(self._room(width)) + self.sentence.fit(self._room(width))
        return words + self.theme.px(60)

    def _room(self, width: int) -> int:
        return width - 2 * self.theme.px(10)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the town (plain night in high contrast), then moon and words in the upper part."""
        theme = self.theme
        lamp = theme.rgb(Colour.LAMP)
        if theme.high_contrast:
            self.fill(theme.rgb(Colour.NIGHT), (x, y, width, height))
        else:
            self.picture(night_town(width, height, lamp), x, y)
        room = self._room(width)
        heights = (self.greeting.fit(room), self.sentence.fit(room))
        side = max(theme.px(18), min(theme.px(70), round((height * _SKY - sum(heights)) * 0.6)))
        top = y + max(theme.px(4), round((height * _SKY - side - sum(heights) - theme.gap) / 2))
        self.picture(moon(side, lamp), x + (width - side) // 2, top)
        top += side + theme.gap
        for text, high in zip((self.greeting, self.sentence), heights, strict=True):
            self.put(text, x + theme.px(10), top, room, high)
            top += high
