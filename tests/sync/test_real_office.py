"""The whole way with the product at both ends: enrol, commit, deliver, and read the case in the office."""

from pathlib import Path

import pytest

from office.cases.opening import read_case
from office.enrolment import issue_code
from sync.contract import RatingDocument, canonical, sha256_hex
from sync.enrol import IdentityError, IdentityFault, enrol
from tests.office.conftest import clock, running
from tests.office.people import papers
from tests.office.running import Running
from tests.sync.real_kiosk import RealKiosk

__all__ = ["clock", "running"]  # fixtures


def test_a_case_and_its_rating_reach_the_real_office_byte_for_byte(running: Running, tmp_path: Path) -> None:
    """Promise 1: what the resident handed in is what the clerk reads, and the kiosk holds it no more."""
    with RealKiosk(running, tmp_path, running.url) as kiosk:
        numbering = kiosk.hand_in(papers())
        rated = kiosk.outbox.begin().commit(
            lambda numbers: canonical(
                RatingDocument(
                    submission_id=numbers.submission_id,
                    rated_submission_id=numbering.submission_id,
                    score=5,
                    rated_at=numbers.created_at,
                )
            ),
            "rating",
        )
        assert rated.seq == 2
        kiosk.deliver()
        counts = kiosk.queue.counts()
        assert (counts.delivered, counts.waiting, counts.parked) == (2, 0, 0), kiosk.queue.parked()
        opened = read_case(running.office, "ZT", "K01", numbering.submission_id)
        assert opened.document_bytes == kiosk.handed_in[numbering.submission_id][0]
        assert {name: sha256_hex(plain) for name, plain in opened.attachments.items()} == {
            name: sha256_hex(plain) for name, (_, _, plain) in papers().items()
        }
        assert not list((kiosk.queue.folder / "blobs").iterdir())


def test_the_real_office_takes_a_code_once(running: Running, tmp_path: Path) -> None:
    """Promise 2: a code that was read over a shoulder is worth nothing afterwards."""
    code = issue_code(running.office, "K01", "ZT-S00")
    enrol(running.url, code, tmp_path / "first", kiosk_id="K01")
    with pytest.raises(IdentityError) as caught:
        enrol(running.url, code, tmp_path / "second", kiosk_id="K01")
    assert caught.value.reason is IdentityFault.REFUSED
