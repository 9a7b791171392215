"""The flight recorders on the disk: what passed at a device just before it was unwell, masked as it is in memory.

One decision: the kiosk holds its recorders in memory, so it leaves a copy beside its health record at each loss and
error; whoever diagnoses a running or dead kiosk reads that file and needs no wire.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from drivers.errors import Reason
from drivers.model import ErrorRaised, Event, StatusChanged
from drivers.recorder import FlightRecorder
from kiosk.config import KioskConfig
from sync.contract import canonical
from sync.durable import private_folder

KEPT = 20  # dumps; each at most 50 lines
_log = logging.getLogger(__name__)


class Dump(BaseModel):
    """One device's last frames at one moment; `frames` as `FlightRecorder.dump` gives them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    device: str
    reason: Reason
    frames: tuple[str, ...]


class _Dumps(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    dumps: tuple[Dump, ...] = ()


def frames_path(config: KioskConfig) -> Path:
    """Return where a kiosk leaves its recorders."""
    return config.kiosk.state / "recorders.json"


def read_dumps(path: Path) -> tuple[Dump, ...]:
    """Return the dumps at `path`, oldest first; none when the file is missing or cannot be believed."""
    try:
        return _Dumps.model_validate_json(path.read_bytes()).dumps
    except (OSError, ValidationError):
        return ()


class FrameKeeper:
    """Takes a device's frames when it becomes unwell (on any thread), and leaves them on the disk (on one)."""

    def __init__(self, path: Path, recorders: Mapping[str, FlightRecorder], clock: Callable[[], datetime]) -> None:
        self._path = path
        self._recorders = recorders
        self._clock = clock
        self._lock = threading.Lock()
        self._dumps: deque[Dump] = deque(read_dumps(path), maxlen=KEPT)
        self._dirty = False

    def take(self, event: Event) -> None:
        """Hear what a worker tells; an error is worth its frames."""
        if isinstance(event, StatusChanged):
            error = event.report.error
        else:
            error = event.error if isinstance(event, ErrorRaised) else None
        if error is None:
            return
        frames = tuple(self._recorders[event.device].dump())
        with self._lock:
            last = self._dumps[-1] if self._dumps else None
            if last is not None and (last.device, last.reason, last.frames) == (event.device, error.reason, frames):
                return  # a worker tells a new error twice, as status and as error
            self._dumps.append(Dump(at=self._clock(), device=event.device, reason=error.reason, frames=frames))
            self._dirty = True

    def keep(self) -> None:
        """Leave what was taken on the disk. Not synced: it is for whoever comes to look, not for a promise."""
        with self._lock:
            if not self._dirty:
                return
            self._dirty = False
            record = _Dumps(dumps=tuple(self._dumps))
        beside = self._path.with_name(f".{self._path.name}.new")
        try:
            private_folder(self._path.parent)
            beside.write_bytes(canonical(record))
            beside.replace(self._path)
        except OSError as error:
            _log.warning("the flight recorders cannot be written: %s", error.strerror)
