"""Pages to be read, drawn with the kiosk's own font: what stands on them is known exactly."""

from functools import lru_cache

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from kiosk.scan.geometry import Image
from tests.kiosk.scan.pictures import FONT

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72
NUMBER = "320581199001010017"
LETTER = (
    "城乡居民基本养老保险参保登记表",
    "姓名：王小明　性别：男　民族：汉",
    f"公民身份号码：{NUMBER}",
    "住址：江苏省常熟市支塘镇示例路1号",
    "本人承诺以上所填内容真实有效，",
    "所附材料与原件一致，如有不实，",
    "愿意承担相应的责任。",
)
FORTY = ("本人自愿参加城乡居民基本养老保险，按年缴费，", "缴费档次为五百元，特此申请并承诺属实。")  # 40 characters


@lru_cache(maxsize=16)
def sheet(
    lines: tuple[str, ...] = LETTER, dpi: int = 137, points: float = 12.0, mm: tuple[int, int] = (210, 297)
) -> Image:
    """Return a page of `mm` at `dpi` with lines of `points`, uint8 BGR."""
    width, height = (round(side * dpi / MM_PER_INCH) for side in mm)
    page = Pictures.new("L", (width, height), 252)
    font = ImageFont.truetype(str(FONT), round(points * dpi / POINTS_PER_INCH))
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        pen.text((width * 0.12, height * 0.08 + number * font.size * 1.9), line, fill=35, font=font)
    return np.ascontiguousarray(np.repeat(np.asarray(page, np.uint8)[:, :, None], 3, axis=2))


def turned(page: Image, quarters: int) -> Image:
    """Return the page after that many quarter turns clockwise."""
    return np.ascontiguousarray(np.rot90(page, -quarters))
