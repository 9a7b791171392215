"""The production driver under its worker, at the wire of the simulated board, through every fault it can have."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from drivers.auxiliaries import CADENCE, AuxiliaryBoard, LineOptions
from drivers.auxiliaries_codec import decode
from drivers.auxiliaries_messages import Type
from drivers.auxiliaries_model import (
    UNKNOWN,
    AuxiliaryState,
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
    ReadState,
    SetReaderLight,
    SetStatusLight,
    StatusLight,
    Ups,
    unknown_state,
)
from drivers.deadline import Deadline
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DataReady,
    DeviceClass,
    DeviceStatus,
    Event,
    HealthLevel,
    StatusReport,
    SupplyStatus,
)
from drivers.recorder import FlightRecorder
from drivers.registry import lookup
from drivers.sim.auxiliaries import AuxiliarySimulator
from drivers.transport import Direction
from drivers.worker import DeviceWorker
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

RED = StatusLight(Colour.RED, blinking=True)
SHOWN = {"light": "red", "blinking": True, "lit": ["tray"]}


@dataclass(frozen=True, slots=True)
class Dance(Command[None]):
    """What no board can."""


class Kiosk:
    """A board, its driver and its worker; reopened sooner than in service."""

    def __init__(self, folder: Path, lacks: tuple[str, ...] = (), recorder: FlightRecorder | None = None) -> None:
        self.heard: list[tuple[float, object]] = []
        self.board = AuxiliarySimulator(folder / "auxiliaries", lacks=lacks)
        self.recorder = recorder or FlightRecorder()
        self.driver = AuxiliaryBoard(str(self.board.link), LineOptions(), self.recorder, sleep=lambda _seconds: None)
        cadence = replace(CADENCE, reconnect=(0.02, 0.05))
        self.events: list[Event] = []
        self.worker = DeviceWorker(
            "auxiliaries",
            DeviceClass.AUXILIARIES,
            self.driver,
            self.hear,
            cadence=cadence,
            recorder=self.recorder,
        )

    def hear(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, DataReady):
            self.heard.append((time.monotonic(), event.data.reveal()))

    def start(self) -> None:
        self.board.start()
        self.worker.start()
        self.wait_for(DeviceStatus.ONLINE)

    def stop(self) -> None:
        self.worker.stop(Deadline.after(5))
        self.board.stop()

    def wait_for(self, status: DeviceStatus) -> None:
        eventually(lambda: self.worker.status.device is status)

    def do(self, action: str, **more: object) -> dict[str, object]:
        return self.board.do(action, **more) or {}

    def shows(self) -> dict[str, object]:
        """Return what the board's lights show."""
        state = self.do("state")
        return {name: state[name] for name in SHOWN}

    def keys(self) -> str:
        """Return the keys the kiosk was told, in their order."""
        return "".join(what.key for _, what in self.heard if isinstance(what, KeyPressed))

    def states(self) -> list[AuxiliaryState]:
        return [what for _, what in self.heard if isinstance(what, AuxiliaryState)]

    def set_lights(self) -> None:
        self.worker.execute(SetStatusLight(RED), 5).result(6)
        self.worker.execute(SetReaderLight(ReaderLight.TRAY), 5).result(6)


@pytest.fixture
def kiosk(nothing_left: None, tmp_path: Path) -> Iterator[Kiosk]:  # noqa: ARG001 - it shall watch the threads
    kiosk = Kiosk(tmp_path)
    kiosk.start()
    yield kiosk
    kiosk.stop()


@pytest.fixture
def quick_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four heartbeats a second, where a test waits for two of them."""
    monkeypatch.setattr("drivers.auxiliaries._HEARTBEAT_SECONDS", 0.25)


def error_of(future: Future[Any]) -> DeviceError:
    error = future.exception(15)
    assert isinstance(error, DeviceError)
    return error


def verdict(error: DeviceError | None) -> tuple[CompletionCode, Reason, ErrorAction] | None:
    return None if error is None else (error.code, error.reason, error.action)


def test_it_is_found_by_its_name_and_polled_without_pause() -> None:
    """Promise 3: kiosk.toml names class and driver; a key waits for no poll."""
    found = lookup(DeviceClass.AUXILIARIES, "line")
    assert (found.factory, found.options, found.cadence.poll) == (AuxiliaryBoard, LineOptions, 0.0)


# ---- what the board says


def test_a_quiet_board_says_so(kiosk: Kiosk) -> None:
    """Promise 4: every part, as it is."""
    eventually(kiosk.states)
    assert kiosk.states()[-1] == AuxiliaryState(
        DoorStatus.CLOSED,
        Proximity(Presence.NOT_PRESENT),
        StatusLight(Colour.OFF),
        ReaderLight.NONE,
        Ups(PowerSource.MAINS, is_low=False, charge_percent=100),
        KeySwitch.OFF,
        Headphones.UNPLUGGED,
        has_keypad=True,
    )
    assert kiosk.worker.status == StatusReport(DeviceStatus.ONLINE, supplies={"battery": SupplyStatus.FULL})
    assert kiosk.driver.information.serial_number == "SIM-0001"


@pytest.mark.parametrize(
    ("action", "part", "value"),
    [
        ("open_door", "door", DoorStatus.OPEN),
        ("come", "proximity", Proximity(Presence.PRESENT, 600)),
        ("mains_off", "ups", Ups(PowerSource.BATTERY, is_low=False, charge_percent=90, minutes_left=25)),
        ("battery_low", "ups", Ups(PowerSource.BATTERY, is_low=True, charge_percent=12, minutes_left=3)),
        ("key_on", "service_key", KeySwitch.ON),
        ("plug", "headphones", Headphones.PLUGGED),
    ],
)
def test_what_happens_reaches_the_kiosk_within_100_ms(kiosk: Kiosk, action: str, part: str, value: object) -> None:
    """Promise 4: once, and at once."""
    eventually(kiosk.states)
    delays = []
    for _ in range(3):  # a busy machine may be late once
        kiosk.do("rest")
        eventually(lambda: getattr(kiosk.states()[-1], part) != value)
        start, before = time.monotonic(), len(kiosk.heard)
        kiosk.do(action)
        eventually(lambda: getattr(kiosk.states()[-1], part) == value)
        told = [at for at, what in kiosk.heard[before:] if isinstance(what, AuxiliaryState)]
        delays.append(told[0] - start)
    assert min(delays) < 0.1
    assert kiosk.driver.state == kiosk.states()[-1] == kiosk.worker.execute(ReadState(), 5).result(6)


@pytest.mark.parametrize(
    ("action", "reason", "battery"),
    [
        ("open_door", Reason.DOOR_OPEN, SupplyStatus.FULL),
        ("mains_off", Reason.ON_BATTERY, SupplyStatus.FULL),
        ("battery_low", Reason.BATTERY_LOW, SupplyStatus.LOW),
    ],
)
def test_what_staff_must_see_to_is_named_and_passes(
    kiosk: Kiosk, action: str, reason: Reason, battery: SupplyStatus
) -> None:
    """Promise 8: the board is well, and centre staff must act; and when they have, nobody must."""
    kiosk.do(action)
    eventually(lambda: kiosk.worker.status.error is not None)
    report = kiosk.worker.status
    assert report.error is not None
    assert (report.device, report.error.reason, report.error.action) == (DeviceStatus.ONLINE, reason, ErrorAction.CLEAR)
    assert report.supplies == {"battery": battery}
    kiosk.do("rest")
    eventually(
        lambda: kiosk.worker.status == StatusReport(DeviceStatus.ONLINE, supplies={"battery": SupplyStatus.FULL})
    )


def test_a_board_says_what_it_lacks_and_is_not_asked_for_it(nothing_left: None, tmp_path: Path) -> None:  # noqa: ARG001 - it watches
    """Promise 4: None is not unknown."""
    kiosk = Kiosk(tmp_path, lacks=("door", "ups", "status_light", "keypad"))
    kiosk.start()
    state = kiosk.driver.state
    assert (state.door, state.ups, state.status_light, state.has_keypad) == (None, None, None, False)
    assert kiosk.worker.status.supplies == {}
    error = error_of(kiosk.worker.execute(SetStatusLight(RED), 5))
    assert verdict(error) == (CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.CONFIGURATION)
    assert "no status light" in error.detail
    kiosk.worker.execute(SetReaderLight(ReaderLight.TRAY), 5).result(6)
    assert kiosk.do("state")["lit"] == ["tray"]
    kiosk.stop()


def test_lights_are_set(kiosk: Kiosk) -> None:
    """Promise 6: the light says where to put the card."""
    kiosk.set_lights()
    assert kiosk.shows() == SHOWN
    assert (kiosk.driver.state.status_light, kiosk.driver.state.reader_lights) == (RED, ReaderLight.TRAY)


# ---- keys: none lost, none doubled


def press(kiosk: Kiosk, keys: str) -> None:
    for key in keys:
        kiosk.do("press", key=key)


def test_a_key_reaches_the_kiosk_within_100_ms(kiosk: Kiosk) -> None:
    """Promise 6: whoever types sees it."""
    delays = []
    for _ in range(5):  # a busy machine may be late once
        before, start = len(kiosk.keys()), time.monotonic()
        kiosk.do("press", key="5")
        eventually(lambda before=before: len(kiosk.keys()) > before)  # type: ignore[misc]  # mypy knows no default here
        delays.append(kiosk.heard[-1][0] - start)
    assert min(delays) < 0.1


def test_keys_pressed_at_once_come_in_their_order(kiosk: Kiosk) -> None:
    """Promise 4: all twelve."""
    press(kiosk, "0123456789*#")
    eventually(lambda: len(kiosk.keys()) >= 12)
    assert kiosk.keys() == "0123456789*#"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("fault", ["noise", "lost_bytes", "dribble", "duplicate_events", "lost_acknowledgements"])
def test_a_bad_line_loses_no_key_and_doubles_none(kiosk: Kiosk, fault: str, seed: int) -> None:
    """Promise 4: what was typed is what was pressed, whatever the line does to bytes and acknowledgements."""
    until = {"after_seconds": 0.4} if fault == "lost_acknowledgements" else None
    kiosk.do("fault", name=fault, seed=seed, until=until)
    press(kiosk, "320581")
    eventually(lambda: len(kiosk.keys()) >= 6)
    eventually(lambda: kiosk.do("state")["waiting"] == 0)
    assert kiosk.keys() == "320581"


def test_keys_pressed_while_the_board_works_for_the_kiosk_are_not_lost(kiosk: Kiosk) -> None:
    """Promise 4: an event that comes in the place of an answer is taken, and the answer waited for."""
    futures = [kiosk.worker.execute(SetStatusLight(StatusLight(colour)), 5) for colour in Colour]
    press(kiosk, "123")
    for future in futures:
        future.result(6)
    eventually(lambda: kiosk.keys() == "123")


def test_keys_pressed_before_the_kiosk_was_there_are_nobodys(nothing_left: None, tmp_path: Path) -> None:  # noqa: ARG001 - it watches
    """Promise 2: they are not typed into the first visit."""
    kiosk = Kiosk(tmp_path)
    kiosk.board.start()
    press(kiosk, "12345")
    kiosk.worker.start()
    kiosk.wait_for(DeviceStatus.ONLINE)
    kiosk.do("press", key="7")
    eventually(kiosk.keys)
    assert kiosk.keys() == "7"
    kiosk.stop()


def test_keys_pressed_while_the_cable_was_out_for_a_moment_are_not_lost(kiosk: Kiosk) -> None:
    """Promise 4: the same visit goes on."""
    press(kiosk, "1")
    eventually(lambda: kiosk.keys() == "1")
    kiosk.do("fault", name="vanish", until={"after_seconds": 0.3})
    eventually(lambda: not kiosk.board.link.is_symlink())
    press(kiosk, "23")
    eventually(lambda: kiosk.keys() == "123")


class Whole(FlightRecorder):
    """A recorder that keeps everything it is given, before its own masking."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[bytes] = []

    def add(self, direction: Direction, data: bytes) -> None:
        super().add(direction, data)
        if direction == "<" and data:
            self.given.append(data)


def test_nothing_pressed_is_left_in_frames_events_or_log(
    nothing_left: None,  # noqa: ARG001 - it watches
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Promise 2: the recorder is given the same key whichever it was, and of a torn frame its length alone."""
    recorder = Whole()
    kiosk = Kiosk(tmp_path, recorder=recorder)
    kiosk.start()
    kiosk.do("fault", name="half_frame", until={"after_seconds": 0.2})
    press(kiosk, "289")
    eventually(lambda: kiosk.keys() == "289")
    kiosk.stop()
    frames = [(used, frame) for used, frame in map(decode, recorder.given) if frame is not None]
    noise = [data for data in recorder.given if decode(data)[1] is None]
    keys = {frame.payload[4:] for _, frame in frames if frame.type == Type.EVENT}
    assert keys == {b"\x06?"}
    assert noise
    assert not any(map(any, noise)), "of a torn frame more than its length was kept"
    assert repr(KeyPressed("7")) == "KeyPressed()"
    assert "KeyPressed(key" not in f"{caplog.text} {kiosk.events}"


# ---- what was known, and what was lit, when the board was away

GARBLED = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
NO_ANSWER = (CompletionCode.TIME_OUT, Reason.NO_ANSWER, ErrorAction.RESET)
GONE = (CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)
VERSION = (CompletionCode.HARDWARE_ERROR, Reason.WRONG_VERSION, ErrorAction.MAINTENANCE)


@pytest.mark.parametrize(
    ("fault", "expected", "status"),
    [
        ("garbage", GARBLED, DeviceStatus.HARDWARE_ERROR),
        ("half_frame", GARBLED, DeviceStatus.HARDWARE_ERROR),
        ("silent", NO_ANSWER, DeviceStatus.POWER_OFF),
        ("wrong_version", VERSION, DeviceStatus.HARDWARE_ERROR),
        ("vanish", GONE, DeviceStatus.POWER_OFF),
    ],
)
def test_what_was_known_is_unknown_and_the_lights_come_back(
    kiosk: Kiosk, fault: str, expected: tuple[CompletionCode, Reason, ErrorAction], status: DeviceStatus
) -> None:
    """Promises 3 and 4: whatever took the board away."""
    kiosk.do("open_door")
    eventually(lambda: kiosk.driver.state.door is DoorStatus.OPEN)
    kiosk.set_lights()
    kiosk.do("fault", name=fault, seed=3)
    if fault == "vanish":
        eventually(lambda: not kiosk.board.link.is_symlink())
    kiosk.wait_for(status)
    assert verdict(kiosk.worker.status.error) == expected
    assert kiosk.worker.status.supplies == {"battery": SupplyStatus.UNKNOWN}
    eventually(lambda: kiosk.driver.state == unknown_state(Part(0xFF)))
    eventually(lambda: kiosk.states()[-1].status_light is UNKNOWN)
    kiosk.do("heal")
    kiosk.wait_for(DeviceStatus.ONLINE)
    eventually(lambda: kiosk.shows() == SHOWN)
    assert kiosk.worker.execute(ReadState(), 5).result(6).door is DoorStatus.OPEN


@pytest.mark.usefixtures("quick_heart")
def test_a_board_that_stands_still_is_not_believed(kiosk: Kiosk) -> None:
    """Promise 4: it says the door is shut, and its clock does not move: the door is unknown."""
    kiosk.do("fault", name="frozen")
    kiosk.wait_for(DeviceStatus.HARDWARE_ERROR)
    assert kiosk.states()[-1] == unknown_state(Part(0xFF))
    assert kiosk.worker.status.supplies == {"battery": SupplyStatus.UNKNOWN}


@pytest.mark.usefixtures("quick_heart")
def test_a_board_that_starts_anew_gets_its_lights_again_and_its_keys_are_heard(kiosk: Kiosk) -> None:
    """Promise 3: nobody has to come; a key pressed after it is typed once."""
    kiosk.set_lights()
    kiosk.do("fault", name="reboot")
    eventually(lambda: kiosk.shows()["light"] == "off")
    press(kiosk, "42")
    eventually(lambda: kiosk.shows() == SHOWN)
    eventually(lambda: kiosk.keys() == "42")
    kiosk.wait_for(DeviceStatus.ONLINE)


@pytest.mark.usefixtures("quick_heart")
def test_a_light_that_somebody_else_changed_is_set_right(kiosk: Kiosk) -> None:
    """Promise 4: the heartbeat sees what the lights show."""
    kiosk.set_lights()
    kiosk.board._set_places(b"\x01")
    eventually(lambda: kiosk.shows() == SHOWN)


# ---- self-tests


def test_the_silent_self_test_tells_every_part(kiosk: Kiosk) -> None:
    """Promise 8: without a flash."""
    kiosk.set_lights()
    report = kiosk.worker.execute(CheckHealth(), 5).result(6)
    assert (report.status, report.action, report.information.model_name) == (
        DeviceStatus.ONLINE,
        None,
        "Budayang AUX-8",
    )
    assert "door CLOSED, presence NOT_PRESENT, power MAINS, charge 100 %" in report.detail
    assert kiosk.shows() == SHOWN


def test_the_outer_self_test_shows_each_light_and_sets_back_what_was_lit(kiosk: Kiosk) -> None:
    """Promise 8: a technician sees each colour and each place."""
    kiosk.set_lights()
    before = len(kiosk.states())
    report = kiosk.worker.execute(CheckHealth(HealthLevel.EXTERNAL), 10).result(12)
    assert "each light was lit in turn" in report.detail
    assert kiosk.shows() == SHOWN
    eventually(lambda: kiosk.states()[-1].reader_lights is ReaderLight.TRAY)
    shown = kiosk.states()[before:]
    assert {light.colour for state in shown if isinstance(light := state.status_light, StatusLight)} == set(Colour)
    assert {state.reader_lights for state in shown} >= set(ReaderLight)


def test_the_test_with_a_person_waits_for_a_key_and_keeps_it_to_itself(kiosk: Kiosk) -> None:
    """Promise 8: pressed and heard is proven; it is typed into no page."""
    future = kiosk.worker.execute(CheckHealth(HealthLevel.INTERACTIVE), 10)
    eventually(future.running)
    kiosk.do("press", key="7")
    assert "key 7 was pressed" in future.result(12).detail
    assert kiosk.keys() == ""


def test_a_test_with_nobody_there_says_that_nothing_is_proven(kiosk: Kiosk) -> None:
    """Promise 4: no key is neither a good keypad nor a bad one; a technician must look."""
    report = kiosk.worker.execute(CheckHealth(HealthLevel.INTERACTIVE), 0.8).result(3)
    assert (report.status, report.action) == (DeviceStatus.ONLINE, ErrorAction.MAINTENANCE)
    assert "not proven" in report.detail


def test_a_test_can_be_cancelled(kiosk: Kiosk) -> None:
    """Promise 6: whoever leaves does not leave it waiting."""
    future = kiosk.worker.execute(CheckHealth(HealthLevel.INTERACTIVE), 60)
    eventually(future.running)
    kiosk.worker.cancel()
    assert error_of(future).code is CompletionCode.CANCELED


def test_a_command_of_another_device_is_refused(kiosk: Kiosk) -> None:
    """Promise 8: a mix-up is a developer's matter."""
    assert error_of(kiosk.worker.execute(Dance(), 5)).action is ErrorAction.SOFTWARE_ERROR


def test_waiting_for_keys_costs_next_to_nothing(kiosk: Kiosk) -> None:
    """Promise 3: a kiosk that waits all night does not burn its processor: one request a second, and no spinning."""
    polls = 0
    poll = kiosk.driver.poll

    def counted(deadline: Deadline) -> StatusReport:
        nonlocal polls
        polls += 1
        return poll(deadline)

    frames = len(kiosk.recorder.dump())
    kiosk.driver.poll = counted  # type: ignore[method-assign]  # looked through, not replaced
    eventually(lambda: len(kiosk.recorder.dump()) >= frames + 2)
    assert polls <= 25
