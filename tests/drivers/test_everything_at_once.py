"""All seven classes of devices under their workers in one process, and everything goes wrong at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.model import DeviceStatus
from tests.drivers.helpers import eventually
from tests.drivers.matrix import GONE, NO_ANSWER, Stand, verdict_of
from tests.drivers.storm import Storm, all_devices, prove, well_again
from tests.drivers.traces import traces

SECONDS = 15.0
RECOVERY = 30.0  # of a busy machine; `bench faults` measures how long it is


@pytest.fixture
def stands(nothing_left: None, tmp_path: Path) -> Iterator[list[Stand]]:  # noqa: ARG001 - it shall watch all of it
    with all_devices(tmp_path) as made:
        yield made


@pytest.mark.parametrize("seed", [7])
def test_a_storm_of_faults_passes_and_every_device_is_well_by_itself(stands: list[Stand], seed: int) -> None:
    """Promises 3 and 4: unplugged, jammed, empty, garbled, frozen; soon after all is well, and nothing grew."""
    before = traces()
    storm = Storm(stands, seed)
    least = 5 * len(stands)
    count = storm.blow(SECONDS, least)
    storm.calm()
    assert well_again(stands, RECOVERY) <= RECOVERY
    assert count >= least
    assert storm.told >= len(stands), "many a fault was long enough to be seen"
    prove(stands)
    eventually(lambda: not traces() - before)


def test_every_device_unplugged_at_once_is_told_and_comes_back(stands: list[Stand]) -> None:
    """Promises 3 and 8: the power of the whole cabinet goes, and returns; only a technician is named."""
    for stand in stands:
        stand.fault(stand.unplugging)
    for stand in stands:
        stand.wait_for(DeviceStatus.POWER_OFF)
        assert verdict_of(stand.report.error) in (GONE, NO_ANSWER)
    for stand in stands:
        stand.heal()
    assert well_again(stands, RECOVERY) <= RECOVERY
    prove(stands)
