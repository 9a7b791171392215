"""What can go wrong with a device, and who must act: one exception tree with enums to match on.

Words from CEN XFS4IoT (completion codes) and UnifiedPOS (error actions). Operating-system and library exceptions
stop at the transport; everything above it raises and sees `DeviceError` alone.
"""

from collections.abc import Mapping
from enum import StrEnum
from errno import errorcode
from types import MappingProxyType
from typing import Self


class CompletionCode(StrEnum):
    """How a command ended (XFS4IoT MessagePayload.completionCode)."""

    SUCCESS = "SUCCESS"
    CANCELED = "CANCELED"
    TIME_OUT = "TIME_OUT"
    DEVICE_NOT_READY = "DEVICE_NOT_READY"
    HARDWARE_ERROR = "HARDWARE_ERROR"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    UNSUPPORTED_COMMAND = "UNSUPPORTED_COMMAND"
    INVALID_DATA = "INVALID_DATA"
    USER_ERROR = "USER_ERROR"
    SEQUENCE_ERROR = "SEQUENCE_ERROR"


class Reason(StrEnum):
    """The per-command code: the cause a screen or a technician can act on."""

    NO_MEDIA = "NO_MEDIA"
    INVALID_MEDIA = "INVALID_MEDIA"
    CARD_COLLISION = "CARD_COLLISION"
    MEDIA_MOVED = "MEDIA_MOVED"
    PIN_PROTECTED = "PIN_PROTECTED"
    MEDIA_FORGOTTEN = "MEDIA_FORGOTTEN"  # it still lies there, and its visit has ended
    NOT_AUTHORISED = "NOT_AUTHORISED"
    GARBLED = "GARBLED"
    NO_ANSWER = "NO_ANSWER"
    GONE = "GONE"
    REFUSED = "REFUSED"
    SELF_TEST_FAILED = "SELF_TEST_FAILED"
    FROZEN = "FROZEN"
    DARK = "DARK"
    OVEREXPOSED = "OVEREXPOSED"
    CAMERA_MOVED = "CAMERA_MOVED"  # it works, and its calibration no longer holds
    TRAY_CHANGED = "TRAY_CHANGED"  # the kiosk's: it works, and the picture of its empty tray no longer fits
    READING_LOST = "READING_LOST"  # the kiosk's: it works, and what is written on its pages is not read
    PAPER_OUT = "PAPER_OUT"
    PAPER_JAMMED = "PAPER_JAMMED"
    COVER_OPEN = "COVER_OPEN"
    CUTTER_JAMMED = "CUTTER_JAMMED"
    OVERHEATED = "OVERHEATED"
    TONER_OUT = "TONER_OUT"
    OUTPUT_FULL = "OUTPUT_FULL"
    MAY_HAVE_PRINTED = "MAY_HAVE_PRINTED"
    NOT_RECORDED = "NOT_RECORDED"
    CHARSET_DATA = "CHARSET_DATA"
    SUPPLY_LOW = "SUPPLY_LOW"  # the health board's: the device works, and a supply nears its end
    SUPPLY_OUT = "SUPPLY_OUT"  # the health board's: a supply is out, and the device names no error for it
    DOOR_OPEN = "DOOR_OPEN"
    ON_BATTERY = "ON_BATTERY"
    BATTERY_LOW = "BATTERY_LOW"
    WRONG_VERSION = "WRONG_VERSION"
    PLUGIN_FAILED = "PLUGIN_FAILED"
    QUEUE_FULL = "QUEUE_FULL"
    STOPPED = "STOPPED"
    DEFECT = "DEFECT"


class ErrorAction(StrEnum):
    """Who must act (XFS4IoT error actions; promise 8)."""

    RESET = "RESET"  # the kiosk itself, rate-limited
    SUSPEND = "SUSPEND"  # it recovers without help
    CLEAR = "CLEAR"  # centre staff: refill, remove
    MAINTENANCE = "MAINTENANCE"  # a technician, with tools
    CONFIGURATION = "CONFIGURATION"  # a technician, with kiosk.toml
    SOFTWARE_ERROR = "SOFTWARE_ERROR"  # a developer


class Fact(StrEnum):
    """What a device or the system said, in no language: a code, a number, a name of its own. The words name each."""

    STATUS_WORDS = "status_words"  # SW1 SW2 (SW3) in hex (ISO 7816-4, GA/T 467)
    PCSC_RESULT = "pcsc_result"  # hex (winscard.h)
    SYSTEM_ERROR = "system_error"  # the symbol of an errno, such as ENOENT
    HTTP_STATUS = "http_status"
    IPP_STATUS = "ipp_status"  # hex (RFC 8011, appendix B)
    PRINTER_REASONS = "printer_reasons"  # keywords (RFC 8011, 5.3.8 and 5.4.12)
    NOT_OFFERED = "not_offered"  # an attribute and its value that a printer has not
    BAUD_TRIED = "baud_tried"
    READERS = "readers"  # names of the readers that pcscd has
    BRIGHTNESS = "brightness"  # of 255
    STILL_SECONDS = "still_seconds"
    FRAME_SIZE = "frame_size"  # pixels
    VERSION = "version"
    PARTS = "parts"  # names of drivers.auxiliaries_model.Part
    MINUTES_LEFT = "minutes_left"
    PLUGIN = "plugin"  # module:function, as kiosk.toml names it
    BEFORE = "before"  # the reason of the failure before this one


Facts = Mapping[Fact, str | int]
NO_FACTS: Facts = MappingProxyType({})


class DeviceError(Exception):
    """A command failed, a device is unwell, or its bytes make no sense.

    Attributes:
        code: how the command ended.
        reason: the cause, to be matched on and to pick the sentence shown.
        action: who must act.
        detail: one English sentence for logs, `diagnose` and developers. Never personal data.
        facts: what of it the technician's screen shows, in either language. Never personal data.
    """

    def __init__(
        self, code: CompletionCode, reason: Reason, action: ErrorAction, detail: str = "", facts: Facts = NO_FACTS
    ) -> None:
        super().__init__(f"{code}/{reason} ({action}){': ' + detail if detail else ''}")
        self.code = code
        self.reason = reason
        self.action = action
        self.detail = detail
        self.facts = facts

    def alone(self) -> Self:
        """Forget the frames it came through and what it followed: their variables may hold what a card said.

        An error outlives its command by hours, on the health board (promise 2).
        """
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)


class DeviceGone(DeviceError):  # noqa: N818 - the field says "gone", as UnifiedPOS says OFF_OFFLINE
    """The port, socket or process behind the device is not there (any more)."""

    def __init__(
        self, detail: str = "", action: ErrorAction = ErrorAction.MAINTENANCE, facts: Facts = NO_FACTS
    ) -> None:
        super().__init__(CompletionCode.HARDWARE_ERROR, Reason.GONE, action, detail, facts)


class DeviceTimeout(DeviceError):  # noqa: N818
    """The deadline passed before the device had answered."""

    def __init__(self, detail: str = "", facts: Facts = NO_FACTS) -> None:
        super().__init__(CompletionCode.TIME_OUT, Reason.NO_ANSWER, ErrorAction.RESET, detail, facts)


def system_fact(error: BaseException) -> Facts:
    """Return the errno of what the system raised, as its symbol; nothing where there is none."""
    number = error.errno if isinstance(error, OSError) else None
    return {Fact.SYSTEM_ERROR: errorcode[number]} if number is not None and number in errorcode else NO_FACTS
