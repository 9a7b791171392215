"""The outbox: a receipt means it is safe, and nothing of it can be read on the kiosk."""

import errno
import resource
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync import outbox_schema
from sync.delivery_queue import DeliveryQueue
from sync.durable import Disk
from sync.numbering import Numbering, receipt_number_ok
from sync.outbox import Outbox, OutboxError, OutboxFault
from tests.sync.conftest import OpenOutbox
from tests.sync.test_durable import FullDisk

PAGE = "户口簿 王小明 320582199001011234 13800000000".encode() * 1500


def document(numbering: Numbering) -> bytes:
    return PAGE[:200] + numbering.receipt_number.encode()


def blob_files(outbox: Outbox) -> list[str]:
    return [path.name for path in (outbox.folder / "blobs").iterdir()]


class CountingDisk(Disk):
    """The real disk, counting what it syncs."""

    def __init__(self) -> None:
        self.syncs: list[str] = []

    def write(self, path: Path, data: bytes) -> None:
        super().write(path, data)
        self.syncs[-1] = "file"

    def sync(self, handle: int) -> None:
        self.syncs.append("")
        super().sync(handle)

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(folder)
        self.syncs[-1] = "folder"


@pytest.mark.parametrize("scans", [0, 1, 5])
def test_n_scans_cost_n_plus_two_syncs_in_that_order(open_outbox: OpenOutbox, scans: int) -> None:
    """Promise 1: files, then their folder, then one commit (SQLite syncs once a commit: WAL and FULL are asserted)."""
    disk = CountingDisk()
    outbox = open_outbox(disk=disk)
    disk.syncs.clear()
    outbox._database._connection.set_trace_callback(
        lambda statement: disk.syncs.append("commit") if statement == "COMMIT" else None
    )
    draft = outbox.begin()
    for _ in range(scans):
        draft.add(PAGE)
    draft.add(b"a small signature")
    draft.commit(document)
    folder = ["folder"] if scans else []
    assert disk.syncs == ["file"] * scans + folder + ["commit"]


def test_the_database_is_durable_or_it_is_not_opened(
    open_outbox: OpenOutbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Promise 1: WAL and FULL are read back; a database that only pretends is refused."""
    outbox = open_outbox()
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2)):
        assert outbox._database._connection.execute(f"PRAGMA {pragma}").fetchone()[0] == wanted

    class Pretender(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return super().execute("PRAGMA synchronous = 1" if sql == "PRAGMA synchronous = 2" else sql, *values)

    monkeypatch.setattr(
        outbox_schema, "_connect", lambda path: sqlite3.connect(path, isolation_level=None, factory=Pretender)
    )
    with pytest.raises(OutboxError, match="synchronous") as caught:
        open_outbox(folder=tmp_path / "other")
    assert caught.value.reason is OutboxFault.NOT_DURABLE


def test_numbers_are_given_without_holes_and_only_on_commit(open_outbox: OpenOutbox) -> None:
    """Promise 1: the office sees a gap, so there must be none of our own making."""
    outbox = open_outbox()
    first = outbox.begin().commit(document)
    outbox.begin().abandon()
    broken = outbox.begin()

    def fails(_numbering: Numbering) -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken.commit(fails)
    second = broken.commit(document)
    rating = outbox.begin().commit(lambda _: b"{}", "rating")
    assert [first.seq, second.seq, rating.seq] == [1, 2, 3]
    assert first.receipt_number.startswith("K01-261124-00001-")
    assert receipt_number_ok(first.receipt_number)
    assert second.submission_id == broken.submission_id


def test_a_second_kiosk_process_is_refused(open_outbox: OpenOutbox) -> None:
    """Promise 1: nobody sweeps the pages of a visit under way."""
    outbox = open_outbox()
    outbox.begin().add(PAGE)
    with pytest.raises(OutboxError) as caught:
        open_outbox()
    assert caught.value.reason is OutboxFault.IN_USE
    assert len(blob_files(outbox)) == 1


def test_what_an_interrupted_visit_left_is_swept_and_the_rest_stays(open_outbox: OpenOutbox) -> None:
    """Promise 2: nothing of a visit that never was outlives it."""
    outbox = open_outbox()
    kept = outbox.begin()
    blob = kept.add(PAGE)
    kept.commit(document)
    outbox.begin().add(PAGE)
    assert len(blob_files(outbox)) == 2
    outbox.close()
    assert blob_files(open_outbox()) == [blob.sealed_sha256]


def test_an_abandoned_draft_and_a_dropped_page_are_gone_at_once(open_outbox: OpenOutbox) -> None:
    """Promise 2: cancel means gone."""
    outbox = open_outbox()
    draft = outbox.begin()
    draft.drop(draft.add(PAGE))
    draft.drop(draft.add(b"small"))
    assert not blob_files(outbox)
    draft.add(PAGE)
    draft.abandon()
    draft.abandon()
    assert not blob_files(outbox)
    assert outbox.counts().committed == 0
    with pytest.raises(OutboxError) as caught:
        draft.commit(document)
    assert caught.value.reason is OutboxFault.FINISHED


def test_a_committed_draft_cannot_be_changed_or_deleted(open_outbox: OpenOutbox) -> None:
    """Promise 1: what has a receipt stays as it is."""
    outbox = open_outbox()
    draft = outbox.begin()
    blob = draft.add(PAGE)
    draft.commit(document)
    for change in (lambda: draft.add(PAGE), lambda: draft.drop(blob), lambda: draft.commit(document)):
        with pytest.raises(OutboxError):
            change()
    draft.abandon()
    assert blob_files(outbox) == [blob.sealed_sha256]
    assert outbox.counts().waiting == 1


def test_nothing_on_the_disk_can_be_read(open_outbox: OpenOutbox) -> None:
    """Promise 2: name, number, phone and page, in every file the outbox ever has open."""
    outbox = open_outbox()
    draft = outbox.begin()
    draft.add(PAGE)
    draft.add(PAGE[:1000])
    numbering = draft.commit(document)
    outbox.mark_printed(numbering.submission_id)
    files = [path for path in outbox.folder.rglob("*") if path.is_file()]
    assert {"outbox.sqlite3", "outbox.sqlite3-wal"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        for planted in ("王小明", "320582199001011234", "13800000000", "户口簿"):
            assert planted.encode() not in content
            assert planted.encode("utf-16-le") not in content


def test_only_this_user_can_read_the_outbox(open_outbox: OpenOutbox) -> None:
    """Promise 2: modes 0700 and 0600 throughout."""
    outbox = open_outbox()
    draft = outbox.begin()
    draft.add(PAGE)
    draft.commit(document)
    for path in [outbox.folder, *outbox.folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_a_receipt_that_was_not_printed_is_known_at_the_next_start(open_outbox: OpenOutbox) -> None:
    """Promise 1: never two numbers, never a lost one."""
    outbox = open_outbox()
    printed, lost = outbox.begin().commit(document), outbox.begin().commit(document)
    outbox.begin().commit(lambda _: b"{}", "rating")
    outbox.mark_printed(printed.submission_id)
    codes = outbox._database.read("SELECT verification_code FROM submission WHERE kind = 'case' ORDER BY seq")
    assert codes == [(None,), (lost.verification_code,)]
    outbox.close()
    again = open_outbox()
    assert again.unprinted() == (lost,)
    again.mark_printed(lost.submission_id)
    assert again.unprinted() == ()


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let the kernel refuse every byte beyond `size`, in real writes of real files."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_page_the_disk_has_no_room_for_is_refused_and_leaves_nothing(open_outbox: OpenOutbox) -> None:
    """Promise 4: a real write that fails half way."""
    outbox = open_outbox()
    draft = outbox.begin()
    with files_no_larger_than(50_000), pytest.raises(OutboxError) as caught:
        draft.add(PAGE)
    assert caught.value.reason is OutboxFault.DISK_FULL
    assert not blob_files(outbox)
    draft.add(PAGE)
    assert draft.commit(document).seq == 1


def test_a_full_database_at_the_commit_promises_nothing_and_can_be_tried_again(open_outbox: OpenOutbox) -> None:
    """Promise 1: SQLite finds no page more; the draft is as before."""
    outbox = open_outbox()
    draft = outbox.begin()
    draft.add(PAGE)
    connection = outbox._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutboxError) as caught:
        draft.commit(lambda numbering: document(numbering) * 100)
    assert caught.value.reason is OutboxFault.DISK_FULL
    connection.execute("PRAGMA max_page_count = 1000000")
    assert draft.commit(document).seq == 1


def test_a_log_that_cannot_be_written_promises_nothing(open_outbox: OpenOutbox) -> None:
    """Promise 1: a real write of SQLite fails half way; the next opening verifies and gives the same number anew."""
    outbox = open_outbox()
    outbox.begin().commit(document)
    draft = outbox.begin()
    log = (outbox.folder / "outbox.sqlite3-wal").stat().st_size
    with files_no_larger_than(log + 1000), pytest.raises(OutboxError) as caught:
        draft.commit(document)
    assert caught.value.reason is OutboxFault.IO_FAILED
    outbox.close()
    again = open_outbox()
    assert again.counts().committed == 1
    assert again.begin().commit(document).seq == 2


@pytest.mark.parametrize(
    ("code", "reason"), [(errno.ENOSPC, OutboxFault.DISK_FULL), (errno.EIO, OutboxFault.IO_FAILED)]
)
def test_a_folder_that_cannot_be_synced_stops_the_commit(
    open_outbox: OpenOutbox, code: int, reason: OutboxFault
) -> None:
    """Promise 1: no row without its files."""
    disk = FullDisk(code, sound_syncs=1000)
    outbox = open_outbox(disk=disk)
    draft = outbox.begin()
    draft.add(PAGE)
    disk.sound_syncs = 0
    with pytest.raises(OutboxError) as caught:
        draft.commit(document)
    assert caught.value.reason is reason
    assert outbox.counts().committed == 0


def test_after_an_ill_disk_nothing_more_is_promised_until_it_is_verified(open_outbox: OpenOutbox) -> None:
    """Promise 1: an fsync that failed is never simply tried again."""
    outbox = open_outbox()
    with pytest.raises(OutboxError), outbox._database.write():
        raise sqlite3.OperationalError("disk I/O error")
    with pytest.raises(OutboxError, match="restart") as caught:
        outbox.begin().commit(document)
    assert caught.value.reason is OutboxFault.IO_FAILED


def test_a_damaged_database_is_not_opened(open_outbox: OpenOutbox) -> None:
    """Promise 4: the check at the opening finds it before anybody trusts it."""
    outbox = open_outbox()
    for _ in range(20):
        outbox.begin().commit(document)
    outbox._database._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    outbox.close()
    path = outbox.folder / "outbox.sqlite3"
    content = bytearray(path.read_bytes())
    content[4096 + 3 : 4096 + 40] = b"\xff" * 37
    path.write_bytes(bytes(content))
    with pytest.raises(OutboxError) as caught:
        open_outbox()
    assert caught.value.reason is OutboxFault.CORRUPT
    path.write_bytes(b"no database at all" * 500)
    with pytest.raises(OutboxError) as caught:
        open_outbox()
    assert caught.value.reason is OutboxFault.CORRUPT


def test_an_outbox_of_a_later_program_is_not_touched(open_outbox: OpenOutbox) -> None:
    """Promise 1: a step back after an update loses nothing."""
    outbox = open_outbox()
    outbox._database._connection.execute("PRAGMA user_version = 99")
    outbox.close()
    with pytest.raises(OutboxError) as caught:
        open_outbox()
    assert caught.value.reason is OutboxFault.OTHER_VERSION


def test_kiosk_and_delivery_share_the_file_without_losing_an_update(open_outbox: OpenOutbox) -> None:
    """Promise 1: two connections, writing at once."""
    outbox = open_outbox()
    queue = DeliveryQueue(outbox.folder, reserve_bytes=1024)
    done = threading.Event()
    seen: set[str] = set()

    def deliver() -> None:
        while not done.is_set() or queue.counts().waiting:
            for item in queue.waiting():
                queue.mark_sending(item.submission_id)
                queue.park(item.submission_id, "a test")
                seen.add(item.submission_id)

    worker = threading.Thread(target=deliver)
    worker.start()
    made = []
    for _ in range(60):
        draft = outbox.begin()
        draft.add(b"x")
        made.append(draft.commit(document))
        outbox.mark_printed(made[-1].submission_id)
    done.set()
    worker.join(20)
    assert not worker.is_alive()
    assert seen == {numbering.submission_id for numbering in made}
    assert [numbering.seq for numbering in made] == list(range(1, 61))
    counts = queue.counts()
    assert (counts.committed, counts.parked, counts.waiting) == (60, 60, 0)
    assert outbox.unprinted() == ()
    queue.close()


def test_pages_may_be_added_from_several_threads(open_outbox: OpenOutbox) -> None:
    """Promise 6: sealing goes on while the next page is scanned."""
    outbox = open_outbox()
    draft = outbox.begin()
    threads = [threading.Thread(target=draft.add, args=(PAGE,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    draft.commit(document)
    assert len(blob_files(outbox)) == 6
