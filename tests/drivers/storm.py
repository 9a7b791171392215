"""A storm over devices that stand side by side: faults by dice, and each status looked at whether it is true."""

import random
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers.errors import DeviceError
from drivers.model import DeviceStatus, MediaStatus, StatusReport, SupplyStatus
from tests.drivers.helpers import eventually
from tests.drivers.matrix import WELL, WITHOUT_ANSWER, Row, Stand
from tests.drivers.stands import STANDS

_GRACE = 60.0


@contextmanager
def all_devices(folder: Path, **more: Any) -> Iterator[list[Stand]]:
    """Start every class of device under its worker, and stop them."""
    made: list[Stand] = []
    try:
        for kind, stand in STANDS.items():
            place = folder / kind
            place.mkdir()
            made.append(stand(place, **more))
            made[-1].start()
        yield made
    finally:
        for each in made:
            each.stop()


@dataclass
class Storm:
    """Faults by dice, one a device at a time.

    Attributes:
        seed: of the dice.
        shortest, longest: how long a fault lasts, in seconds.
        told: how many faults lasted until the status had to show them, and was seen to.
    """

    stands: list[Stand]
    seed: int
    shortest: float = 0.3
    longest: float = 2.0
    told: int = 0
    _blowing: dict[Stand, tuple[Row, float, int]] = field(default_factory=dict)
    _asked: list[Future[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def blow(self, seconds: float, least: int = 0) -> int:
        """Have faults come and go for so long, longer where there were not yet `least`; return how many there were."""
        began, count = time.monotonic(), 0
        while (blown := time.monotonic() - began) < seconds or (blown < seconds + _GRACE and count < least):
            count += self.step()
            self._asked = [future for future in self._asked if not future.done()]
            time.sleep(0.02)  # of the storm's own course; nothing is waited for
        return count

    def step(self) -> int:
        """End what has lasted long enough, and begin anew where all is well; return how many faults began."""
        began = 0
        for stand in self.stands:
            claims_nothing_unknown(stand.report)
            if stand not in self._blowing:
                began += self._begin(stand)
                continue
            row, until, looks = self._blowing[stand]
            if row.is_seen_by_polls and stand.looks - looks > stand.most_looks:  # one was under way when it began
                stand.wait_for(row.status, _GRACE)
                self.told += 1
                self.end(stand)
            elif time.monotonic() > until:
                self.end(stand)
        return began

    def _begin(self, stand: Stand) -> int:
        row = self._dice.choice(stand.rows)
        stand.fault(row.fault, seed=self._dice.randrange(1000))
        self._blowing[stand] = (row, time.monotonic() + self._dice.uniform(self.shortest, self.longest), stand.looks)
        if self._dice.random() < 0.5:  # somebody wants something of it just then
            stand.prepare(stand.proof)
            self._asked.append(stand.worker.execute(stand.commands[stand.proof](), 2.0))
        return 1

    def end(self, stand: Stand) -> None:
        """End the fault of one device."""
        self._blowing.pop(stand)
        stand.heal()
        stand.settle()

    def calm(self) -> None:
        """End every fault, and see that every command that met one has ended (promise 6)."""
        for stand in list(self._blowing):
            self.end(stand)
        for future in self._asked:
            assert isinstance(future.exception(_GRACE), DeviceError | None)
        self._asked.clear()


def claims_nothing_unknown(report: StatusReport) -> None:
    """Fail where a status says more than can be known: of a device that does not answer, nothing is (promise 4)."""
    if report.device in (DeviceStatus.ONLINE, DeviceStatus.STARTING):
        return
    if report.error is not None and report.error.reason in WITHOUT_ANSWER and report.device is DeviceStatus.POWER_OFF:
        assert set(report.supplies.values()) <= {SupplyStatus.UNKNOWN}, report
        assert report.media in (None, MediaStatus.UNKNOWN), report


def well_again(stands: Iterable[Stand], seconds: float) -> float:
    """Wait until every device is ONLINE by itself; return after how many seconds the last one was."""
    began = time.monotonic()
    for stand in stands:
        stand.wait_for(DeviceStatus.ONLINE, max(0.01, began + seconds - time.monotonic()))
    return time.monotonic() - began


def prove(stands: Iterable[Stand]) -> None:
    """Have every device do what it is for."""
    for stand in stands:
        eventually(stand.is_settled)
        ending = stand.run(stand.proof)
        assert ending == WELL, f"{stand.device_class}: {ending}"
        stand.settle()
