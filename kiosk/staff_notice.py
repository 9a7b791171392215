"""Out of service by a technician's word: which notice residents read, kept over every restart.

One decision: the file is the switch. While it is there the kiosk takes nobody; a file that cannot be understood closes
the kiosk too, since somebody had closed it.
"""

import json
from enum import StrEnum
from pathlib import Path

from kiosk.device_health import utc_now
from kiosk.trouble import Trouble
from sync.durable import Disk, private_folder


class Notice(StrEnum):
    """What residents are told; the sentences are ``visit.closed.by_staff_…``."""

    MAINTENANCE = "MAINTENANCE"
    SUPPLIES = "SUPPLIES"
    CLOSED = "CLOSED"

    @property
    def trouble(self) -> Trouble:
        """How it is told; nobody has to act, since somebody does."""
        return Trouble(f"visit.closed.by_staff_{self.lower()}", ())


class NoticeFile:
    """Where the switch is kept."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "out-of-service.json"

    def read(self) -> Notice | None:
        """Return the notice, None while the kiosk is in service."""
        try:
            return Notice(json.loads(self.path.read_text("utf-8"))["notice"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            return Notice.CLOSED

    def keep(self, notice: Notice, by: str) -> None:
        """Close; OSError when the disk does not keep it."""
        private_folder(self.path.parent)
        told = {"notice": notice, "by": by, "since": utc_now().isoformat(timespec="seconds")}
        Disk().replace(self.path, json.dumps(told).encode())

    def remove(self) -> None:
        """Open; OSError when the disk does not let go of it."""
        self.path.unlink(missing_ok=True)
        Disk().sync_folder(self.path.parent)
