"""What each model of printer can do: a table by the name it gives itself (GS I 67), and the safest limits for the rest.

One decision: what nobody has said is not relied on. A model that is not here gets narrow paper, short pictures, codes
and Chinese as dots; a technician who knows better says so in kiosk.toml, and that word stands above the table.

Widths and own QR codes: escpos-printer-db, as python-escpos 3.1 brings it. Rows of GS v 0: TM-T88III technical
reference, "yH <= 8", and for the others no more than that. DLE ENQ 2 after a cutter error: Epson ESC/POS command
reference; Citizen and HPRT manuals say the same of theirs.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from drivers.model import DeviceInformation


class ChineseFont(StrEnum):
    """The Chinese font inside a printer; `printer_can_show` knows what is in each."""

    NONE = "none"
    GB2312 = "gb2312"
    GB18030 = "gb18030"  # its two-byte areas; no printer is known to print the four-byte ones


@dataclass(frozen=True, slots=True)
class PaperForm:
    """What one printer can do.

    Attributes:
        width: dots across the paper.
        band_rows: rows of dots a picture command may hold (1-1024).
        font: its own Chinese font.
        qr_bytes: the longest text of a QR code it draws itself; 0: it draws none.
        reports: whether it tells changes by itself (GS a).
        recovers: whether DLE ENQ 2 ends a cutter or mechanical error whose cause is gone.
    """

    width: int = 384
    band_rows: int = 24
    font: ChineseFont = ChineseFont.NONE
    qr_bytes: int = 0
    reports: bool = False
    recovers: bool = False


SAFEST = PaperForm()
_EPSON_80 = PaperForm(576, 256, qr_bytes=256, reports=True, recovers=True)
_EPSON_180_DPI = replace(_EPSON_80, width=512)
_NARROW = PaperForm(384, 24)
_TABLE: dict[str, PaperForm] = {
    "BDY-80 SIM": PaperForm(576, 64, qr_bytes=256, reports=True, recovers=True),
    "BDY-80G SIM": PaperForm(576, 64, qr_bytes=256, reports=True, recovers=True),
    "TM-T88II": replace(_EPSON_180_DPI, qr_bytes=0),  # the list says it draws codes, older manuals know no such command
    "TM-T88III": replace(_EPSON_180_DPI, qr_bytes=0),  # as above
    "TM-T88IV": _EPSON_180_DPI,
    "TM-T88V": _EPSON_180_DPI,
    "TM-T20II": _EPSON_80,
    "TM-L90": _EPSON_80,
    "TM-P80": replace(_EPSON_80, recovers=False),  # no cutter
    "CT-S651": PaperForm(640, 256, qr_bytes=256, recovers=True),
    "NT-5890K": _NARROW,
    "POS-5890": _NARROW,
    "ZJ-5870": _NARROW,
}
_FONTS = {"CHINA GB2312": ChineseFont.GB2312, "CHINA GB18030": ChineseFont.GB18030}  # GS I 69


@dataclass(frozen=True, slots=True)
class Given:
    """What kiosk.toml says of this printer; None: what its model says."""

    width: int | None = None
    band_rows: int | None = None
    font: ChineseFont | None = None
    native_qr: bool | None = None


_LONGEST_QR = 256  # bytes, where a technician says that there are QR codes but the model is not known


def form_of(information: DeviceInformation, given: Given) -> PaperForm:
    """Return what the printer of that name and font can do, with a technician's word above it."""
    form = _TABLE.get(information.model_name or "", SAFEST)
    form = replace(form, font=_FONTS.get(information.fonts or "", ChineseFont.NONE))
    if given.width is not None:
        form = replace(form, width=given.width)
    if given.band_rows is not None:
        form = replace(form, band_rows=given.band_rows)
    if given.font is not None:
        form = replace(form, font=given.font)
    if given.native_qr is not None:
        form = replace(form, qr_bytes=(form.qr_bytes or _LONGEST_QR) if given.native_qr else 0)
    return form
