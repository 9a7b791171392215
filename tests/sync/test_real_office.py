"""The whole way with the product at both ends: enrol, commit, deliver, and read the case in the office."""

import random
from pathlib import Path

import pytest

from office.cases.opening import read_case
from office.enrolment import issue_code
from sync.client import OfficeClient
from sync.contract import Attachment, CaseDocument, RatingDocument, canonical, sha256_hex
from sync.delivery import Delivery
from sync.delivery_queue import DeliveryQueue
from sync.enrol import Identity, IdentityError, IdentityFault, enrol
from sync.outbox import Draft, Numbering, Outbox
from tests.office.conftest import clock, running
from tests.office.people import a_case, papers
from tests.office.running import Running
from tests.sync.conftest import SMALL_RESERVE, FakeClock

__all__ = ["clock", "running"]  # fixtures


def commit_case(running: Running, identity: Identity, outbox: Outbox) -> tuple[Numbering, bytes]:
    """Hand in the fictional case with its papers; return its numbers and the document's plain bytes."""
    draft: Draft = outbox.begin()
    attachments = []
    for name, (material, media_type, plain) in papers().items():
        blob = draft.add(plain)
        attachments.append(
            Attachment.model_validate(
                {
                    "name": name,
                    "material_id": material,
                    "media_type": media_type,
                    "sha256": blob.sha256,
                    "size": blob.size,
                    "pages": 1,
                    "sealed_sha256": blob.sealed_sha256,
                }
            )
        )
    template = a_case(running.office.keys).document
    written: list[bytes] = []

    def build(numbering: Numbering) -> bytes:
        changes = {
            "submission_id": numbering.submission_id,
            "seq": numbering.seq,
            "receipt_number": numbering.receipt_number,
            "verification_code": numbering.verification_code,
            "region": identity.office.region,
            "kiosk_id": identity.kiosk_id,
            "site_id": identity.office.site_id,
            "attachments": attachments,
        }
        written.append(canonical(CaseDocument.model_validate(template | changes)))
        return written[-1]

    return draft.commit(build), written[0]


def test_a_case_and_its_rating_reach_the_real_office_byte_for_byte(running: Running, tmp_path: Path) -> None:
    """Promise 1: what the resident handed in is what the clerk reads, and the kiosk holds it no more."""
    code = issue_code(running.office, "K01", "ZT-S00")
    identity = enrol(running.url, code, tmp_path / "identity", kiosk_id="K01")
    folder = tmp_path / "outbox"
    outbox = Outbox(folder, identity.sealer, identity, reserve_bytes=SMALL_RESERVE)
    queue = DeliveryQueue(folder, reserve_bytes=SMALL_RESERVE)
    client = OfficeClient(running.url, identity)
    time = FakeClock()
    delivery = Delivery(queue, client, time, random.Random(1), software="test")
    try:
        numbering, document = commit_case(running, identity, outbox)
        rated = outbox.begin().commit(
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
        for _ in range(20):
            time.time += delivery.step()
        counts = queue.counts()
        assert (counts.delivered, counts.waiting, counts.parked) == (2, 0, 0), queue.parked()
        opened = read_case(running.office, identity.office.region, "K01", numbering.submission_id)
        assert opened.document_bytes == document
        assert {name: sha256_hex(plain) for name, plain in opened.attachments.items()} == {
            name: sha256_hex(plain) for name, (_, _, plain) in papers().items()
        }
        assert not list((folder / "blobs").iterdir())
    finally:
        client.close()
        queue.close()
        outbox.close()


def test_the_real_office_takes_a_code_once(running: Running, tmp_path: Path) -> None:
    """Promise 2: a code that was read over a shoulder is worth nothing afterwards."""
    code = issue_code(running.office, "K01", "ZT-S00")
    enrol(running.url, code, tmp_path / "first", kiosk_id="K01")
    with pytest.raises(IdentityError) as caught:
        enrol(running.url, code, tmp_path / "second", kiosk_id="K01")
    assert caught.value.reason is IdentityFault.REFUSED
