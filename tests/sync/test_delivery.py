"""Delivery: every committed submission reaches the office exactly once, whatever the line does."""

from tests.sync.conftest import Kiosk
from tests.sync.office_double import OfficeDouble


def test_a_submission_arrives_byte_identical_with_its_attachments(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 1: from the disk to the office, and only then the content goes."""
    numbering = kiosk.submit(attachments=3)
    small = kiosk.submit(attachments=2, size=100)
    kiosk.settle()
    assert office.opened(numbering.submission_id) == (
        b"the case" + numbering.receipt_number.encode(),
        [bytes([n]) * 40_000 for n in range(3)],
    )
    assert office.opened(small.submission_id)[1] == [bytes([n]) * 100 for n in range(2)]
    assert not list((kiosk.queue.folder / "blobs").iterdir())
    counts = kiosk.queue.counts()
    assert (counts.committed, counts.delivered, counts.waiting) == (2, 2, 0)
