"""Frames of the auxiliaries' line (docs/auxiliaries.md): bytes to frames and back. Pure functions.

A frame is ``VERSION TYPE SEQUENCE PAYLOAD CRC16``, stuffed by COBS so that 00 never occurs in it, between two 00. One
decision: whatever lies between two 00 is one frame or nothing, so noise costs the frame it hit and never the next.
"""

import binascii
from dataclasses import dataclass, field

VERSION = 1
DELIMITER = 0x00
HEADER = 3  # VERSION TYPE SEQUENCE
LONGEST_PAYLOAD = 64
_CRC = 2
_SHORTEST = HEADER + _CRC
_LONGEST = HEADER + LONGEST_PAYLOAD + _CRC
LONGEST_RUN = _LONGEST + 1  # COBS adds one byte to what is shorter than 254
_FULL_BLOCK = 0xFF


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. The payload may be a pressed key, so it is not shown."""

    type: int
    sequence: int
    payload: bytes = field(default=b"", repr=False)
    version: int = VERSION


def crc16(data: bytes) -> int:
    """Return the CRC-16/CCITT-FALSE of `data`: polynomial 1021, from FFFF on; 29B1 for ``123456789``."""
    return binascii.crc_hqx(data, 0xFFFF)


def encode(frame: Frame) -> bytes:
    """Return the bytes of `frame` with a 00 before and behind it.

    Raises:
        ValueError: the payload is longer than 64 bytes, or a number is no byte.
    """
    if len(frame.payload) > LONGEST_PAYLOAD:
        raise ValueError(f"a payload has {LONGEST_PAYLOAD} bytes at most, not {len(frame.payload)}")
    body = bytes([frame.version, frame.type, frame.sequence]) + frame.payload
    return b"\0" + _stuff(body + crc16(body).to_bytes(_CRC, "big")) + b"\0"


def decode(buffer: bytes) -> tuple[int, Frame | None]:
    """Return how many bytes of `buffer` are done with, and the first frame in it, or None for "more bytes needed".

    As `drivers.sam_codec.decode`: noise, torn frames and wrong checksums are skipped, and what a caller keeps is never
    longer than the longest frame. A frame of another version is a frame: whoever hears it can say which one it is.
    """
    start = 0
    while (end := buffer.find(DELIMITER, start)) >= 0:
        frame = _frame(buffer[start:end])
        start = end + 1
        if frame is not None:
            return start, frame
    too_long = len(buffer) - start > LONGEST_RUN  # it can only be noise, up to the next 00
    return (len(buffer) if too_long else start), None


def _frame(run: bytes) -> Frame | None:
    """Return the frame that the bytes between two 00 are; None if they are none."""
    body = _unstuff(run) if len(run) <= LONGEST_RUN else None
    if body is None or len(body) < _SHORTEST or crc16(body) != 0:
        return None
    return Frame(body[1], body[2], body[HEADER:-_CRC], body[0])


def _stuff(data: bytes) -> bytes:
    """Return `data` (shorter than 254 bytes) with each 00 replaced by the distance to the next (COBS)."""
    return b"".join(bytes([len(block) + 1]) + block for block in data.split(b"\0"))


def _unstuff(run: bytes) -> bytes | None:
    """Undo `_stuff`; None where the distances do not fit."""
    blocks: list[bytes] = []
    place = 0
    while place < len(run):
        end = place + run[place]
        if end > len(run) or run[place] == _FULL_BLOCK:
            return None
        blocks.append(run[place + 1 : end])
        place = end
    return b"\0".join(blocks)
