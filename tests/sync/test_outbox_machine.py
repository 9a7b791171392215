"""The outbox under any order of events, against a model that is three lists."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sync.contract import OfficeReceipt, sha256_hex
from sync.delivery_queue import DeliveryQueue
from sync.outbox import Draft, Numbering, Outbox, StagedBlob
from tests.sync.conftest import KIOSK_TIME, SMALL_RESERVE, OfficeDoubleKeys, identity_of

OFFICE = OfficeDoubleKeys()
IDENTITY = identity_of(OFFICE)


class OutboxMachine(RuleBasedStateMachine):
    """Visits, crashes of the kiosk, and a delivery process that is always there."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="outbox-"))
        self.outbox = self._open()
        self.queue = DeliveryQueue(self.folder, reserve_bytes=SMALL_RESERVE)
        self.draft: Draft | None = None
        self.staged: list[StagedBlob] = []
        self.committed: list[tuple[Numbering, list[StagedBlob]]] = []
        self.printed: set[str] = set()
        self.parked: set[str] = set()
        self.gone: set[str] = set()

    def _open(self) -> Outbox:
        return Outbox(self.folder, IDENTITY.sealer, IDENTITY, now=lambda: KIOSK_TIME, reserve_bytes=SMALL_RESERVE)

    @precondition(lambda self: self.draft is None)
    @rule()
    def begin(self) -> None:
        self.draft, self.staged = self.outbox.begin(), []

    @precondition(lambda self: self.draft)
    @rule(size=st.sampled_from([0, 100, 32_000, 33_000, 60_000]))
    def add(self, size: int) -> None:
        assert self.draft
        self.staged.append(self.draft.add(b"p" * size))

    @precondition(lambda self: self.draft and self.staged)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        assert self.draft
        blob = data.draw(st.sampled_from(self.staged))
        self.draft.drop(blob)
        self.staged.remove(blob)

    @precondition(lambda self: self.draft)
    @rule()
    def commit(self) -> None:
        assert self.draft
        self.committed.append((self.draft.commit(lambda n: n.receipt_number.encode()), self.staged))
        self.draft = None

    @precondition(lambda self: self.draft)
    @rule()
    def abandon(self) -> None:
        assert self.draft
        self.draft.abandon()
        self.draft = None

    @rule()
    def crash(self) -> None:
        """The kiosk process ends without a word; delivery stays."""
        self.outbox.close()
        self.outbox = self._open()
        self.draft = None

    @precondition(lambda self: self.committed)
    @rule(data=st.data())
    def print_it(self, data: st.DataObject) -> None:
        numbering, _ = data.draw(st.sampled_from(self.committed))
        self.outbox.mark_printed(numbering.submission_id)
        self.printed.add(numbering.submission_id)

    @precondition(lambda self: self._waiting())
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        sid = data.draw(st.sampled_from(sorted(self._waiting())))
        [numbering] = [numbering for numbering, _ in self.committed if numbering.submission_id == sid]
        self.queue.mark_sending(sid)
        manifest = self.queue.manifest(sid)
        OFFICE.manifests[sid] = manifest
        OFFICE.blobs |= {name: self.queue.blob(name) for name in self.queue.blob_names(sid)}
        document, attachments = OFFICE.opened(sid)
        assert document == numbering.receipt_number.encode()
        assert {sha256_hex(plain) for plain in attachments} == {
            b.sha256 for n, s in self.committed if n is numbering for b in s
        }
        receipt = OFFICE.sign(_receipt(numbering, manifest))
        self.queue.delivered(sid, receipt, KIOSK_TIME)
        self.gone.add(sid)

    @precondition(lambda self: self._waiting())
    @rule(data=st.data())
    def park(self, data: st.DataObject) -> None:
        sid = data.draw(st.sampled_from(sorted(self._waiting())))
        self.queue.park(sid, "because")
        self.parked.add(sid)

    @precondition(lambda self: self.parked)
    @rule(data=st.data())
    def unpark(self, data: st.DataObject) -> None:
        sid = data.draw(st.sampled_from(sorted(self.parked)))
        self.queue.unpark(sid)
        self.parked.remove(sid)

    @rule()
    def purge(self) -> None:
        self.queue.purge()

    def _waiting(self) -> set[str]:
        return {numbering.submission_id for numbering, _ in self.committed} - self.parked - self.gone

    @invariant()
    def counts_agree(self) -> None:
        for counts in (self.outbox.counts(), self.queue.counts()):
            assert counts.committed == len(self.committed)
            assert counts.delivered == len(self.gone)
            assert counts.parked == len(self.parked)
            assert counts.waiting == len(self._waiting())

    @invariant()
    def numbers_have_no_holes(self) -> None:
        assert [numbering.seq for numbering, _ in self.committed] == list(range(1, len(self.committed) + 1))

    @invariant()
    def what_is_promised_is_readable_and_nothing_else_is_there(self) -> None:
        held = self._waiting() | self.parked
        names = {b.sealed_sha256 for n, staged in self.committed if n.submission_id in held for b in staged}
        assert {name for sid in held for name in self.queue.blob_names(sid)} == names
        assert all(sha256_hex(self.queue.blob(name)) == name for name in names)
        unpurged = {b.sealed_sha256 for n, staged in self.committed if n.submission_id in self.gone for b in staged}
        staged_now = {blob.sealed_sha256 for blob in self.staged} if self.draft else set()
        assert {path.name for path in (self.folder / "blobs").iterdir()} <= names | unpurged | staged_now

    @invariant()
    def unprinted_receipts_are_known(self) -> None:
        expected = [n for n, _ in self.committed if n.submission_id not in self.printed]
        assert list(self.outbox.unprinted()) == expected

    def teardown(self) -> None:
        self.queue.close()
        self.outbox.close()
        shutil.rmtree(self.folder)


def _receipt(numbering: Numbering, manifest: bytes) -> OfficeReceipt:
    return OfficeReceipt(
        submission_id=numbering.submission_id,
        region="R1",
        kiosk_id="K01",
        manifest_sha256=sha256_hex(manifest),
        office_seq=numbering.seq,
        received_at=KIOSK_TIME,
    )


# Promise 1: whatever happens in whatever order, all or nothing, without holes, and known.
TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
