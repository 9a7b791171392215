"""Draws papers flat, in true millimetres: fictional people only, real fonts, a few variants of each kind.

They look alike in size, colour and layout; no number on them is anybody's (the region code is one of the specimens').
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
PIXELS_PER_MM = 8
VARIANTS = 6
Colour = tuple[int, int, int]
INK, RED, GREY = (36, 34, 40), (198, 30, 38), (120, 120, 122)
_NAMES = ("王小明", "李春兰", "陈大海", "赵一诺", "周文静", "吴建国")
_STREETS = ("示例路1号", "样本街28号", "虚构新村6幢302室", "支塘镇模拟村12组", "测试大道99号", "例证弄5号")
_WORDS = (
    "本人承诺以上所填内容真实有效所附材料与原件一致如有不实愿意承担相应的责任根据有关规定现将办理事项告知如下"
    "申请人应当在规定期限内提交材料逾期不予受理经审核符合条件的予以登记并发给证明请妥善保管"
)


@dataclass(frozen=True, slots=True)
class DrawnPaper:
    """A flat paper: `image` uint8 BGR (h, w, 3), `mask` uint8 (h, w), 255 on it, width and height in mm, its texts."""

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    size_mm: tuple[float, float]
    texts: tuple[str, ...]


@lru_cache(maxsize=64)
def _font(name: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), pixels)


class Sheet:
    """A canvas addressed in millimetres that remembers what was written."""

    def __init__(self, size_mm: tuple[float, float], paper: Colour, rng: np.random.Generator) -> None:
        self.size_mm = size_mm
        self.image = Image.new("RGB", (round(size_mm[0] * PIXELS_PER_MM), round(size_mm[1] * PIXELS_PER_MM)), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.rng = rng
        self.texts: list[str] = []
        self.name = _NAMES[int(rng.integers(len(_NAMES)))]
        self.address = _STREETS[int(rng.integers(len(_STREETS)))]

    def text(self, at: tuple[float, float], text: str, height: float, colour: Colour = INK, anchor: str = "la") -> None:
        """Write at (x, y)."""
        place = (at[0] * PIXELS_PER_MM, at[1] * PIXELS_PER_MM)
        font = _font("NotoSansCJKsc-Regular.otf", round(height * PIXELS_PER_MM))
        self.draw.text(place, text, fill=colour, font=font, anchor=anchor)
        self.texts.append(text)

    def box(self, x: float, y: float, w: float, h: float, colour: Colour = INK, width: float = 0.25) -> None:
        """Draw a frame."""
        edges = [v * PIXELS_PER_MM for v in (x, y, x + w, y + h)]
        self.draw.rectangle(edges, outline=colour, width=max(1, round(width * PIXELS_PER_MM)))

    def fill(self, x: float, y: float, w: float, h: float, colour: Colour) -> None:
        """Fill a field."""
        self.draw.rectangle([v * PIXELS_PER_MM for v in (x, y, x + w, y + h)], fill=colour)

    def words(self, count: int) -> str:
        """Return `count` characters of running text."""
        start = int(self.rng.integers(len(_WORDS)))
        return (_WORDS * (2 + count // len(_WORDS)))[start : start + count]

    def prose(self, x: float, y: float, width: float, lines: int, height: float) -> float:
        """Write paragraphs; return the y below them."""
        per_line = int(width / height)
        for _ in range(lines):
            ends = self.rng.random() < 0.2
            count = int(per_line * self.rng.uniform(0.3, 0.8)) if ends else per_line
            self.text((x, y), self.words(count - 1) + ("。" if ends else "，"), height)
            y += height * 1.7
        return y

    def rows(self, x: float, y: float, width: float, row: float, fields: Mapping[str, str], height: float) -> float:
        """Draw a table of labels and values; return the y below it."""
        for label, value in fields.items():
            self.box(x, y, width, row)
            self.box(x, y, width * 0.3, row)
            self.text((x + width * 0.15, y + row / 2), label, height, anchor="mm")
            self.text((x + width * 0.3 + 2, y + row / 2), value, height, anchor="lm")
            y += row
        return y

    def stamp(self, x: float, y: float, radius: float, words: str) -> None:
        """Press a round red stamp, translucent as ink is."""
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        draw, scale = ImageDraw.Draw(layer), PIXELS_PER_MM
        ring = [(x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale]
        draw.ellipse(ring, outline=(*RED, 205), width=round(0.9 * scale))
        turns = [(np.pi * i / 5, radius * (0.17 if i % 2 else 0.42)) for i in range(10)]
        star = [((x + r * np.sin(a)) * scale, (y - r * np.cos(a)) * scale) for a, r in turns]
        draw.polygon(star, fill=(*RED, 205))
        font = _font("NotoSansCJKsc-Regular.otf", round(radius * 0.26 * scale))
        draw.text((x * scale, (y + radius * 0.62) * scale), words, fill=(*RED, 205), font=font, anchor="mm")
        self.image.paste(layer, mask=layer)

    def shade(self, top: Colour, bottom: Colour) -> None:
        """Fill the whole sheet from one colour to the other."""
        ramp = np.linspace(top, bottom, self.image.height)[:, None, :].repeat(self.image.width, axis=1)
        self.image.paste(Image.fromarray(ramp.astype(np.uint8)))


def _person(sheet: Sheet) -> dict[str, str]:
    day = f"19{sheet.rng.integers(50, 99)}年{sheet.rng.integers(1, 12)}月{sheet.rng.integers(1, 28)}日"
    number = "".join(str(digit) for digit in sheet.rng.integers(0, 9, 14))
    return {"姓名": sheet.name, "性别": "女" if sheet.rng.integers(2) else "男", "出生": day, "住址": sheet.address} | {
        "编号": f"0000{number}"
    }


def _form(sheet: Sheet) -> None:
    sheet.text((105, 22), "居民事项办理申请登记表", 7, anchor="mm")
    bottom = sheet.rows(20, 36, 170, float(sheet.rng.uniform(10, 13)), _person(sheet), 4.4)
    bottom = sheet.prose(20, bottom + 8, 170, int(sheet.rng.integers(6, 12)), 4.2)
    sheet.text((120, bottom + 8), "申请人（签字）：", 4.4)
    sheet.stamp(155, 255, 19, "业务受理")


def _letter(sheet: Sheet) -> None:
    sheet.text((105, 30), "关于办理有关事项的说明", 8, anchor="mm")
    bottom = sheet.prose(24, 48, 162, int(sheet.rng.integers(14, 27)), 4.2)
    sheet.text((130, bottom + 8), sheet.name, 4.4)


def _register(sheet: Sheet) -> None:
    sheet.text((52.5, 9), "常住人口登记卡", 5.4, anchor="mm")
    bottom = sheet.rows(8, 16, 89, 8.6, _person(sheet) | {"籍贯": "示例县", "职业": "职员"}, 3.2)
    sheet.text((10, bottom + 3), "承办人签章：", 3.0)
    sheet.stamp(80, 120, 13, "户口专用")


def _certificate(sheet: Sheet) -> None:
    sheet.box(10, 10, 277, 190, RED, 1.6)
    sheet.box(14, 14, 269, 182, RED, 0.5)
    sheet.text((148.5, 44), "荣 誉 证 书", 17, RED, "mm")
    sheet.text((40, 74), f"{sheet.name} 同志：", 9)
    sheet.prose(40, 92, 215, 3, 8)
    sheet.stamp(235, 160, 21, "村民委员会")


def _licence(sheet: Sheet) -> None:
    sheet.box(12, 12, 273, 186, (176, 142, 84), 2.2)
    sheet.text((148.5, 52), "营 业 执 照", 20, anchor="mm")
    fields = ("名称  示例商贸有限公司", "类型  有限责任公司", f"法定代表人  {sheet.name}", f"住所  {sheet.address}")
    for row, words in enumerate(fields):
        sheet.text((40, 80 + 17 * row), words, 6.5)
    sheet.fill(245, 24, 26, 26, INK)
    sheet.stamp(225, 165, 21, "登记机关")


def _id_front(sheet: Sheet) -> None:
    sheet.shade((222, 230, 238), (206, 222, 230))
    for row, (label, value) in enumerate(list(_person(sheet).items())[:4]):
        sheet.text((6, 7 + 9 * row), f"{label} {value}", 3.4)
    sheet.text((6, 46), _person(sheet)["编号"], 3.8)
    sheet.fill(58, 8, 22, 28, (178, 186, 196))
    sheet.draw.ellipse([v * PIXELS_PER_MM for v in (63, 12, 75, 26)], fill=(196, 166, 146))


def _id_back(sheet: Sheet) -> None:
    sheet.shade((232, 226, 214), (210, 224, 218))
    sheet.draw.ellipse([v * PIXELS_PER_MM for v in (8, 7, 22, 21)], fill=RED)
    sheet.text((52, 12), "中华人民共和国", 4.6, anchor="mm")
    sheet.text((52, 22), "居民身份证", 7.6, anchor="mm")
    sheet.text((14, 38), "签发机关  示例市公安局", 3.2)
    sheet.text((14, 45), "有效期限  2020.01.01-2040.01.01", 3.2)


def _permit(sheet: Sheet) -> None:
    sheet.shade((208, 232, 216), (226, 238, 222))
    sheet.text((43, 7), "居 住 证", 5.4, anchor="mm")
    for row, (label, value) in enumerate(list(_person(sheet).items())[:4]):
        sheet.text((6, 14 + 8 * row), f"{label} {value}", 3.3)
    sheet.fill(60, 15, 20, 25, (180, 190, 184))


def _bank_card(sheet: Sheet) -> None:
    blue = int(sheet.rng.integers(60, 140))
    sheet.shade((28, 50, blue), (70, 110, min(255, blue + 70)))
    sheet.fill(9, 19, 12, 9, (222, 190, 120))
    sheet.text((8, 6), "示例银行", 5, (245, 245, 240))
    sheet.text((8, 34), "6200 0000 0000 0005", 5.4, (245, 245, 240))
    sheet.text((8, 44), sheet.name, 4, (245, 245, 240))


def _receipt(sheet: Sheet) -> None:
    width, height = sheet.size_mm
    sheet.text((width / 2, 8), "示例超市购物小票", 4.6, anchor="mm")
    y = 16.0
    while y < height - 14:
        sheet.text((4, y), sheet.words(int(sheet.rng.integers(4, 8))), 3)
        sheet.text((width - 4, y), f"{sheet.rng.uniform(1, 99):.2f}", 3, anchor="ra")
        y += 5.2
    sheet.text((width / 2, height - 8), "谢谢惠顾", 4, anchor="mm")


def _blank(_sheet: Sheet) -> None:
    """Nothing is written on a blank sheet."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper: its size in mm, its painter, paper colour RGB and corner radius in mm."""

    size_mm: tuple[float, float]
    paint: Callable[[Sheet], None]
    paper: Colour = (250, 249, 246)
    radius_mm: float = 0.0


_A4, _CARD, _ROUND = (210.0, 297.0), (85.6, 53.98), 3.18
PAPERS: Mapping[str, Kind] = MappingProxyType(
    {
        "form": Kind(_A4, _form),
        "letter": Kind(_A4, _letter),
        "register": Kind((105, 143), _register, (247, 246, 232)),
        "certificate": Kind((297, 210), _certificate, (250, 244, 232)),
        "licence": Kind((297, 210), _licence, (246, 243, 226)),
        "id_front": Kind(_CARD, _id_front, radius_mm=_ROUND),
        "id_back": Kind(_CARD, _id_back, radius_mm=_ROUND),
        "permit": Kind(_CARD, _permit, radius_mm=_ROUND),
        "bank_card": Kind(_CARD, _bank_card, radius_mm=_ROUND),
        "receipt": Kind((80, 230), _receipt, (246, 246, 248)),
        "blank": Kind(_A4, _blank),
        "coloured": Kind(_A4, _letter, (250, 226, 150)),
    }
)


@lru_cache(maxsize=16)
def draw_paper(kind: str, variant: int = 0) -> DrawnPaper:
    """Draw a paper of `kind`; `variant` (taken modulo `VARIANTS` by scenes) is its person and layout.

    Raises:
        KeyError: no such kind; see `PAPERS`.
    """
    drawn = PAPERS[kind]
    sheet = Sheet(drawn.size_mm, drawn.paper, np.random.default_rng((list(PAPERS).index(kind), variant)))
    drawn.paint(sheet)
    outline = Image.new("L", sheet.image.size, 0)
    corner = round(drawn.radius_mm * PIXELS_PER_MM)
    ImageDraw.Draw(outline).rounded_rectangle((0, 0, outline.width - 1, outline.height - 1), corner, fill=255)
    rgb = np.asarray(sheet.image, np.uint8)
    return DrawnPaper(
        np.ascontiguousarray(rgb[:, :, ::-1]), np.array(outline, np.uint8), drawn.size_mm, tuple(sheet.texts)
    )
