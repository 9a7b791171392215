"""The board's file in the kiosk's state: small, replaced whole, and begun anew when it is torn or somebody else's."""

import logging
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from drivers.errors import ErrorAction, Reason
from drivers.model import DeviceStatus
from kiosk.config import KioskConfig
from kiosk.health_rules import Severity
from sync.contract import canonical
from sync.durable import Disk, private_folder

_log = logging.getLogger(__name__)


def issue_key(device: str, reason: Reason, supply: str | None) -> str:
    """Return what an issue is known by: ``receipt_printer.PAPER_OUT``, ``receipt_printer.SUPPLY_LOW.paper``."""
    return ".".join(filter(None, (device, reason, supply)))


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IssueRecord(_Record):
    """One issue, open or closed less than a day ago. `openings`: when it opened; `by_command`: a command opened it."""

    device: str
    supply: str | None
    severity: Severity
    action: ErrorAction
    reason: Reason
    since: AwareDatetime
    last: AwareDatetime
    openings: tuple[AwareDatetime, ...]
    closed: AwareDatetime | None
    by_command: bool

    @property
    def key(self) -> str:
        """Device and reason, and the supply where it is about one."""
        return issue_key(self.device, self.reason, self.supply)


class StatusRecord(_Record):
    """One change of a device's status."""

    at: AwareDatetime
    status: DeviceStatus
    reason: Reason | None


class BoardRecord(_Record):
    """The whole file."""

    version: Literal["1"] = "1"
    issues: tuple[IssueRecord, ...] = ()
    history: dict[str, tuple[StatusRecord, ...]] = Field(default_factory=dict)


def board_path(config: KioskConfig) -> Path:
    """Return where a kiosk's board is kept."""
    return config.kiosk.state / "board.json"


class BoardFile:
    """Reads and replaces the file. `keep` is called on one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ill = False

    def read(self) -> BoardRecord:
        """Return the board as it was kept; an empty one, told in the log, when the file cannot be believed."""
        try:
            return BoardRecord.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return BoardRecord()
        except OSError as error:
            _log.warning("the health board cannot be read and begins anew: %s", error.strerror)
        except ValidationError:
            _log.warning("the health board was torn or of another version and begins anew")
        return BoardRecord()

    def keep(self, record: BoardRecord) -> bool:
        """Replace the file; return False when the disk does not take it, which is told once."""
        try:
            private_folder(self._path.parent)
            Disk().replace(self._path, canonical(record))
        except OSError as error:
            if not self._ill:
                _log.warning("the health board cannot be written: %s", error.strerror)
            self._ill = True
        else:
            self._ill = False
        return not self._ill
