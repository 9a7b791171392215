"""What the auxiliaries are: door, proximity, lights, UPS, service key, headphones, keypad. Data alone.

None means "this board has no such part", UNKNOWN "there is one, but it could not be asked" (promise 4).
"""

from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum, IntFlag, StrEnum, auto

from drivers.model import Command


class Part(IntFlag):
    """What a board may have, as bits of its answer to HELLO (docs/auxiliaries.md)."""

    DOOR = 0x0001
    PROXIMITY = 0x0002
    STATUS_LIGHT = 0x0004
    READER_LIGHTS = 0x0008
    UPS = 0x0010
    SERVICE_KEY = 0x0020
    HEADPHONES = 0x0040
    KEYPAD = 0x0080


class DoorStatus(StrEnum):
    """The cabinet's door."""

    UNKNOWN = "UNKNOWN"
    CLOSED = "CLOSED"
    OPEN = "OPEN"


class Presence(StrEnum):
    """Whether somebody stands before the kiosk."""

    UNKNOWN = "UNKNOWN"
    NOT_PRESENT = "NOT_PRESENT"
    PRESENT = "PRESENT"


class KeySwitch(StrEnum):
    """The service key in its lock."""

    UNKNOWN = "UNKNOWN"
    OFF = "OFF"
    ON = "ON"


class Headphones(StrEnum):
    """The headphone jack."""

    UNKNOWN = "UNKNOWN"
    UNPLUGGED = "UNPLUGGED"
    PLUGGED = "PLUGGED"


class PowerSource(StrEnum):
    """What the kiosk runs on."""

    UNKNOWN = "UNKNOWN"
    MAINS = "MAINS"
    BATTERY = "BATTERY"


class Colour(IntEnum):
    """The status light's colours, as they go over the wire."""

    OFF = 0
    GREEN = 1
    AMBER = 2
    RED = 3
    BLUE = 4
    WHITE = 5


class ReaderLight(IntFlag):
    """The small lights that show where something is to be put or taken, as they go over the wire."""

    NONE = 0
    ID_CARD = 0x01
    CITIZEN_CARD = 0x02
    CODE_SCANNER = 0x04
    TRAY = 0x08
    RECEIPT_SLOT = 0x10
    DOCUMENT_SLOT = 0x20


ALL_READER_LIGHTS = ReaderLight(0x3F)


class Unknown(Enum):
    """The one value of what is there and could not be asked, where the value has no enum of its own."""

    UNKNOWN = auto()


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class StatusLight:
    """The status light as it burns: steady, or blinking once a second."""

    colour: Colour
    blinking: bool = False


@dataclass(frozen=True, slots=True)
class Proximity:
    """Somebody or nobody, and how far away in millimetres; None where that was not measured."""

    presence: Presence
    distance_mm: int | None = None


@dataclass(frozen=True, slots=True)
class Ups:
    """The emergency supply. `charge_percent` and `minutes_left` are None where it does not know them."""

    source: PowerSource
    is_low: bool | None = None
    charge_percent: int | None = None
    minutes_left: int | None = None


@dataclass(frozen=True, slots=True)
class AuxiliaryState:
    """All that the board says of itself at one moment; None: it has no such part."""

    door: DoorStatus | None = None
    proximity: Proximity | None = None
    status_light: StatusLight | Unknown | None = None
    reader_lights: ReaderLight | Unknown | None = None
    ups: Ups | None = None
    service_key: KeySwitch | None = None
    headphones: Headphones | None = None
    has_keypad: bool = False


Change = DoorStatus | Proximity | Ups | KeySwitch | Headphones
"""What one part says now, as an event brings it."""


def changed(state: AuxiliaryState, change: Change) -> AuxiliaryState:
    """Return `state` after one part has said something else."""
    match change:
        case DoorStatus():
            return replace(state, door=change)
        case Proximity():
            return replace(state, proximity=change)
        case Ups():
            return replace(state, ups=change)
        case KeySwitch():
            return replace(state, service_key=change)
        case Headphones():
            return replace(state, headphones=change)


def unknown_state(fitted: Part) -> AuxiliaryState:
    """Return the state of a board with these parts that could not be asked."""
    return AuxiliaryState(
        door=DoorStatus.UNKNOWN if Part.DOOR in fitted else None,
        proximity=Proximity(Presence.UNKNOWN) if Part.PROXIMITY in fitted else None,
        status_light=UNKNOWN if Part.STATUS_LIGHT in fitted else None,
        reader_lights=UNKNOWN if Part.READER_LIGHTS in fitted else None,
        ups=Ups(PowerSource.UNKNOWN) if Part.UPS in fitted else None,
        service_key=KeySwitch.UNKNOWN if Part.SERVICE_KEY in fitted else None,
        headphones=Headphones.UNKNOWN if Part.HEADPHONES in fitted else None,
        has_keypad=Part.KEYPAD in fitted,
    )


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of the keypad, one of ``0123456789*#``. It may be part of a citizen number: it is never shown."""

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetStatusLight(Command[None]):
    """Show `light`; it is set again by the driver whenever the board has lost it."""

    light: StatusLight


@dataclass(frozen=True, slots=True)
class SetReaderLight(Command[None]):
    """Light exactly these places; kept up as `SetStatusLight` is."""

    lights: ReaderLight


@dataclass(frozen=True, slots=True)
class ReadState(Command[AuxiliaryState]):
    """Ask the board for everything now."""
