"""The models the simulated receipt printer can be: what each says of itself (GS I), and where it stops."""

from dataclasses import dataclass
from typing import Literal

_TYPE_DOUBLE_BYTE, _TYPE_CUTTER = 0x01, 0x02


@dataclass(frozen=True, slots=True)
class Model:
    """One model.

    Attributes:
        name: its answer to GS I 67; None: it leaves every GS I unanswered.
        font: its Chinese font, as GS I 69 names it; None: it has none.
        width: dots across the paper.
        band_rows: rows a picture command may have; of a longer one it prints nothing.
        qr: whether it draws QR codes itself.
    """

    name: str | None
    maker: str = "Budayang"
    font: Literal["CHINA GB2312", "CHINA GB18030"] | None = "CHINA GB2312"
    width: int = 576
    band_rows: int = 2303
    qr: bool = True

    def text(self, number: int) -> str | None:
        """Return what GS I `number` (65-69) is answered with; None: nothing."""
        if self.name is None:
            return None
        return {65: "1.0", 66: self.maker, 67: self.name, 68: "SIM000001", 69: self.font}.get(number)

    def single(self, number: int) -> bytes | None:
        """Return the one byte GS I `number` (1-3) is answered with; None: nothing."""
        if self.name is None:
            return None
        kind = _TYPE_CUTTER | (_TYPE_DOUBLE_BYTE if self.font else 0)
        return {1: b"\x20", 2: bytes((kind,)), 3: b"\x01"}.get(number)

    def character(self, code: bytes) -> str:
        """Return the character its font has for two bytes, ``?`` where it has none.

        A GB 2312 font has that set alone; one of GB 18030 the two-byte areas, the four-byte ones no printer has.
        """
        encodings = {"CHINA GB2312": "gb2312", "CHINA GB18030": "gbk", None: "ascii"}
        try:
            code.decode(encodings[self.font])
            return code.decode("gb18030")
        except UnicodeDecodeError:
            return "?"


USUAL = Model("BDY-80 SIM")
MODELS = {
    "usual": USUAL,
    "gb18030": Model("BDY-80G SIM", font="CHINA GB18030"),
    "narrow": Model("POS-5890", maker="Zjiang", width=384, band_rows=255, qr=False),
    "old": Model("TM-T88III", maker="EPSON", font=None, width=512),
    "nameless": Model(None, font=None, width=384, band_rows=24, qr=False),
}
"""By a short name, for tests and for who starts one by hand."""
