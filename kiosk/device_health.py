"""How the devices are, for the processes beside the kiosk: delivery tells the office, `run.py diagnose` a technician.

One decision: one small file, replaced whole at every change and at least every 30 s. Whoever finds it missing, torn, or
older than 90 s knows nothing of the devices and says so (promise 4). It names no person: statuses, reasons, supplies.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from drivers.errors import ErrorAction, Reason
from drivers.model import StatusReport, SupplyStatus
from kiosk.config import DeviceConfig, KioskConfig
from sync.contract import DeviceHealth, canonical
from sync.durable import private_folder

WRITE_SECONDS = 30.0
STALE_AFTER = timedelta(seconds=90)  # three writes missed: the kiosk's process is gone, or its disk is full
UNKNOWN: Final = "UNKNOWN"  # the status of a device that nobody could ask (drivers/model.py)
_log = logging.getLogger(__name__)


class HealthRecord(BaseModel):
    """What the file holds: who wrote it, when, and each configured device in its order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    written_at: AwareDatetime
    pid: int
    devices: tuple[DeviceHealth, ...]


def utc_now() -> datetime:
    """Return this machine's idea of the time."""
    return datetime.now(UTC)


def health_file(config: KioskConfig) -> Path:
    """Return where a kiosk's record is."""
    return config.kiosk.state / "health.json"


def devices_health(devices: Iterable[DeviceConfig], statuses: Mapping[str, StatusReport]) -> tuple[DeviceHealth, ...]:
    """Return the last report of each device, by its name, as the office takes it."""
    return tuple(_health(device, statuses[device.name]) for device in devices)


def _health(device: DeviceConfig, report: StatusReport) -> DeviceHealth:
    error = report.error
    return DeviceHealth(
        name=device.name,
        device_class=device.device_class,
        status=report.device,
        action=None if error is None else error.action,
        reason=None if error is None else error.reason,
        supplies={name: str(status) for name, status in report.supplies.items()},
    )


def read_health(path: Path, now: datetime) -> HealthRecord | None:
    """Return the record at `path`, None when it is not there, no record, or older than 90 s (or as far in the future).

    A clock that was set back makes a record look young for ever, so a time far ahead says as little as one long ago.
    """
    record = _read(path)
    return record if record is not None and abs(now - record.written_at) <= STALE_AFTER else None


def _read(path: Path) -> HealthRecord | None:
    try:
        return HealthRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def told_health(config: KioskConfig, now: Callable[[], datetime] = utc_now) -> tuple[DeviceHealth, ...]:
    """Return the devices as a heartbeat tells of them: as the kiosk said last, or unknown when it says nothing."""
    path = health_file(config)
    record = read_health(path, now())
    if record is not None:
        return record.devices
    last = _read(path)
    supplies = {device.name: device.supplies for device in last.devices} if last is not None else {}
    return tuple(
        DeviceHealth(
            name=device.name,
            device_class=device.device_class,
            status=UNKNOWN,
            action=ErrorAction.RESET,  # the kiosk's process is started again by systemd
            reason=Reason.STOPPED,
            supplies=dict.fromkeys(supplies.get(device.name, {}), SupplyStatus.UNKNOWN),
        )
        for device in config.devices
    )


class HealthWriter:
    """Keeps the record up to date, on a thread of its own: a device must not wait for a disk.

    Life cycle: made -> start -> changed, any number of times from any thread -> stop, which takes the record away.
    `beside` is called on that thread after each writing, and once at the end: it keeps what else is to be kept.
    """

    def __init__(
        self,
        path: Path,
        look: Callable[[], tuple[DeviceHealth, ...]],
        *,
        beside: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = path
        self._look = look
        self._beside = beside
        self._wake = threading.Event()
        self._stopping = False
        self._ill = False
        self._thread = threading.Thread(target=self._run, name="device health", daemon=True)

    def start(self) -> None:
        """Write the first record, and go on."""
        self._thread.start()

    def changed(self) -> None:
        """Have it written anew."""
        self._wake.set()

    def stop(self) -> None:
        """Write no more; what a stopped kiosk said of its devices is not to be believed."""
        self._stopping = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
            self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            self._write()
            self._beside()
            self._wake.wait(WRITE_SECONDS)
        self._beside()

    def _write(self) -> None:
        """Replace the record. Not synced: after a power cut it is stale anyway, and it would wear the disk."""
        beside = self._path.with_name(f".{self._path.name}.new")
        record = HealthRecord(written_at=utc_now(), pid=os.getpid(), devices=self._look())
        try:
            private_folder(self._path.parent)
            beside.write_bytes(canonical(record))
            beside.replace(self._path)
        except OSError as error:
            if not self._ill:
                _log.warning("the devices' health cannot be written: %s", error.strerror)
            self._ill = True
        else:
            self._ill = False
