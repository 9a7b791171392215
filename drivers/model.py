"""The words of the device layer: states, supplies, events, results. Data alone, no behaviour.

Source of the vocabulary: CEN XFS4IoT and UnifiedPOS. `None` means "this device cannot tell", `UNKNOWN` means "could
not ask"; neither is ever a number or False (promise 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from drivers.errors import DeviceError, ErrorAction

T = TypeVar("T")


class DeviceClass(StrEnum):
    """The device classes a kiosk can have."""

    ID_CARD_READER = "id_card_reader"
    CITIZEN_CARD_READER = "citizen_card_reader"
    DOCUMENT_CAMERA = "document_camera"
    RECEIPT_PRINTER = "receipt_printer"
    DOCUMENT_PRINTER = "document_printer"
    CODE_SCANNER = "code_scanner"
    AUXILIARIES = "auxiliaries"


class DeviceStatus(StrEnum):
    """XFS4IoT common status. POWER_OFF: expected, not reachable (alarm). NO_DEVICE: not configured here (no alarm)."""

    STARTING = "STARTING"
    ONLINE = "ONLINE"
    DEVICE_BUSY = "DEVICE_BUSY"
    OFFLINE = "OFFLINE"
    POWER_OFF = "POWER_OFF"
    NO_DEVICE = "NO_DEVICE"
    HARDWARE_ERROR = "HARDWARE_ERROR"
    USER_ERROR = "USER_ERROR"


class SupplyStatus(StrEnum):
    """Paper, ribbon, toner."""

    UNKNOWN = "UNKNOWN"
    FULL = "FULL"
    LOW = "LOW"
    OUT = "OUT"
    JAMMED = "JAMMED"


class MediaStatus(StrEnum):
    """Where the card or the paper is."""

    UNKNOWN = "UNKNOWN"
    PRESENT = "PRESENT"
    NOT_PRESENT = "NOT_PRESENT"
    JAMMED = "JAMMED"
    ENTERING = "ENTERING"
    LATCHED = "LATCHED"


class HealthLevel(StrEnum):
    """UnifiedPOS CheckHealth: INTERNAL is silent and safe every minute; EXTERNAL moves media; INTERACTIVE asks."""

    INTERNAL = "INTERNAL"
    EXTERNAL = "EXTERNAL"
    INTERACTIVE = "INTERACTIVE"


@dataclass(frozen=True, slots=True)
class DeviceInformation:
    """What the device says of itself; None where it cannot."""

    model_name: str | None = None
    serial_number: str | None = None
    firmware: str | None = None
    maker: str | None = None
    fonts: str | None = None  # a printer's, by the name it gives them ("CHINA GB18030")


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One answer to a poll. `supplies` by name (``paper``); `error` says what is wrong and who must act."""

    device: DeviceStatus
    media: MediaStatus | None = None
    supplies: dict[str, SupplyStatus] = field(default_factory=dict)
    error: DeviceError | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a self-test has to say, for whoever says it in the technician's language; a driver has no sentences.

    Attributes:
        key: of the sentence, below `selftest` in the words (``code_read``).
        values: what the sentence names, by parameter. No personal data.
    """

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


def told_error(error: DeviceError) -> Told:
    """Return an error as a self-test tells it: by its reason, for which the words have a sentence, and by its facts."""
    return Told("error", {"reason": error.reason, **{str(fact): value for fact, value in error.facts.items()}})


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The outcome of a self-test: a status, and what the device said of itself.

    Attributes:
        detail: it in English, for records and developers.
        told: the same for the technician's language; empty where a driver brings none, then `detail` is shown.
    """

    level: HealthLevel
    status: DeviceStatus
    detail: str
    action: ErrorAction | None = None
    information: DeviceInformation = field(default_factory=DeviceInformation)
    told: tuple[Told, ...] = ()


class Sensitive(Generic[T]):
    """Personal data on its way through: `str`, `repr` and `format` give ``<redacted>``; `reveal()` gives the value."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the value. Each call is a place to look at in a review."""
        return self._value

    def __repr__(self) -> str:
        return "<redacted>"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return "<redacted>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sensitive) and self._value == other._value

    def __hash__(self) -> int:
        return hash(("Sensitive", self._value))


@dataclass(frozen=True, slots=True)
class Command(Generic[T]):
    """Base of every command; `T` is what its success gives. Subclasses are frozen dataclasses beside their driver."""


@dataclass(frozen=True, slots=True)
class CheckHealth(Command[HealthReport]):
    """Run the device's self-test."""

    level: HealthLevel = HealthLevel.INTERNAL


@dataclass(frozen=True, slots=True)
class Event:
    """Base of what a worker reports; `device` is the configured device's name."""

    device: str


@dataclass(frozen=True, slots=True)
class StatusChanged(Event):
    """The device's status, media or error is other than it was."""

    report: StatusReport


@dataclass(frozen=True, slots=True)
class SupplyThreshold(Event):
    """A supply crossed a threshold (paper near end, paper out, refilled)."""

    supply: str
    status: SupplyStatus


@dataclass(frozen=True, slots=True)
class MediaInserted(Event):
    """A card or a paper came."""


@dataclass(frozen=True, slots=True)
class MediaRemoved(Event):
    """It went."""


@dataclass(frozen=True, slots=True)
class DataReady(Event):
    """A device delivered something nobody had asked for at that moment (a scanned code, a frame)."""

    data: Sensitive[object]


@dataclass(frozen=True, slots=True)
class OutputComplete(Event):
    """A job reached the paper."""

    job: str


@dataclass(frozen=True, slots=True)
class ErrorRaised(Event):
    """A command or a poll failed in a way somebody must act on."""

    error: DeviceError
