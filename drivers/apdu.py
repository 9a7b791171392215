"""Commands and answers of a smart card (ISO 7816-4, short form), with the two detours of T=0. Pure but for `transmit`.

One decision: 61xx ("xx bytes wait, come for them") and 6Cxx ("ask for xx bytes") end here, because pcscd and pyscard
pass them on; a driver sees the whole answer and its last status word alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason

Transmit = Callable[[bytes], bytes]
"""Bytes of a command to bytes of an answer, status word included. Raises `DeviceError` alone."""

OK = 0x9000
_MORE = 0x61
_WRONG_LE = 0x6C
_STATUS_SIZE = 2
_DETOURS = 16  # GET RESPONSEs for one answer; the longest a card of ours gives needs one
_LONGEST_DATA = 255


@dataclass(frozen=True, slots=True)
class Apdu:
    """One command. `le` is how many bytes are expected: 0 means up to 256, None means none."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None

    def encode(self, le: int | None = None) -> bytes:
        """Return its bytes, with `le` in the place of its own where given.

        Raises:
            ValueError: the data is longer than a short command holds.
        """
        if len(self.data) > _LONGEST_DATA:
            raise ValueError(f"{len(self.data)} bytes do not fit a short command")
        expected = self.le if le is None else le
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        body = bytes((len(self.data),)) + self.data if self.data else b""
        return head + body + (b"" if expected is None else bytes((expected & 0xFF,)))


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer: its data, and the status word that ended it."""

    data: bytes = field(repr=False)  # may be a person's
    status: int

    @property
    def is_ok(self) -> bool:
        """Whether it ended with 9000."""
        return self.status == OK


def select_name(name: bytes) -> Apdu:
    """Return SELECT by the name of an application (P1 04)."""
    return Apdu(0x00, 0xA4, 0x04, 0x00, name)


def exchange(transmit: Transmit, command: Apdu) -> Response:
    """Send `command`, follow 61xx and 6Cxx, and return the whole answer.

    Raises:
        DeviceError: GARBLED for what is no answer at all, or one that never ends; and what `transmit` raises.
    """
    answer = _split(transmit(command.encode()))
    if answer.status >> 8 == _WRONG_LE:
        answer = _split(transmit(command.encode(answer.status & 0xFF)))
    if answer.status >> 8 != _MORE:
        return answer
    data = answer.data
    for _ in range(_DETOURS):
        answer = _split(transmit(bytes((command.cla & 0x03, 0xC0, 0x00, 0x00, answer.status & 0xFF))))
        data += answer.data
        if answer.status >> 8 != _MORE:
            return Response(data, answer.status)
    raise _garbled(f"more than {_DETOURS} parts of one answer")


def _split(raw: bytes) -> Response:
    if len(raw) < _STATUS_SIZE:
        raise _garbled(f"an answer of {len(raw)} bytes has no status word")
    return Response(raw[:-_STATUS_SIZE], int.from_bytes(raw[-_STATUS_SIZE:], "big"))


def _garbled(detail: str) -> DeviceError:
    return DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET, detail)
