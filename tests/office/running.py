"""A running office as the tests hold it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from office.enrolment import issue_code
from office.office import Office
from tests.office.kiosk import Kiosk


@dataclass
class TurnableClock:
    """The machine's time, turned by `ahead`."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Running:
    """A running office."""

    office: Office
    url: str
    clock: TurnableClock

    def kiosk(self, kiosk_id: str = "K01") -> Kiosk:
        """Return an enrolled kiosk."""
        kiosk = Kiosk(self.url, kiosk_id)
        kiosk.enrol(issue_code(self.office, kiosk_id, "ZT-S00")).raise_for_status()
        return kiosk
