"""The ID-card reader: a SAM_V module on a serial line, or the same frames over TCP.

One decision: a card is looked for only while a read is asked for, and after a read until it is lifted. Before its owner
agreed nobody looks, so whether a card lies there is UNKNOWN then.
"""

import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, cast

from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceGone, ErrorAction, Reason
from drivers.identity import CardLayout, IdentityDocument, parse_additional_address, parse_identity, text_and_photo
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    MediaStatus,
    Sensitive,
    StatusReport,
    Told,
    told_error,
)
from drivers.recorder import FlightRecorder
from drivers.registry import register
from drivers.sam_codec import Answer, decode, encode
from drivers.sam_link import SHORT_SILENCE, STATUS, SamLink
from drivers.sam_photo import PhotoDecoder, check_name
from drivers.sam_status import (
    FOUND,
    NO_CARD,
    NO_SUCH_ITEM,
    SELECT_FAILED,
    SUCCESS,
    UNKNOWN_COMMAND,
    NotSelected,
    collision,
    error_of,
    expect,
    no_card,
    not_selected,
    status_fact,
    words_of,
)

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

_SAM_ID = encode(0x12, 0xFF)
_FIND = encode(0x20, 0x01)
_SELECT = encode(0x20, 0x02)
_READ = encode(0x30, 0x01)
_READ_WITH_FINGERPRINTS = encode(0x30, 0x10)
_READ_ADDRESS = encode(0x30, 0x03)

# Readers in the field answer a read within 2 s, one with fingerprints within 3 s, the address within 1.5 s.
_READ_SILENCE = 2.0
_FINGERPRINT_SILENCE = 3.0
_ADDRESS_SILENCE = 1.5
_LONGEST_ANSWER = 10.0  # a line that trickles is waited for as long as bytes come, but not for ever
_AFTER_FAILURE = 0.4  # until the next find once a card slipped: as long as shipped readers wait
_SHORTEST_FIND, _LONGEST_FIND = 0.02, 2.0
_BREATH = 0.05  # how often a wait looks whether it was cancelled
_ATTEMPTS = 3
_DECODING = 2.0
_RETURN = 2.0  # so long a card that slipped may stay away before the resident is told

_SAM_ID_FORM = struct.Struct("<HHIII")

_QUESTION = "Did the reader's lamp and sound answer the card? Lift it: do they answer the next one too?"

_FINAL = (Reason.GONE, Reason.NOT_AUTHORISED, Reason.SELF_TEST_FAILED)
"""What trying again at once does not cure."""
_LIES = (SUCCESS, NO_SUCH_ITEM)
"""What only a card that lies there can answer to the question for its additional address."""


@dataclass(frozen=True, slots=True)
class SamOptions:
    """The options in kiosk.toml.

    Attributes:
        baud: the line's speed; the module's default is 115200. 0: it is found each time the reader is opened.
        additional_address: whether a read asks for the additional address too.
        fingerprints: read by 30 10, for readers that know no other way; the fingerprints are dropped at once.
        find_seconds: from one find that saw no card to the next, while a read is asked for. One takes 2 ms of the line;
            shipped programs wait 0.4 s and more, which a resident waits too. Raise it if a reader minds.
        photo_decoder: what makes a picture of the photo, ``module:function`` or ``/path/file.py:function``; see
            `drivers.sam_photo`. Left out: photos stay as they are, and nobody sees them.
    """

    baud: Literal[0, 9600, 19200, 38400, 57600, 115200] = 115200
    additional_address: bool = False
    fingerprints: bool = False
    find_seconds: float = 0.02
    photo_decoder: str = ""

    def __post_init__(self) -> None:
        check_name(self.photo_decoder)
        if not _SHORTEST_FIND <= self.find_seconds <= _LONGEST_FIND:
            raise ValueError(f"find_seconds is from {_SHORTEST_FIND} to {_LONGEST_FIND}, not {self.find_seconds}")


@dataclass(frozen=True, slots=True)
class ReadIdentity(Command[Sensitive[IdentityDocument]]):
    """Wait for a card until the deadline and read it once. A card left lying is not read again until it was lifted.

    Fails with TIME_OUT/NO_MEDIA when no card came, USER_ERROR/MEDIA_MOVED when it slipped, USER_ERROR/CARD_COLLISION
    when it was found each time and never to be selected, USER_ERROR/INVALID_MEDIA when it is not an ID card or not a
    good one, INVALID_DATA when what it says breaks its rules, and as every device.
    """


@register(DeviceClass.ID_CARD_READER, "sam", options=SamOptions)
class SamReader:
    """The driver. See `drivers.device.Driver`."""

    def __init__(
        self, url: str, options: SamOptions, recorder: FlightRecorder, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._options = options
        self._link = SamLink(url, options.baud, recorder)
        self._photos = PhotoDecoder(options.photo_decoder)
        self._sleep = sleep
        self._may_lie = False  # a card was read, and was not seen to be gone since
        self._information = DeviceInformation()

    def __str__(self) -> str:
        return str(self._link)

    @property
    def information(self) -> DeviceInformation:
        """The serial number is the SAM's id; the module tells no model and no firmware."""
        return self._information

    def open(self, deadline: Deadline) -> None:
        """Take the port and ask for the SAM's id."""
        self.close()
        self._link.open(deadline)
        self._information = DeviceInformation(serial_number=self._sam_id(deadline))
        self._photos.start()

    def close(self) -> None:
        """Let go of the port; what lies on the reader is not known then."""
        self._may_lie = False
        self._link.close()
        self._photos.stop()

    def poll(self, deadline: Deadline) -> StatusReport:
        """Ask for the SAM's status and, from a read until it is lifted, whether the card still lies there.

        Its media is PRESENT or NOT_PRESENT (once, when it was lifted) then, else UNKNOWN. A decoder of photos that
        fails is told as an error of a reader that is ONLINE: it reads cards all the same.
        """
        answer = self._link.ask(STATUS, SHORT_SILENCE, deadline)
        if answer.sw3 != SUCCESS:
            return StatusReport(DeviceStatus.HARDWARE_ERROR, MediaStatus.UNKNOWN, error=error_of(answer))
        media = self._media(deadline) if self._may_lie else MediaStatus.UNKNOWN
        return StatusReport(DeviceStatus.ONLINE, media, error=self._photos.look())

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `ReadIdentity` or `CheckHealth`."""
        if isinstance(command, ReadIdentity):
            return cast(T, Sensitive(self._read_identity(deadline, cancelled)))
        if isinstance(command, CheckHealth):
            return cast(T, self._check_health(command.level, deadline, cancelled))
        raise unsupported(command)

    def _media(self, deadline: Deadline) -> MediaStatus:
        """Whether the card that was read still lies there.

        A card left lying answers no find, but still the question for its additional address, which is dropped unread.
        One that was nudged answers neither before it is found anew.
        """
        try:
            probe = self._link.ask(_READ_ADDRESS, _ADDRESS_SILENCE, deadline)
            if probe.sw3 in _LIES:
                return MediaStatus.PRESENT
            if probe.sw3 == UNKNOWN_COMMAND:
                return MediaStatus.UNKNOWN  # and the find of such a reader misses a card that lies there, too
            answer = self._link.ask(_FIND, SHORT_SILENCE, deadline)
        except DeviceGone:
            raise
        except DeviceError:
            return MediaStatus.UNKNOWN
        if answer.sw3 == NO_CARD:
            self._may_lie = False
            return MediaStatus.NOT_PRESENT
        return MediaStatus.PRESENT if answer.sw3 == FOUND else MediaStatus.UNKNOWN

    def _read_identity(self, deadline: Deadline, cancelled: Callable[[], bool]) -> IdentityDocument:
        """Find, select, read; again from the start when the card slipped or the line garbled it."""
        failures: list[DeviceError] = []
        until = deadline
        while True:
            if cancelled():
                raise canceled()
            try:
                found = self._try_to_read()
                if found is not None:
                    break
            except DeviceError as error:
                failures.append(error)
                if error.reason in _FINAL or len(failures) == _ATTEMPTS:
                    raise _verdict(failures) from None
                until = deadline.sooner(_RETURN)
            self._pause(until.sooner(_AFTER_FAILURE if failures else self._options.find_seconds), cancelled)
            if until.expired:
                raise failures[-1] if failures else no_card()
        card, address = found
        document = parse_identity(card)
        picture = self._photos.decode(document.photo, Deadline.after(_DECODING))
        return replace(document, additional_address=address, picture=picture)

    def _try_to_read(self) -> tuple[bytes, str | None] | None:
        """Return text and photo, and the additional address if it is asked for; None when there is no card.

        All three steps, every time, in this order.
        """
        deadline = Deadline.after(_LONGEST_ANSWER)  # its own: a card laid in the last moment is still read
        answer = self._link.ask(_FIND, SHORT_SILENCE, deadline)
        if answer.sw3 == NO_CARD:
            return None
        expect(answer, FOUND)
        answer = self._link.ask(_SELECT, SHORT_SILENCE, deadline)
        if answer.sw3 != SUCCESS:
            raise not_selected(answer) if answer.sw3 == SELECT_FAILED else error_of(answer)
        request, silence = _READ, _READ_SILENCE
        if self._options.fingerprints:
            request, silence = _READ_WITH_FINGERPRINTS, _FINGERPRINT_SILENCE
        card = text_and_photo(expect(self._link.ask(request, silence, deadline), SUCCESS).data)
        self._may_lie = True
        return card, self._additional_address(deadline) if self._options.additional_address else None

    def _additional_address(self, deadline: Deadline) -> str:
        """Return the additional address of the card just read, "" when it has none."""
        answer = self._link.ask(_READ_ADDRESS, _ADDRESS_SILENCE, deadline)
        if answer.sw3 == NO_SUCH_ITEM:
            return ""
        if answer.sw3 == UNKNOWN_COMMAND:
            detail = (
                f"this reader reads no additional address ({words_of(answer)}); take the option additional_address out"
            )
            raise DeviceError(
                CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.CONFIGURATION, detail, status_fact(answer)
            )
        return parse_additional_address(expect(answer, SUCCESS).data)

    def _pause(self, pause: Deadline, cancelled: Callable[[], bool]) -> None:
        """Wait for the next find, or until somebody cancels."""
        while not pause.expired and not cancelled():
            self._sleep(min(_BREATH, pause.remaining()))

    def _check_health(self, level: HealthLevel, deadline: Deadline, cancelled: Callable[[], bool]) -> HealthReport:
        """INTERNAL: status and id of the SAM. EXTERNAL: reads a test card too, and tells nothing of what it says.

        INTERACTIVE: asks besides for what only a person sees and hears.
        """
        report = self.poll(deadline)
        if report.error is not None and report.device is not DeviceStatus.ONLINE:
            error = report.error
            return HealthReport(
                level, report.device, error.detail, error.action, self._information, (told_error(error),)
            )
        self._information = DeviceInformation(serial_number=self._sam_id(deadline))
        detail = f"SAM {self._information.serial_number or 'without an id'} answers"
        told = [Told("sam_answers", {"sam": self._information.serial_number or "untold"})]
        if self._link.found is not None:
            detail = f"{detail} at {self._link.found} baud"
            told.append(Told("speed", {"baud": self._link.found}))
        if level is not HealthLevel.INTERNAL:
            layout = self._read_identity(deadline, cancelled).layout
            detail = f"{detail}; a test card ({layout}) was read"
            told.append(Told("id_card_read", {"layout": layout}))
        if level is HealthLevel.INTERACTIVE:
            detail = f"{detail}. {_QUESTION}"
            told.append(Told("look_at_reader"))
        action = None
        if report.error is not None:
            detail, action = f"{detail}; {report.error.detail}", report.error.action
            told.append(told_error(report.error))
        return HealthReport(level, report.device, detail, action, self._information, tuple(told))

    def _sam_id(self, deadline: Deadline) -> str | None:
        """Return the SAM's id as readers print it, ``AA.BB-DDDDDDDD-SSSSSSSSSS-RRRRRRRRRR``; None if it keeps it."""
        answer = self._link.ask(_SAM_ID, SHORT_SILENCE, deadline)
        if answer.sw3 != SUCCESS or len(answer.data) != _SAM_ID_FORM.size:
            return None
        first, second, day, serial, chance = _SAM_ID_FORM.unpack(answer.data)
        return f"{first:02}.{second:02}-{day:08}-{serial:010}-{chance:010}"


def _verdict(failures: list[DeviceError]) -> DeviceError:
    """Return the error that ends the trying: the last one, unless all of them together say more."""
    never_selected = len(failures) == _ATTEMPTS and all(isinstance(error, NotSelected) for error in failures)
    return collision() if never_selected else failures[-1]
