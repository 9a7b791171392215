"""What a code scanner sends: bytes to codes. Pure functions.

A scanner sends the content of a code and nothing that guards it: no checksum, no length. Where a code ends is told by
a suffix, by STX ... ETX, or by silence alone, as the scanner was set; no two makers ship the same setting.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason

Framing = Literal["cr", "lf", "crlf", "tab", "stx_etx", "idle"]
Charset = Literal["auto", "utf-8", "gb18030"]

LONGEST = (
    7089  # digits in the largest QR code (ISO/IEC 18004, version 40-L); no other code of a phone or paper holds more
)
BETWEEN = b"\r\n\x06"  # what stands between codes and begins none: the rest of a longer suffix, the ACK of a trigger
_STX, _ETX = b"\x02", b"\x03"
_SUFFIXES: dict[Framing, bytes] = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t"}

# EOT, FS, GS, RS, US are part of GS1 and ISO/IEC 15434 content, the others of a text; every other control is noise.
_CONTROLS = frozenset("\t\n\r\x04\x1c\x1d\x1e\x1f")


class Symbology(StrEnum):
    """The kind of a code, as an AIM identifier tells it (ISO/IEC 15424)."""

    CODE_39 = "CODE_39"
    CODE_128 = "CODE_128"
    GS1_128 = "GS1_128"
    EAN_UPC = "EAN_UPC"
    EAN_8 = "EAN_8"
    GS1_DATABAR = "GS1_DATABAR"
    PDF417 = "PDF417"
    QR = "QR"
    GS1_QR = "GS1_QR"
    DATA_MATRIX = "DATA_MATRIX"
    AZTEC = "AZTEC"
    HAN_XIN = "HAN_XIN"
    OTHER = "OTHER"


_AIM = re.compile(rb"\]([A-Za-z])([0-9A-Za-z])")
_EXACT = {b"C1": Symbology.GS1_128, b"E4": Symbology.EAN_8, b"Q3": Symbology.GS1_QR}
_LETTERS = {
    b"A": Symbology.CODE_39,
    b"C": Symbology.CODE_128,
    b"E": Symbology.EAN_UPC,
    b"L": Symbology.PDF417,
    b"Q": Symbology.QR,
    b"d": Symbology.DATA_MATRIX,
    b"e": Symbology.GS1_DATABAR,
    b"h": Symbology.HAN_XIN,
    b"z": Symbology.AZTEC,
}


@dataclass(frozen=True, slots=True)
class Code:
    """One code that was shown.

    Attributes:
        text: what it holds, without suffix and AIM identifier. Whose it is and what it means is not the driver's.
        charset: what the bytes were: "utf-8" or "gb18030" (as Python's codec of that name reads it).
        symbology: its kind; None: the scanner was not set to tell.
        length: bytes of its content.
    """

    text: str = field(repr=False)
    charset: Literal["utf-8", "gb18030"]
    symbology: Symbology | None
    length: int


def decode(buffer: bytes, framing: Framing, *, silent: bool = False) -> tuple[int, bytes | None]:
    """Return how many bytes of `buffer` are done with, and the first frame in it, or None for "more bytes needed".

    `silent`: the line has been silent since; it ends a code where nothing else does (framing "idle"). What stays after
    ``buffer = buffer[used:]`` is the beginning of a code, and with None never longer than the longest one and its
    frame. A code longer than `LONGEST` is dropped whole, wherever its bytes were chopped.
    """
    if framing == "stx_etx":
        return _between_stx_and_etx(buffer)
    if framing == "idle":
        return _until_silence(buffer, silent=silent)
    return _before_suffix(buffer, _SUFFIXES[framing])


def _before_suffix(buffer: bytes, suffix: bytes) -> tuple[int, bytes | None]:
    start = len(buffer) - len(buffer.lstrip(BETWEEN))
    while (end := buffer.find(suffix, start)) >= 0:
        frame = buffer[start:end].strip(BETWEEN)
        start = end + len(suffix)
        if 0 < len(frame) <= LONGEST:
            return start, frame
    # Of a code that is too long so much is kept that it is still seen to be too long when its end comes.
    return max(start, len(buffer) - LONGEST - len(suffix)), None


def _between_stx_and_etx(buffer: bytes) -> tuple[int, bytes | None]:
    start = 0
    while (end := buffer.find(_ETX, start)) >= 0:
        begin = buffer.rfind(_STX, start, end)  # the last one: a code that broke off has no ETX of its own
        frame = buffer[begin + 1 : end] if begin >= 0 else b""
        start = end + 1
        if 0 < len(frame) <= LONGEST:
            return start, frame
    begin = buffer.rfind(_STX, start)
    whole = begin >= 0 and len(buffer) - begin - 1 <= LONGEST
    return begin if whole else len(buffer), None


def _until_silence(buffer: bytes, *, silent: bool) -> tuple[int, bytes | None]:
    if not silent:
        return max(0, len(buffer) - LONGEST - 1), None
    frame = buffer.strip(BETWEEN)
    return len(buffer), frame if 0 < len(frame) <= LONGEST else None


def parse_code(frame: bytes, *, aim: bool, charset: Charset) -> Code:
    """Return the code in a frame. `aim`: the scanner was set to put an AIM identifier before each code.

    "auto" is strict: valid UTF-8, else valid GB 18030, else an error; nothing is replaced, nothing is guessed.

    Raises:
        DeviceError: INVALID_DATA/GARBLED when the identifier is missing (then kiosk.toml and the scanner's setting are
            two) or bytes are in it that no code holds, INVALID_DATA/CHARSET_DATA when it is no text of that charset.
    """
    symbology = None
    if aim:
        identifier = _AIM.match(frame)
        if identifier is None:
            detail = "a code came without an AIM identifier, though kiosk.toml says that the scanner sends them"
            raise DeviceError(CompletionCode.INVALID_DATA, Reason.GARBLED, ErrorAction.CONFIGURATION, detail)
        letter, modifier = identifier.groups()
        symbology = _EXACT.get(letter + modifier) or _LETTERS.get(letter, Symbology.OTHER)
        frame = frame[identifier.end() :]
    text, found = _text(frame, charset)
    if any(unicodedata.category(char) == "Cc" and char not in _CONTROLS for char in text):
        detail = f"{len(frame)} bytes came with control characters that no code holds"
        raise DeviceError(CompletionCode.INVALID_DATA, Reason.GARBLED, ErrorAction.SUSPEND, detail)
    return Code(text, found, symbology, len(frame))


def _text(frame: bytes, charset: Charset) -> tuple[str, Literal["utf-8", "gb18030"]]:
    wanted: tuple[Literal["utf-8", "gb18030"], ...] = ("utf-8", "gb18030") if charset == "auto" else (charset,)
    for each in wanted:
        try:
            return frame.decode(each), each
        except UnicodeDecodeError:
            continue
    detail = f"a code of {len(frame)} bytes is no text in {' or '.join(wanted)}"
    raise DeviceError(CompletionCode.INVALID_DATA, Reason.CHARSET_DATA, ErrorAction.SUSPEND, detail)
