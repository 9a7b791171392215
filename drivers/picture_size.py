"""How large a JPEG or PNG says it is, from its first bytes: asked before it is decoded, so that none fills the memory.

One decision: what a picture claims to be is read from its own bytes, never from a name; and it must have its end.
"""

import struct
from collections.abc import Callable

Size = tuple[int, int]

MOST_PIXELS = 50_000_000
"""More has no camera, no phone's picture of a page, and no memory of a kiosk."""
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER = struct.Struct(">8sI4sII")
_JPEG_END = b"\xff\xd9"
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # ISO/IEC 10918-1 table B.1: frames; but DHT, JPG, DAC
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # TEM, RST, SOI: markers without a length


class PictureError(ValueError):
    """A picture that is not taken; the sentence says why and quotes nothing of it."""


def ensure_size(data: bytes) -> Size:
    """Return width and height of a picture that may be decoded.

    Raises:
        PictureError: it is no JPEG or PNG, has no end, or says it has too many pixels, or none.
    """
    width, height = picture_size(data)
    if width < 1 or height < 1 or width * height > MOST_PIXELS:
        raise PictureError(f"the picture has {width} x {height} pixels, more than {MOST_PIXELS} or none")
    return width, height


def picture_size(data: bytes) -> Size:
    """Return width and height in pixels as the header says, without decoding.

    Raises:
        PictureError: it is no JPEG or PNG, or has no end.
    """
    for start, size_of in _KINDS:
        if data.startswith(start):
            return size_of(data)
    raise PictureError("the file is no JPEG and no PNG")


def _png_size(data: bytes) -> Size:
    if len(data) < _PNG_HEADER.size or data[12:16] != b"IHDR" or b"IEND" not in data[-12:]:
        raise PictureError("the PNG is torn")
    width, height = _PNG_HEADER.unpack_from(data)[3:]
    return int(width), int(height)


def _jpeg_size(data: bytes) -> Size:
    """Walk the segments to the frame header (ISO/IEC 10918-1, B.2.2)."""
    if not data.rstrip(b"\0").endswith(_JPEG_END):
        raise PictureError("the JPEG is torn: it has no end")
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            break
        marker = data[at + 1]
        if marker in _SOF:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 if marker in _ALONE else 2 + int.from_bytes(data[at + 2 : at + 4], "big")  # noqa: PLR2004 - fill bytes
    raise PictureError("the JPEG has no frame header")


_KINDS: tuple[tuple[bytes, Callable[[bytes], Size]], ...] = ((b"\xff\xd8\xff", _jpeg_size), (_PNG, _png_size))
