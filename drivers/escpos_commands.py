"""A print job in ESC/POS bytes. Everything is built, and refused if need be, before the first byte is sent.

python-escpos builds the commands it is good at (styles, QR, cut); text is encoded here, since it guesses at Chinese,
and pictures too, since its `image` prints to the terminal and dithers. A printer acts on the real-time commands (DLE
EOT, DLE ENQ, DLE DC4) wherever their bytes pass, inside pictures too (Epson ESC/POS manual, DLE EOT), so a picture's
byte 10 before 04, 05 or 14 gets one more black dot: it becomes 18, which widens an existing dot by 0.125 mm.
"""

from collections.abc import Callable
from functools import singledispatchmethod

import numpy as np
import segno
from escpos.constants import QR_ECLEVEL_H, QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q
from escpos.escpos import Escpos
from PIL import Image

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.escpos_models import ChineseFont, PaperForm
from drivers.escpos_text import cells, encode_line, line_can_show
from drivers.print_job import (
    LINE_PITCHES,
    Align,
    Cut,
    Dots,
    Feed,
    Part,
    PrintJob,
    Qr,
    Raster,
    Rasteriser,
    Rule,
    Size,
    Text,
)
from drivers.print_length import RULE_AIR, RULE_ROWS

CELL_WIDTH, EM = 12, 24  # dots: font A 12x24, Chinese font 24x24

COMPOSED_WIDTH = 576  # dots of the 80 mm paper that jobs are composed for; narrower paper gets them smaller

_CHINESE_ON = b"\x1c&"
_REPORT_CHANGES = b"\x1da\x0e"  # GS a: online and cover, errors, roll paper; after ESC @, which may switch it off
_LEFT = b"\x1ba\x00"
_GREY = 127
_SMALLEST_MODULE = 2  # dots: a code of smaller squares is not read by a phone
_REAL_TIME_AFTER_DLE = (0x04, 0x05, 0x14)
_DLE, _DLE_WIDENED = 0x10, 0x18
_RULE_AIR = bytes((0x1B, 0x4A, RULE_AIR))  # ESC J n: n dots of bare paper
_CORRECTIONS = {"L": QR_ECLEVEL_L, "M": QR_ECLEVEL_M, "Q": QR_ECLEVEL_Q, "H": QR_ECLEVEL_H}
_ROOM: dict[Align, Callable[[int], int]] = {
    "left": lambda _room: 0,
    "center": lambda room: room // 2,
    "right": lambda room: room,
}


def encode_job(job: PrintJob, form: PaperForm, rasterise: Rasteriser | None) -> tuple[bytes, ...]:
    """Return the bytes that print `job`, from ESC @ to the last part, in pieces a question may be asked between.

    Raises:
        DeviceError: INVALID_DATA for a part that cannot be printed as it stands; the part's content is not named.
    """
    builder = _Builder(form, rasterise)
    builder.begin()
    for part in job.parts:
        builder.add(part)
        builder.end_piece()
    if any(bytes((_DLE, second)) in b"".join(builder.pieces) for second in _REAL_TIME_AFTER_DLE):
        raise _invalid("the job holds the bytes of a real-time command")
    return tuple(builder.pieces)


def _invalid(detail: str, reason: Reason = Reason.REFUSED) -> DeviceError:
    return DeviceError(CompletionCode.INVALID_DATA, reason, ErrorAction.SOFTWARE_ERROR, detail)


class _Builder(Escpos):
    """python-escpos over a buffer: it writes, nothing is sent."""

    def __init__(self, form: PaperForm, rasterise: Rasteriser | None) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self._piece = bytearray()
        self._form = form
        self._rasterise = rasterise
        self._pitch = 0
        self._align: Align = "left"

    def _raw(self, msg: bytes) -> None:
        self._piece += msg

    def end_piece(self) -> None:
        """End a piece: the line is out, no command is half sent."""
        self.pieces.append(bytes(self._piece))
        self._piece.clear()

    def begin(self) -> None:
        """Bring the printer to a known state: its power-on settings, and telling of itself what changes."""
        self.hw("INIT")
        if self._form.reports:
            self._raw(_REPORT_CHANGES)

    @singledispatchmethod
    def add(self, part: Part) -> None:
        """Append the bytes of one part."""
        raise _invalid(f"no such part as {type(part).__name__}")

    @add.register
    def _(self, part: Text) -> None:
        lines = part.text.split("\n")
        shown = [line_can_show(line, self._form.font) for line in lines]
        widest = max(cells(line) for line in lines) * CELL_WIDTH * part.size
        if all(shown) and widest > max(COMPOSED_WIDTH, self._form.width):
            raise _invalid("a line of text is wider than the paper")
        narrow = widest > self._form.width
        height = EM * part.size * self._form.width // widest if narrow else EM * part.size
        for line, in_font in zip(lines, shown, strict=True):
            if in_font and not narrow:
                self._print_line(line, part)
            else:
                self._picture(self._drawn_line(line, part, height), part.align)
            self.end_piece()

    @add.register
    def _(self, part: Raster) -> None:
        self._picture(self._fitting(part.bits), part.align)

    @add.register
    def _(self, part: Qr) -> None:
        if not (part.data.isprintable() and part.data):
            raise _invalid("a QR code needs printable text")
        if len(part.data.encode()) > self._form.qr_bytes:
            self._picture(self._drawn_code(part), part.align)
            return
        self._align = part.align
        self.set(align=part.align)
        self.qr(part.data, ec=_CORRECTIONS[part.correction], size=part.module, native=True)

    @add.register
    def _(self, part: Feed) -> None:
        self._set_pitch(1)
        self.print_and_feed(part.lines)

    @add.register
    def _(self, _part: Rule) -> None:
        self._raw(_RULE_AIR)
        self._picture(np.ones((RULE_ROWS, self._form.width), dtype=bool), "left")
        self._raw(_RULE_AIR)

    @add.register
    def _(self, _part: Cut) -> None:
        self.cut(mode="PART", feed=False)  # GS V 66 0: feed to the cutter, then cut, leaving a point

    def _print_line(self, line: str, part: Text) -> None:
        self._set_pitch(part.size)
        self._align = part.align
        self.set(align=part.align, bold=part.bold, custom_size=True, width=part.size, height=part.size)
        chinese = b"" if self._form.font is ChineseFont.NONE else _CHINESE_ON
        self._raw(chinese + encode_line(line, self._form.font) + b"\n")

    def _drawn_line(self, line: str, part: Text, height: int) -> Dots:
        """Draw what the printer cannot; if the drawn letters run wider than the paper, draw them smaller."""
        if self._rasterise is None:
            raise _invalid(
                "a character is outside the printer's font, and no rasteriser was given", Reason.CHARSET_DATA
            )
        dots = self._rasterise(line, height, part.bold)
        if dots.shape[1] > self._form.width:
            dots = self._rasterise(line, height * self._form.width // dots.shape[1], part.bold)
        return np.pad(dots, ((0, max(0, LINE_PITCHES[part.size] - dots.shape[0])), (0, 0)))

    def _drawn_code(self, part: Qr) -> Dots:
        """Draw a QR code, with smaller squares where the paper is narrow."""
        code = segno.make(part.data, error=part.correction, micro=False, boost_error=False)
        modules = np.array([list(row) for row in code.matrix], dtype=bool)
        side = min(part.module, self._form.width // modules.shape[0])
        if side < min(part.module, _SMALLEST_MODULE):
            raise _invalid("a QR code is too large for the paper")
        return np.kron(modules, np.ones((side, side), dtype=bool))

    def _fitting(self, bits: Dots) -> Dots:
        """Make a picture that was composed for 80 mm paper smaller where the paper is narrower."""
        rows, columns = bits.shape
        if not self._form.width < columns <= COMPOSED_WIDTH:
            return bits
        size = (self._form.width, max(1, rows * self._form.width // columns))
        grey = Image.fromarray(np.where(bits, np.uint8(255), np.uint8(0))).resize(size, Image.Resampling.BOX)
        return np.asarray(grey) > _GREY

    def _set_pitch(self, size: Size) -> None:
        """ESC 3: the line pitch that goes with a size of text, if it is not in force already."""
        if self._pitch != LINE_PITCHES[size]:
            self._pitch = LINE_PITCHES[size]
            self._raw(b"\x1b3" + bytes((self._pitch,)))

    def _picture(self, bits: Dots, align: Align) -> None:
        """Append GS v 0 commands of at most `band_rows` rows; alignment is white dots on the left, and nothing else."""
        rows, columns = bits.shape
        if columns > self._form.width:
            raise _invalid(f"a picture of {columns} dots is wider than the paper's {self._form.width}")
        if self._align != "left":  # ESC a holds for pictures too
            self._align = "left"
            self._raw(_LEFT)
        left = _ROOM[align](self._form.width - columns)
        packed = np.packbits(np.pad(bits, ((0, 0), (left, 0))), axis=1)
        for top in range(0, rows, self._form.band_rows):
            band = packed[top : top + self._form.band_rows]
            size = band.shape[1].to_bytes(2, "little") + band.shape[0].to_bytes(2, "little")
            self._raw(b"\x1dv0\x00" + size + _without_real_time(band.tobytes()))
            self.end_piece()


def _without_real_time(data: bytes) -> bytes:
    """Widen a dot where the bytes would be a real-time command (see the module's docstring)."""
    for second in _REAL_TIME_AFTER_DLE:
        data = data.replace(bytes((_DLE, second)), bytes((_DLE_WIDENED, second)))
    return data
