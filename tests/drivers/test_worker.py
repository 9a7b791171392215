"""The thread that owns a driver, on a clock turned by hand."""

import gc
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import pytest

from drivers.deadline import Deadline
from drivers.device import canceled
from drivers.errors import CompletionCode, DeviceError, DeviceGone, DeviceTimeout, ErrorAction, Reason
from drivers.model import (
    Command,
    DataReady,
    DeviceClass,
    DeviceInformation,
    DeviceStatus,
    ErrorRaised,
    Event,
    MediaInserted,
    MediaRemoved,
    MediaStatus,
    Sensitive,
    StatusChanged,
    StatusReport,
    SupplyStatus,
    SupplyThreshold,
)
from drivers.recorder import FlightRecorder
from drivers.worker import Cadence, DeviceWorker
from tests.drivers.helpers import HandClock, eventually

pytestmark = pytest.mark.usefixtures("nothing_left")

T = TypeVar("T")
ONLINE = StatusReport(DeviceStatus.ONLINE, MediaStatus.NOT_PRESENT, {"paper": SupplyStatus.FULL})


@dataclass(frozen=True, slots=True)
class Work(Command[str]):
    """Answered with its text, or with what the driver's script has for it."""

    text: str = "done"


@dataclass(frozen=True, slots=True)
class Hold(Command[None]):
    """Runs until it is cancelled."""


@dataclass
class Scripted:
    """A device that does what a test says next."""

    clock: HandClock
    report: StatusReport = ONLINE
    fails: Exception | None = None  # what open and poll raise
    command_fails: Exception | None = None
    information: DeviceInformation = field(default_factory=DeviceInformation)
    opens: list[float] = field(default_factory=list)
    polls: int = 0
    closes: int = 0
    holding: threading.Event = field(default_factory=threading.Event)
    stuck: threading.Event | None = None

    def open(self, deadline: Deadline) -> None:
        assert not deadline.expired
        self.opens.append(self.clock.now)
        if self.fails:
            raise self.fails

    def close(self) -> None:
        self.closes += 1

    def poll(self, deadline: Deadline) -> StatusReport:
        assert not deadline.expired
        self.polls += 1
        if self.fails:
            raise self.fails
        return self.report

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        assert not deadline.expired
        if self.command_fails:
            raise self.command_fails
        if isinstance(command, Work):
            return cast("T", command.text)
        self.holding.set()
        if self.stuck is not None:
            self.stuck.wait(20)
        while not cancelled():
            time.sleep(0.001)
        raise canceled()


class Card:
    """What a driver held in its hands when it failed."""


@dataclass
class Clumsy(Scripted):
    """A device that is asked for a card and fails with it in its hands."""

    dropped: list["weakref.ref[Card]"] = field(default_factory=list)

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        held = Card()
        self.dropped.append(weakref.ref(held))
        try:
            dict[Card, str]().pop(held)
        except KeyError as error:
            raise DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET) from error
        return super().execute(command, deadline, cancelled)


class Talkative(Scripted):
    """A device that also says what nobody asked for."""

    def tell_to(self, take: Callable[[object], None]) -> None:
        self.tell = take

    def poll(self, deadline: Deadline) -> StatusReport:
        self.tell(f"heard in poll {self.polls + 1}")
        return super().poll(deadline)

    def execute(self, command: Command[T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        self.tell("heard in a command")
        return super().execute(command, deadline, cancelled)


class Bench:
    """A worker with its scripted device and everything it said."""

    def __init__(self, clock: HandClock, kind: type[Scripted] = Scripted) -> None:
        self.clock = clock
        self.driver = kind(clock)
        self.events: list[Event] = []
        self.recorder = FlightRecorder()
        self.worker = DeviceWorker(
            "id_card",
            DeviceClass.ID_CARD_READER,
            self.driver,
            self.events.append,
            cadence=Cadence(),
            clock=clock,
            recorder=self.recorder,
        )

    def running(self) -> "Bench":
        self.worker.start()
        eventually(lambda: self.worker.status.device is DeviceStatus.ONLINE)
        return self

    def pass_time(self, seconds: float) -> None:
        """Let time pass until the worker polled or tried to open once more."""
        before = self.driver.polls + len(self.driver.opens)
        self.clock.advance(seconds)
        eventually(lambda: self.driver.polls + len(self.driver.opens) > before)

    def polled_since(self, polls: int) -> None:
        """Wait, without time passing, until there was one poll more than `polls`."""
        eventually(lambda: self.driver.polls > polls)

    def status(self) -> DeviceStatus:
        return self.worker.status.device

    def count(self, kind: type[Event]) -> int:
        return sum(isinstance(event, kind) for event in self.events)


@pytest.fixture
def bench(nothing_left: None, hand_clock: HandClock) -> Iterator[Bench]:  # noqa: ARG001 - it shall watch the worker
    bench = Bench(hand_clock)
    yield bench
    if bench.driver.stuck:
        bench.driver.stuck.set()
    bench.worker.stop(Deadline.after(5))


def error_of(future: Future[Any]) -> DeviceError:
    error = future.exception(10)
    assert isinstance(error, DeviceError)
    return error


def test_a_device_starts_and_says_that_it_is_there(bench: Bench) -> None:
    """Promise 4: until a device answered it is starting, and then it is what it said."""
    assert bench.worker.status == StatusReport(DeviceStatus.STARTING)
    bench.running()
    assert bench.worker.status == ONLINE
    eventually(lambda: bench.count(StatusChanged) == 1)
    assert StatusChanged("id_card", ONLINE) in bench.events
    assert SupplyThreshold("id_card", "paper", SupplyStatus.FULL) in bench.events


def test_it_is_polled_at_its_cadence(bench: Bench) -> None:
    """Promise 4: a status is never older than its cadence, and nothing is told that did not change."""
    bench.running()
    eventually(lambda: len(bench.events) == 2)
    bench.clock.advance(1.9)
    assert bench.worker.execute(Work(), 5).result(5) == "done"  # it is awake, and did not poll
    assert bench.driver.polls == 1
    bench.pass_time(0.2)
    assert bench.driver.polls == 2
    assert len(bench.events) == 2


def test_what_changes_is_told_as_it_changes(bench: Bench) -> None:
    """Promise 4: paper and media are told when they change, each once."""
    bench.running()
    bench.driver.report = StatusReport(DeviceStatus.ONLINE, MediaStatus.PRESENT, {"paper": SupplyStatus.LOW})
    bench.pass_time(2)
    bench.driver.report = ONLINE
    bench.pass_time(2)
    eventually(lambda: bench.count(MediaRemoved) == 1)
    told = [event for event in bench.events if not isinstance(event, StatusChanged)]
    assert told == [
        SupplyThreshold("id_card", "paper", SupplyStatus.FULL),
        SupplyThreshold("id_card", "paper", SupplyStatus.LOW),
        MediaInserted("id_card"),
        SupplyThreshold("id_card", "paper", SupplyStatus.FULL),
        MediaRemoved("id_card"),
    ]


def test_what_nobody_asked_for_is_told_in_its_order_each_once(nothing_left: None, hand_clock: HandClock) -> None:  # noqa: ARG001 - it watches
    """Promise 4: a key pressed while the device is polled or at work is neither lost nor doubled, and is private."""
    bench = Bench(hand_clock, Talkative).running()
    assert bench.worker.execute(Work(), 5).result(5) == "done"
    eventually(lambda: bench.count(DataReady) == 2)
    assert [event for event in bench.events if isinstance(event, DataReady)] == [
        DataReady("id_card", Sensitive("heard in poll 1")),
        DataReady("id_card", Sensitive("heard in a command")),
    ]
    assert "heard" not in repr(bench.events)
    bench.worker.stop(Deadline.after(5))


@pytest.mark.parametrize("failure", [DeviceTimeout("silent"), DeviceGone("unplugged")])
def test_a_device_is_lost_after_three_missed_polls(bench: Bench, failure: DeviceError) -> None:
    """Promise 4: one hiccup is no loss; three are, and then what it knew is unknown."""
    bench.running()
    bench.driver.fails = failure
    bench.pass_time(2)
    bench.pass_time(2)
    assert bench.worker.status == ONLINE
    bench.pass_time(2)
    eventually(lambda: bench.status() is DeviceStatus.POWER_OFF)
    report = bench.worker.status
    assert (report.media, report.supplies) == (MediaStatus.UNKNOWN, {"paper": SupplyStatus.UNKNOWN})
    assert report.error is failure
    eventually(lambda: ErrorRaised("id_card", failure) in bench.events)


def test_a_device_that_misses_two_polls_is_not_lost(bench: Bench) -> None:
    """Promise 3: a device that answers again counts from the start."""
    bench.running()
    for _ in range(3):
        bench.driver.fails = DeviceTimeout("silent")
        bench.pass_time(2)
        bench.pass_time(2)
        bench.driver.fails = None
        bench.pass_time(2)
    assert bench.worker.status == ONLINE
    assert bench.count(StatusChanged) == 1


def test_it_reconnects_slower_and_slower_and_for_ever(bench: Bench) -> None:
    """Promise 3: a device that comes back is found, if it takes the whole night."""
    bench.running()
    bench.driver.fails = DeviceGone("unplugged")
    bench.pass_time(2)
    start = len(bench.driver.opens)
    eventually(lambda: bench.driver.closes)
    for seconds in (0.5, 1, 2, 4, 8, 8, 8):
        bench.clock.advance(seconds - 0.01)
        eventually(lambda: bench.worker.heartbeat_age() == 0)  # it looked at the clock, and did nothing
        bench.pass_time(0.011)
        assert len(bench.driver.opens) == start + 1
        start += 1
    bench.driver.fails = None
    bench.pass_time(8)
    eventually(lambda: bench.status() is DeviceStatus.ONLINE)


def test_a_loss_is_logged_once_and_so_is_the_recovery(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Promise 8: the log says what happened and does not repeat it all night; the last frames are with it."""
    bench.recorder.add(">", b"\x10\x04\x01")
    bench.running()
    with caplog.at_level(logging.INFO):
        bench.driver.fails = DeviceGone("unplugged")
        for _ in range(6):
            bench.pass_time(8)
        bench.driver.fails = None
        bench.pass_time(8)
        eventually(lambda: bench.status() is DeviceStatus.ONLINE)
    lines = [record.getMessage() for record in caplog.records]
    assert sum("lost: HARDWARE_ERROR/GONE (MAINTENANCE): unplugged" in line for line in lines) == 1
    assert sum(line.endswith("> 10 04 01") for line in lines) == 1
    assert sum("is back" in line for line in lines) == 1
    assert len(lines) == 3


def test_a_running_command_fails_at_once_when_the_device_goes(bench: Bench) -> None:
    """Promise 6: a resident does not wait for the third poll."""
    bench.running()
    bench.driver.command_fails = DeviceGone("unplugged")
    assert error_of(bench.worker.execute(Work(), 5)).reason is Reason.GONE
    assert bench.worker.status == ONLINE
    eventually(lambda: bench.driver.closes == 1)


def test_a_command_to_a_lost_device_looks_whether_it_is_back(bench: Bench) -> None:
    """Promise 3: nobody waits for the next try when there is work; it fails at once or it is done."""
    bench.running()
    bench.driver.fails = DeviceGone("unplugged")
    for _ in range(3):
        bench.pass_time(8)
    eventually(lambda: bench.status() is DeviceStatus.POWER_OFF)
    assert error_of(bench.worker.execute(Work(), 5)).reason is Reason.GONE
    bench.driver.fails = None
    assert bench.worker.execute(Work("here"), 5).result(5) == "here"
    eventually(lambda: bench.status() is DeviceStatus.ONLINE)


def test_a_ninth_waiting_command_is_refused(bench: Bench) -> None:
    """Promise 6: a queue nobody empties does not grow; the ninth hears so at once."""
    bench.running()
    held = bench.worker.execute(Hold(), 100)
    assert bench.driver.holding.wait(5)
    waiting = [bench.worker.execute(Work(str(number)), 100) for number in range(8)]
    refused = error_of(bench.worker.execute(Work(), 100))
    assert (refused.code, refused.reason) == (CompletionCode.DEVICE_NOT_READY, Reason.QUEUE_FULL)
    assert not any(future.done() for future in waiting)
    bench.worker.cancel()
    assert error_of(held).code is CompletionCode.CANCELED
    assert {error_of(future).code for future in waiting} == {CompletionCode.CANCELED}


def test_commands_are_done_in_their_order(bench: Bench) -> None:
    """Promise 4: what was asked first is done first."""
    futures = [bench.worker.execute(Work(str(number)), 100) for number in range(8)]
    bench.running()
    assert [future.result(5) for future in futures] == list("01234567")


def test_cancel_ends_the_running_command(bench: Bench) -> None:
    """Promise 6: a resident who changes their mind is not kept waiting; the device stays in use."""
    bench.running()
    held = bench.worker.execute(Hold(), 100)
    assert bench.driver.holding.wait(5)
    bench.worker.cancel()
    error = error_of(held)
    assert (error.code, error.action) == (CompletionCode.CANCELED, ErrorAction.SUSPEND)
    assert bench.worker.execute(Work(), 5).result(5) == "done"
    assert bench.count(ErrorRaised) == 0


def test_a_command_whose_time_passed_in_the_queue_is_not_begun(bench: Bench) -> None:
    """Promise 6: a deadline counts from the asking."""
    bench.running()
    held = bench.worker.execute(Hold(), 100)
    assert bench.driver.holding.wait(5)
    late = bench.worker.execute(Work(), 3)
    bench.clock.advance(4)
    withdrawn = bench.worker.execute(Work(), 100)
    assert withdrawn.cancel()
    held_again = bench.worker.execute(Hold(), 100)
    with bench.worker._condition:
        assert bench.worker._running is not None
        bench.worker._running.cancelled = True
    assert error_of(held).code is CompletionCode.CANCELED
    assert error_of(late).code is CompletionCode.TIME_OUT
    bench.worker.cancel()
    assert error_of(held_again).code is CompletionCode.CANCELED


def test_a_failure_somebody_must_act_on_is_raised_and_others_are_not(bench: Bench) -> None:
    """Promise 8: nobody is called because a resident laid no card."""
    bench.running()
    jam = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.PAPER_JAMMED, ErrorAction.CLEAR, "jam")
    for failure in (jam, DeviceError(CompletionCode.TIME_OUT, Reason.NO_MEDIA, ErrorAction.SUSPEND)):
        bench.driver.command_fails = failure
        polls = bench.driver.polls
        assert error_of(bench.worker.execute(Work(), 5)) is failure
        bench.polled_since(polls)  # after a failure it is asked how it is, at once
    assert [event for event in bench.events if isinstance(event, ErrorRaised)] == [ErrorRaised("id_card", jam)]


def test_a_failure_that_is_kept_keeps_nothing_of_the_card(nothing_left: None, hand_clock: HandClock) -> None:  # noqa: ARG001 - it watches
    """Promise 2: an error stays on the health board for hours; what the driver held when it failed does not."""
    bench = Bench(hand_clock, Clumsy)
    try:
        error = error_of(bench.running().worker.execute(Work(), 5))
        eventually(lambda: bench.count(ErrorRaised) == 1)
    finally:
        bench.worker.stop(Deadline.after(5))
    gc.collect()
    assert error.reason is Reason.GARBLED
    assert [card() for card in cast("Clumsy", bench.driver).dropped] == [None]


def test_a_defect_ends_the_command_and_not_the_worker(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Promises 3, 8 and 2: a developer's fault is named as one, without the data it choked on, and passes."""
    bench.recorder.add("<", b"\x01")
    bench.running()
    bench.driver.command_fails = ValueError("王小明 320599198507120010")
    error = error_of(bench.worker.execute(Work(), 5))
    assert (error.code, error.reason) == (CompletionCode.INTERNAL_ERROR, Reason.DEFECT)
    assert error.action is ErrorAction.SOFTWARE_ERROR
    assert "ValueError at test_worker.py" in error.detail
    eventually(lambda: ErrorRaised("id_card", error) in bench.events)
    assert bench.status() is DeviceStatus.HARDWARE_ERROR
    assert "execute" in caplog.text
    assert "< 01" in caplog.text
    assert "王小明" not in caplog.text + str(error)
    bench.driver.command_fails = None
    bench.pass_time(0.5)
    eventually(lambda: bench.status() is DeviceStatus.ONLINE)
    assert bench.driver.closes == 1


def test_a_defect_in_a_poll_is_met_the_same_way(bench: Bench) -> None:
    """Promise 3: even a driver that raises nonsense on every poll leaves the kiosk alone."""
    bench.running()
    bench.driver.fails = KeyError("nonsense")
    bench.pass_time(2)
    eventually(lambda: bench.status() is DeviceStatus.HARDWARE_ERROR)
    bench.driver.fails = None
    bench.pass_time(0.5)
    eventually(lambda: bench.status() is DeviceStatus.ONLINE)


def test_the_watchdog_speaks_for_a_driver_that_does_not_come_back(bench: Bench) -> None:
    """Promise 6: even a call that blocks for ever ends for the one who waits, and the device is said to be unwell."""
    bench.running()
    bench.driver.stuck = threading.Event()
    held = bench.worker.execute(Hold(), 10)
    assert bench.driver.holding.wait(5)
    waiting = bench.worker.execute(Work(), 100)
    bench.clock.advance(14)
    assert not held.done()
    assert bench.worker.heartbeat_age() >= 14
    bench.clock.advance(2)
    for future in (held, waiting):
        error = error_of(future)
        assert (error.code, error.reason, error.action) == (
            CompletionCode.TIME_OUT,
            Reason.NO_ANSWER,
            ErrorAction.RESET,
        )
    eventually(lambda: bench.status() is DeviceStatus.HARDWARE_ERROR)
    bench.worker.cancel()
    bench.driver.stuck.set()
    eventually(lambda: bench.status() is DeviceStatus.ONLINE)
    assert bench.worker.heartbeat_age() < 1


def test_stopping_ends_everything(bench: Bench) -> None:
    """Promise 6: no future outlives its worker, and the port is let go."""
    bench.running()
    held = bench.worker.execute(Hold(), 100)
    assert bench.driver.holding.wait(5)
    waiting = bench.worker.execute(Work(), 100)
    bench.worker.stop(Deadline.after(5))
    assert error_of(held).code is CompletionCode.CANCELED
    assert error_of(waiting).code is CompletionCode.CANCELED
    assert error_of(bench.worker.execute(Work(), 5)).reason is Reason.STOPPED
    assert bench.driver.closes == 1


def test_stopping_does_not_wait_for_a_stuck_driver(bench: Bench) -> None:
    """Promise 6: the kiosk can end although a library does not."""
    bench.running()
    bench.driver.stuck = threading.Event()
    held = bench.worker.execute(Hold(), 100)
    assert bench.driver.holding.wait(5)
    bench.worker.stop(Deadline.after(0.01))
    assert error_of(held).reason is Reason.STOPPED


def test_a_worker_that_never_started_can_be_stopped(bench: Bench) -> None:
    """Promise 6: a start that failed half-way leaves nobody waiting."""
    waiting = bench.worker.execute(Work(), 100)
    bench.worker.stop(Deadline.after(1))
    assert error_of(waiting).code is CompletionCode.CANCELED
