"""What becomes of an outbox whose disk, clock or folder has done its worst: said, never silently empty."""

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.contract import Manifest
from sync.delivery_queue import DeliveryQueue
from sync.durable import Disk
from sync.enrol import Identity
from sync.outbox import Numbering, Outbox, OutboxError, OutboxFault, receipt_number_ok
from tests.sync.conftest import KIOSK_TIME, Kiosk, OpenOutbox, identity_of
from tests.sync.office_double import OfficeDouble

PAGE = b"a page" * 10_000


def document(numbering: Numbering) -> bytes:
    return b"the case " + numbering.receipt_number.encode()


def closed_outbox(open_outbox: OpenOutbox, *, with_page: bool) -> Path:
    """Return the folder of an outbox that holds one submission, with everything in its database file."""
    outbox = open_outbox()
    draft = outbox.begin()
    if with_page:
        draft.add(PAGE)
    draft.commit(document)
    outbox.close()
    return outbox.folder


def truncate(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


@pytest.mark.parametrize("with_page", [True, False])
@pytest.mark.parametrize("left", [None, 0, 100, 4096, 20_000])
def test_a_lost_or_cut_database_is_said_and_nothing_beside_it_is_touched(
    open_outbox: OpenOutbox, with_page: bool, left: int | None
) -> None:
    """Promise 1 and 4: neither kiosk nor delivery takes it for a new outbox, and the papers stay for a developer."""
    folder = closed_outbox(open_outbox, with_page=with_page)
    database = folder / "outbox.sqlite3"
    papers = {path.name: path.read_bytes() for path in (folder / "blobs").iterdir()}
    if left is None:
        database.unlink()
    else:
        truncate(database, left)
    for opened in (open_outbox, lambda: DeliveryQueue(folder)):
        with pytest.raises(OutboxError) as caught:
            opened()
        assert caught.value.reason is OutboxFault.CORRUPT
    assert {path.name: path.read_bytes() for path in (folder / "blobs").iterdir()} == papers


def test_papers_of_an_older_program_without_a_database_are_said_too(open_outbox: OpenOutbox) -> None:
    """Promise 4: an outbox made before there was a mark is known by its papers."""
    folder = closed_outbox(open_outbox, with_page=True)
    (folder / "outbox.made").unlink()
    (folder / "outbox.sqlite3").unlink()
    with pytest.raises(OutboxError, match="keep the folder"):
        open_outbox()


def test_an_outbox_of_an_older_program_gets_its_mark(open_outbox: OpenOutbox) -> None:
    """Promise 4: from its next opening on, its loss is seen."""
    folder = closed_outbox(open_outbox, with_page=False)
    (folder / "outbox.made").unlink()
    open_outbox().close()
    assert (folder / "outbox.made").exists()


def test_a_flipped_bit_is_never_delivered_and_never_loses_a_case_unseen(
    open_outbox: OpenOutbox, tmp_path: Path
) -> None:
    """Promise 1 and 4: in database or paper, each flip is harmless, or found at the opening, or parks one case."""
    folder = closed_outbox(open_outbox, with_page=True)
    before = DeliveryQueue(folder)
    [item] = before.waiting()
    manifest = before.manifest(item.submission_id)
    [blob] = before.blob_names(item.submission_id)
    sealed = before.blob(blob)
    before.close()
    dice = random.Random(4)
    for path in (folder / "outbox.sqlite3", folder / "blobs" / blob):
        for _ in range(150):
            copy = tmp_path / "flipped"
            shutil.copytree(folder, copy)
            place = flip(copy / path.relative_to(folder), dice)
            assert fate(copy, item.submission_id, (manifest, sealed)) in {"found", "parked", "whole"}, place
            shutil.rmtree(copy)


def flip(path: Path, dice: random.Random) -> int:
    """Flip one bit of a file, and return in which byte."""
    content = bytearray(path.read_bytes())
    place = dice.randrange(len(content))
    content[place] ^= 1 << dice.randrange(8)
    path.write_bytes(bytes(content))
    return place


def fate(folder: Path, submission_id: str, whole: tuple[bytes, bytes]) -> str:
    """Return what delivery would make of this outbox."""
    try:
        queue = DeliveryQueue(folder)
    except OutboxError:
        return "found"
    try:
        if [item.submission_id for item in queue.waiting()] != [submission_id]:
            return "lost"
        manifest = queue.manifest(submission_id)
        [name] = queue.blob_names(submission_id)
        return "whole" if (manifest, queue.blob(name)) == whole else "other bytes"
    except OutboxError as error:
        return "parked" if error.reason is OutboxFault.DAMAGED else "found"
    finally:
        queue.close()


def test_a_row_that_is_gone_is_missed_at_the_next_opening(open_outbox: OpenOutbox) -> None:
    """Promise 1 and 4: every number has its row until it was counted and forgotten, so a deleted one is seen."""
    outbox = open_outbox()
    for _ in range(3):
        outbox.begin().commit(document)
    outbox._database._connection.execute("DELETE FROM submission WHERE seq = 2")
    outbox.close()
    with pytest.raises(OutboxError, match="numbers are missing"):
        open_outbox()


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_that_jumps_ten_years_changes_no_number_and_no_order(
    kiosk: Kiosk, office: OfficeDouble, years: int, tmp_path: Path
) -> None:
    """Promise 1: the count orders, the clock only dates; the office takes both, in the order they were accepted."""
    jumping = [KIOSK_TIME]
    outbox = Outbox(tmp_path / "jumps", kiosk.identity.sealer, kiosk.identity, now=lambda: jumping[0], reserve_bytes=0)
    first = outbox.begin().commit(document)
    jumping[0] += timedelta(days=365 * years)
    second = outbox.begin().commit(document)
    assert (first.seq, second.seq) == (1, 2)
    assert second.created_at - first.created_at == timedelta(days=365 * years)
    assert receipt_number_ok(second.receipt_number)
    assert first.receipt_number != second.receipt_number
    assert outbox.counts().oldest_undelivered_at == first.created_at
    outbox.close()
    kiosk.client.close()
    kiosk.queue.close()
    kiosk.queue = DeliveryQueue(tmp_path / "jumps", reserve_bytes=0)
    kiosk.restart_delivery()
    kiosk.settle()
    assert list(office.manifests) == [first.submission_id, second.submission_id]


def test_a_machine_whose_clock_has_lost_its_battery_still_accepts(open_outbox: OpenOutbox) -> None:
    """Promise 1: it says 1970, and the contract takes it."""
    outbox = open_outbox(now=lambda: datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC))
    assert outbox.begin().commit(document).created_at.year == 1970


class IllDisk(Disk):
    """A disk that answers EIO to the sync number `ill`, counted from 1."""

    def __init__(self, ill: int) -> None:
        self.left = ill

    def sync(self, handle: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError(5, "Input/output error")
        super().sync(handle)


@pytest.mark.parametrize("ill", [1, 2, 3])
def test_a_sync_that_fails_promises_nothing_and_leaves_nothing(
    open_outbox: OpenOutbox, identity: Identity, ill: int
) -> None:
    """Promise 1: each paper's file, then their folder; whichever the disk fails, there is no number and no row."""
    folder = closed_outbox(open_outbox, with_page=False)
    outbox = Outbox(folder, identity.sealer, identity, disk=IllDisk(ill), reserve_bytes=0)
    draft = outbox.begin()

    def hand_in() -> None:
        draft.add(PAGE)
        draft.add(PAGE + b"2")
        draft.commit(document)

    with pytest.raises(OutboxError) as caught:
        hand_in()
    assert caught.value.reason is OutboxFault.IO_FAILED
    outbox.close()
    again = open_outbox()
    assert again.counts().committed == 1
    assert list((folder / "blobs").iterdir()) == []
    assert again.begin().commit(document).seq == 2


def test_a_lost_log_is_the_limit_that_is_told(open_outbox: OpenOutbox, tmp_path: Path) -> None:
    """Promise 4: what no row tells any more cannot be found; docs/privacy.md says so, and the count shows it later."""
    outbox = open_outbox()
    outbox.begin().commit(document)
    shutil.copytree(outbox.folder, tmp_path / "cut", ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    with pytest.raises(OutboxError) as caught:
        DeliveryQueue(tmp_path / "cut")
    assert caught.value.reason is OutboxFault.CORRUPT


def test_the_same_kiosk_enrolled_anew_delivers_what_it_accepted_before(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 1: a lost identity folder and a new code lose nothing; the seal is the office's, not the kiosk's."""
    numbering = kiosk.submit(attachments=1)
    kiosk.client.close()
    kiosk.identity = identity_of(office)
    kiosk.restart_delivery()
    kiosk.settle()
    assert Manifest.model_validate_json(office.manifests[numbering.submission_id]).kiosk_id == "K01"
    assert office.opened(numbering.submission_id)[1] == [bytes(40_000)]
