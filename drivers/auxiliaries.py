"""The auxiliaries behind one serial line: door, proximity, lights, UPS, service key, headphones, keypad.

One decision: a poll is a short wait at the line, so that a pressed key is told within milliseconds; once a second it is
a request for the whole state, which is the heartbeat of both ends, and mends whatever lights the board has lost.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from drivers.auxiliaries_line import Line
from drivers.auxiliaries_messages import (
    EventMessage,
    Report,
    Type,
    parse_failed,
    parse_report,
    reader_lights_request,
    status_light_request,
)
from drivers.auxiliaries_model import (
    AuxiliaryState,
    Colour,
    KeyPressed,
    Part,
    ReaderLight,
    ReadState,
    SetReaderLight,
    SetStatusLight,
    StatusLight,
    changed,
    unknown_state,
)
from drivers.auxiliaries_status import described, parts_told, status_report
from drivers.cadence import Cadence
from drivers.deadline import Deadline
from drivers.device import canceled, unsupported
from drivers.errors import CompletionCode, DeviceError, DeviceGone, ErrorAction, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    StatusReport,
    Told,
    told_error,
)
from drivers.recorder import FlightRecorder
from drivers.registry import register
from drivers.transport import open_transport

__all__ = ["AuxiliaryBoard", "KeyPressed", "LineOptions", "ReadState", "SetReaderLight", "SetStatusLight"]

T = TypeVar("T")
EVERYTHING = Part(sum(Part))
CADENCE = Cadence(poll=0.0)  # the waiting is done at the line
_LISTEN_SECONDS = 0.1  # so long a command waits at most for the poll before it
_HEARTBEAT_SECONDS = 1.0
_GREETING_SECONDS = 2.0
_STANDSTILL_SECONDS = 0.2  # a clock of milliseconds has surely moved by then
_SHOW_SECONDS = 0.4  # each light of the outer self-test
_SPARE_SECONDS = 0.5  # kept of a test's time for its report


@dataclass(frozen=True, slots=True)
class LineOptions:
    """``baud``: the line's speed."""

    baud: int = 115200


@register(DeviceClass.AUXILIARIES, "line", options=LineOptions, cadence=CADENCE)
class AuxiliaryBoard:
    """The driver. See `drivers.device.Driver`; unasked it tells `AuxiliaryState` at each change, and `KeyPressed`."""

    def __init__(
        self, url: str, options: LineOptions, recorder: FlightRecorder, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._url = url
        self._options = options
        self._recorder = recorder
        self._sleep = sleep
        self._tell: Callable[[object], None] = _nobody_listens
        self._line: Line | None = None
        self._known: tuple[int, int] | None = None  # the board's start and its last event, of the line before
        self._fitted = EVERYTHING
        self._failed = Part(0)
        self._is_frozen = False
        self._uptime: tuple[int, Deadline] | None = None  # what it was, and from when on it must be another
        self._heartbeat = Deadline.after(0)
        self._wanted_light = StatusLight(Colour.OFF)
        self._wanted_places = ReaderLight.NONE
        self._pressed: list[KeyPressed] | None = None  # while a test wants the keys for itself
        self._information = DeviceInformation()
        self.state = unknown_state(self._fitted)

    def __str__(self) -> str:
        return f"auxiliaries at {self._url}"

    @property
    def information(self) -> DeviceInformation:
        """Model, serial number and firmware, as the board greets with them."""
        return self._information

    def tell_to(self, take: Callable[[object], None]) -> None:
        """Hand each new state and each pressed key to `take`."""
        self._tell = take

    def open(self, deadline: Deadline) -> None:
        """Take the port, greet the board, and ask for its state.

        What a board kept from before this process is nobody's; what it kept while the line was away is still told.
        """
        self.close()
        transport = open_transport(self._url, baud=self._options.baud, deadline=deadline)
        line = self._line = Line(transport, self._recorder, self._take)
        if self._known is not None:
            line.boot, line.last_event = self._known
        self._greet(deadline, forget=self._known is None)
        self._refresh(deadline)

    def close(self) -> None:
        """Let go of the port; what the board said is unknown now."""
        line, self._line = self._line, None
        if line is not None:
            if line.boot is not None:
                self._known = (line.boot, line.last_event)
            line.close()
        self._uptime = None
        self._is_frozen = False
        self._become(unknown_state(self._fitted))

    def poll(self, deadline: Deadline) -> StatusReport:
        """Wait a moment for an event; once a second ask for the state."""
        line = self._opened()
        if not self._heartbeat.expired:
            line.listen(deadline.sooner(min(_LISTEN_SECONDS, self._heartbeat.remaining())))
        if line.is_strange or self._heartbeat.expired:
            self._refresh(deadline)
        return status_report(self.state, self._failed, is_frozen=self._is_frozen)

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `SetStatusLight`, `SetReaderLight`, `ReadState` or `CheckHealth`."""
        if isinstance(command, SetStatusLight):
            self._wanted_light = command.light
            return cast("T", self._show(command.light, deadline))
        if isinstance(command, SetReaderLight):
            self._wanted_places = command.lights
            return cast("T", self._light(command.lights, deadline))
        if isinstance(command, ReadState):
            self._refresh(deadline)
            return cast("T", self.state)
        if isinstance(command, CheckHealth):
            return cast("T", self._check_health(command.level, deadline, cancelled))
        raise unsupported(command)

    # ---- the board

    def _opened(self) -> Line:
        if self._line is None:
            raise DeviceGone(f"{self}: closed")
        return self._line

    def _greet(self, deadline: Deadline, *, forget: bool) -> None:
        hello = self._opened().greet(deadline.sooner(_GREETING_SECONDS), forget=forget)
        self._fitted = hello.fitted
        self._information = DeviceInformation(hello.model or None, hello.serial or None, hello.firmware)

    def _refresh(self, deadline: Deadline) -> None:
        """Ask for the state; greet a board that has started anew, and give it its lights again."""
        line = self._opened()
        self._heartbeat = Deadline.after(0)  # until it has answered, every poll asks
        report = self._ask_state(line, deadline)
        if report.boot != line.boot or line.is_strange:
            self._greet(deadline, forget=False)
            self._uptime = None
            report = self._ask_state(line, deadline)
        # A firmware whose main loop hangs may still answer, with what was true once (promise 4).
        before, due = self._uptime or (None, Deadline.after(0))
        self._is_frozen = report.uptime_ms == before and (due.expired or self._is_frozen)
        if report.uptime_ms != before:
            self._uptime = (report.uptime_ms, Deadline.after(_STANDSTILL_SECONDS))
        self._failed = report.failed
        self._become(unknown_state(self._fitted) if self._is_frozen else report.state)
        self._mend_lights(deadline)
        self._heartbeat = Deadline.after(_HEARTBEAT_SECONDS)

    def _ask_state(self, line: Line, deadline: Deadline) -> Report:
        return line.ask(Type.STATE, b"", deadline, lambda payload: parse_report(payload, self._fitted))

    def _mend_lights(self, deadline: Deadline) -> None:
        """Set what the board shows and should not, where it has such lights and can tell."""
        light, places = self.state.status_light, self.state.reader_lights
        if isinstance(light, StatusLight) and light != self._wanted_light:
            self._show(self._wanted_light, deadline)
        if isinstance(places, ReaderLight) and places != self._wanted_places:
            self._light(self._wanted_places, deadline)

    def _show(self, light: StatusLight, deadline: Deadline) -> None:
        self._need(Part.STATUS_LIGHT)
        self._opened().set(Type.STATUS_LIGHT, status_light_request(light), deadline)
        self._become(replace(self.state, status_light=light))

    def _light(self, places: ReaderLight, deadline: Deadline) -> None:
        self._need(Part.READER_LIGHTS)
        self._opened().set(Type.READER_LIGHTS, reader_lights_request(places), deadline)
        self._become(replace(self.state, reader_lights=places))

    def _need(self, part: Part) -> None:
        if part not in self._fitted:
            detail = f"this board has no {str(part.name).lower().replace('_', ' ')}"
            code = CompletionCode.UNSUPPORTED_COMMAND
            raise DeviceError(code, Reason.REFUSED, ErrorAction.CONFIGURATION, detail)

    def _take(self, event: EventMessage) -> None:
        if not isinstance(event.what, KeyPressed):
            self._become(changed(self.state, event.what))
        elif self._pressed is not None:
            self._pressed.append(event.what)
        else:
            self._tell(event.what)

    def _become(self, state: AuxiliaryState) -> None:
        if state != self.state:
            self.state = state
            self._tell(state)

    # ---- self-tests

    def _check_health(self, level: HealthLevel, deadline: Deadline, cancelled: Callable[[], bool]) -> HealthReport:
        """INTERNAL: the board's own test. EXTERNAL: each light in turn too. INTERACTIVE: until a key is pressed.

        The key of whoever makes the test is no resident's, and nobody else is told it.
        """
        self._pressed = [] if level is HealthLevel.INTERACTIVE else None
        try:
            return self._test(level, deadline, cancelled)
        finally:
            self._pressed = None

    def _test(self, level: HealthLevel, deadline: Deadline, cancelled: Callable[[], bool]) -> HealthReport:
        self._refresh(deadline)
        self._failed = self._opened().ask(Type.SELF_TEST, b"", deadline, parse_failed)
        report = status_report(self.state, self._failed, is_frozen=self._is_frozen)
        if report.device is not DeviceStatus.ONLINE and report.error is not None:
            error = report.error
            return HealthReport(
                level, report.device, error.detail, error.action, self._information, (told_error(error),)
            )
        detail, action = described(self.state), None if report.error is None else report.error.action
        told = parts_told(self.state)
        if level is HealthLevel.EXTERNAL:
            self._show_each_light(deadline, cancelled)
            detail = f"{detail}; each light was lit in turn"
            told = (*told, Told("lights_lit"))
        elif level is HealthLevel.INTERACTIVE:
            said, wrong, key = self._wait_for_key(deadline, cancelled)
            detail, action, told = f"{detail}; {said}", wrong or action, (*told, key)
        return HealthReport(level, report.device, detail, action, self._information, told)

    def _show_each_light(self, deadline: Deadline, cancelled: Callable[[], bool]) -> None:
        try:
            for colour in Colour if Part.STATUS_LIGHT in self._fitted else ():
                self._show(StatusLight(colour), deadline)
                self._pause(cancelled)
            for place in ReaderLight if Part.READER_LIGHTS in self._fitted else ():
                self._light(place, deadline)
                self._pause(cancelled)
        finally:
            self._heartbeat = Deadline.after(0)  # whatever went wrong: the next poll sets right what is lit
        self._mend_lights(deadline)

    def _pause(self, cancelled: Callable[[], bool]) -> None:
        if cancelled():
            raise canceled()
        self._sleep(_SHOW_SECONDS)

    def _wait_for_key(self, deadline: Deadline, cancelled: Callable[[], bool]) -> tuple[str, ErrorAction | None, Told]:
        if Part.KEYPAD not in self._fitted:
            return "this board has no keypad to press", None, Told("no_keypad")
        while not self._pressed and deadline.remaining() > _SPARE_SECONDS:
            if cancelled():
                raise canceled()
            self.poll(deadline)
        if not self._pressed:
            said = "no key was pressed in time, so the keypad is not proven"
            return said, ErrorAction.MAINTENANCE, Told("no_key_pressed")
        key = self._pressed[0].key
        return f"key {key} was pressed", None, Told("key_pressed", {"pressed": key})


def _nobody_listens(_data: object) -> None:
    """Stands where the worker has not said yet whom to tell."""
