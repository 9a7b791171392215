"""The outbox on the kiosk's side: what a resident handed in is safe, or it was not promised.

One decision: a submission exists when its row is committed. Its blobs are sealed and fsynced before, one by one while
the next page is scanned; then one sync of the folder and one commit: N scans cost N + 2 syncs. Whatever dies before the
commit leaves blobs that nobody names, and the next opening sweeps them.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

from sync.contract import Kind, Manifest, SealedBlob, canonical, sha256_hex
from sync.durable import AlreadyRunning, Disk, SingleInstance
from sync.enrol import Identity
from sync.numbering import Numbering, new_submission_id, new_verification_code, receipt_number, receipt_number_ok
from sync.outbox_counts import Counts, count
from sync.outbox_schema import BLOBS, Database, OutboxError, OutboxFault, disk_errors
from sync.room import PAGE_BYTES, RESERVE_BYTES, Room
from sync.seal import Sealer, attachment_info, document_info

__all__ = ["Counts", "Draft", "Numbering", "Outbox", "OutboxError", "OutboxFault", "StagedBlob", "receipt_number_ok"]

INLINE_BELOW = 32 * 1024  # sealed bytes: smaller blobs stand in the row, they would waste a file and a sync

Build = Callable[[Numbering], bytes]


@dataclass(frozen=True, slots=True)
class StagedBlob:
    """One sealed attachment: SHA-256 and size in bytes of the plain bytes, SHA-256 of the sealed ones."""

    sha256: str
    size: int
    sealed_sha256: str


@dataclass(frozen=True, slots=True)
class _Sealed:
    size: int
    body: bytes | None  # None: in a file


def local_now() -> datetime:
    """Return the local time with its offset."""
    return datetime.now(UTC).astimezone()


class Outbox:
    """The kiosk's outbox. One process opens it (delivery uses `DeliveryQueue`); safe between threads."""

    def __init__(
        self,
        folder: Path,
        sealer: Sealer,
        identity: Identity,
        *,
        disk: Disk | None = None,
        now: Callable[[], datetime] = local_now,
        reserve_bytes: int = RESERVE_BYTES,
        page_bytes: int = PAGE_BYTES,
    ) -> None:
        """Open `folder`, verify it, sweep what an interrupted visit left, make the reserve.

        Raises:
            OutboxError: IN_USE, NOT_DURABLE, CORRUPT, OTHER_VERSION, DISK_FULL or IO_FAILED.
        """
        self.folder = folder
        self.sealer = sealer
        self.disk = disk or Disk()
        self._office = identity.office
        self._now = now
        try:
            self._instance = SingleInstance(folder / "kiosk.lock")
        except AlreadyRunning as error:
            raise OutboxError(OutboxFault.IN_USE, "another kiosk process has this outbox open") from error
        try:
            self._database = Database(folder, self.disk)
            self._sweep()
        except OutboxError:
            self._instance.close()
            raise
        self._room = Room(folder, self.disk, reserve_bytes=reserve_bytes, page_bytes=page_bytes)
        self._room.restore()

    def begin(self) -> "Draft":
        """Return a new draft; nothing of it is on disk yet."""
        return Draft(self)

    def room(self, pages: int) -> bool:
        """Return whether a visit with `pages` scanned pages will fit; ask before its first scan."""
        return self._room.enough(pages)

    def counts(self) -> Counts:
        """Return how many submissions are in which state."""
        return count(self._database)

    def mark_printed(self, submission_id: str) -> None:
        """Note that the resident holds the receipt; its verification code is forgotten here."""
        with self._database.write() as transaction:
            transaction.execute(
                "UPDATE submission SET printed = 1, verification_code = NULL WHERE submission_id = ?", (submission_id,)
            )

    def unprinted(self) -> tuple[Numbering, ...]:
        """Return the cases whose receipt was not marked as printed, oldest first: a crash came between."""
        rows = self._database.read(
            "SELECT submission_id, seq, receipt_number, verification_code, created_at FROM submission"
            " WHERE printed = 0 AND kind = 'case' ORDER BY seq"
        )
        return tuple(
            Numbering(str(sid), int(str(seq)), str(number), str(code), datetime.fromisoformat(str(created)))
            for sid, seq, number, code, created in rows
        )

    def close(self) -> None:
        """Close the database and let another process open it."""
        self._database.close()
        self._instance.close()

    def insert(self, submission_id: str, blobs: dict[str, _Sealed], build: Build, kind: Kind) -> Numbering:
        """Commit one submission (called by its `Draft`); when this returns, it is durable."""
        if any(blob.body is None for blob in blobs.values()):
            with disk_errors():
                self.disk.sync_folder(self.folder / BLOBS)
        with self._database.write() as transaction:
            [seq] = transaction.execute("UPDATE counter SET last_seq = last_seq + 1 RETURNING last_seq").fetchone()
            numbering = self._numbering(submission_id, seq)
            document = self.sealer.seal(build(numbering), document_info(submission_id))
            manifest = canonical(self._manifest(numbering, blobs, document, kind))
            row = (
                *(submission_id, seq, kind, numbering.created_at.isoformat(), numbering.receipt_number),
                *(numbering.verification_code, manifest, sha256_hex(manifest)),
            )
            transaction.execute(
                "INSERT INTO submission (submission_id, seq, kind, created_at, receipt_number, verification_code,"
                " manifest, manifest_sha256, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'COMMITTED')",
                row,
            )
            transaction.executemany(
                "INSERT INTO blob VALUES (?, ?, ?, ?)",
                [(name, submission_id, place, blob.body) for place, (name, blob) in enumerate(blobs.items())],
            )
        return numbering

    def _numbering(self, submission_id: str, seq: int) -> Numbering:
        created_at = self._now().replace(microsecond=0)
        number = receipt_number(self._office.kiosk_id, created_at, seq)
        return Numbering(submission_id, seq, number, new_verification_code(), created_at)

    def _manifest(self, numbering: Numbering, blobs: dict[str, _Sealed], document: bytes, kind: Kind) -> Manifest:
        return Manifest(
            submission_id=numbering.submission_id,
            region=self._office.region,
            kiosk_id=self._office.kiosk_id,
            site_id=self._office.site_id,
            seq=numbering.seq,
            kind=kind,
            created_at=numbering.created_at,
            suite=self.sealer.suite,
            key_id=self.sealer.key_id,
            document=base64.b64encode(document).decode(),
            document_sha256=sha256_hex(document),
            blobs=tuple(SealedBlob(sha256=name, size=blob.size) for name, blob in blobs.items()),
        )

    def _sweep(self) -> None:
        """Delete the blobs of visits that never came to a commit. Only safe under the kiosk's own lock."""
        named = {row[0] for row in self._database.read("SELECT sha256 FROM blob WHERE body IS NULL")}
        with disk_errors():
            for path in (self.folder / BLOBS).iterdir():
                if path.name not in named:
                    path.unlink(missing_ok=True)


class Draft:
    """One submission being collected. Safe between threads; ends with `commit` or `abandon`."""

    def __init__(self, outbox: Outbox) -> None:
        self.submission_id = new_submission_id()
        self._outbox = outbox
        self._blobs: dict[str, _Sealed] = {}
        self._lock = RLock()
        self._open = True

    def add(self, plain: bytes) -> StagedBlob:
        """Seal one attachment and, from 32 KiB on, put it on disk, fsynced; raise OutboxError when it did not fit."""
        sealed = self._outbox.sealer.seal(plain, attachment_info(self.submission_id))
        name = sha256_hex(sealed)
        in_row = len(sealed) < INLINE_BELOW
        with self._lock:
            self._only_open()
            if not in_row:
                with disk_errors():
                    self._outbox.disk.write(self._path(name), sealed)
            self._blobs[name] = _Sealed(len(sealed), sealed if in_row else None)
        return StagedBlob(sha256_hex(plain), len(plain), name)

    def drop(self, blob: StagedBlob) -> None:
        """Take one attachment back and delete it at once (a page scanned again)."""
        with self._lock:
            self._only_open()
            self._delete(blob.sealed_sha256)

    def commit(self, build: Build, kind: Kind = "case") -> Numbering:
        """Make it a submission; when this returns it is on disk, and a receipt may be printed.

        Args:
            build: gets the numbers, returns the canonical document in the clear; called once, must be quick and pure.
            kind: what the document is.

        Raises:
            OutboxError: DISK_FULL: nothing was promised, the draft is as before. IO_FAILED: nothing may be promised;
                whether it exists is known at the next opening (`Outbox.unprinted`).
        """
        with self._lock:
            self._only_open()
            numbering = self._outbox.insert(self.submission_id, self._blobs, build, kind)
            self._open = False
        return numbering

    def abandon(self) -> None:
        """Delete everything at once; after a commit or another abandon this does nothing."""
        with self._lock:
            if self._open:
                self._open = False
                for name in list(self._blobs):
                    self._delete(name)

    def _delete(self, name: str) -> None:
        if self._blobs.pop(name).body is None:
            with disk_errors():
                self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._outbox.folder / BLOBS / name

    def _only_open(self) -> None:
        if not self._open:
            raise OutboxError(OutboxFault.FINISHED, "this draft was committed or abandoned")
