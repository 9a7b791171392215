"""Frames of the SAM_V serial protocol (GA/T 467-2019): bytes to answers and commands to bytes. Pure functions.

An answer is ``AA AA AA 96 69 LEN1 LEN2 SW1 SW2 SW3 [DATA] CHK``. LEN, big endian, counts what follows it, CHK
included; CHK is the XOR of everything between the preamble and itself, LEN included.
"""

from dataclasses import dataclass, field
from functools import reduce
from operator import xor

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
_BODY = len(PREAMBLE) + 2  # where the bytes that LEN counts begin
_SHORTEST = 4  # SW1 SW2 SW3 CHK
_LONGEST = 0x090A  # text, photo and two fingerprints: the longest answer the standard knows
_SUCCESS = 0x90

_LONGEST_SMALL = 0x4A  # the LEN of an address, the longest answer that is no card
_TEXT_AND_PHOTO = bytes.fromhex("0100 0400")  # 256 and 1024 bytes follow
_BASE_INFORMATION = {
    0x0508: _TEXT_AND_PHOTO,
    0x050A: _TEXT_AND_PHOTO + bytes.fromhex("0000"),
    0x070A: _TEXT_AND_PHOTO + bytes.fromhex("0200"),
    0x090A: _TEXT_AND_PHOTO + bytes.fromhex("0400"),
}
"""LEN -> how the DATA of an answer to 30 01 or 30 10 begins: the lengths of text, photo and fingerprint."""
_RECOGNISABLE = _BODY + 3 + 6  # so many bytes of a frame show whether it is one of those


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the SAM. `sw1` and `sw2` are the card's own words, forwarded: log them, decide by `sw3`."""

    sw1: int
    sw2: int
    sw3: int
    data: bytes = field(default=b"", repr=False)  # may be a whole card


def checksum(body: bytes) -> int:
    """Return the XOR of `body`: everything between the preamble and CHK."""
    return reduce(xor, body, 0)


def encode(command: int, parameter: int, data: bytes = b"") -> bytes:
    """Return the frame of a command: ``AA AA AA 96 69 LEN1 LEN2 CMD PARA [DATA] CHK``."""
    body = (len(data) + 3).to_bytes(2, "big") + bytes([command, parameter]) + data
    return PREAMBLE + body + bytes([checksum(body)])


def decode(buffer: bytes | bytearray | memoryview) -> tuple[int, Answer | None]:
    """Return how many bytes of `buffer` are done with, and the first answer in it, or None for "more bytes needed".

    Garbage, the echo of a request, false preambles and frames with a wrong length or checksum are skipped, so the next
    good frame is found. So one call may be done with more bytes than its answer has, and with some though there is no
    answer: those are garbage. What stays after ``buffer = buffer[used:]`` is the beginning of a frame, or nothing, and
    with None never longer than the longest frame; a caller goes on while answers come, and reads more at None.

    Raises:
        TypeError: `buffer` holds no bytes.
    """
    buffer = memoryview(buffer).tobytes()
    waiting: int | None = None  # the first frame that has not come whole
    start = buffer.find(PREAMBLE)
    while start >= 0:
        length = int.from_bytes(buffer[start + len(PREAMBLE) : start + _BODY], "big")
        if len(buffer) < start + _BODY or _SHORTEST <= length <= _LONGEST:
            end = start + _BODY + length
            if end <= len(buffer) and len(buffer) >= start + _BODY:
                if checksum(buffer[start + len(PREAMBLE) : end]) == 0 and _agrees_with_itself(buffer[start:end]):
                    return end, _answer(buffer[start + _BODY : end])
            elif waiting is None:
                waiting = start
                # A card's own bytes may hold what looks like an answer. Any other frame that long is more likely a
                # garbled LEN, and must not hide the good frame behind it.
                if _may_be_base_information(buffer[start:]):
                    break
        start = buffer.find(PREAMBLE, start + 1)
    if waiting is None:
        waiting = len(buffer) - _partial_preamble(buffer)
    return waiting, None


def _answer(body: bytes) -> Answer:
    return Answer(body[0], body[1], body[2], body[3:-1])


def _may_be_base_information(frame: bytes) -> bool:
    if len(frame) < _RECOGNISABLE:
        return True
    begin = _BASE_INFORMATION.get(int.from_bytes(frame[len(PREAMBLE) : _BODY], "big"))
    return begin is not None and frame[_BODY + 2] == _SUCCESS and frame[_BODY + 3 :].startswith(begin)


def _agrees_with_itself(frame: bytes) -> bool:
    """Whether a card's LEN is the one its own lengths ask for: of garbled LENs, an XOR lets one in 256 pass."""
    is_card = len(frame) > _BODY + _LONGEST_SMALL and frame[_BODY + 2] == _SUCCESS
    return not (is_card and frame[_BODY + 3 :].startswith(_TEXT_AND_PHOTO)) or _may_be_base_information(frame)


def _partial_preamble(buffer: bytes) -> int:
    """Return how many bytes at the end of `buffer` may be the beginning of a preamble."""
    return next(size for size in range(len(PREAMBLE) - 1, -1, -1) if buffer.endswith(PREAMBLE[:size]))
