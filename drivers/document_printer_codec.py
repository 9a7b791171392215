"""IPP answers: bytes to attributes (RFC 8010). Pure.

One decision: requests are encoded by pyipp, answers are decoded here. pyipp's parser goes back in the buffer at a
negative length and then never ends, and refuses a whole answer for one enumeration value it does not know; a printer's
garbage must neither hold the device's thread nor hide the printer's state.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

Value = int | str | tuple[int, int]
Attributes = Mapping[str, Sequence[Value]]
"""Name -> its values; a name whose value is out of band (unknown, no-value) has none. Collections are left out."""

_HEADER = struct.Struct(">2sHi")  # version, status code, request id
_LENGTH = struct.Struct(">H")
_INTEGER = struct.Struct(">i")
_RANGE = struct.Struct(">ii")

_END = 0x03
_FIRST_VALUE_TAG = 0x10
_OUT_OF_BAND = range(0x10, 0x20)
_INTEGER_TAGS = (0x21, 0x23)  # integer, enum
_BOOLEAN_TAG, _RANGE_TAG, _BEGIN_COLLECTION, _END_COLLECTION = 0x22, 0x33, 0x34, 0x37
_WITH_LANGUAGE = (0x35, 0x36)
_STRING_TAGS = (0x30, *range(0x40, 0x4A))
GROUPS = {0x01: "operation", 0x02: "job", 0x04: "printer", 0x05: "unsupported"}
"""Delimiter tag -> group (RFC 8010, 3.5.1); other groups are read over."""


class Operation(IntEnum):
    """The operations a kiosk asks for (RFC 8011, 5.4.15)."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B


class GarbledIppError(Exception):
    """These bytes are no IPP answer; the text says where they stop making sense, never what they say."""


@dataclass(slots=True)
class Answer:
    """A decoded answer. Groups of one kind are read as one: a printer is asked for one job at a time."""

    status: int
    request: int
    groups: dict[str, dict[str, list[Value]]] = field(default_factory=dict)

    def group(self, name: str) -> Attributes:
        """Return the attributes of a group of `GROUPS`; none when it is missing."""
        return self.groups.get(name, {})


def decode(data: bytes) -> Answer:
    """Read an answer.

    Raises:
        GarbledIppError: it is none.
    """
    if len(data) < _HEADER.size:
        raise GarbledIppError(f"{len(data)} bytes are no IPP answer")
    version, status, request = _HEADER.unpack_from(data)
    if version[0] not in (1, 2):
        raise GarbledIppError(f"IPP version {version[0]}.{version[1]} is unknown")
    answer = Answer(status, request)
    _read_groups(data, answer)
    return answer


def _read_groups(data: bytes, answer: Answer) -> None:
    offset, depth, name = _HEADER.size, 0, ""
    group: dict[str, list[Value]] = {}
    while True:
        tag, offset = _byte(data, offset)
        if tag == _END:
            return
        if tag < _FIRST_VALUE_TAG:
            group, name = answer.groups.setdefault(GROUPS.get(tag, f"group {tag}"), {}), ""
            continue
        raw_name, offset = _counted(data, offset)
        raw, offset = _counted(data, offset)
        depth += (tag == _BEGIN_COLLECTION) - (tag == _END_COLLECTION)
        if depth > 0 or tag == _END_COLLECTION:
            continue
        name = raw_name.decode("utf-8", "replace") or name
        values = group.setdefault(name, [])
        if tag not in _OUT_OF_BAND:
            values.extend(_values(tag, raw))


def _byte(data: bytes, offset: int) -> tuple[int, int]:
    if offset >= len(data):
        raise GarbledIppError(f"it breaks off after {len(data)} bytes")
    return data[offset], offset + 1


def _counted(data: bytes, offset: int) -> tuple[bytes, int]:
    """Return what stands behind a two-byte length."""
    begin = offset + _LENGTH.size
    if begin > len(data):
        raise GarbledIppError(f"it breaks off after {len(data)} bytes")
    end = begin + _LENGTH.unpack_from(data, offset)[0]
    if end > len(data):
        raise GarbledIppError(f"a length at byte {offset} reaches beyond the end")
    return data[begin:end], end


def _values(tag: int, raw: bytes) -> list[Value]:
    """Return the value in a list, an empty one for what this kiosk has no use for (dates, resolutions)."""
    if tag in _INTEGER_TAGS and len(raw) == _INTEGER.size:
        return [_INTEGER.unpack(raw)[0]]
    if tag == _BOOLEAN_TAG and len(raw) == 1:
        return [bool(raw[0])]
    if tag == _RANGE_TAG and len(raw) == _RANGE.size:
        return [_RANGE.unpack(raw)]
    if tag in _STRING_TAGS:
        return [raw.decode("utf-8", "replace")]
    if tag in _WITH_LANGUAGE:
        _language, text_at = _counted(raw, 0)
        return [_counted(raw, text_at)[0].decode("utf-8", "replace")]
    return []
