"""A device's frames as they pass, beside what its codec makes of them; recorded to a file, and played back from one.

One decision: the production driver is watched, not imitated: its own flight recorder is given eyes. What is shown and
written is masked; what is played back runs through the same driver again.
"""

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from drivers.deadline import Deadline
from drivers.device import Driver
from drivers.errors import DeviceError, Reason
from drivers.model import CheckHealth, HealthLevel, StatusReport
from drivers.recorder import FlightRecorder
from drivers.session import Frame, Head, masked_hex, read_session
from drivers.transport import Direction
from kiosk.config import DeviceConfig
from kiosk.words import Words
from roles.diagnose_finding import HEALTH_SECONDS, OPEN_SECONDS
from roles.diagnose_frames import meaning

POLL_SECONDS = 2.0
_MOST_POLLS = 10_000  # a session of that many polls has lasted for hours
_POLL = "poll"
_SHOWN_BYTES = 32
_SURE = 8  # so many bytes of a masked frame are found in no other by chance


class Tap(FlightRecorder):
    """A flight recorder that hands each frame on when the other side speaks, or at `flush`."""

    def __init__(self, show: Callable[[float, Direction, bytes], None]) -> None:
        super().__init__()
        self._show = show
        self._start = time.monotonic()
        self._at = 0.0
        self._direction: Direction = ">"
        self._frame = b""

    def add(self, direction: Direction, data: bytes) -> None:
        """Take a chunk that passed."""
        super().add(direction, data)
        if direction != self._direction:
            self.flush()
        if not self._frame:
            self._at, self._direction = time.monotonic() - self._start, direction
        self._frame += data

    def flush(self) -> None:
        """Hand on what has come of the frame."""
        frame, self._frame = self._frame, b""
        if frame:
            self._show(self._at, self._direction, frame)


@dataclass(frozen=True, slots=True)
class Said:
    """What the driver made of one of its calls; `masked`: a hidden frame was among what it had to read."""

    call: str
    text: str
    masked: bool = False


class Watcher:
    """Shows one device's frames and what the driver says, and remembers the frames, masked."""

    def __init__(self, console: Console, words: Words, device: DeviceConfig, level: HealthLevel) -> None:
        self._console = console
        self._words = words
        self._device = device
        self._level: HealthLevel | None = None if level is HealthLevel.INTERNAL else level
        self._hidden: tuple[bytes, ...] = ()
        self._met_hidden = False
        self._gone = False
        self.frames: list[Frame] = []
        self.said: list[Said] = []

    @property
    def head(self) -> Head:
        """What the session is of."""
        device = self._device
        return Head(device.name, device.device_class, device.driver, self._level)

    def watch(self, seconds: float) -> None:
        """Open the device and look at it until `seconds` are over, once at least; every call has its own deadline."""
        end = time.monotonic() + seconds
        with closing(self._calls(self._device)) as calls:
            for each in calls:
                self._say(each)
                if each.call != _POLL:
                    continue
                time.sleep(min(POLL_SECONDS, max(0.0, end - time.monotonic())))
                if time.monotonic() >= end:
                    return

    def replay(self, file: Path) -> None:
        """Play `file` to the driver until it is at its end; SessionError when it is no session."""
        head, frames = read_session(file)
        self._hidden = tuple(frame.data for frame in frames if frame.masked)
        self._level = None if head.level is None else HealthLevel(head.level)
        device = replace(self._device, url=f"replay://{file.resolve()}")
        for each in self._calls(device):
            self._say(each)
            if self._gone:
                return  # the end of the session, or where the driver and the recording part

    def _calls(self, device: DeviceConfig) -> Generator[Said, None, None]:
        """Yield what the driver makes of opening, the self-test if one is wanted, and polls without end."""
        tap = Tap(self._passed)
        driver = device.registration.factory(device.url, device.options, tap)
        try:
            yield self._call(tap, "open", lambda: _open(driver))
            level = self._level
            if level is not None:
                yield self._call(tap, "check_health", lambda: _check(driver, level))
            for _ in range(_MOST_POLLS):
                yield self._call(tap, _POLL, lambda: _status(driver.poll(Deadline.after(OPEN_SECONDS))))
        finally:
            driver.close()

    def _call(self, tap: Tap, name: str, call: Callable[[], str]) -> Said:
        self._met_hidden = False
        try:
            text = call()
        except DeviceError as error:
            self._gone = error.reason is Reason.GONE
            text = str(error)
        tap.flush()
        return Said(name, text, self._met_hidden)

    def _passed(self, at: float, direction: Direction, data: bytes) -> None:
        if direction == "<" and len(data) >= _SURE and any(data in hidden for hidden in self._hidden):
            self._met_hidden = True
            frame = next(hidden for hidden in self._hidden if data in hidden)
            told, personal = self._words.say("health.watch.masked", count=len(frame)), True
        else:
            made = meaning(self._device.driver, direction, data)
            told, personal = made.text, made.personal
            self._met_hidden |= bool(self._hidden) and direction == ">" and personal  # it cannot be compared
        frame_shown = Frame(round(at, 3), direction, masked_hex(data, personal=personal), told)
        self.frames.append(frame_shown)
        self._console.print(_line(frame_shown))

    def _say(self, said: Said) -> None:
        self.said.append(said)
        text = Text(f"         = {said.call}: {said.text}", "bold")
        if said.masked:
            text.append(f"  [{self._words.say('health.watch.was_masked')}]", "magenta")
        self._console.print(text)


def _open(driver: Driver) -> str:
    driver.open(Deadline.after(OPEN_SECONDS))
    told = driver.information
    return " ".join(filter(None, (told.model_name, told.serial_number, told.firmware))) or "ok"


def _check(driver: Driver, level: HealthLevel) -> str:
    return driver.execute(CheckHealth(level), Deadline.after(HEALTH_SECONDS[level]), lambda: False).detail


def _status(report: StatusReport) -> str:
    supplies = "".join(f", {name} {status}" for name, status in report.supplies.items())
    return f"{report.device}{supplies}{f', {report.error}' if report.error else ''}"


def _line(frame: Frame) -> Text:
    bytes_ = frame.hex.split()
    shown = bytes_ if len(bytes_) <= _SHOWN_BYTES else [*bytes_[:5], f"… {len(bytes_) - 7} …", *bytes_[-2:]]
    style = "cyan" if frame.direction == "<" else "green"
    return Text.assemble(f"{frame.at:8.3f} ", (f"{frame.direction} {' '.join(shown)}", style), f"   {frame.meaning}")
