"""Any device can fail at any moment: each fault of each simulator, at each command of its driver, in one table."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import drivers
from drivers.errors import Reason
from drivers.model import CheckHealth, Command, DeviceClass, DeviceStatus, HealthLevel, MediaStatus, SupplyStatus
from tests.drivers.helpers import eventually
from tests.drivers.matrix import UNSUPPORTED, WELL, WITHOUT_ANSWER, Row, Stand, verdict_of
from tests.drivers.stands import STANDS

# Each device's cells go together, and the devices beside one another.
CELLS = [
    pytest.param(kind, row, command, id=f"{kind}-{row.fault}-{command}", marks=pytest.mark.xdist_group(kind))
    for kind, stand in STANDS.items()
    for row in stand.rows
    for command in stand.commands
]
COMMANDS = [
    pytest.param(kind, command, id=f"{kind}-{command}", marks=pytest.mark.xdist_group(kind))
    for kind, stand in STANDS.items()
    for command in stand.commands
]


@pytest.fixture(scope="module")
def stand(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One device for all its cells: after forty faults it must be as good as new."""
    kind = STANDS[request.param]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in kind.shortened.items():
            patch.setattr(name, value)
        made = kind(tmp_path_factory.mktemp(request.param))
        made.start()
        yield made
        made.stop()


@pytest.mark.parametrize(("stand", "row", "command"), CELLS, indirect=["stand"])
def test_a_fault_is_told_by_the_command_shown_by_the_status_and_over_without_help(
    stand: Stand, row: Row, command: str
) -> None:
    """Promises 3, 4 and 8: who must act, never a wrong success, nothing known that is not; and all is well again."""
    came_out = stand.papers()
    stand.fault(row.fault, seed=row.seed)
    if row.late:
        stand.wait_for(row.status)
    ending = stand.run(command, row.seconds)
    assert ending in row.allowed(command)
    status = DeviceStatus.ONLINE if command in row.unseen else row.status
    stand.wait_for(status)
    if status is not DeviceStatus.ONLINE:
        shows_no_more_than_is_known(stand, row)
    eventually(lambda: row.supplies.items() <= stand.report.supplies.items())
    stand.heal()
    stand.recover()
    assert stand.run(stand.proof_after(command)) == WELL
    if came_out is not None:
        at_most_once(stand, ending, command, came_out)
    stand.settle()


def shows_no_more_than_is_known(stand: Stand, row: Row) -> None:
    """What cannot be asked is unknown (promise 4)."""
    report = stand.report
    assert verdict_of(report.error) in row.errors
    assert report.error is not None
    if report.error.reason in WITHOUT_ANSWER:
        assert set(report.supplies.values()) <= {SupplyStatus.UNKNOWN}
        assert report.media in (None, MediaStatus.UNKNOWN)


def at_most_once(stand: Stand, ending: object, command: str, before: int) -> None:
    """A success is one paper, a clean failure none, and what may have printed no second one (promise 4)."""
    after = stand.papers()
    assert after is not None
    came_out = after - before - 1  # the proof's
    if command == "INTERNAL":
        assert came_out == 0
    elif ending == WELL:
        assert came_out == 1
    else:
        assert came_out <= int(isinstance(ending, tuple) and Reason.MAY_HAVE_PRINTED in ending)


@pytest.mark.parametrize(("stand", "command"), COMMANDS, indirect=["stand"])
def test_a_device_that_is_well_does_every_command(stand: Stand, command: str) -> None:
    """Promise 4: so that no cell of the matrix fails for another reason than its fault."""
    assert stand.run(command) in ({WELL, UNSUPPORTED} if command == "INTERACTIVE" else {WELL})
    stand.settle()


# ---- completeness


def test_every_class_of_device_is_in_the_matrix() -> None:
    """Promise 3: a new class of devices cannot come without its rows."""
    assert set(STANDS) == set(DeviceClass)


@pytest.mark.parametrize("kind", STANDS)
def test_every_fault_of_the_simulator_has_its_row(kind: DeviceClass) -> None:
    """Promise 3: a simulator that learns a fault, by its list or by an action, fails here until there is a row."""
    stand = STANDS[kind]
    assert sorted(row.fault for row in stand.rows) == sorted(stand.faults)
    for row in stand.rows:
        assert row.ends.keys() - {"*"} <= stand.commands.keys(), row.fault
        assert set(row.unseen) <= stand.commands.keys(), row.fault


@pytest.mark.parametrize("stand", STANDS, indirect=True)
def test_whatever_else_the_simulator_can_do_is_no_fault(stand: Stand) -> None:
    """Promise 3: an action that nobody has called harmless is looked at."""
    actions = set(vars(stand.simulator)["_actions"])
    assert actions - set(stand.faults) == stand.others


def test_every_command_of_every_driver_is_tried() -> None:
    """Promise 3: a driver that learns a command fails here until the matrix tries it."""
    for module in pkgutil.iter_modules(drivers.__path__, "drivers."):
        if not module.ispkg:
            importlib.import_module(module.name)
    known = {
        (each.__module__, each.__name__) for each in Command.__subclasses__() if each.__module__.startswith("drivers.")
    }
    known -= {(CheckHealth.__module__, CheckHealth.__name__)}
    tried = set()
    for stand in STANDS.values():
        made = [make() for make in stand.commands.values()]
        assert {each.level for each in made if isinstance(each, CheckHealth)} == set(HealthLevel)
        own = {(type(each).__module__, type(each).__name__) for each in made if not isinstance(each, CheckHealth)}
        assert all(module.startswith(stand.home) for module, _ in own)
        tried |= own
    assert tried == known
