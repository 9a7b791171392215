"""How the line to the office is, as delivery found it: for the technician's screen, in another process.

One decision: a small file, replaced at every heartbeat. Older than the longest pause between two heartbeats it says
nothing any more: delivery does not run, and nobody knows (promise 4).
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from kiosk.device_health import utc_now
from sync.line_watch import REFUSED_SECONDS, LineState

STALE_AFTER = timedelta(seconds=REFUSED_SECONDS + 60)  # a refused or silent line is probed that seldom at most
_log = logging.getLogger(__name__)


class LineRecord(BaseModel):
    """What the file holds.

    Attributes:
        written_at: of the last heartbeat that was tried.
        up: whether the office answered it well; None: it was never asked.
        refused: whether the office does not accept this kiosk.
        answered_at: of the last heartbeat that was answered well; None: there was none since delivery began.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    written_at: AwareDatetime
    up: bool | None
    refused: bool
    answered_at: AwareDatetime | None


def _path(state: Path) -> Path:
    return state / "line.json"


class LineWriter:
    """Delivery's side: call it after each heartbeat."""

    def __init__(self, state: Path) -> None:
        self._path = _path(state)
        self._answered_at: datetime | None = None

    def __call__(self, line: LineState) -> None:
        """Replace the file. Not synced: after a power cut it is stale anyway."""
        now = utc_now()
        if line.up:
            self._answered_at = now
        record = LineRecord(written_at=now, up=line.up, refused=line.refused, answered_at=self._answered_at)
        beside = self._path.with_name(f".{self._path.name}.new")
        try:
            beside.write_text(record.model_dump_json(), "utf-8")
            beside.replace(self._path)
        except OSError as error:
            _log.warning("the line's state cannot be written: %s", error.strerror)


def read_line(state: Path, now: datetime) -> LineRecord | None:
    """Return what delivery said last; None where it says nothing any more, or never did."""
    try:
        record = LineRecord.model_validate_json(_path(state).read_bytes())
    except (OSError, ValidationError):
        return None
    return record if abs(now - record.written_at) <= STALE_AFTER else None
