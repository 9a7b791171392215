"""One conversation with the auxiliaries' board: requests with their answers, and events taken as they come.

One decision: an event is taken before it is acknowledged, and known by its number, so that a lost acknowledgement makes
the board repeat it and the repetition is not taken again: none lost, none doubled.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from drivers.auxiliaries_codec import VERSION, Frame, decode, encode
from drivers.auxiliaries_messages import (
    ANSWER,
    EventMessage,
    Hello,
    MessageError,
    Type,
    acknowledgement,
    hello_request,
    parse_event,
    parse_hello,
)
from drivers.auxiliaries_model import KeyPressed
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, DeviceTimeout, ErrorAction, Fact, Reason
from drivers.recorder import FlightRecorder
from drivers.transport import Transport

T = TypeVar("T")
_ANSWER_SECONDS = 0.1  # a board answers within 50 ms (docs/auxiliaries.md)
_WRITE_SECONDS = 0.5
_ATTEMPTS = 3
_CHUNK = 512
_NEWER = 0x8000  # numbers go round at 65536: what is less than half of that ahead is new
_MASK = b"?"

_BAD_LINE = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
_OTHER_VERSION = (CompletionCode.HARDWARE_ERROR, Reason.WRONG_VERSION, ErrorAction.MAINTENANCE)
_REFUSALS = {
    1: (CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.MAINTENANCE, "the board knows no such request"),
    2: (CompletionCode.INVALID_DATA, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR, "the board finds a value wrong"),
    3: (CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.CONFIGURATION, "the board has no such part"),
    4: (*_OTHER_VERSION, "the board speaks another version"),
}


def garbled(detail: str) -> DeviceError:
    """Return the error of bytes that make no sense."""
    return DeviceError(*_BAD_LINE, detail)


class Line:
    """The conversation over `transport`; `take` is given each event once, in its order."""

    def __init__(self, transport: Transport, recorder: FlightRecorder, take: Callable[[EventMessage], None]) -> None:
        self._transport = transport
        self._recorder = recorder
        self._take = take
        self._buffer = b""
        self._sequence = 0
        self.boot: int | None = None
        self.last_event = 0
        self.is_strange = False  # an event came of a start of the board that has not greeted

    def close(self) -> None:
        """Let go of the port."""
        self._transport.close()

    def greet(self, deadline: Deadline, *, forget: bool) -> Hello:
        """Say HELLO. With `forget`, what the board has not told yet is none of ours; else it is told now."""
        answer = self.ask(Type.HELLO, hello_request(forget=forget), deadline, parse_hello)
        if forget or answer.boot != self.boot:
            self.last_event = answer.last_event
        self.boot = answer.boot
        self.is_strange = False
        return answer

    def ask(self, type_: Type, payload: bytes, deadline: Deadline, parse: Callable[[bytes], T]) -> T:
        """Send a request, three times if need be, and return what its answer says."""
        self._sequence = (self._sequence + 1) & 0xFF
        request = encode(Frame(type_, self._sequence, payload))
        heard = len(self._buffer)
        for _ in range(_ATTEMPTS):
            self._write(request, deadline)
            answer, heard = self._await(type_, deadline.sooner(_ANSWER_SECONDS), heard)
            if answer is not None:
                return _parsed(answer, parse)
        if heard:
            raise garbled("bytes came, but no answer")
        raise DeviceTimeout("the board does not answer")

    def set(self, type_: Type, values: bytes, deadline: Deadline) -> None:
        """Send a request whose answer says again what was set."""

        def compare(answer: bytes) -> None:
            if answer != values:
                raise MessageError("what was set is not what was asked for")

        self.ask(type_, values, deadline, compare)

    def listen(self, deadline: Deadline) -> None:
        """Take the next event, or return when the deadline has passed without one."""
        before = self.last_event
        try:
            while self.last_event == before and not self.is_strange:
                self._read(deadline)
                self._hear_all()
        except DeviceTimeout:
            return

    def _await(self, type_: Type, deadline: Deadline, heard: int) -> tuple[Frame | None, int]:
        """Return the answer with our sequence number, None when it did not come; and how many bytes made no frame."""
        while True:
            try:
                heard += self._read(deadline)
            except DeviceTimeout:
                return None, heard
            for frame in self._hear_all():
                heard = 0  # whatever it is, the line is good
                if frame.sequence == self._sequence and frame.type in (type_ | ANSWER, Type.REFUSED):
                    return frame, heard

    def _read(self, deadline: Deadline) -> int:
        data = self._transport.read(_CHUNK, deadline)
        self._buffer += data
        return len(data)

    def _write(self, data: bytes, deadline: Deadline) -> None:
        self._recorder.add(">", data)
        self._transport.write(data, deadline.sooner(_WRITE_SECONDS))

    def _hear_all(self) -> list[Frame]:
        """Return the whole frames that came, events aside: those are taken and acknowledged here."""
        frames: list[Frame] = []
        while True:
            used, frame = decode(self._buffer)
            self._buffer = self._buffer[used:]
            if frame is None:
                self._recorder.add("<", bytes(used))  # its length alone: half a frame may be a pressed key
                return frames
            if frame.version != VERSION:
                said = f"the board speaks version {frame.version}, not {VERSION}"
                raise DeviceError(*_OTHER_VERSION, said, {Fact.VERSION: frame.version})
            if frame.type == Type.EVENT:
                self._hear_event(frame)
            else:
                self._recorder.add("<", encode(frame))
                frames.append(frame)

    def _hear_event(self, frame: Frame) -> None:
        event = _parsed(frame, parse_event)
        # A key may be part of a citizen number, and the checksum would tell it as well (promise 2).
        private = isinstance(event.what, KeyPressed)
        self._recorder.add("<", encode(replace(frame, payload=frame.payload[:-1] + _MASK) if private else frame))
        if event.boot != self.boot:
            self.is_strange = True  # not acknowledged: the board keeps it until it has greeted
            return
        if 0 < (event.number - self.last_event) % (2 * _NEWER) < _NEWER:
            self.last_event = event.number
            self._take(event)
        self._write(encode(Frame(Type.ACKNOWLEDGE, frame.sequence, acknowledgement(event))), Deadline.after(1))


def _parsed(frame: Frame, parse: Callable[[bytes], T]) -> T:
    if frame.type == Type.REFUSED:
        code = frame.payload[0] if frame.payload else 0
        unknown = (*_BAD_LINE, f"the board refuses for a reason nobody has documented ({code})")
        raise DeviceError(*_REFUSALS.get(code, unknown))
    try:
        return parse(frame.payload)
    except MessageError as error:
        raise garbled(f"a frame of type {frame.type:02X} makes no sense: {error}") from error
