"""The slip of a receipt printer's self-test: what a technician must see to say that it prints as it should."""

from datetime import datetime

from drivers.escpos_models import ChineseFont, PaperForm
from drivers.model import DeviceInformation
from drivers.print_job import Cut, Feed, Part, Qr, Rule, Text

_RARE = "龴䶮㛃𠅤𬭎𫖯"  # made of characters that names are made of; no printer's font has them all
_CODE = "BDY-TEST {at:%Y%m%d%H%M%S}"


def slip(information: DeviceInformation, form: PaperForm, at: datetime, *, drawn: bool) -> tuple[Part, ...]:
    """Compose it: Chinese, a rare name in dots, a code, sizes, the time `at`, and who the printer says it is.

    `drawn`: lines can be drawn, so that Chinese and rare characters may be asked for.
    """
    chinese = drawn or form.font is not ChineseFont.NONE
    rare = Text(f"姓名用字 {_RARE}") if drawn else Text("no fonts given: rare characters are not tested")
    return (
        Text("RECEIPT PRINTER TEST", bold=True, align="center"),
        *((Text("打印机自检", 2, bold=True, align="center"),) if chinese else ()),
        Rule(),
        Text(f"{at:%Y-%m-%d %H:%M:%S %z}"),
        Text(f"model {_printable(information.model_name)}"),
        Text(f"fonts {_printable(information.fonts)}"),
        Text(f"width {form.width}  rows {form.band_rows}  font {form.font}  qr {form.qr_bytes}"),
        Rule(),
        *((Text("您好，中文打印正常。①Ａ—□"),) if chinese else ()),
        rare,
        Text("Size 2", 2),
        Text("0123456789" * 4 + "01234567"),
        Qr(_CODE.format(at=at), align="center"),
        Feed(),
        Cut(),
    )


def _printable(text: str | None) -> str:
    """Return what a printer said of itself, safe to send back to it; "-" where it said nothing."""
    shown = "".join(ch for ch in text or "" if ch.isascii() and ch.isprintable())
    return shown[:32] or "-"
