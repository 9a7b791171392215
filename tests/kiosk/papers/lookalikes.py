"""Draws look-alikes of each kind of paper as the kiosk keeps a page: flat, 200 dpi, a little soft and unevenly lit.

Fictional people alone; the numbers have right check digits and a region code that no place has. Seeds below 10000 are
for tuning, from there on for what is reported.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kiosk.citizen_number import check_digit
from kiosk.papers.kinds import PaperKind
from kiosk.words import ASSETS

TUNING, REPORTED = 0, 10_000
DPMM = 200 / 25.4
Colour = tuple[int, int, int]
INK, RED, WHITE = (34, 32, 38), (196, 30, 38), (246, 246, 244)
_FONTS = ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf")
_SURNAMES, _GIVEN = (
    "王李张陈赵周吴徐孙朱",
    ("小明", "春兰", "大海", "一诺", "文静", "建国", "雨桐", "志远", "秀英", "晓"),
)
_PLACES = ("示例路1号", "样本街28号", "虚构新村6幢302室", "模拟村12组", "测试大道99号", "例证弄5号201室")
_TOWNS = ("江苏省常熟市支塘镇", "江苏省示例市样本区", "虚构省虚构市例证镇")
_BANKS = ("示例银行", "样本商业银行", "虚构农村商业银行", "例证信用社")
_PROSE = "本人承诺以上所填内容真实有效所附材料与原件一致如有不实愿意承担相应责任现将有关事项说明如下请予办理为感"
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A page: `image` uint8 BGR at 200 dpi, its size in mm, what it is, and the values written on it."""

    image: NDArray[np.uint8]
    size_mm: tuple[float, float]
    kind: PaperKind
    said: Mapping[str, str]


@lru_cache(maxsize=128)
def _font(bold: bool, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(ASSETS / "fonts" / _FONTS[bold]), pixels)


class Canvas:
    """A page addressed in millimetres, with a person of its own."""

    def __init__(self, size_mm: tuple[float, float], paper: Colour, rng: np.random.Generator) -> None:
        self.size = size_mm
        self.rng = rng
        self.image = Image.new("RGB", (round(size_mm[0] * DPMM), round(size_mm[1] * DPMM)), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.said: dict[str, str] = {}
        self.name = str(rng.choice(list(_SURNAMES))) + str(rng.choice(_GIVEN))
        self.address = str(rng.choice(_TOWNS)) + str(rng.choice(_PLACES))
        self.birth = (int(rng.integers(1950, 2005)), int(rng.integers(1, 13)), int(rng.integers(1, 28)))
        year, month, day = self.birth
        first17 = f"990000{year:04}{month:02}{day:02}{rng.integers(1, 999):03}"
        self.number = first17 + check_digit(first17)

    def say(self, **values: str) -> None:
        self.said.update(values)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        height: float,
        colour: Colour = INK,
        anchor: str = "la",
        *,
        bold: bool = False,
    ) -> None:
        font = _font(bold, round(height * DPMM))
        self.draw.text((x * DPMM, y * DPMM), text, fill=colour, font=font, anchor=anchor)

    def box(self, x: float, y: float, w: float, h: float, colour: Colour = INK, width: float = 0.25) -> None:
        edges = [v * DPMM for v in (x, y, x + w, y + h)]
        self.draw.rectangle(edges, outline=colour, width=max(1, round(width * DPMM)))

    def fill(self, x: float, y: float, w: float, h: float, colour: Colour) -> None:
        self.draw.rectangle([v * DPMM for v in (x, y, x + w, y + h)], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self.draw.ellipse([v * DPMM for v in (x - radius, y - radius, x + radius, y + radius)], fill=colour)

    def shade(self, top: Colour, bottom: Colour) -> None:
        ramp = np.linspace(top, bottom, self.image.height)[:, None, :].repeat(self.image.width, axis=1)
        self.image.paste(Image.fromarray(ramp.astype(np.uint8)))

    def rows(self, x: float, y: float, width: float, row: float, height: float, fields: Mapping[str, str]) -> float:
        for label, value in fields.items():
            self.box(x, y, width, row)
            self.box(x, y, width * 0.32, row)
            self.text(x + width * 0.16, y + row / 2, label, height, anchor="mm")
            self.text(x + width * 0.32 + 2, y + row / 2, value, height, anchor="lm")
            y += row
        return y

    def stamp(self, x: float, y: float, radius: float, words: str) -> None:
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(layer)
        ring = [v * DPMM for v in (x - radius, y - radius, x + radius, y + radius)]
        draw.ellipse(ring, outline=(*RED, 190), width=round(0.9 * DPMM))
        font = _font(bold=False, pixels=round(radius * 0.3 * DPMM))
        draw.text((x * DPMM, (y + radius * 0.5) * DPMM), words, fill=(*RED, 190), font=font, anchor="mm")
        self.image.paste(layer, mask=layer)

    def prose(self, x: float, y: float, lines: int, height: float, width: float) -> float:
        per_line = int(width / height)
        for _ in range(lines):
            start = int(self.rng.integers(len(_PROSE)))
            self.text(x, y, (_PROSE * 3)[start : start + per_line - 1] + "，", height)
            y += height * 1.7
        return y

    def pick(self, *choices: str) -> str:
        return str(self.rng.choice(choices))

    def jitter(self, spread: float) -> float:
        return float(self.rng.uniform(-spread, spread))


def _spaced(text: str, by: str = " ") -> str:
    return by.join(text)


def _date(c: Canvas) -> str:
    year, month, day = c.birth
    return f"{year}年{month}月{day}日"


def _id_front(c: Canvas, left: float = 0, top: float = 0, *, ground: bool = True) -> None:
    if ground:
        c.shade((222, 232, 240), (int(c.rng.integers(200, 226)), 226, 232))
    dx, dy = left + c.jitter(1), top + c.jitter(0.8)
    label = (60, 110, 150)
    for row, (name, value) in enumerate((("姓名", c.name), ("性别", f"{c.pick('男', '女')}   民族  汉"))):
        c.text(dx + 6, dy + 6 + 7.5 * row, name, 3, label)
        c.text(dx + 15, dy + 6 + 7.5 * row, value, 3.5)
    year, month, day = c.birth
    c.text(dx + 6, dy + 21, "出生", 3, label)
    c.text(dx + 15, dy + 21, f"{year} 年 {month} 月 {day} 日", 3.3)
    c.text(dx + 6, dy + 29, "住址", 3, label)
    c.text(dx + 15, dy + 29, c.address[:11], 3.2)
    c.text(dx + 15, dy + 33.5, c.address[11:], 3.2)
    c.text(dx + 6, dy + 44.5, "公民身份号码", 3, label)
    c.text(dx + 29, dy + 44, c.number, 4)
    c.fill(dx + 57, dy + 9, 22, 27, (186, 192, 200))
    c.disc(dx + 68, dy + 19, 6, (204, 172, 150))
    c.say(name=c.name, number=c.number, address=c.address)


def _id_back(c: Canvas, left: float = 0, top: float = 0, *, ground: bool = True) -> None:
    if ground:
        c.shade((236, 230, 220), (216, int(c.rng.integers(214, 232)), 222))
    dx, dy = left + c.jitter(1), top + c.jitter(0.8)
    c.disc(dx + 15, dy + 14, 8, RED)
    c.text(dx + 52, dy + 11, "中华人民共和国", 5, anchor="mm")
    c.text(dx + 52, dy + 21, _spaced("居民身份证", c.pick("", " ")), 6.4, anchor="mm", bold=True)
    c.text(dx + 17, dy + 37, "签发机关", 3, (60, 60, 70))
    c.text(dx + 33, dy + 37, c.pick("示例市公安局", "样本县公安局", "虚构市公安局例证分局"), 3.4)
    c.text(dx + 17, dy + 44, "有效期限", 3, (60, 60, 70))
    until = c.pick("2030.01.05-2050.01.05", "2021.06.30-2041.06.30", "2019.11.02-长期")
    c.text(dx + 33, dy + 44, until, 3.4)
    c.say(valid_until=until)


def _id_copy(c: Canvas) -> None:
    top = 40 + c.jitter(12)
    _id_front(c, 62, top, ground=False)
    c.box(62, top, 85.6, 54, (150, 150, 150))
    _id_back(c, 62, top + 95, ground=False)
    c.box(62, top + 95, 85.6, 54, (150, 150, 150))
    if c.rng.random() < 0.5:
        c.text(105, top + 180, "此复印件仅供办理本次业务使用", 5, anchor="mm")


def _permit(c: Canvas) -> None:
    c.shade((208, 232, 216), (226, int(c.rng.integers(226, 240)), 222))
    title = c.pick("江苏省居住证", "居 住 证", "居住证", "虚构市居住证")
    c.text(43, 7, title, 5, anchor="mm", bold=True)
    rows = (("姓名", c.name), ("公民身份号码", c.number), ("居住地址", c.address), ("签发机关", "示例市公安局"))
    for row, (label, value) in enumerate(rows):
        c.text(6, 14 + 9 * row, label, 2.8, (40, 100, 80))
        c.text(6, 17.8 + 9 * row, value, 3)
    c.fill(60, 14, 20, 25, (184, 192, 188))
    c.say(name=c.name, number=c.number)


def luhn(first: str) -> str:
    """Return `first` with its check digit (ISO/IEC 7812-1)."""
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(first)))
    return first + str(-total % 10)


def _bank_card(c: Canvas) -> None:
    grounds = ((28, 50, 120), (150, 24, 36), (20, 100, 80), (60, 60, 66), (190, 150, 70), (222, 224, 228))
    ground = grounds[int(c.rng.integers(len(grounds)))]
    ink = WHITE if sum(ground) < 500 else INK
    c.shade(ground, tuple(min(255, v + 40) for v in ground))  # type: ignore[arg-type] # three values stay three
    c.fill(9, 19, 12, 9, (222, 190, 120))
    c.text(8, 5, c.pick(*_BANKS), 5, ink)
    number = luhn("990" + "".join(str(d) for d in c.rng.integers(0, 10, int(c.rng.choice((12, 15))))))
    c.text(8, 32, " ".join(number[i : i + 4] for i in range(0, len(number), 4)), 4.8, ink)
    c.text(8, 42, c.pick("VALID THRU 12/31", "借记卡  DEBIT", "储蓄卡", "信用卡 12/31"), 3.2, ink)
    c.text(80, 44, c.pick("银联 UnionPay", "UnionPay", "银联"), 4, ink, anchor="ra")
    c.say(bank_card=number)


def _register_cover(c: Canvas) -> None:
    grounds = ((110, 34, 36), (96, 52, 34), (128, 46, 50), (70, 34, 40))
    c.fill(0, 0, *c.size, grounds[int(c.rng.integers(4))])
    gold = (216, 182, 96)
    for number, letter in enumerate("居民户口簿"):
        c.text(30 + 11 * number, 44 + c.jitter(0.3), letter, 8.6, gold, anchor="mm", bold=True)
    c.disc(52.5, 74, 10, gold)
    c.text(52.5, 118 + c.jitter(4), c.pick("中华人民共和国公安部制", "公安部制"), 4.6, gold, anchor="mm")


def _register_page(c: Canvas) -> None:
    householder = c.rng.random() < 0.3
    if householder:
        fields = {"户别": "家庭户", "户主姓名": c.name, "户号": "00012345", "住址": c.address}
        c.text(52.5, 14, c.pick("户口登记簿首页", "居民户口簿"), 4.6, anchor="mm")
        bottom = c.rows(8, 24, 89, 12, 3.2, fields)
        c.say(name=c.name, address=c.address)
    else:
        fields = {
            "姓名": c.name, "户主或与户主关系": c.pick("户主", "妻", "子", "女"), "性别": c.pick("男", "女"),
            "出生地": "江苏常熟", "民族": "汉族", "籍贯": "江苏常熟", "出生日期": _date(c),
            "公民身份号码": c.number, "文化程度": "大学", "婚姻状况": c.pick("已婚", "未婚"), "职业": "职员",
        }  # fmt: skip
        c.text(52.5, 9, _spaced("常住人口登记卡", c.pick("", " ")), 5, anchor="mm")
        bottom = c.rows(8, 16, 89, 8.2, 3.0, fields)
        c.say(name=c.name, number=c.number)
    c.text(10, bottom + 4, "承办人签章：", 3.0)
    c.stamp(80, 124, 12, "户口专用")


def _marriage(c: Canvas) -> None:
    if c.size[0] < 100:
        c.fill(0, 0, *c.size, (150 + int(c.rng.integers(30)), 22, 34))
        gold = (224, 190, 104)
        c.text(c.size[0] / 2, 30, "中华人民共和国", 5.4, gold, anchor="mm")
        c.text(c.size[0] / 2, 84, _spaced("结婚证", "  "), 9, gold, anchor="mm", bold=True)
        return
    c.shade((250, 236, 238), (246, 226, 230))
    c.text(88, 14, _spaced("结婚证", c.pick(" ", "  ")), 8, RED, anchor="mm", bold=True)
    c.text(12, 30, f"持证人  {c.name}", 4)
    c.text(12, 40, f"登记日期  {_date(c)}", 4)
    c.text(12, 50, "结婚证字号  J000000-2020-000000", 4)
    for row in (0, 1):
        c.text(12, 66 + 24 * row, f"姓名 {c.name}  性别 {'男女'[row]}  国籍 中国", 3.6)
        c.text(12, 74 + 24 * row, f"出生日期 {_date(c)}", 3.6)
        c.text(12, 82 + 24 * row, "身份证件号 见附页", 3.6)
    c.fill(112, 30, 52, 36, (208, 60, 66))
    c.stamp(140, 100, 15, "婚姻登记")


def _birth(c: Canvas) -> None:
    c.shade((244, 250, 240), (238, 248, 236))
    middle, wide = c.size[0] / 2, c.size[0] - 30
    c.text(middle, 22, _spaced("出生医学证明", c.pick("", " ")), 8, (30, 90, 60), anchor="mm", bold=True)
    fields = {
        "新生儿姓名": c.name, "性别": c.pick("男", "女"), "出生时间": _date(c), "出生孕周": "39 周", "体重": "3300 克",
        "身长": "50 厘米", "出生地点": "江苏省示例市", "母亲姓名": "李春兰", "父亲姓名": "王大海",
        "接生机构": "示例市妇幼保健院", "出生证编号": "Z000000000",
    }  # fmt: skip
    row = min(14.0, (c.size[1] - 70) / len(fields))
    c.rows(15, 34, wide, row, min(4.4, row * 0.45), fields)
    c.stamp(c.size[0] - 40, c.size[1] - 28, 16, "出生专用")


def credit_code(rng: np.random.Generator) -> str:
    """Return a code of a company that does not exist, with its check character (GB 32100-2015)."""
    first = "91990000MA" + "".join(str(rng.choice(list(_CREDIT[:10]))) for _ in range(7))
    total = sum(_CREDIT.index(ch) * pow(3, i, 31) for i, ch in enumerate(first))
    return first + _CREDIT[-total % 31]


def _licence(c: Canvas) -> None:
    wide, high = c.size
    scale = wide / 297
    gold = (182, 146, 84)
    c.box(12 * scale, 12 * scale, wide - 24 * scale, high - 24 * scale, gold, 2.4)
    c.disc(wide / 2, 30 * scale, 9 * scale, RED)
    c.text(wide / 2, 54 * scale, _spaced("营业执照", c.pick(" ", "", "  ")), 16 * scale, anchor="mm", bold=True)
    code = credit_code(c.rng)
    c.text(24 * scale, 66 * scale, "统一社会信用代码", 4.6 * scale)
    c.text(24 * scale, 74 * scale, code, 5.6 * scale)
    company = c.pick("示例商贸有限公司", "常熟市样本纺织厂", "虚构餐饮管理有限公司", "例证超市")
    left = (
        ("名称", company),
        ("类型", c.pick("有限责任公司", "个体工商户", "个人独资企业")),
        ("法定代表人", c.name),
        ("经营范围", "日用百货销售；餐饮服务；纺织品加工。"),
    )
    right = (("注册资本", "壹佰万元整"), ("成立日期", _date(c)), ("住所", c.address))
    for column, rows in ((24, left), (165, right)):
        for row, (label, value) in enumerate(rows):
            c.text(column * scale, (92 + 15 * row) * scale, label, 4.8 * scale)
            c.text((column + 32) * scale, (92 + 15 * row) * scale, value, 4.8 * scale)
    c.text(200 * scale, 160 * scale, "登记机关", 5 * scale)
    c.fill(248 * scale, 24 * scale, 26 * scale, 26 * scale, INK)
    c.stamp(235 * scale, 172 * scale, 18 * scale, "登记专用")
    c.say(credit_code=code, name=company)


def _form(c: Canvas) -> None:
    title = c.pick(
        "居民基本养老保险参保登记表", "政务服务事项申请表", "住房公积金业务申请表", "门诊慢特病待遇认定申请表"
    )
    c.text(105, 24, title, 7, anchor="mm")
    fields = {"姓名": c.name, "性别": c.pick("男", "女"), "民族": "汉族", "出生日期": _date(c)}
    fields |= {"公民身份号码": c.number, "住址": c.address, "联系电话": "13800000000"}
    bottom = c.rows(20, 40, 170, 11 + c.jitter(1.5), 4.4, fields)
    bottom = c.prose(20, bottom + 8, int(c.rng.integers(2, 7)), 4.2, 170)
    c.text(120, bottom + 8, "申请人（签字）：", 4.4)
    c.stamp(155, 255, 19, "业务受理")


def _letter(c: Canvas) -> None:
    c.text(105, 30, c.pick("情况说明", "授权委托书", "亲属关系证明", "收入证明", "房屋租赁合同"), 8, anchor="mm")
    bottom = c.prose(24, 48, int(c.rng.integers(7, 18)), 4.4, 162)
    c.text(24, bottom, "随附营业执照、居民身份证、结婚证和户口簿的复印件各一份。", 4.4)
    c.text(130, bottom + 18, c.name, 4.4)
    c.text(130, bottom + 27, _date(c), 4.4)


def _honour(c: Canvas) -> None:
    c.box(10, 10, c.size[0] - 20, c.size[1] - 20, RED, 1.8)
    c.text(c.size[0] / 2, 44, c.pick("荣 誉 证 书", "毕 业 证 书", "不动产权证书"), 15, RED, anchor="mm", bold=True)
    c.text(40, 74, f"{c.name}  同志：", 9)
    c.prose(40, 92, 3, 8, c.size[0] - 82)
    c.stamp(c.size[0] - 62, c.size[1] - 50, 21, "村民委员会")


def _other_card(c: Canvas) -> None:
    c.shade((238, 238, 232), (214, 226, 238))
    title = c.pick("港澳居民居住证", "外国人永久居留身份证", "社会保障卡", "残疾人证", "图书馆读者证", "示例超市会员卡")
    c.text(43, 9, title, 4.6, anchor="mm", bold=True)
    c.text(6, 20, f"姓名 {c.name}", 3.4)
    c.text(6, 28, f"编号 0000{int(c.rng.integers(1_000_000)):06}", 3.4)
    c.text(6, 36, c.pick("签发机关 示例局", "有效期至 2031.12"), 3.4)


def _receipt(c: Canvas) -> None:
    c.text(c.size[0] / 2, 8, c.pick("示例超市购物小票", "医疗门诊收费票据", "示例药房"), 4.6, anchor="mm")
    for row in range(24):
        c.text(4, 18 + 6 * row, (_PROSE * 2)[row * 2 : row * 2 + 6], 3)
        c.text(c.size[0] - 4, 18 + 6 * row, f"{c.rng.uniform(1, 99):.2f}", 3, anchor="ra")


def _photo(c: Canvas) -> None:
    c.shade((120, 160, 210), (90, 120, 60))
    for _ in range(12):
        x, y = c.rng.uniform(0, c.size[0]), c.rng.uniform(c.size[1] / 2, c.size[1])
        c.disc(x, y, float(c.rng.uniform(3, 12)), tuple(int(v) for v in c.rng.integers(40, 200, 3)))  # type: ignore[arg-type] # three values


def _blank(_canvas: Canvas) -> None:
    """Nothing is written on it."""


_CARD, _A4, _LEAF = (85.6, 53.98), (210.0, 297.0), (105.0, 143.0)
Painter = Callable[[Canvas], None]
PAINTERS: Mapping[str, tuple[PaperKind, tuple[tuple[float, float], ...], Painter]] = MappingProxyType(
    {
        "id_front": (PaperKind.ID_FRONT, (_CARD,), _id_front),
        "id_back": (PaperKind.ID_BACK, (_CARD,), _id_back),
        "id_copy": (PaperKind.ID_COPY, (_A4,), _id_copy),
        "permit": (PaperKind.RESIDENCE_PERMIT, (_CARD,), _permit),
        "bank_card": (PaperKind.BANK_CARD, (_CARD,), _bank_card),
        "register_cover": (PaperKind.REGISTER_COVER, (_LEAF,), _register_cover),
        "register_page": (PaperKind.REGISTER_PAGE, (_LEAF,), _register_page),
        "marriage": (PaperKind.MARRIAGE_CERTIFICATE, ((88.0, 125.0), (176.0, 125.0)), _marriage),
        "birth": (PaperKind.BIRTH_CERTIFICATE, (_A4, (210.0, 148.0)), _birth),
        "licence": (PaperKind.BUSINESS_LICENCE, ((297.0, 210.0), (420.0, 297.0)), _licence),
        "form": (PaperKind.SHEET, (_A4,), _form),
        "letter": (PaperKind.SHEET, (_A4,), _letter),
        "honour": (PaperKind.UNKNOWN, ((297.0, 210.0), (210.0, 148.0)), _honour),
        "other_card": (PaperKind.UNKNOWN, (_CARD,), _other_card),
        "receipt": (PaperKind.UNKNOWN, ((80.0, 180.0), (58.0, 170.0)), _receipt),
        "photo": (PaperKind.UNKNOWN, ((89.0, 127.0), (152.0, 102.0)), _photo),
        "blank": (PaperKind.UNKNOWN, (_A4, _LEAF, _CARD), _blank),
    }
)
_PAPERS: Mapping[str, tuple[Colour, ...]] = {
    "register_page": ((247, 246, 232), (250, 248, 240), (240, 236, 214)),
    "licence": ((246, 243, 226), (250, 249, 246)),
    "honour": ((250, 244, 232), (252, 246, 240)),
}


def lookalike(name: str, seed: int) -> Lookalike:
    """Return the look-alike `name` (see `PAINTERS`) of a seed."""
    kind, sizes, paint = PAINTERS[name]
    rng = np.random.default_rng((list(PAINTERS).index(name), seed))
    size = sizes[int(rng.integers(len(sizes)))]
    papers = _PAPERS.get(name, ((250, 249, 246), (244, 246, 248), (252, 252, 250)))
    canvas = Canvas(size, papers[int(rng.integers(len(papers)))], rng)
    paint(canvas)
    measured = (size[0] * float(rng.uniform(0.985, 1.015)), size[1] * float(rng.uniform(0.985, 1.015)))
    return Lookalike(_worn(np.asarray(canvas.image, np.uint8)[:, :, ::-1], rng), measured, kind, dict(canvas.said))


def _worn(page: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the page as a camera keeps it: soft, noisy, unevenly lit, tinted, packed as JPEG."""
    height, width = page.shape[:2]
    soft = cv2.GaussianBlur(page, (0, 0), float(rng.uniform(0.4, 0.9))).astype(np.float32)
    across = np.linspace(rng.uniform(0.9, 1.02), rng.uniform(0.9, 1.02), width, dtype=np.float32)
    down = np.linspace(rng.uniform(0.92, 1.0), rng.uniform(0.92, 1.0), height, dtype=np.float32)
    tint = rng.uniform(0.96, 1.03, 3).astype(np.float32)
    noise = rng.normal(0, 2.0, (height // 2 + 1, width // 2 + 1)).astype(np.float32)
    grain = cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST)[:, :, None]
    lit = np.clip(soft * (down[:, None] * across[None])[:, :, None] * tint + grain, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
