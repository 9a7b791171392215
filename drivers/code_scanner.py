"""The code scanner: a serial line, a USB port that behaves as one, or the same bytes over TCP.

One decision: a code is somebody's, so it is taken only while it is asked for. What was shown before the asking, or
glued behind the code that answered it, is dropped and counted, never kept and never an event (promise 2).
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

from drivers.code_scanner_codec import BETWEEN, Charset, Code, Framing, Symbology, decode, parse_code
from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Reason
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
    Told,
)
from drivers.recorder import FlightRecorder
from drivers.registry import register
from drivers.transport import Direction, Recording, Transport, open_transport

__all__ = ["Code", "CodeScanner", "CodeScannerOptions", "ReadCode", "Symbology"]

T = TypeVar("T")
Trigger = Literal["none", "honeywell", "newland", "datalogic"]

_TRIGGERS: dict[Trigger, tuple[bytes, bytes]] = {
    "none": (b"", b""),
    "honeywell": (b"\x16T\r", b"\x16U\r"),
    "newland": (b"\x1b1", b"\x1b0"),
    "datalogic": (b"E", b"D"),
}
"""Model -> (start, stop) as their manuals have them. "none": the scanner looks by itself when something is shown."""

_TRIGGER_AGAIN = 5.0  # a scanner that was triggered gives up by itself after a while, mostly 30 s
_BREATH = 0.05  # how often a wait looks whether it was cancelled
_QUIET = 0.05  # after so much silence nothing is on its way any more; at 9600 baud a byte takes 1 ms
_HALF = 0.3  # so long the rest of a code is waited for
_GRACE = 3.0  # a code that has begun at the deadline is still taken
_LONGEST_CODE = 10.0  # the largest code takes 7.4 s at 9600 baud; a line that talks on is no code
_LONGEST_DROP = 1.0  # a line that talks without pause must not hold the dropping for ever
_SHORTEST_GAP, _LONGEST_GAP = 0.05, 2.0
_WRITE = 0.5
_CHUNK = 4096
_SHOWN = 0x20  # bytes below are controls; above them is what a code holds, and that is not recorded


@dataclass(frozen=True, slots=True)
class CodeScannerOptions:
    """As the scanner was set with its setting codes.

    Attributes:
        baud: the line's speed.
        framing: what ends a code: "cr", "lf", "crlf", "tab", "stx_etx", or "idle" (silence alone).
        gap: framing "idle": the silence that ends a code, in seconds.
        aim: whether an AIM identifier such as ``]Q1`` stands before each code.
        charset: "utf-8", "gb18030", or "auto": valid UTF-8, else GB 18030.
        trigger: whose start and stop commands it takes: "honeywell", "newland", "datalogic"; "none": it needs none.
    """

    baud: int = 9600
    framing: Framing = "cr"
    gap: float = 0.1
    aim: bool = False
    charset: Charset = "auto"
    trigger: Trigger = "none"

    def __post_init__(self) -> None:
        if not _SHORTEST_GAP <= self.gap <= _LONGEST_GAP:
            raise ValueError(f"a gap is between {_SHORTEST_GAP} and {_LONGEST_GAP} seconds")


@dataclass(frozen=True, slots=True)
class ReadCode(Command[Sensitive[Code]]):
    """Wait for a code until the deadline. Codes shown before are not it.

    Fails with TIME_OUT/NO_MEDIA when none came, HARDWARE_ERROR/GARBLED when one broke off or was too long,
    INVALID_DATA/GARBLED or /CHARSET_DATA when it is no text, and as every device.
    """


@register(DeviceClass.CODE_SCANNER, "serial", options=CodeScannerOptions)
class CodeScanner:
    """The driver. See `drivers.device.Driver`."""

    def __init__(self, url: str, options: CodeScannerOptions, recorder: FlightRecorder) -> None:
        self._url = url
        self._options = options
        self._recorder = recorder
        self._transport: Transport | None = None
        self._silence = options.gap if options.framing == "idle" else _HALF
        self.asked = 0  # how often it began to listen for a code, and
        self.dropped = 0  # how many codes came that nobody had asked for: since this driver was made

    def __str__(self) -> str:
        return f"code scanner at {self._url}"

    @property
    def information(self) -> DeviceInformation:
        """Nothing: what a scanner tells of itself, each make tells in words of its own."""
        return DeviceInformation()

    def open(self, deadline: Deadline) -> None:
        """Take the port. A scanner cannot be greeted: it only speaks when something is shown to it."""
        self.close()
        inner = open_transport(self._url, baud=self._options.baud, deadline=deadline)
        self._transport = Recording(inner, self._record)

    def close(self) -> None:
        """Let go of the port."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def poll(self, deadline: Deadline) -> StatusReport:
        """Look whether the port is there, and drop what was shown to it. ONLINE says no more than that."""
        self._drop_unasked(deadline)
        return StatusReport(DeviceStatus.ONLINE)

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `ReadCode` or `CheckHealth`."""
        if isinstance(command, ReadCode):
            return cast(T, Sensitive(self._read_code(deadline, cancelled)))
        if isinstance(command, CheckHealth):
            return cast(T, self._check_health(command.level, deadline, cancelled))
        raise unsupported(command)

    def _read_code(self, deadline: Deadline, cancelled: Callable[[], bool]) -> Code:
        self._drop_unasked(deadline)
        start, stop = _TRIGGERS[self._options.trigger]
        try:
            frame = self._await_frame(start, deadline, cancelled)
        finally:
            if stop:
                # What became of the waiting matters more; a port that went is told by the next poll.
                with contextlib.suppress(DeviceError):
                    self._opened().write(stop, Deadline.after(_WRITE))
        return parse_code(frame, aim=self._options.aim, charset=self._options.charset)

    def _await_frame(self, start: bytes, deadline: Deadline, cancelled: Callable[[], bool]) -> bytes:
        """Return the first frame that comes; the rest behind it is nobody's."""
        self.asked += 1
        buffer, heard = b"", False
        again = silence = Deadline.after(0)
        last = deadline
        while not last.expired:
            if cancelled():
                raise canceled()
            if start and again.expired and not heard:
                self._opened().write(start, deadline.sooner(_WRITE))
                again = Deadline.after(_TRIGGER_AGAIN)
            data = self._listen(last.sooner(_BREATH))
            if data.strip(BETWEEN) and not heard:
                heard, last = True, Deadline.after(min(_LONGEST_CODE, deadline.remaining() + _GRACE))
            silence = Deadline.after(self._silence) if data else silence
            ended = heard and silence.expired
            buffer += data
            used, frame = decode(buffer, self._options.framing, silent=ended)
            if frame is not None:
                self._count(buffer[used:])
                return frame
            buffer = buffer[used:]
            if ended:
                break
        raise self._broken() if heard else _no_code()

    def _listen(self, deadline: Deadline) -> bytes:
        """Return what comes, nothing if nothing does."""
        try:
            return self._opened().read(_CHUNK, deadline)
        except DeviceTimeout:
            return b""

    def _drop_unasked(self, deadline: Deadline) -> None:
        """Drop what was shown unasked, to the end: the second half of a code would pass for a whole one."""
        limit = deadline.sooner(_LONGEST_DROP)
        buffer = b""
        while (data := self._listen(limit.sooner(_QUIET))) and not limit.expired:
            buffer = self._count(buffer + data)
        if buffer.strip(BETWEEN):
            self.dropped += 1

    def _count(self, buffer: bytes) -> bytes:
        """Count the whole codes in `buffer` as dropped, and return the rest."""
        while True:
            used, frame = decode(buffer, self._options.framing)
            buffer = buffer[used:]
            if frame is None:
                return buffer
            self.dropped += 1

    def _check_health(self, level: HealthLevel, deadline: Deadline, cancelled: Callable[[], bool]) -> HealthReport:
        """INTERNAL: the port. EXTERNAL: a test code is shown. INTERACTIVE: it is shown twice and must say the same."""
        report = self.poll(deadline)
        detail = "the port is open; only a code shows whether the scanner at it works"
        told = Told("port_open")
        if level is not HealthLevel.INTERNAL:
            code = self._read_code(deadline, cancelled)
            kind = code.symbology or "of a kind it does not tell"
            detail = f"a test code was read: {kind}, {code.length} bytes, {code.charset}"
            size: dict[str, str | int] = {"length": code.length, "charset": code.charset}
            told = Told("code_read", {"symbology": code.symbology or "untold", **size})
            if level is HealthLevel.INTERACTIVE and self._read_code(deadline, cancelled) != code:
                detail = "a test code shown twice was read in two ways; compare the scanner's setting with kiosk.toml"
                return HealthReport(
                    level,
                    DeviceStatus.HARDWARE_ERROR,
                    detail,
                    ErrorAction.CONFIGURATION,
                    told=(Told("code_read_two_ways"),),
                )
        dropped = Told("codes_dropped", {"count": self.dropped})
        detail = f"{detail}; {self.dropped} codes came unasked and were dropped"
        return HealthReport(level, report.device, detail, told=(told, dropped))

    def _opened(self) -> Transport:
        if self._transport is None:
            raise DeviceGone(f"{self}: closed")
        return self._transport

    def _record(self, direction: Direction, data: bytes) -> None:
        """Record what came without what it says: a code has no head that is not the person's own."""
        shown = bytes(byte if byte < _SHOWN else ord("*") for byte in data) if direction == "<" else data
        self._recorder.add(direction, shown)

    def _broken(self) -> DeviceError:
        detail = f"{self}: bytes came, but no whole code with the end that kiosk.toml says ({self._options.framing})"
        return DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET, detail)


def _no_code() -> DeviceError:
    return DeviceError(CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND, "no code was shown")
