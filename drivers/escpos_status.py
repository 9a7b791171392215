"""What a receipt printer says back: bytes told apart, and the four status bytes read by tables.

The real-time answers, automatic status, flow control and identification share one line and are known by their bit
patterns alone (Epson ESC/POS manual, "identification of transmitted data"). `decode` is pure and incremental. A status
byte that never came stays None: its supplies are UNKNOWN, never plenty.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceStatus, SupplyStatus

XON, XOFF = 0x11, 0x13
_TEXT_START, _TEXT_END, _TEXT_LIMIT = 0x5F, 0x00, 82  # GS I 65-69: 5F, at most 80 characters, 00
_PATTERN_MASK, _REAL_TIME, _AUTOMATIC = 0x93, 0x12, 0x10
_SINGLE_MASK, _SINGLE = 0x90, 0x00
_AUTOMATIC_LENGTH = 4
_AUTOMATIC_LIMIT = 64  # with the flow control in between; a line that says nothing else must not fill the memory


class Kind(IntEnum):
    """The kinds of message that come from the printer."""

    REAL_TIME = 1  # one byte, the answer to DLE EOT n
    AUTOMATIC = 2  # four bytes, ASB
    SINGLE = 3  # one byte, the answer to GS r or GS I 1-3
    TEXT = 4  # the answer to GS I 65-69, without its frame
    FLOW = 5  # XON or XOFF
    STRAY = 6  # a byte that fits nothing


@dataclass(frozen=True, slots=True)
class Message:
    """One message and its bytes (of TEXT without 5F and 00, of AUTOMATIC without flow control between)."""

    kind: Kind
    data: bytes


def decode(buffer: bytes) -> tuple[int, Message | None]:
    """Take one message from the front of `buffer`: (bytes used, message), or (0, None) for "need more"."""
    if not buffer:
        return 0, None
    first = buffer[0]
    if first in (XON, XOFF):
        return 1, Message(Kind.FLOW, buffer[:1])
    if first == _TEXT_START:
        return _decode_text(buffer)
    if first & _PATTERN_MASK == _REAL_TIME:
        return 1, Message(Kind.REAL_TIME, buffer[:1])
    if first & _PATTERN_MASK == _AUTOMATIC:
        return _decode_automatic(buffer)
    if first & _SINGLE_MASK == _SINGLE:
        return 1, Message(Kind.SINGLE, buffer[:1])
    return 1, Message(Kind.STRAY, buffer[:1])


def _decode_text(buffer: bytes) -> tuple[int, Message | None]:
    end = buffer.find(_TEXT_END)
    if 0 <= end < _TEXT_LIMIT:
        return end + 1, Message(Kind.TEXT, buffer[1:end])
    return (1, Message(Kind.STRAY, buffer[:1])) if len(buffer) >= _TEXT_LIMIT else (0, None)


def _decode_automatic(buffer: bytes) -> tuple[int, Message | None]:
    """Take the head and the next three bytes; XON and XOFF may stand between them, anything else with b4 may not."""
    taken = bytearray(buffer[:1])
    for used, byte in enumerate(buffer[1:], start=2):
        is_flow = byte in (XON, XOFF)
        if used > _AUTOMATIC_LIMIT or not (is_flow or byte & _SINGLE_MASK == _SINGLE):
            return 1, Message(Kind.STRAY, buffer[:1])
        if is_flow:
            continue
        taken.append(byte)
        if len(taken) == _AUTOMATIC_LENGTH:
            return used, Message(Kind.AUTOMATIC, bytes(taken))
    return 0, None


@dataclass(frozen=True, slots=True)
class _FaultBit:
    question: int
    mask: int
    reason: Reason
    action: ErrorAction
    device: DeviceStatus
    detail: str
    with_error: bool = False  # means it only while DLE EOT 2 says that an error occurred: undefined on some models

    def is_set(self, answers: dict[int, int]) -> bool:
        """Whether the answers name this fault."""
        named = bool(answers.get(self.question, 0) & self.mask)
        return named and (not self.with_error or bool(answers.get(2, 0) & _ERROR))


_ERROR = 0x40  # DLE EOT 2, b6
# The first that is set names the cause, so the ones that others follow from stand first (DLE EOT n, b2-b6).
_FAULTS = (
    _FaultBit(2, 0x04, Reason.COVER_OPEN, ErrorAction.CLEAR, DeviceStatus.USER_ERROR, "the cover is open"),
    _FaultBit(4, 0x60, Reason.PAPER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR, "the roll is empty"),
    _FaultBit(2, 0x20, Reason.PAPER_OUT, ErrorAction.CLEAR, DeviceStatus.USER_ERROR, "stopped at the paper's end"),
    _FaultBit(
        3, 0x08, Reason.CUTTER_JAMMED, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR, "the cutter is jammed"
    ),
    _FaultBit(3, 0x20, Reason.DEFECT, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR, "unrecoverable error"),
    _FaultBit(3, 0x40, Reason.OVERHEATED, ErrorAction.SUSPEND, DeviceStatus.OFFLINE, "the print head is too hot"),
    _FaultBit(
        3,
        0x04,
        Reason.DEFECT,
        ErrorAction.MAINTENANCE,
        DeviceStatus.HARDWARE_ERROR,
        "recoverable error",
        with_error=True,
    ),
    _FaultBit(2, _ERROR, Reason.DEFECT, ErrorAction.MAINTENANCE, DeviceStatus.HARDWARE_ERROR, "error of unnamed cause"),
    _FaultBit(1, 0x08, Reason.REFUSED, ErrorAction.SUSPEND, DeviceStatus.OFFLINE, "offline without a stated cause"),
)
_NEAR_END, _PAPER_END = 0x0C, 0x60

# A fault that a technician must mend is the hardware's; the others only mean "not now".
_CODES = {ErrorAction.MAINTENANCE: CompletionCode.HARDWARE_ERROR}


@dataclass(frozen=True, slots=True)
class PrinterState:
    """The answers to DLE EOT 1 to 4 by their number; a question that was not answered is not in it."""

    answers: dict[int, int]

    @classmethod
    def of_automatic(cls, data: bytes) -> Self:
        """Return what the four bytes of automatic status say, as if DLE EOT 1 to 4 had been asked."""
        line, errors, roll, _reserved = data
        answers = {
            1: line & 0x08,
            2: (line & 0x20) >> 3 | (roll & 0x08) << 2 | (_ERROR if errors & 0x6C else 0),
            3: errors & 0x6C,
            4: (roll & 0x03) << 2 | (roll & 0x0C) << 3,
        }
        return cls({number: _REAL_TIME | bits for number, bits in answers.items()})

    @property
    def recoverable(self) -> bool:
        """Whether DLE ENQ 2 may end the error that is named: a cutter's or a mechanical one, its cause removed."""
        fault = self._fault()
        return fault is not None and fault.question == 3 and bool(fault.mask & 0x0C)  # noqa: PLR2004 - DLE EOT 3, b2 b3

    @property
    def known(self) -> bool:
        """Whether all four questions were answered."""
        return self.answers.keys() >= {1, 2, 3, 4}

    def _fault(self) -> _FaultBit | None:
        return next((bit for bit in _FAULTS if bit.is_set(self.answers)), None)

    @property
    def paper(self) -> SupplyStatus:
        """FULL means "not near its end" by a sensor that answered; no answer is UNKNOWN."""
        if self.answers.get(2, 0) & 0x20:
            return SupplyStatus.OUT
        if 4 not in self.answers:  # noqa: PLR2004 - DLE EOT 4, the roll sensors
            return SupplyStatus.UNKNOWN
        if self.answers[4] & _PAPER_END:
            return SupplyStatus.OUT
        return SupplyStatus.LOW if self.answers[4] & _NEAR_END else SupplyStatus.FULL

    @property
    def device(self) -> DeviceStatus:
        """ONLINE only when every question was answered and none names a fault."""
        fault = self._fault()
        if fault is not None:
            return fault.device
        return DeviceStatus.ONLINE if self.known else DeviceStatus.OFFLINE

    def error(self) -> DeviceError | None:
        """Return what is wrong and who must act, or None when no answer names a fault."""
        fault = self._fault()
        if fault is None:
            return None
        code = _CODES.get(fault.action, CompletionCode.DEVICE_NOT_READY)
        return DeviceError(code, fault.reason, fault.action, fault.detail)
