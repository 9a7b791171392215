"""Draws the papers a resident lays under the camera: look-alikes with fictional text, in true millimetres.

One decision: a page is painted flat at `PIXELS_PER_MM`, its outline in a mask; `photograph` then lays it on a tray.
Texts come from the caller or from the specimens here; every person is fictional.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from drivers.camera_sheet import draw_sheet

PIXELS_PER_MM = 8
INK = (38, 36, 42)
RED = (196, 32, 38)
_PAPER_WHITE = 0.98

Fields = Mapping[str, str]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A flat page: `image` uint8 BGR (h, w, 3), `mask` uint8 (h, w), 255 on the paper, and its width and height."""

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    size_mm: tuple[float, float]


@lru_cache(maxsize=64)
def _font(path: Path, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), pixels)


class _Sheet:
    """A PIL canvas addressed in millimetres."""

    def __init__(self, size_mm: tuple[float, float], paper: Colour, font: Path) -> None:
        pixels = (round(size_mm[0] * PIXELS_PER_MM), round(size_mm[1] * PIXELS_PER_MM))
        self.size_mm = size_mm
        self.image = Image.new("RGB", pixels, paper)
        self.draw = ImageDraw.Draw(self.image)
        self.font = font

    def text(self, x: float, y: float, text: str, height: float, colour: Colour = INK, anchor: str = "la") -> None:
        font = _font(self.font, round(height * PIXELS_PER_MM))
        self.draw.text((x * PIXELS_PER_MM, y * PIXELS_PER_MM), text, fill=colour, font=font, anchor=anchor)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.25) -> None:
        points = [v * PIXELS_PER_MM for v in (x0, y0, x1, y1)]
        self.draw.line(points, fill=INK, width=max(1, round(width * PIXELS_PER_MM)))

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, width: float = 0.25) -> None:
        points = [v * PIXELS_PER_MM for v in (x, y, x + w, y + h)]
        self.draw.rectangle(points, outline=colour, width=max(1, round(width * PIXELS_PER_MM)))

    def fill(self, x: float, y: float, w: float, h: float, colour: Colour) -> None:
        self.draw.rectangle([v * PIXELS_PER_MM for v in (x, y, x + w, y + h)], fill=colour)

    def paragraph(self, x: float, y: float, width: float, text: str, height: float) -> float:
        """Write `text` in lines of `width` mm; return the y below it."""
        per_line = max(1, int(width / height))
        for start in range(0, len(text), per_line):
            self.text(x, y, text[start : start + per_line], height)
            y += height * 1.6
        return y

    def stamp(self, x: float, y: float, radius: float, words: str) -> None:
        """Press a round red stamp, translucent as ink is, with its centre at (x, y)."""
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        draw, scale = ImageDraw.Draw(layer), PIXELS_PER_MM
        outline = [(x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale]
        draw.ellipse(outline, outline=(*RED, 210), width=round(0.9 * scale))
        star = [
            (
                (x + reach * np.sin(np.pi * i / 5)) * scale,
                (y - reach * np.cos(np.pi * i / 5)) * scale,
            )
            for i, reach in ((i, radius * (0.42 if i % 2 == 0 else 0.17)) for i in range(10))
        ]
        draw.polygon(star, fill=(*RED, 210))
        font = _font(self.font, round(radius * 0.26 * scale))
        draw.text((x * scale, (y + radius * 0.62) * scale), words, fill=(*RED, 210), font=font, anchor="mm")
        self.image.paste(layer, mask=layer)

    def table(self, x: float, y: float, width: float, row: float, fields: Fields, height: float) -> float:
        """Draw label and value a row; return the y below the table."""
        label = width * 0.34
        for name, value in fields.items():
            self.box(x, y, width, row, INK)
            self.line(x + label, y, x + label, y + row)
            self.text(x + label / 2, y + row / 2, name, height, anchor="mm")
            self.text(x + label + 2, y + row / 2, value, height, anchor="lm")
            y += row
        return y


def _register(sheet: _Sheet, fields: Fields) -> None:
    sheet.text(52.5, 9, "常住人口登记卡", 5.4, anchor="mm")
    bottom = sheet.table(8, 16, 89, 8.6, fields, 3.2)
    sheet.text(10, bottom + 3, "承办人签章：", 3.0)
    sheet.stamp(80, 122, 13, "户口专用")


def _form(sheet: _Sheet, fields: Fields) -> None:
    sheet.text(105, 24, "城乡居民基本养老保险参保登记表", 7, anchor="mm")
    bottom = sheet.table(20, 40, 170, 12, fields, 4.4)
    promise = "本人承诺以上所填内容真实有效，所附材料与原件一致，如有不实，愿意承担相应的责任。"
    bottom = sheet.paragraph(20, bottom + 8, 170, promise * 3, 4.2)
    sheet.text(120, bottom + 8, "申请人（签字）：", 4.4)
    sheet.stamp(160, 255, 19, "业务受理")


def _certificate(sheet: _Sheet, fields: Fields) -> None:
    sheet.box(10, 10, 277, 190, RED, 1.6)
    sheet.box(14, 14, 269, 182, RED, 0.5)
    sheet.text(148.5, 44, "荣 誉 证 书", 17, RED, "mm")
    y = 72.0
    for name, value in fields.items():
        sheet.text(40, y, f"{name}：{value}", 8)
        y += 16
    sheet.paragraph(40, y, 215, "在本年度志愿服务工作中表现突出，特发此证，以资鼓励。", 8)
    sheet.stamp(235, 160, 21, "村民委员会")


def _bank_card(sheet: _Sheet, fields: Fields) -> None:
    for strip in range(27):
        sheet.fill(0, strip * 2, 86, 2, (28 + strip, 70 + 2 * strip, 120 + 3 * strip))
    sheet.fill(9, 19, 12, 9, (222, 190, 120))
    sheet.text(8, 6, fields["银行"], 5, (245, 245, 240))
    sheet.text(8, 34, fields["卡号"], 5.4, (245, 245, 240))
    sheet.text(8, 44, fields["持卡人"], 4, (245, 245, 240))


def _id_copy(sheet: _Sheet, fields: Fields) -> None:
    for top in (45, 150):
        sheet.fill(62, top, 85.6, 54, (226, 229, 232))
        sheet.box(62, top, 85.6, 54, (120, 120, 120))
    y = 50.0
    for name, value in fields.items():
        sheet.text(66, y, f"{name}  {value}", 3.4)
        y += 7
    sheet.fill(122, 52, 20, 26, (150, 155, 160))
    sheet.text(104.8, 165, "中华人民共和国", 5.5, anchor="mm")
    sheet.text(104.8, 177, "居民身份证", 8, anchor="mm")
    sheet.text(105, 222, "此复印件仅供办理本次业务使用", 5, anchor="mm")


def _calibration(sheet: _Sheet, _fields: Fields) -> None:
    """Print the very sheet that `run.py calibrate --sheet` gives."""
    printed = Image.fromarray(draw_sheet(sheet.font)).resize(sheet.image.size, Image.Resampling.BOX)
    sheet.image.paste(printed.point(lambda grey: round(grey * _PAPER_WHITE)))


def _blank(_sheet: _Sheet, _fields: Fields) -> None:
    """Nothing is written on a blank sheet."""


@dataclass(frozen=True, slots=True)
class PageKind:
    """What a kind of page is: its size in mm, corner radius in mm, paper colour RGB, painter and specimen fields."""

    size_mm: tuple[float, float]
    paint: Callable[[_Sheet, Fields], None]
    fields: Fields
    paper: Colour = (252, 251, 248)
    radius_mm: float = 0.0


_PERSON = {"姓名": "王小明", "性别": "男", "民族": "汉", "出生日期": "1990年01月01日"}
_NUMBER = {"公民身份号码": "320581199001010017"}

PAGES: Mapping[str, PageKind] = MappingProxyType(
    {
        "hukou": PageKind(
            (105, 143),
            _register,
            {**_PERSON, "与户主关系": "户主", "籍贯": "江苏常熟", **_NUMBER, "文化程度": "大学", "职业": "职员"},
            paper=(247, 246, 232),
        ),
        "form": PageKind(
            (210, 297), _form, {**_PERSON, **_NUMBER, "住址": "常熟市支塘镇示例路1号", "缴费档次": "500元"}
        ),
        "certificate": PageKind((297, 210), _certificate, {"获奖人": "王小明", "事由": "社区志愿服务"}),
        "bank_card": PageKind(
            (85.6, 53.98),
            _bank_card,
            {"银行": "示例银行", "卡号": "6200 0000 0000 0005", "持卡人": "王小明"},
            radius_mm=3.18,
        ),
        "id_copy": PageKind((210, 297), _id_copy, {**_PERSON, **_NUMBER}),
        "blank": PageKind((210, 297), _blank, {}),
        "calibration": PageKind((210, 297), _calibration, {}),
    }
)


def draw_page(kind: str, font: Path, fields: Fields | None = None) -> DrawnPage:
    """Draw one page of `kind`, its specimen fields overridden or extended by `fields`.

    Raises:
        KeyError: no such kind; see `PAGES`.
    """
    page = PAGES[kind]
    sheet = _Sheet(page.size_mm, page.paper, font)
    page.paint(sheet, {**page.fields, **(fields or {})})
    outline = Image.new("L", sheet.image.size, 0)
    corner = round(page.radius_mm * PIXELS_PER_MM)
    ImageDraw.Draw(outline).rounded_rectangle((0, 0, outline.width - 1, outline.height - 1), corner, fill=255)
    rgb = np.asarray(sheet.image, dtype=np.uint8)
    return DrawnPage(np.ascontiguousarray(rgb[:, :, ::-1]), np.array(outline, dtype=np.uint8), page.size_mm)
