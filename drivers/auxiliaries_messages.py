"""What the frames of the auxiliaries' line say (docs/auxiliaries.md): payloads to values and back. Pure functions.

One decision: a value outside its table is never guessed at; the message is refused whole, as a garbled one is.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Never, TypeVar

from drivers.auxiliaries_model import (
    ALL_READER_LIGHTS,
    UNKNOWN,
    AuxiliaryState,
    Change,
    Colour,
    DoorStatus,
    Headphones,
    KeyPressed,
    KeySwitch,
    Part,
    PowerSource,
    Presence,
    Proximity,
    ReaderLight,
    StatusLight,
    Unknown,
    Ups,
)

T = TypeVar("T")
ANSWER: Final = 0x80  # an answer's type is its request's with this bit
KEYS: Final = "0123456789*#"
_NO_BYTE: Final = 0xFF  # "it is there, and I cannot tell"
_NO_WORD: Final = 0xFFFF
_ALL_CHARGE: Final = 100


class Type(IntEnum):
    """The types of frames."""

    HELLO = 0x01
    STATE = 0x02
    STATUS_LIGHT = 0x03
    READER_LIGHTS = 0x04
    SELF_TEST = 0x05
    EVENT = 0x40
    ACKNOWLEDGE = 0x41
    REFUSED = 0x7F


class Kind(IntEnum):
    """The kinds of events."""

    DOOR = 1
    PROXIMITY = 2
    UPS = 3
    SERVICE_KEY = 4
    HEADPHONES = 5
    KEY = 6


class MessageError(ValueError):
    """A payload that no board of this version sends."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A board's greeting: which start of it this is, the last event that was acknowledged, its parts, its names."""

    boot: int
    last_event: int
    fitted: Part
    firmware: str
    model: str
    serial: str


@dataclass(frozen=True, slots=True)
class Report:
    """A board's answer to STATE: which start of it, its uptime in ms, parts that failed their test, and the rest."""

    boot: int
    uptime_ms: int
    failed: Part
    state: AuxiliaryState


@dataclass(frozen=True, slots=True)
class EventMessage:
    """One event: which start of the board, its number, and what happened: a key, or what one part says now."""

    boot: int
    number: int
    what: KeyPressed | Change


_HELLO = struct.Struct(">HHH3B")
_REPORT = struct.Struct(">HIH")
_STATE = struct.Struct(">BBHBBBBBHBB")
_EVENT = struct.Struct(">HHB")
_PROXIMITY = struct.Struct(">BH")
_UPS = struct.Struct(">BBH")

_DOOR: Mapping[int, DoorStatus] = {0: DoorStatus.CLOSED, 1: DoorStatus.OPEN, _NO_BYTE: DoorStatus.UNKNOWN}
_PRESENCE: Mapping[int, Presence] = {0: Presence.NOT_PRESENT, 1: Presence.PRESENT, _NO_BYTE: Presence.UNKNOWN}
_SWITCH: Mapping[int, KeySwitch] = {0: KeySwitch.OFF, 1: KeySwitch.ON, _NO_BYTE: KeySwitch.UNKNOWN}
_JACK: Mapping[int, Headphones] = {0: Headphones.UNPLUGGED, 1: Headphones.PLUGGED, _NO_BYTE: Headphones.UNKNOWN}
_POWER: Mapping[int, tuple[PowerSource, bool | None]] = {
    0: (PowerSource.MAINS, False),
    1: (PowerSource.BATTERY, False),
    2: (PowerSource.MAINS, True),
    3: (PowerSource.BATTERY, True),
    _NO_BYTE: (PowerSource.UNKNOWN, None),
}


def hello_request(*, forget: bool) -> bytes:
    """Return the payload of HELLO; `forget`: events nobody has taken are none of ours."""
    return bytes([forget])


def parse_hello(payload: bytes) -> Hello:
    """Read the answer to HELLO.

    Raises:
        MessageError: it is none.
    """
    boot, last, fitted, *firmware = _unpack(_HELLO, payload[: _HELLO.size])
    rest = payload[_HELLO.size :]
    names: list[str] = []
    for _ in ("model", "serial"):
        size = rest[0] if rest else 0
        if not rest or len(rest) <= size or not rest[1 : size + 1].isascii():
            raise MessageError("a name of the greeting is cut off or not ASCII")
        names.append(rest[1 : size + 1].decode("ascii"))
        rest = rest[size + 1 :]
    return Hello(boot, last, _part(fitted), ".".join(map(str, firmware)), *names)


def parse_report(payload: bytes, fitted: Part) -> Report:
    """Read the answer to STATE of a board with these parts.

    Raises:
        MessageError: it is none.
    """
    boot, uptime, failed = _unpack(_REPORT, payload[: _REPORT.size])
    door, near, far, colour, blink, lights, power, charge, minutes, key, jack = _unpack(_STATE, payload[_REPORT.size :])

    def having(part: Part, read: Callable[[], T]) -> T | None:
        return read() if part in fitted else None

    state = AuxiliaryState(
        door=having(Part.DOOR, lambda: _of(_DOOR, door)),
        proximity=having(Part.PROXIMITY, lambda: _proximity(near, far)),
        status_light=having(Part.STATUS_LIGHT, lambda: _status_light(colour, blink)),
        reader_lights=having(Part.READER_LIGHTS, lambda: _reader_lights(lights)),
        ups=having(Part.UPS, lambda: _ups(power, charge, minutes)),
        service_key=having(Part.SERVICE_KEY, lambda: _of(_SWITCH, key)),
        headphones=having(Part.HEADPHONES, lambda: _of(_JACK, jack)),
        has_keypad=Part.KEYPAD in fitted,
    )
    return Report(boot, uptime, _part(failed), state)


def parse_event(payload: bytes) -> EventMessage:
    """Read an event.

    Raises:
        MessageError: it is none.
    """
    boot, number, kind = _unpack(_EVENT, payload[: _EVENT.size])
    value = payload[_EVENT.size :]
    if kind not in _CHANGES:
        raise MessageError(f"there is no event of kind {kind}")
    return EventMessage(boot, number, _CHANGES[Kind(kind)](value))


def parse_failed(payload: bytes) -> Part:
    """Read the answer to SELF_TEST: the parts that failed it.

    Raises:
        MessageError: it is none.
    """
    return _part(int.from_bytes(payload, "big")) if len(payload) == 2 else _refuse("a self-test's answer has 2 bytes")  # noqa: PLR2004 - a word


def acknowledgement(event: EventMessage) -> bytes:
    """Return the payload that acknowledges `event`."""
    return struct.pack(">HH", event.boot, event.number)


def status_light_request(light: StatusLight) -> bytes:
    """Return the payload that sets the status light."""
    return bytes([light.colour, light.blinking])


def reader_lights_request(lights: ReaderLight) -> bytes:
    """Return the payload that sets the reader lights."""
    return bytes([lights])


def _proximity(near: int, far: int) -> Proximity:
    return Proximity(_of(_PRESENCE, near), None if far == _NO_WORD else far)


def _status_light(colour: int, blink: int) -> StatusLight | Unknown:
    if colour == _NO_BYTE:
        return UNKNOWN
    if blink not in (0, 1) or colour not in list(Colour):
        raise MessageError("there is no such light")
    return StatusLight(Colour(colour), bool(blink))


def _reader_lights(lights: int) -> ReaderLight | Unknown:
    if lights == _NO_BYTE:
        return UNKNOWN
    return ReaderLight(lights) if lights <= ALL_READER_LIGHTS else _refuse("there are no such reader lights")


def _ups(power: int, charge: int, minutes: int) -> Ups:
    source, is_low = _of(_POWER, power)
    if charge not in (*range(_ALL_CHARGE + 1), _NO_BYTE):
        raise MessageError("a charge is a percentage")
    return Ups(source, is_low, None if charge == _NO_BYTE else charge, None if minutes == _NO_WORD else minutes)


def _key(value: bytes) -> KeyPressed:
    key = value.decode("latin-1")
    return KeyPressed(key) if len(key) == 1 and key in KEYS else _refuse("there is no such key")


_CHANGES: Mapping[Kind, Callable[[bytes], KeyPressed | Change]] = {
    Kind.DOOR: lambda value: _of(_DOOR, _byte(value)),
    Kind.PROXIMITY: lambda value: _proximity(*_unpack(_PROXIMITY, value)),
    Kind.UPS: lambda value: _ups(*_unpack(_UPS, value)),
    Kind.SERVICE_KEY: lambda value: _of(_SWITCH, _byte(value)),
    Kind.HEADPHONES: lambda value: _of(_JACK, _byte(value)),
    Kind.KEY: _key,
}


def _byte(value: bytes) -> int:
    return value[0] if len(value) == 1 else _refuse("this event has one byte")


def _part(bits: int) -> Part:
    known = sum(Part)
    return Part(bits) if bits & ~known == 0 else _refuse("there are no such parts in this version")


def _of(table: Mapping[int, T], value: int) -> T:
    if value not in table:
        raise MessageError("a value that is in no table")
    return table[value]


def _unpack(form: struct.Struct, data: bytes) -> tuple[int, ...]:
    if len(data) != form.size:
        raise MessageError(f"{len(data)} bytes where {form.size} belong")
    return form.unpack(data)


def _refuse(why: str) -> Never:
    raise MessageError(why)
