"""What goes wrong in a visit, as a resident and as staff are told it: a sentence, the other ways, and who must act.

One decision: every pair of device and reason that can occur stands in `OCCURS`, and has two sentences in both languages
in `assets/words/*/devices.toml`; a pair that is not there is a defect of the software and is told as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.citizen_card_kinds import WrongCardError
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass
from kiosk.submission import SubmissionError
from sync.enrol import IdentityError, IdentityFault
from sync.outbox_schema import OutboxError, OutboxFault


class Way(StrEnum):
    """What a resident can do instead (promise 3)."""

    TYPE_NUMBER = "TYPE_NUMBER"
    LATER_AT_WINDOW = "LATER_AT_WINDOW"
    TRY_AGAIN = "TRY_AGAIN"
    SHOW_NUMBER = "SHOW_NUMBER"
    HELP = "HELP"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble as it is shown.

    Attributes:
        key: words key of the resident's sentence.
        ways: what the resident can choose, the best first.
        action: who must act; None where nobody has to (the resident's own paper or card).
        staff_key: words key of the staff's sentence; None where nobody has to act.
        parameters: of both sentences.
    """

    key: str
    ways: tuple[Way, ...]
    action: ErrorAction | None = None
    staff_key: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)


# Any worker can report these of its device (drivers/worker.py).
_OF_EVERY_DEVICE = frozenset(
    {Reason.GONE, Reason.NO_ANSWER, Reason.GARBLED, Reason.REFUSED, Reason.QUEUE_FULL, Reason.STOPPED, Reason.DEFECT}
)
OCCURS: Mapping[DeviceClass, frozenset[Reason]] = {
    DeviceClass.ID_CARD_READER: _OF_EVERY_DEVICE
    | {
        Reason.NO_MEDIA,
        Reason.INVALID_MEDIA,
        Reason.CARD_COLLISION,
        Reason.MEDIA_MOVED,
        Reason.NOT_AUTHORISED,
        Reason.SELF_TEST_FAILED,
        Reason.PLUGIN_FAILED,
        Reason.MEDIA_FORGOTTEN,
    },
    DeviceClass.CITIZEN_CARD_READER: _OF_EVERY_DEVICE
    | {
        Reason.NO_MEDIA,
        Reason.INVALID_MEDIA,
        Reason.CARD_COLLISION,
        Reason.MEDIA_MOVED,
        Reason.PIN_PROTECTED,
        Reason.MEDIA_FORGOTTEN,
    },
    DeviceClass.DOCUMENT_CAMERA: _OF_EVERY_DEVICE
    | {
        Reason.FROZEN,
        Reason.DARK,
        Reason.OVEREXPOSED,
        Reason.CAMERA_MOVED,
        Reason.NO_MEDIA,
        Reason.TRAY_CHANGED,
        Reason.READING_LOST,
    },
    DeviceClass.RECEIPT_PRINTER: _OF_EVERY_DEVICE
    | {
        Reason.PAPER_OUT,
        Reason.PAPER_JAMMED,
        Reason.COVER_OPEN,
        Reason.CUTTER_JAMMED,
        Reason.OVERHEATED,
        Reason.MAY_HAVE_PRINTED,
        Reason.NOT_RECORDED,
        Reason.CHARSET_DATA,
    },
    DeviceClass.DOCUMENT_PRINTER: _OF_EVERY_DEVICE
    | {
        Reason.PAPER_OUT,
        Reason.PAPER_JAMMED,
        Reason.COVER_OPEN,
        Reason.TONER_OUT,
        Reason.OUTPUT_FULL,
        Reason.OVERHEATED,
        Reason.MAY_HAVE_PRINTED,
    },
    DeviceClass.AUXILIARIES: _OF_EVERY_DEVICE
    | {
        Reason.DOOR_OPEN,
        Reason.ON_BATTERY,
        Reason.BATTERY_LOW,
        Reason.WRONG_VERSION,
        Reason.SELF_TEST_FAILED,
        Reason.FROZEN,
    },
    DeviceClass.CODE_SCANNER: _OF_EVERY_DEVICE | {Reason.NO_MEDIA, Reason.CHARSET_DATA},
}
WAYS: Mapping[DeviceClass, tuple[Way, ...]] = {
    DeviceClass.ID_CARD_READER: (Way.TYPE_NUMBER, Way.TRY_AGAIN, Way.HELP),
    DeviceClass.CITIZEN_CARD_READER: (Way.TYPE_NUMBER, Way.TRY_AGAIN, Way.HELP),
    DeviceClass.DOCUMENT_CAMERA: (Way.LATER_AT_WINDOW, Way.TRY_AGAIN, Way.HELP),
    DeviceClass.RECEIPT_PRINTER: (Way.SHOW_NUMBER, Way.TRY_AGAIN),
    DeviceClass.DOCUMENT_PRINTER: (Way.TRY_AGAIN, Way.HELP),
    DeviceClass.AUXILIARIES: (Way.HELP,),
    DeviceClass.CODE_SCANNER: (Way.TYPE_NUMBER, Way.HELP),
}
# Nothing was submitted and it may fit or be free in a moment: only then is trying again a way.
_OUTBOX_AGAIN = (Way.TRY_AGAIN, Way.HELP)
_OUTBOX_OVER = (Way.HELP,)
OUTBOX: Mapping[OutboxFault, tuple[ErrorAction, tuple[Way, ...]]] = {
    OutboxFault.DISK_FULL: (ErrorAction.CLEAR, _OUTBOX_AGAIN),
    OutboxFault.IN_USE: (ErrorAction.RESET, _OUTBOX_AGAIN),
    OutboxFault.IO_FAILED: (ErrorAction.MAINTENANCE, _OUTBOX_OVER),
    OutboxFault.NOT_DURABLE: (ErrorAction.CONFIGURATION, _OUTBOX_OVER),
    OutboxFault.CORRUPT: (ErrorAction.SOFTWARE_ERROR, _OUTBOX_OVER),
    OutboxFault.OTHER_VERSION: (ErrorAction.CONFIGURATION, _OUTBOX_OVER),
    OutboxFault.FINISHED: (ErrorAction.SOFTWARE_ERROR, _OUTBOX_OVER),
    OutboxFault.WRONG_STATE: (ErrorAction.SOFTWARE_ERROR, _OUTBOX_OVER),
    OutboxFault.DAMAGED: (ErrorAction.SOFTWARE_ERROR, _OUTBOX_OVER),
}
NO_ROOM = Trouble("visit.no_room", _OUTBOX_OVER, ErrorAction.CLEAR, "visit.no_room_staff")
NO_ROOM_TO_SCAN = Trouble(
    "visit.no_room_to_scan", (Way.LATER_AT_WINDOW, Way.TRY_AGAIN, Way.HELP), ErrorAction.CLEAR, "visit.no_room_staff"
)
SOFTWARE = Trouble("visit.software", _OUTBOX_OVER, ErrorAction.SOFTWARE_ERROR, "visit.software_staff")
OFFICE_AWAY = Trouble("asking.away", (Way.TRY_AGAIN, Way.HELP), ErrorAction.SUSPEND, "asking.away_staff")
OFFICE_REFUSES = Trouble("asking.refused", (Way.HELP,), ErrorAction.CONFIGURATION, "asking.refused_staff")
STARTING = Trouble("visit.closed.starting", (), ErrorAction.SUSPEND, "visit.closed.starting_staff")
# The card is in order and the reader too: put again, it reads again; nobody has to act.
PUT_AGAIN = frozenset(
    {Reason.NO_MEDIA, Reason.INVALID_MEDIA, Reason.CARD_COLLISION, Reason.MEDIA_MOVED, Reason.PIN_PROTECTED}
)
CARD_READERS = (DeviceClass.ID_CARD_READER, DeviceClass.CITIZEN_CARD_READER)

# Nobody has seen how such a command ended: it was still under way when the worker gave it up.
_OUTCOME_UNKNOWN = frozenset({CompletionCode.TIME_OUT, CompletionCode.INTERNAL_ERROR, CompletionCode.CANCELED})


def may_have_printed(error: DeviceError) -> bool:
    """Tell whether a receipt may be out although printing failed; then it is never printed again by itself."""
    return error.reason is Reason.MAY_HAVE_PRINTED or error.code in _OUTCOME_UNKNOWN


def device_trouble(device: DeviceClass, error: DeviceError) -> Trouble:
    """Return how the `error` of a `device` is told.

    A receipt that may have been printed is never offered a second time (never two of one number).
    """
    known = error.reason in OCCURS[device]
    reason = error.reason if known else Reason.DEFECT
    action = error.action if known else ErrorAction.SOFTWARE_ERROR
    if device is DeviceClass.RECEIPT_PRINTER and may_have_printed(error):
        reason = Reason.MAY_HAVE_PRINTED
    stem = f"devices.{device}.{reason}"
    ways = tuple(way for way in WAYS[device] if (reason, way) != (Reason.MAY_HAVE_PRINTED, Way.TRY_AGAIN))
    if isinstance(error, WrongCardError):
        return Trouble(f"visit.wrong_card.{error.kind}", ways)
    if device in CARD_READERS and reason in PUT_AGAIN:
        return Trouble(f"{stem}.resident", ways)
    return Trouble(f"{stem}.resident", ways, action, f"{stem}.staff")


def outbox_trouble(error: OutboxError | SubmissionError) -> Trouble:
    """Return how it is told that nothing could be kept or submitted."""
    if isinstance(error, SubmissionError):
        return SOFTWARE
    action, ways = OUTBOX[error.reason]
    stem = f"devices.outbox.{error.reason}"
    return Trouble(f"{stem}.resident", ways, action, f"{stem}.staff")


OTHER_IDENTITY = Trouble(
    "visit.closed.other_identity", (), ErrorAction.CONFIGURATION, "visit.closed.other_identity_staff"
)


def identity_trouble(error: IdentityError) -> Trouble:
    """Return how it is told that this kiosk has no identity, so that it cannot take anything."""
    stem = "visit.closed.not_enrolled" if error.reason is IdentityFault.MISSING else "visit.closed.identity_damaged"
    return Trouble(stem, (), ErrorAction.CONFIGURATION, f"{stem}_staff")
