"""The ID-card reader: a SAM_V module on a serial line, or the same frames over TCP.

One decision: every request first drops what arrived unasked. The protocol's answers do not say which command they
answer, and a late one must not be taken for the next one's.
"""

import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Reason
from drivers.identity import CardLayout, IdentityDocument, parse_identity
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    Sensitive,
    StatusReport,
)
from drivers.recorder import FlightRecorder
from drivers.registry import register
from drivers.sam_codec import Answer, decode, encode
from drivers.transport import Recording, Transport, open_transport

__all__ = [
    "Answer",
    "CardLayout",
    "IdentityDocument",
    "ReadIdentity",
    "SamOptions",
    "SamReader",
    "decode",
    "parse_identity",
]

T = TypeVar("T")

_STATUS = encode(0x11, 0xFF)
_SAM_ID = encode(0x12, 0xFF)
_FIND = encode(0x20, 0x01)
_SELECT = encode(0x20, 0x02)
_READ = encode(0x30, 0x01)

_SUCCESS = 0x90
_FOUND = 0x9F
_NO_CARD = 0x80

# Readers in the field answer find and select within 100 ms, the SAM id within 300 ms, a read within 2 s.
_SHORT_SILENCE = 0.5
_READ_SILENCE = 2.0
_LONGEST_ANSWER = 10.0  # a line that trickles is waited for as long as bytes come, but not for ever
_POLL_PERIOD = 0.4  # between two finds; 400 ms is what shipped readers use
_BREATH = 0.05  # how often a wait looks whether it was cancelled
_ATTEMPTS = 3
_RETURN = 2.0  # so long a card that slipped may stay away before the resident is told
_CHUNK = 4096

_SAM_ID_FORM = struct.Struct("<HHIII")

_MOVED = (CompletionCode.USER_ERROR, Reason.MEDIA_MOVED, ErrorAction.SUSPEND)
_BAD_CARD = (CompletionCode.USER_ERROR, Reason.INVALID_MEDIA, ErrorAction.SUSPEND)
_BAD_LINE = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
_OUT_OF_STEP = (CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.RESET)
_UNKNOWN_CODE = (CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.MAINTENANCE)

_MEANINGS = {
    0x10: (*_BAD_LINE, "the SAM received a wrong checksum"),
    0x11: (*_BAD_LINE, "the SAM received a wrong length"),
    0x21: (*_OUT_OF_STEP, "command error"),
    0x23: (*_OUT_OF_STEP, "unauthorised operation"),
    0x24: (*_OUT_OF_STEP, "unrecognised error, or a command out of sequence"),
    0x31: (*_BAD_CARD, "the card did not accept the SAM"),
    0x32: (*_BAD_CARD, "the SAM did not accept the card"),
    0x33: (*_BAD_CARD, "the card's information failed its verification"),
    0x37: (*_BAD_CARD, "the card's fingerprint failed its verification"),
    0x3F: (*_BAD_CARD, "information length error"),
    0x40: (*_BAD_CARD, "unrecognised card type"),
    0x41: (*_MOVED, "reading the card failed"),
    0x47: (*_MOVED, "getting a random number failed"),
    0x60: (CompletionCode.HARDWARE_ERROR, Reason.SELF_TEST_FAILED, ErrorAction.MAINTENANCE, "SAM self-test failed"),
    0x66: (CompletionCode.HARDWARE_ERROR, Reason.NOT_AUTHORISED, ErrorAction.MAINTENANCE, "the SAM is not authorised"),
    0x80: (*_MOVED, "the card is no longer found"),
    0x81: (*_MOVED, "selecting the card failed"),
    0x91: (*_BAD_CARD, "the card has no such item"),
}
"""SW3 -> what it means for the kiosk (GA/T 467-2019, status codes as readers' manuals list them)."""

_FINAL = (Reason.GONE, Reason.NOT_AUTHORISED, Reason.SELF_TEST_FAILED)
"""What trying again at once does not cure."""


@dataclass(frozen=True, slots=True)
class SamOptions:
    """``baud``: the line's speed; the module's default is 115200."""

    baud: int = 115200


@dataclass(frozen=True, slots=True)
class ReadIdentity(Command[Sensitive[IdentityDocument]]):
    """Wait for a card until the deadline and read it once. A card left lying is not read again until it was lifted.

    Fails with TIME_OUT/NO_MEDIA when no card came, USER_ERROR/MEDIA_MOVED when it slipped, USER_ERROR/INVALID_MEDIA
    when it is not an ID card or not a good one, INVALID_DATA when what it says breaks its rules, and as every device.
    """


@register(DeviceClass.ID_CARD_READER, "sam", options=SamOptions)
class SamReader:
    """The driver. See `drivers.device.Driver`."""

    def __init__(
        self, url: str, options: SamOptions, recorder: FlightRecorder, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._url = url
        self._options = options
        self._recorder = recorder
        self._sleep = sleep
        self._transport: Transport | None = None
        self._information = DeviceInformation()

    def __str__(self) -> str:
        return f"SAM at {self._url}"

    @property
    def information(self) -> DeviceInformation:
        """The serial number is the SAM's id; the module tells no model and no firmware."""
        return self._information

    def open(self, deadline: Deadline) -> None:
        """Take the port and ask for the SAM's id."""
        self.close()
        inner = open_transport(self._url, baud=self._options.baud, deadline=deadline)
        self._transport = Recording(inner, self._recorder.add)
        self._information = DeviceInformation(serial_number=self._sam_id(deadline))

    def close(self) -> None:
        """Let go of the port."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def poll(self, deadline: Deadline) -> StatusReport:
        """Ask for the SAM's status. It does not say whether a card lies there, so media stays None."""
        answer = self._ask(_STATUS, _SHORT_SILENCE, deadline)
        if answer.sw3 == _SUCCESS:
            return StatusReport(DeviceStatus.ONLINE)
        return StatusReport(DeviceStatus.HARDWARE_ERROR, error=_error(answer))

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `ReadIdentity` or `CheckHealth`."""
        if isinstance(command, ReadIdentity):
            return cast(T, Sensitive(self._read_identity(deadline, cancelled)))
        if isinstance(command, CheckHealth):
            return cast(T, self._check_health(command.level, deadline, cancelled))
        raise unsupported(command)

    def _read_identity(self, deadline: Deadline, cancelled: Callable[[], bool]) -> IdentityDocument:
        """Find, select, read; again from the start when the card slipped or the line garbled it."""
        failures: list[DeviceError] = []
        until = deadline
        while True:
            if cancelled():
                raise canceled()
            try:
                data = self._try_to_read()
                if data is not None:
                    break
            except DeviceError as error:
                failures.append(error)
                if error.reason in _FINAL or len(failures) == _ATTEMPTS:
                    raise
                until = deadline.sooner(_RETURN)
            self._pause(until, cancelled)
            if until.expired:
                raise failures[-1] if failures else _no_card()
        return parse_identity(data)

    def _try_to_read(self) -> bytes | None:
        """Return the DATA of the card, None when there is none. All three steps, every time, in this order."""
        deadline = Deadline.after(_LONGEST_ANSWER)  # its own: a card laid in the last moment is still read
        answer = self._ask(_FIND, _SHORT_SILENCE, deadline)
        if answer.sw3 == _NO_CARD:
            return None
        _expect(answer, _FOUND)
        _expect(self._ask(_SELECT, _SHORT_SILENCE, deadline), _SUCCESS)
        answer = self._ask(_READ, _READ_SILENCE, deadline)
        _expect(answer, _SUCCESS)
        return answer.data

    def _pause(self, until: Deadline, cancelled: Callable[[], bool]) -> None:
        """Wait for the next find, or until somebody cancels."""
        pause = until.sooner(_POLL_PERIOD)
        while not pause.expired and not cancelled():
            self._sleep(min(_BREATH, pause.remaining()))

    def _check_health(self, level: HealthLevel, deadline: Deadline, cancelled: Callable[[], bool]) -> HealthReport:
        """INTERNAL: status and id of the SAM. EXTERNAL: reads a test card too, and tells nothing of what it says."""
        if level is HealthLevel.INTERACTIVE:
            raise unsupported(CheckHealth(level))
        report = self.poll(deadline)
        if report.error is not None:
            return HealthReport(level, report.device, report.error.detail, report.error.action, self._information)
        self._information = DeviceInformation(serial_number=self._sam_id(deadline))
        detail = f"SAM {self._information.serial_number or 'without an id'} answers"
        if level is HealthLevel.EXTERNAL:
            layout = self._read_identity(deadline, cancelled).layout
            detail = f"{detail}; a test card ({layout}) was read"
        return HealthReport(level, report.device, detail, None, self._information)

    def _sam_id(self, deadline: Deadline) -> str | None:
        """Return the SAM's id as readers print it, ``AA.BB-DDDDDDDD-SSSSSSSSSS-RRRRRRRRRR``; None if it keeps it."""
        answer = self._ask(_SAM_ID, _SHORT_SILENCE, deadline)
        if answer.sw3 != _SUCCESS or len(answer.data) != _SAM_ID_FORM.size:
            return None
        first, second, day, serial, chance = _SAM_ID_FORM.unpack(answer.data)
        return f"{first:02}.{second:02}-{day:08}-{serial:010}-{chance:010}"

    def _ask(self, request: bytes, silence: float, deadline: Deadline) -> Answer:
        """Send `request` and return its answer; `silence` is how many seconds may pass without a byte."""
        if self._transport is None:
            raise DeviceGone(f"{self}: closed")
        self._transport.discard_input()
        self._transport.write(request, deadline.sooner(_SHORT_SILENCE))
        buffer = b""
        heard = False
        while True:
            try:
                buffer += self._transport.read(_CHUNK, deadline.sooner(silence))
            except DeviceTimeout as error:
                if not heard:
                    raise
                raise DeviceError(*_BAD_LINE, f"{self}: bytes came, but no whole answer") from error
            heard = True
            used, answer = decode(buffer)
            if answer is not None:
                return answer
            buffer = buffer[used:]


def _error(answer: Answer) -> DeviceError:
    unknown = (*_UNKNOWN_CODE, "a status nobody has documented")
    code, reason, action, text = _MEANINGS.get(answer.sw3, unknown)
    words = f"SW {answer.sw1:02X} {answer.sw2:02X} {answer.sw3:02X}"
    return DeviceError(code, reason, action, f"{text} ({words})")


def _expect(answer: Answer, sw3: int) -> None:
    if answer.sw3 != sw3:
        raise _error(answer)


def _no_card() -> DeviceError:
    return DeviceError(CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND, "no card was laid on the reader")
