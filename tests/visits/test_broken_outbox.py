"""The outbox's disk fails in the middle of a commit: out of service at once, open again once it is verified."""

from collections.abc import Callable
from functools import partial

from drivers.errors import ErrorAction
from kiosk.config import KioskConfig
from kiosk.ports import Signature
from kiosk.trouble import Way
from kiosk.visit_states import EndReason, State
from tests.sync.test_outbox import files_no_larger_than
from tests.visits.visitor import Resident, made_page, made_signature, walk_made_visit

CLOSED = "devices.outbox.IO_FAILED.resident"


def to_review(resident: Resident) -> None:
    """Walk to the review with a scanned page and a signature."""
    resident.consent()
    resident.type_number()
    resident.fill()
    resident.lay_made_pages(partial(made_page, "second"))
    visit = resident.visit
    resident.until("the pages are sealed", lambda: all(task.attachment is not None for task in visit.tasks))


def submit(resident: Resident) -> None:
    """Sign and submit, until it is known how that ended."""
    resident.visit.sign(Signature(made_signature("second")))
    resident.visit.submit()
    resident.until("it has ended", lambda: resident.visit.state is not State.SUBMIT)


def small_log(config: KioskConfig) -> int:
    """Return a size at which SQLite's log breaks in the middle of the next commit."""
    return (config.kiosk.outbox / "outbox.sqlite3-wal").stat().st_size + 1000


def is_closed(resident: Resident) -> bool:
    """Tell whether the kiosk is out of service for its disk."""
    closed = resident.visit.closed
    return closed is not None and closed.key == CLOSED and closed.action is ErrorAction.MAINTENANCE


def test_a_disk_that_failed_is_verified_and_served_again_without_a_restart(bare: Callable[[], KioskConfig]) -> None:
    """Promises 1, 4 and 8: nobody is told a lie, the next resident is served, and no number is given twice."""
    config = bare()
    with Resident(config) as resident:
        walk_made_visit(resident, "first")
        first = resident.visit.numbering
        resident.leave()
        resident.until("the rating is kept", lambda: resident.services.outbox.counts().committed == 2)
        to_review(resident)
        with files_no_larger_than(small_log(config)):
            submit(resident)
        visit = resident.visit
        assert visit.state is State.REVIEW
        assert visit.trouble is not None
        assert visit.trouble.key == CLOSED
        assert is_closed(resident)
        visit.choose_way(Way.HELP)
        assert visit.end_reason is EndReason.HELP, "whether it was submitted is not known"
        resident.open()
        assert list((config.kiosk.outbox / "blobs").iterdir()) == [], "its pages are swept"
        walk_made_visit(resident, "third")
        third = visit.numbering
        assert first is not None
        assert third is not None
        assert (first.seq, third.seq) == (1, 3)


def test_a_disk_that_fails_after_the_visit_is_seen_to_at_once(bare: Callable[[], KioskConfig]) -> None:
    """Promise 3: the rating is lost, the case is not, and the kiosk is closed only while it verifies."""
    config = bare()
    with Resident(config) as resident:
        walk_made_visit(resident, "first")
        visit = resident.visit
        resident.until("the printer has answered", lambda: visit.trouble is not None)
        visit.to_rating()
        with files_no_larger_than(small_log(config)):
            visit.rate(5)
            resident.until("it is out of service", lambda: is_closed(resident))
        resident.open()
        assert resident.services.outbox.counts().committed == 1
        walk_made_visit(resident, "second")
