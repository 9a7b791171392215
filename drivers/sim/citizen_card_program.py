"""What answers inside a simulated chip card: a social-security card's two files, or another kind of card.

Own reading of the standard, written apart from the driver's: what that gets wrong, this must not get wrong with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

SSSE = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")  # LD/T 32: "sx1.sh." and four characters in GBK
CONTACT_ATR = bytes.fromhex("3B660000535353452E31")
CONTACTLESS_ATR = bytes.fromhex("3B80800101")

_SELECT, _READ_RECORD, _GET_RESPONSE, _VERIFY, _GET_DATA = 0xA4, 0xB2, 0xC0, 0x20, 0xCA
_HEADER = 4
_BY_NUMBER = 4
_OK = b"\x90\x00"


def _status(word: int) -> bytes:
    return word.to_bytes(2, "big")


class Program(Protocol):
    """A card as the reader has it."""

    atr: bytes

    def answer(self, command: bytes) -> bytes:
        """Return the answer, status word included."""


@dataclass
class SocialCard:
    """A social-security card of T=0: files by id, each a list of (tag, value) in the order of its records.

    Attributes:
        files: EF05 and EF06 as (tag, value), in the order of the records' numbers.
        waits: answers with data come by 61xx and GET RESPONSE, as on most cards; without, directly.
        exact: READ RECORD wants the exact Le, and answers another with 6Cxx.
        form: the only P1 it takes for selecting a file; None takes both.
        by_tag: whether READ RECORD finds a record by its tag.
        asks_pin: records are given after a PIN alone.
        locked: the status word of SELECT on a card whose issuer locked it.
    """

    files: Mapping[int, list[tuple[int, bytes]]]
    waits: bool = True
    exact: bool = True
    form: int | None = None
    by_tag: bool = True
    asks_pin: bool = False
    locked: int | None = None
    atr: bytes = CONTACT_ATR
    pins_tried: int = 0
    _selected: bool = field(default=False, init=False)
    _file: int | None = field(default=None, init=False)
    _waiting: bytes = field(default=b"", init=False)

    def answer(self, command: bytes) -> bytes:
        """Return the answer, status word included."""
        handlers = {
            _SELECT: self._select,
            _READ_RECORD: self._read_record,
            _GET_RESPONSE: self._get_response,
            _VERIFY: self._verify,
        }
        if len(command) < _HEADER:
            return _status(0x6700)
        if command[0] != 0 or command[1] not in handlers:
            return _status(0x6E00 if command[0] else 0x6D00)
        return handlers[command[1]](command)

    def _select(self, command: bytes) -> bytes:
        p1, size = command[2], command[4] if len(command) > _HEADER else 0
        name = command[5 : 5 + size]
        if p1 == 0x04:  # noqa: PLR2004 - ISO 7816-4: by the application's name
            if name != SSSE:
                return _status(0x6A82)
            if self.locked is not None:
                return _status(self.locked)
            self._selected, self._file = True, None
            return self._give(bytes.fromhex("6F11840F") + SSSE)
        if self.form is not None and p1 != self.form:
            return _status(0x6A86)
        file = int.from_bytes(name, "big")
        if not self._selected or file not in self.files:
            return _status(0x6A82)
        self._file = file
        return _OK

    def _read_record(self, command: bytes) -> bytes:
        p1, p2, le = command[2], command[3], command[4] if len(command) > _HEADER else 0
        if self._file is None:
            return _status(0x6986)
        if self.asks_pin:
            return _status(0x6982)
        records = self.files[self._file]
        if p2 & 7 == _BY_NUMBER:
            found = records[p1 - 1 : p1] if p1 else []
        elif self.by_tag:
            found = [record for record in records if record[0] == p1]
        else:
            return _status(0x6A81)
        if not found:
            return _status(0x6A83)
        raw = bytes((found[0][0], len(found[0][1]))) + found[0][1]
        if self.exact and le != len(raw):
            return bytes((0x6C, len(raw)))
        return raw + _OK

    def _give(self, data: bytes) -> bytes:
        if not self.waits:
            return data + _OK
        self._waiting = data
        return bytes((0x61, len(data)))

    def _get_response(self, command: bytes) -> bytes:
        data, self._waiting = self._waiting, b""
        size = command[4] if len(command) > _HEADER else 0
        return data[: size or 256] + _OK if data else _status(0x6985)

    def _verify(self, _command: bytes) -> bytes:
        self.pins_tried += 1
        return _status(0x63C2)


@dataclass
class OtherCard:
    """A card with other applications: a bank's, a bus company's, or one unknown here."""

    applications: tuple[bytes, ...]
    atr: bytes = CONTACT_ATR

    def answer(self, command: bytes) -> bytes:
        """Return the answer, status word included."""
        if command[1:3] == bytes((_SELECT, 0x04)):
            name = command[5 : 5 + command[4]]
            return (
                bytes((0x6F, len(name) + 2, 0x84, len(name))) + name + _OK if name in self.applications else b"\x6a\x82"
            )
        return _status(0x6D00)


@dataclass
class StorageCard:
    """A contactless storage card: the reader gives its UID, and there is nothing to select on it."""

    uid: bytes
    atr: bytes

    def answer(self, command: bytes) -> bytes:
        """Return the answer, status word included."""
        return self.uid + _OK if command[:2] == bytes((0xFF, _GET_DATA)) else _status(0x6D00)
