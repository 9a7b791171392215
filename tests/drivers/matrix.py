"""What the fault matrix is made of: a row for each fault of a simulator, and a stand for each device to try it on."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from drivers.cadence import Cadence
from drivers.deadline import Deadline
from drivers.device import Driver
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import (
    CheckHealth,
    Command,
    DeviceClass,
    DeviceStatus,
    Event,
    HealthLevel,
    HealthReport,
    StatusReport,
    SupplyStatus,
)
from drivers.recorder import FlightRecorder
from drivers.worker import DeviceWorker
from tests.drivers.helpers import eventually

T = TypeVar("T")
Verdict = tuple[CompletionCode, Reason, ErrorAction]
"""How a command failed."""
Told = tuple[DeviceStatus, ErrorAction | None]
"""How a self-test ended that could be done."""
Ending = Verdict | Told

WELL: Told = (DeviceStatus.ONLINE, None)
"""A success: of a self-test, that nothing is wrong."""
GARBLED: Verdict = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
NO_ANSWER: Verdict = (CompletionCode.TIME_OUT, Reason.NO_ANSWER, ErrorAction.RESET)
GONE: Verdict = (CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)
UNSUPPORTED: Verdict = (CompletionCode.UNSUPPORTED_COMMAND, Reason.REFUSED, ErrorAction.SOFTWARE_ERROR)
WITHOUT_ANSWER = (Reason.GARBLED, Reason.NO_ANSWER, Reason.GONE)

BRISK = Cadence(poll=0.03, answer=0.3, open=2.0, reconnect=(0.02, 0.05))
"""Polled faster than in service, so that a loss is seen within tenths of a second."""

HEALTH: Mapping[str, Callable[[], Command[Any]]] = {
    "INTERNAL": lambda: CheckHealth(HealthLevel.INTERNAL),
    "EXTERNAL": lambda: CheckHealth(HealthLevel.EXTERNAL),
    "INTERACTIVE": lambda: CheckHealth(HealthLevel.INTERACTIVE),
}
OUTER = ("EXTERNAL", "INTERACTIVE")
_GRACE = 8.0  # a worker ends every future some seconds after its time, whatever the driver does


@dataclass(frozen=True)
class Row:
    """One fault.

    Attributes:
        fault: its name at the simulator.
        status: what the worker shows while it lasts, and
        errors: by which error; one of these, none where it is empty.
        ends: how each command may end; ``*`` stands for those not named.
        unseen: commands that show nothing of it, and after which nobody else looks: the device stays ONLINE.
        late: only time shows it (a board that stands still), or it comes late (a service that ends), so the command
            waits for the status.
        seconds: what a command is given.
        supplies: what the worker shows of them, where something is to be seen.
        seed: of the simulator's dice.
    """

    fault: str
    status: DeviceStatus
    errors: frozenset[Verdict]
    ends: Mapping[str, frozenset[Ending]]
    unseen: tuple[str, ...] = ()
    late: bool = False
    seconds: float = 10.0
    supplies: Mapping[str, SupplyStatus] = field(default_factory=dict)
    seed: int = 3

    @property
    def is_seen_by_polls(self) -> bool:
        """Whether nobody need ask for anything: the next polls show it."""
        return self.status is not DeviceStatus.ONLINE and "INTERNAL" not in self.unseen and not self.late

    def allowed(self, command: str) -> frozenset[Ending]:
        """Return how `command` may end."""
        return self.ends.get(command, self.ends["*"])


Endings = Ending | frozenset[Ending]


def row(fault: str, shown: DeviceStatus, *errors: Verdict, ends: Mapping[str, Endings], **more: Any) -> Row:
    """Return a row; a single ending may stand without a set around it."""
    sets = {name: end if isinstance(end, frozenset) else frozenset((end,)) for name, end in ends.items()}
    return Row(fault, shown, frozenset(errors), sets, **more)


def same(fault: str, shown: DeviceStatus, verdict: Verdict, **more: Any) -> Row:
    """Return the row of a fault by which every command fails as every poll does."""
    return row(fault, shown, verdict, ends={"*": verdict}, **more)


def harmless(fault: str, **more: Any) -> Row:
    """Return the row of a fault that delays and spoils nothing."""
    return row(fault, DeviceStatus.ONLINE, ends={"*": WELL}, **more)


def either(*endings: Ending) -> frozenset[Ending]:
    """Return these endings: it is a matter of luck which one it is."""
    return frozenset(endings)


def verdict_of(error: DeviceError | None) -> Verdict | None:
    return None if error is None else (error.code, error.reason, error.action)


def awaited(condition: Callable[[], object], future: Future[Any], seconds: float = 40.0) -> bool:
    """Wait until `condition` holds (True) or the command has ended before (False)."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        if future.done():
            return False
        time.sleep(0.002)
    return True


class Startable(Protocol):
    """A simulator."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def do(self, action: str, **arguments: Any) -> Mapping[str, object] | None: ...


class Stand(ABC):
    """One device: its simulator, the production driver on it, and its worker.

    Attributes:
        home: beginning of the names of the modules that hold the driver's own commands.
        commands: every command of the driver, by a name for the test.
        proof: the one that shows that all is well again.
        rows: every fault of the simulator.
        faults: their names, as the simulator lists them, and
        others: what else it can be told to do.
    """

    device_class: ClassVar[DeviceClass]
    home: ClassVar[str]
    commands: ClassVar[Mapping[str, Callable[[], Command[Any]]]]
    proof: ClassVar[str]
    rows: ClassVar[tuple[Row, ...]]
    faults: ClassVar[tuple[str, ...]]
    others: ClassVar[frozenset[str]]
    brisk: ClassVar[Cadence] = BRISK
    most_looks: ClassVar[int] = 3
    """Polls in which a fault is told at the latest."""
    unplugging: ClassVar[str] = "vanish"
    """The fault that takes the device away."""
    shortened: ClassVar[Mapping[str, float]] = {}
    """Names of constants in driver and simulator, and what they are while the matrix runs."""

    def __init__(self, folder: Path, cadence: Cadence | None = None) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self.recorder = FlightRecorder()
        self.simulator: Startable = self.make_simulator()
        self.simulator.start()
        self.driver = self.make_driver()
        self.looks = 0
        """How often the device was polled, or could not be opened for it."""
        vars(self.driver)["poll"] = self._counted(self.driver.poll)
        vars(self.driver)["open"] = self._counted(self.driver.open, failures_only=True)
        self.worker = DeviceWorker(
            self.device_class.value,
            self.device_class,
            self.driver,
            self.events.append,
            cadence=cadence or self.brisk,
            recorder=self.recorder,
        )

    def _counted(self, look: Callable[[Deadline], T], *, failures_only: bool = False) -> Callable[[Deadline], T]:
        def counted(deadline: Deadline) -> T:
            try:
                result = look(deadline)
            except DeviceError:
                self.looks += 1
                raise
            self.looks += not failures_only
            return result

        return counted

    @abstractmethod
    def make_simulator(self) -> Startable:
        """Make the device; it may use `folder`."""

    @abstractmethod
    def make_driver(self) -> Driver:
        """Make the production driver of the simulator, which runs by then."""

    def start(self) -> None:
        self.worker.start()
        self.wait_for(DeviceStatus.ONLINE)

    def stop(self) -> None:
        self.worker.stop(Deadline.after(10))
        self.simulator.stop()

    @property
    def report(self) -> StatusReport:
        """What the worker shows."""
        return self.worker.status

    def wait_for(self, status: DeviceStatus, seconds: float = 40.0) -> None:
        try:
            eventually(lambda: self.report.device is status, seconds)
        except AssertionError:
            raise AssertionError(f"{self.device_class} never was {status}, it is {self.report}") from None

    def fault(self, name: str, **more: Any) -> None:
        """Have the fault, and return when it is in force."""
        self.simulator.do("fault", name=name, **more)
        eventually(lambda: self.in_force(name))

    def in_force(self, name: str) -> bool:  # noqa: ARG002 - most are at once
        """Whether the simulator has noticed it: what is unplugged is noticed by its own clock."""
        return True

    def heal(self) -> None:
        self.simulator.do("heal")

    def settle(self) -> None:  # noqa: B027 - most have nothing to lift
        """Leave nothing of one cell to the next: lift the card."""

    def is_settled(self) -> bool:
        """Whether the driver knows by now that nothing is left of what lay there before."""
        return True

    def prepare(self, name: str) -> None:  # noqa: B027 - nor to lay
        """Do what a person does before the command: lay a card."""

    def help(self, name: str, future: Future[Any]) -> None:  # noqa: B027 - nor to show
        """Do what a person does while the command runs: show a code."""

    def is_right(self, result: object) -> bool:  # noqa: ARG002 - most commands bring nothing to be checked
        """Whether a success brought what it should have."""
        return True

    def papers(self) -> int | None:
        """Return how many papers have come out; None where none can."""
        return None

    def run(self, name: str, seconds: float = 10.0) -> Ending:
        """Run a command and return how it ended; a success with a wrong result is a failed test."""
        self.prepare(name)
        future = self.worker.execute(self.commands[name](), seconds)
        self.help(name, future)
        error = future.exception(seconds + _GRACE)
        if error is not None:
            assert isinstance(error, DeviceError)
            return error.code, error.reason, error.action
        result = future.result()
        assert self.is_right(result), f"{name} gave something wrong"
        return (result.status, result.action) if isinstance(result, HealthReport) else WELL

    def recover(self, seconds: float = 10.0) -> None:
        """Wait until it is well without anybody's help."""
        self.wait_for(DeviceStatus.ONLINE, seconds)
        eventually(lambda: self.report.error is None, seconds)

    def proof_after(self, command: str) -> str:  # noqa: ARG002 - for most it is the same
        """Return the command that shows that all is well after `command` met a fault."""
        return self.proof
