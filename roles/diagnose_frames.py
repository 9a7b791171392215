"""What a codec makes of a frame that passed, in a few words: one small function a driver, in a table.

One decision: a frame is a person's unless its function says that it is not; a driver without a function is shown by its
masked bytes alone. No word here quotes what a frame says of a person, not even a pressed key.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from drivers import auxiliaries_codec, escpos_status, sam_codec
from drivers.auxiliaries_messages import ANSWER, Type
from drivers.escpos_status import Kind
from drivers.sam_status import FOUND, NO_CARD, SUCCESS, error_of
from drivers.transport import Direction

T = TypeVar("T")

_SAM_COMMANDS = {
    b"\x11\xff": "status?",
    b"\x12\xff": "SAM id?",
    b"\x20\x01": "find a card",
    b"\x20\x02": "select the card",
    b"\x30\x01": "read the card",
    b"\x30\x10": "read the card with fingerprint",
    b"\x30\x03": "additional address?",
    b"\x60\x01": "line speed",
}
_SAM_COMMAND_AT = len(sam_codec.PREAMBLE) + 2
_SAM_GOOD = {SUCCESS: "success", FOUND: "a card was found", NO_CARD: "no card"}
_SAM_ID_BYTES = 16
_ESCPOS_QUESTIONS = {b"\x10\x04": "status?", b"\x1dr": "done?", b"\x1dI": "who are you?", b"\x1da": "tell by yourself"}
_LONGEST_QUESTION = 4
_NO_PERSON = frozenset({Kind.REAL_TIME, Kind.AUTOMATIC, Kind.SINGLE, Kind.FLOW, Kind.TEXT})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a frame means; `personal`: whether it may hold a person's data, so that its middle is hidden."""

    text: str
    personal: bool = True


def meaning(driver: str, direction: Direction, data: bytes) -> Meaning:
    """Return what the codec of `driver` (its name in kiosk.toml) makes of a frame."""
    return _TABLE.get(driver, _unknown)(direction, data)


def _unknown(_direction: Direction, data: bytes) -> Meaning:
    return Meaning(f"{len(data)} bytes; this driver's frames are not decoded here")


def _messages(decode: Callable[[bytes], tuple[int, T | None]], data: bytes) -> Iterator[T]:
    while True:
        used, message = decode(data)
        if message is None:
            return
        yield message
        data = data[used:]


def _sam(direction: Direction, data: bytes) -> Meaning:
    if direction == ">":
        name = _SAM_COMMANDS.get(data[_SAM_COMMAND_AT : _SAM_COMMAND_AT + 2])
        return Meaning(name or "a command nobody has named", personal=name is None)
    answers = list(_messages(sam_codec.decode, data))
    if not answers:
        return Meaning(f"{len(data)} bytes that are no answer of a SAM")
    # The SAM's own id is nobody's; nor are the zeros that find and select answer with.
    personal = any(answer.data.strip(b"\0") and len(answer.data) != _SAM_ID_BYTES for answer in answers)
    return Meaning(", ".join(map(_sam_answer, answers)), personal=personal)


def _sam_answer(answer: sam_codec.Answer) -> str:
    text = _SAM_GOOD.get(answer.sw3) or error_of(answer).detail
    return f"{text}, {len(answer.data)} bytes of data" if answer.data else text


def _escpos(direction: Direction, data: bytes) -> Meaning:
    if direction == ">":
        question = _ESCPOS_QUESTIONS.get(data[:2])
        if question is not None and len(data) <= _LONGEST_QUESTION:
            return Meaning(f"{question} ({data[2:].hex(' ')})", personal=False)
        return Meaning(f"{len(data)} bytes to print")
    messages = list(_messages(escpos_status.decode, data))
    text = ", ".join(f"{each.kind.name.lower().replace('_', ' ')} {_escpos_value(each)}" for each in messages)
    known = bool(messages) and all(each.kind in _NO_PERSON for each in messages)
    return Meaning(text or "bytes that are no answer of a printer", personal=not known)


def _escpos_value(message: escpos_status.Message) -> str:
    if message.kind is Kind.TEXT:
        return message.data.decode("ascii", "backslashreplace")
    return " ".join(f"{byte:08b}" for byte in message.data)


def _scanner(direction: Direction, data: bytes) -> Meaning:
    if direction == ">":
        return Meaning("a trigger command", personal=False)
    return Meaning(f"{len(data)} bytes of a shown code")


def _auxiliaries(_direction: Direction, data: bytes) -> Meaning:
    frames = list(_messages(auxiliaries_codec.decode, data))
    if not frames:
        return Meaning(f"{len(data)} bytes that are no frame of the board")
    personal = any(frame.type == Type.EVENT for frame in frames)  # it may be a pressed key
    return Meaning(", ".join(f"{_type(frame.type)} #{frame.sequence}" for frame in frames), personal=personal)


def _type(number: int) -> str:
    known = {each.value: each.name.lower().replace("_", " ") for each in Type}
    answered = known.get(number & ~ANSWER)
    if number in known or answered is None:
        return known.get(number, f"type {number:02x}")
    return f"answer to {answered}"


def _apdu(direction: Direction, data: bytes) -> Meaning:
    """The driver has blanked what a card answers already (drivers/pcsc.py)."""
    if direction == ">":
        return Meaning(f"APDU {data[:4].hex(' ')}", personal=False)
    return Meaning(f"{len(data) - 2} bytes, status {data[-2:].hex()}", personal=False)


_TABLE: Mapping[str, Callable[[Direction, bytes], Meaning]] = {
    "sam": _sam,
    "escpos": _escpos,
    "serial": _scanner,
    "line": _auxiliaries,
    "pcsc": _apdu,
}
REPLAYABLE = frozenset({"sam", "escpos", "serial", "line"})
"""The drivers that speak over `drivers.transport`, so that a session can be played to them."""
