"""A device unplugged: polls until the kiosk knows, and seconds from the plug's return until it is ONLINE by itself."""

import time
from collections.abc import Iterator

from bench.devices import cadence_of, devices
from bench.figures import Figure
from drivers.model import DeviceStatus
from tests.drivers.matrix import Stand

_AWAY = 3.0  # seconds it stays away after the loss is known: the tries to reopen it are farther apart by then
_PATIENCE = 30.0


def measure() -> Iterator[Figure]:
    """Yield both for each class of device."""
    with devices() as stands:
        for stand in stands:
            kind, lost_after = stand.device_class, cadence_of(stand.device_class).lost_after
            polls = _polls_until_lost(stand)
            yield Figure.of(f"loss_{kind}", polls, "polls", lost_after, "value <= 3")
            time.sleep(_AWAY)
            began = time.perf_counter()
            stand.heal()
            stand.wait_for(DeviceStatus.ONLINE, _PATIENCE)
            back = time.perf_counter() - began
            yield Figure.of(f"replug_{kind}", back, "s", max(cadence_of(kind).reconnect), "value <= 10 s")


def _polls_until_lost(stand: Stand) -> int:
    """Unplug it between two polls, and count those until its status says so."""
    looks = stand.looks
    while stand.looks == looks:
        time.sleep(0.01)
    stand.fault(stand.unplugging)
    looks = stand.looks
    stand.wait_for(DeviceStatus.POWER_OFF, _PATIENCE)
    return stand.looks - looks
