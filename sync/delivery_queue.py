"""The outbox on delivery's side: what waits, its sealed bytes, and what became of it.

One decision: this side cannot make a submission and needs no key to seal; it only moves rows forward along
`_MOVES`. Content goes (files first, then rows) only from DELIVERED, so the next `purge` ends what a crash cut.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sync.contract import Manifest, SignedReceipt, canonical, sha256_hex
from sync.durable import Disk
from sync.outbox_counts import Counts, count
from sync.outbox_schema import BLOBS, Database, OutboxError, OutboxFault, disk_errors
from sync.room import RESERVE_BYTES, Room

_MOVES = {
    "SENDING": ("COMMITTED", "SENDING"),
    "DELIVERED": ("COMMITTED", "SENDING"),
    "PARKED": ("COMMITTED", "SENDING"),
    "COMMITTED": ("PARKED",),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One submission to be sent. `fresh`: no attempt was ever begun."""

    submission_id: str
    seq: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Parked:
    """One submission that needs a person, for the technician's list."""

    submission_id: str
    receipt_number: str
    created_at: str
    reason: str


class DeliveryQueue:
    """The outbox as the delivery process sees it, beside the kiosk process that fills it."""

    def __init__(self, folder: Path, *, disk: Disk | None = None, reserve_bytes: int = RESERVE_BYTES) -> None:
        """Open and verify the outbox in `folder`; raise OutboxError when it cannot be trusted."""
        self.folder = folder
        self._database = Database(folder, disk or Disk())
        self._sound: set[str] = set()  # blobs in files that were whole when their first part was asked for
        self.space = Room(folder, disk or Disk(), reserve_bytes=reserve_bytes)

    def waiting(self) -> tuple[Waiting, ...]:
        """Return what is to be sent, in the order it was committed."""
        rows = self._database.read(
            "SELECT submission_id, seq, state FROM submission WHERE state IN ('COMMITTED', 'SENDING') ORDER BY seq"
        )
        return tuple(Waiting(str(sid), int(str(seq)), state == "COMMITTED") for sid, seq, state in rows)

    def manifest(self, submission_id: str) -> bytes:
        """Return the canonical manifest as it was committed; raise OutboxError DAMAGED when a bit differs."""
        rows = self._database.read(
            "SELECT manifest, manifest_sha256 FROM submission WHERE submission_id = ?", submission_id
        )
        body, digest = rows[0] if rows else (None, None)
        if not isinstance(body, bytes) or sha256_hex(body) != digest:
            raise OutboxError(OutboxFault.DAMAGED, "a manifest is not the one that was committed")
        return body

    def blob_names(self, submission_id: str) -> frozenset[str]:
        """Return the SHA-256 names of a submission's sealed blobs."""
        return frozenset(blob.sha256 for blob in Manifest.model_validate_json(self.manifest(submission_id)).blobs)

    def blob(self, sha256: str) -> bytes:
        """Return one sealed blob; raise OutboxError DAMAGED when it is not what its name says, or gone."""
        rows = self._database.read("SELECT body FROM blob WHERE sha256 = ?", sha256)
        body = rows[0][0] if rows else None
        if not isinstance(body, bytes):
            try:
                body = (self.folder / BLOBS / sha256).read_bytes()
            except OSError as error:
                raise OutboxError(OutboxFault.DAMAGED, "a sealed blob cannot be read") from error
        if sha256_hex(body) != sha256:
            raise OutboxError(OutboxFault.DAMAGED, "a sealed blob is not the one that was committed")
        return body

    def part(self, sha256: str, offset: int, size: int) -> bytes:
        """Return at most `size` bytes of one sealed blob from `offset`; raise OutboxError DAMAGED as `blob` does.

        The whole is compared with its name when its first part is asked for in this process, not for each part.
        """
        path = self.folder / BLOBS / sha256
        if sha256 not in self._sound:
            whole = self.blob(sha256)
            if not path.exists():
                return whole[offset : offset + size]
            self._sound.add(sha256)
        try:
            with path.open("rb") as file:
                file.seek(offset)
                return file.read(size)
        except OSError as error:
            raise OutboxError(OutboxFault.DAMAGED, "a sealed blob cannot be read") from error

    def mark_sending(self, submission_id: str) -> None:
        """Note that an attempt has begun."""
        self._move(submission_id, "SENDING")

    def delivered(self, submission_id: str, receipt: SignedReceipt, at: datetime) -> None:
        """Keep the office's verified receipt; from here the content may go."""
        self._move(submission_id, "DELIVERED", receipt=canonical(receipt), settled_at=at.isoformat())

    def park(self, submission_id: str, reason: str) -> None:
        """Set one submission aside for a person; `reason` names no content. Nothing of it is deleted."""
        self._move(submission_id, "PARKED", reason=reason)

    def unpark(self, submission_id: str) -> None:
        """Send it again: a person has seen to the reason."""
        self._move(submission_id, "COMMITTED", reason=None)

    def parked(self) -> tuple[Parked, ...]:
        """Return what needs a person, oldest first."""
        rows = self._database.read(
            "SELECT submission_id, receipt_number, created_at, reason FROM submission"
            " WHERE state = 'PARKED' ORDER BY seq"
        )
        return tuple(Parked(*map(str, row)) for row in rows)

    def purge(self) -> int:
        """Delete the content of everything delivered; return how many submissions that were."""
        done = [
            str(row[0]) for row in self._database.read("SELECT submission_id FROM submission WHERE state = 'DELIVERED'")
        ]
        for submission_id in done:
            for [name] in self._database.read(
                "SELECT sha256 FROM blob WHERE body IS NULL AND submission_id = ?", submission_id
            ):
                self._sound.discard(str(name))
                with disk_errors():
                    (self.folder / BLOBS / str(name)).unlink(missing_ok=True)
            with self._database.write() as transaction:
                transaction.execute("DELETE FROM blob WHERE submission_id = ?", (submission_id,))
                transaction.execute(
                    "UPDATE submission SET state = 'PURGED', manifest = NULL WHERE submission_id = ?", (submission_id,)
                )
        return len(done)

    def forget(self, before: datetime) -> int:
        """Delete the rows of what was purged and printed before `before`, keeping their count; return how many."""
        with self._database.write() as transaction:
            gone = transaction.execute(
                "DELETE FROM submission WHERE state = 'PURGED' AND (printed = 1 OR kind <> 'case')"
                " AND unixepoch(settled_at) < ?",
                (int(before.timestamp()),),
            ).rowcount
            transaction.execute("UPDATE counter SET forgotten = forgotten + ?", (gone,))
        return gone

    def counts(self) -> Counts:
        """Return how many submissions are in which state."""
        return count(self._database)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _move(self, submission_id: str, state: str, **columns: object) -> None:
        """Move one row along `_MOVES`, or raise OutboxError WRONG_STATE: another process was faster, or it is gone."""
        names = "".join(f", {name} = ?" for name in columns)
        places = ", ".join("?" * len(_MOVES[state]))
        with self._database.write() as transaction:
            moved = transaction.execute(
                f"UPDATE submission SET state = ?{names} WHERE submission_id = ? AND state IN ({places})",  # noqa: S608 - names are ours
                (state, *columns.values(), submission_id, *_MOVES[state]),
            ).rowcount
            if moved != 1:
                raise OutboxError(OutboxFault.WRONG_STATE, f"this submission cannot become {state}")
