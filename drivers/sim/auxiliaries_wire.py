"""The board's side of the auxiliaries' line: bytes from values, by its own hand (docs/auxiliaries.md).

Written apart from the driver's codec on purpose: CRC bit by bit and COBS byte by byte, as a small board does it.
"""

from collections.abc import Iterator

VERSION = 1
_POLYNOMIAL = 0x1021
_BYTE = 0xFF
_WORD = 0xFFFF


def crc(data: bytes) -> int:
    """Return the CRC-16/CCITT-FALSE of `data`."""
    register = _WORD
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ _POLYNOMIAL if register & 0x8000 else register << 1
            register &= _WORD
    return register


def frame(kind: int, sequence: int, payload: bytes, version: int = VERSION) -> bytes:
    """Return a whole frame with its two 00."""
    plain = bytes((version, kind, sequence)) + payload
    check = crc(plain)
    return b"\0" + _stuffed(plain + bytes((check >> 8, check & _BYTE))) + b"\0"


def frames(heard: bytearray) -> Iterator[tuple[int, int, int, bytes]]:
    """Take whole frames off the front of `heard`: version, type, sequence, payload. What is no frame is dropped."""
    while 0 in heard:
        run = bytes(heard[: heard.index(0)])
        del heard[: len(run) + 1]
        plain = _plain(run)
        if len(plain) > 4 and crc(plain[:-2]) == plain[-2] << 8 | plain[-1]:  # noqa: PLR2004 - header and CRC
            yield plain[0], plain[1], plain[2], plain[3:-2]


def word(value: int) -> bytes:
    """Return 16 bits, high byte first."""
    return bytes((value >> 8 & _BYTE, value & _BYTE))


def _stuffed(plain: bytes) -> bytes:
    out = bytearray([0])
    mark = 0
    for byte in plain:
        if byte:
            out.append(byte)
        else:
            out[mark] = len(out) - mark
            mark = len(out)
            out.append(0)
    out[mark] = len(out) - mark
    return bytes(out)


def _plain(run: bytes) -> bytes:
    """Undo the stuffing; b"" for what was never stuffed so."""
    out = bytearray()
    left = 0
    for place, byte in enumerate(run):
        if left == 0:
            if place:
                out.append(0)
            left = byte
        else:
            out.append(byte)
        left -= 1
    return bytes(out) if left == 0 else b""
