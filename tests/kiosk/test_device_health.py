"""What the kiosk tells of its devices to the processes beside it: now, or nothing."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.errors import ErrorAction, Reason
from kiosk import device_health
from kiosk.config import KioskConfig
from kiosk.device_health import STALE_AFTER, HealthWriter, health_file, read_health, told_health, utc_now
from roles.processes import wait_until
from sync.contract import DeviceHealth
from tests.visits.visitor import Places

WELL = DeviceHealth(name="receipt_printer", device_class="receipt_printer", status="ONLINE", supplies={"paper": "FULL"})
EMPTY = WELL.model_copy(update={"status": "USER_ERROR", "supplies": {"paper": "OUT"}})


@pytest.fixture
def config(tmp_path: Path) -> KioskConfig:
    """A kiosk with the shipped devices."""
    return Places(tmp_path).config(devices=True)


class Devices:
    """Devices whose health a test sets."""

    def __init__(self) -> None:
        self.now = WELL

    def look(self) -> tuple[DeviceHealth, ...]:
        return (self.now,)


@pytest.fixture
def devices() -> Devices:
    """One printer, well."""
    return Devices()


@pytest.fixture
def writer(config: KioskConfig, devices: Devices) -> Iterator[HealthWriter]:
    """A writer that has written once."""
    made = HealthWriter(health_file(config), devices.look)
    made.start()
    wait_until("the first record", health_file(config).exists, 10)
    yield made
    made.stop()


def later(seconds: float) -> Callable[[], datetime]:
    """Return a clock that is that far ahead."""
    return lambda: utc_now() + timedelta(seconds=seconds)


def test_a_change_is_told_at_once(config: KioskConfig, devices: Devices, writer: HealthWriter) -> None:
    """Promise 4: out of paper is not told as plenty half a minute longer."""
    assert told_health(config) == (WELL,)
    devices.now = EMPTY
    writer.changed()
    wait_until("the change is told", lambda: told_health(config) == (EMPTY,), 10)


def test_without_a_change_it_is_written_again(
    config: KioskConfig, devices: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 4: a sign of life, so that silence can be told from "nothing new"."""
    monkeypatch.setattr(device_health, "WRITE_SECONDS", 0.01)
    writer = HealthWriter(health_file(config), devices.look)
    writer.start()
    wait_until("the first record", health_file(config).exists, 10)
    first = health_file(config).read_bytes()
    wait_until("another one", lambda: health_file(config).read_bytes() != first, 10)
    writer.stop()


@pytest.mark.parametrize("seconds", [STALE_AFTER.total_seconds() + 5, -STALE_AFTER.total_seconds() - 5])
@pytest.mark.usefixtures("writer")
def test_an_old_record_is_told_as_unknown_never_as_the_last_good(config: KioskConfig, seconds: float) -> None:
    """Promise 4: who has been silent for 90 s, or whose clock cannot be right, knows nothing; the paper neither."""
    told = {each.name: each for each in told_health(config, later(seconds))}
    assert {each.status for each in told.values()} == {"UNKNOWN"}
    assert {each.action for each in told.values()} == {ErrorAction.RESET}
    assert {each.reason for each in told.values()} == {Reason.STOPPED}
    assert told["receipt_printer"].supplies == {"paper": "UNKNOWN"}
    assert told.keys() == {device.name for device in config.devices}


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"written_at": "today"}'], ids=["none", "empty", "torn", "odd"])
def test_no_record_and_a_broken_one_are_told_as_unknown(config: KioskConfig, content: bytes | None) -> None:
    """Promise 4: nothing is made up."""
    if content is not None:
        health_file(config).parent.mkdir(parents=True)
        health_file(config).write_bytes(content)
    assert read_health(health_file(config), utc_now()) is None
    assert {each.status for each in told_health(config)} == {"UNKNOWN"}


def test_a_stopped_kiosk_takes_its_record_away(config: KioskConfig, writer: HealthWriter) -> None:
    """Promise 4: what it said is not to be believed any more."""
    writer.stop()
    assert not health_file(config).exists()


def test_a_disk_that_takes_nothing_stops_no_device(
    config: KioskConfig, devices: Devices, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 3: it is said once, and written as soon as that is possible again."""
    state = config.kiosk.state
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text("in the way")
    looks = threading.Semaphore(0)

    def look() -> tuple[DeviceHealth, ...]:
        looks.release()
        return devices.look()

    writer = HealthWriter(health_file(config), look)
    writer.start()
    for _ in range(3):
        assert looks.acquire(timeout=10)
        writer.changed()
    assert looks.acquire(timeout=10)  # by now it has failed three times
    state.unlink()
    writer.changed()
    wait_until("it is written", health_file(config).exists, 10)
    writer.stop()
    assert [record.message for record in caplog.records].count(
        "the devices' health cannot be written: File exists"
    ) == 1


@pytest.mark.usefixtures("writer")
def test_the_record_holds_statuses_and_nothing_else(config: KioskConfig) -> None:
    """Promise 2: no field of it could hold what a card says."""
    record = json.loads(health_file(config).read_bytes())
    assert record.keys() == {"written_at", "pid", "devices"}
    assert datetime.fromisoformat(record["written_at"]).tzinfo is not None
    assert datetime.fromisoformat(record["written_at"]) <= datetime.now(UTC)
    assert record["devices"][0].keys() == DeviceHealth.model_fields.keys()
