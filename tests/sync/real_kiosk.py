"""A whole kiosk at a real office: enrolled, with its outbox and its delivery, on real files and a clock of its own."""

import random
import time
from pathlib import Path
from typing import Self

from office.cases.opening import read_case
from office.enrolment import issue_code
from sync.client import OfficeClient
from sync.contract import Attachment, CaseDocument, canonical
from sync.delivery import Delivery
from sync.delivery_queue import DeliveryQueue
from sync.enrol import Identity, enrol
from sync.outbox import Draft, Numbering, Outbox
from tests.office.people import a_case
from tests.office.running import Running
from tests.sync.conftest import SMALL_RESERVE

Papers = dict[str, tuple[str | None, str, bytes]]


def commit_case(running: Running, identity: Identity, outbox: Outbox, files: Papers) -> tuple[Numbering, bytes]:
    """Hand in the fictional case with `files` as its papers; return its numbers and the document's plain bytes."""
    draft: Draft = outbox.begin()
    attachments = []
    for name, (material, media_type, plain) in files.items():
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


class HurriedClock:
    """The machine's monotonic clock, with `skipped` seconds that nobody had to wait."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped


class RealKiosk:
    """One kiosk of a running office, which it reaches at `url`."""

    def __init__(self, running: Running, folder: Path, url: str) -> None:
        self.running = running
        code = issue_code(running.office, "K01", "ZT-S00")
        self.identity = enrol(running.url, code, folder / "identity", kiosk_id="K01")
        self.outbox = Outbox(folder / "outbox", self.identity.sealer, self.identity, reserve_bytes=SMALL_RESERVE)
        self.queue = DeliveryQueue(folder / "outbox", reserve_bytes=SMALL_RESERVE)
        self.clock = HurriedClock()
        self.client = OfficeClient(url, self.identity)
        self.delivery = Delivery(self.queue, self.client, self.clock, random.Random(1), software="test")
        self.handed_in: dict[str, tuple[bytes, Papers]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_args: object) -> None:
        self.client.close()
        self.queue.close()
        self.outbox.close()

    def hand_in(self, files: Papers) -> Numbering:
        """Commit one case."""
        numbering, document = commit_case(self.running, self.identity, self.outbox, files)
        self.handed_in[numbering.submission_id] = document, files
        return numbering

    def deliver(self, seconds: float = 60.0) -> None:
        """Step until nothing waits; waits pass at once, the line is real. Fail after `seconds`."""
        end = time.monotonic() + seconds
        while self.queue.counts().waiting:
            assert time.monotonic() < end, f"{self.queue.counts().waiting} still wait"
            self.clock.skipped += self.delivery.step()
        self.delivery.step()

    def check(self) -> None:
        """Fail unless the office has everything that was handed in, byte for byte, and this kiosk nothing any more."""
        counts = self.queue.counts()
        assert (counts.delivered, counts.waiting, counts.parked) == (len(self.handed_in), 0, 0), self.queue.parked()
        for submission_id, (document, files) in self.handed_in.items():
            opened = read_case(self.running.office, self.identity.office.region, "K01", submission_id)
            assert opened.document_bytes == document
            assert opened.attachments == {name: plain for name, (_, _, plain) in files.items()}
        assert not list((self.queue.folder / "blobs").iterdir())
