"""What goes wrong in a visit, as a resident and as staff are told it: a sentence, the other ways, and who must act.

One decision: every pair of device and reason that can occur stands in `OCCURS`, and has two sentences in both languages
in `assets/words/*/devices.toml`; a pair that is not there is a defect of the software and is told as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.errors import DeviceError, ErrorAction, Reason
from drivers.model import DeviceClass


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
    },
    DeviceClass.DOCUMENT_CAMERA: _OF_EVERY_DEVICE | {Reason.FROZEN, Reason.DARK},
    DeviceClass.RECEIPT_PRINTER: _OF_EVERY_DEVICE
    | {
        Reason.PAPER_OUT,
        Reason.PAPER_JAMMED,
        Reason.COVER_OPEN,
        Reason.CUTTER_JAMMED,
        Reason.OVERHEATED,
        Reason.MAY_HAVE_PRINTED,
        Reason.CHARSET_DATA,
    },
}
WAYS: Mapping[DeviceClass, tuple[Way, ...]] = {
    DeviceClass.ID_CARD_READER: (Way.TYPE_NUMBER, Way.TRY_AGAIN, Way.HELP),
    DeviceClass.DOCUMENT_CAMERA: (Way.LATER_AT_WINDOW, Way.TRY_AGAIN, Way.HELP),
    DeviceClass.RECEIPT_PRINTER: (Way.SHOW_NUMBER, Way.TRY_AGAIN),
}
# The card is in order and the reader too: put again, it reads again; nobody has to act.
PUT_AGAIN = frozenset({Reason.NO_MEDIA, Reason.INVALID_MEDIA, Reason.CARD_COLLISION, Reason.MEDIA_MOVED})


def device_trouble(device: DeviceClass, error: DeviceError) -> Trouble:
    """Return how the `error` of a `device` is told.

    A receipt that may have been printed is never offered a second time (never two of one number).
    """
    reason = error.reason if error.reason in OCCURS[device] else Reason.DEFECT
    action = ErrorAction.SOFTWARE_ERROR if reason is not error.reason else error.action
    stem = f"devices.{device}.{reason}"
    ways = tuple(way for way in WAYS[device] if (reason, way) != (Reason.MAY_HAVE_PRINTED, Way.TRY_AGAIN))
    if device is DeviceClass.ID_CARD_READER and reason in PUT_AGAIN:
        return Trouble(f"{stem}.resident", ways)
    return Trouble(f"{stem}.resident", ways, action, f"{stem}.staff")
