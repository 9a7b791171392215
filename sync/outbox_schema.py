"""The outbox's database: one SQLite file that two processes share, durable at every commit.

One decision: write-ahead log with synchronous=FULL (one sync a commit), both read back at every opening: a database
that cannot promise this is not opened. Nothing but sealed bytes, ids, times and states is ever stored in it.

States: COMMITTED, SENDING (an attempt has begun), DELIVERED (a signed receipt is held), PARKED (a reason), PURGED (no
content any more). COLLECTING has no row: it is a `Draft` in memory, and blobs that the next opening would sweep.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from threading import RLock

from sync.durable import Disk, exclusive, private_folder

DATABASE = "outbox.sqlite3"
BLOBS = "blobs"
MADE = "outbox.made"  # an empty file: there was a database here, so that a lost one is never taken for a new outbox
BUSY_SECONDS = 10.0

_VERSION = 1
_TABLES = """
CREATE TABLE counter (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_seq INTEGER NOT NULL,
    forgotten INTEGER NOT NULL
) STRICT;
INSERT INTO counter VALUES (1, 0, 0);
CREATE TABLE submission (
    submission_id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('COMMITTED', 'SENDING', 'DELIVERED', 'PARKED', 'PURGED')),
    receipt_number TEXT NOT NULL,
    verification_code TEXT,
    printed INTEGER NOT NULL DEFAULT 0,
    manifest BLOB,
    manifest_sha256 TEXT NOT NULL,
    reason TEXT,
    receipt BLOB,
    settled_at TEXT,
    CHECK (manifest IS NOT NULL OR state = 'PURGED')
) STRICT;
CREATE INDEX submission_by_state ON submission (state, seq);
CREATE TABLE blob (
    sha256 TEXT PRIMARY KEY,
    submission_id TEXT NOT NULL REFERENCES submission,
    position INTEGER NOT NULL,
    body BLOB
) STRICT;
CREATE INDEX blob_by_submission ON blob (submission_id, position);
"""

_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2, "secure_delete": 1}


_LOST = (
    "the outbox's database is missing or empty, but this folder had one: what was accepted may be lost;"
    " keep the folder as it is, call a developer"
)


_ILL = "the outbox's database fails its check; keep the folder as it is, call a developer"
_ADDS_UP = (
    "SELECT last_seq = forgotten + (SELECT count(*) FROM submission)"
    " AND last_seq >= (SELECT coalesce(max(seq), 0) FROM submission)"
    " AND NOT EXISTS (SELECT 1 FROM submission WHERE unixepoch(created_at) IS NULL) FROM counter"
)


class OutboxFault(StrEnum):
    """Why the outbox could not do it."""

    DISK_FULL = "DISK_FULL"  # nothing was promised; centre staff or delivery must make room
    IO_FAILED = "IO_FAILED"  # the disk is ill: reopen (restart), which verifies
    NOT_DURABLE = "NOT_DURABLE"  # SQLite would not give WAL and FULL here
    CORRUPT = "CORRUPT"
    OTHER_VERSION = "OTHER_VERSION"
    IN_USE = "IN_USE"
    FINISHED = "FINISHED"  # the draft was committed or abandoned before
    WRONG_STATE = "WRONG_STATE"
    DAMAGED = "DAMAGED"  # one submission's sealed bytes are not those that were committed


class OutboxError(Exception):
    """The outbox could not do what was asked.

    Attributes:
        reason: why, to be matched on. The text never holds content.
    """

    def __init__(self, reason: OutboxFault, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SQLITE_FAULTS = {
    sqlite3.SQLITE_FULL: OutboxFault.DISK_FULL,
    sqlite3.SQLITE_BUSY: OutboxFault.IN_USE,
    sqlite3.SQLITE_CORRUPT: OutboxFault.CORRUPT,
    sqlite3.SQLITE_NOTADB: OutboxFault.CORRUPT,
}
# After these nobody knows what the disk holds: no more promises on this connection.
_FATAL = {OutboxFault.IO_FAILED, OutboxFault.CORRUPT}


def outbox_error(error: sqlite3.Error | OSError) -> OutboxError:
    """Return our word for what SQLite or the operating system said."""
    if isinstance(error, OSError):
        full = error.errno in _FULL_ERRNOS
        reason = OutboxFault.DISK_FULL if full else OutboxFault.IO_FAILED
        return OutboxError(reason, f"the outbox's disk says {errno.errorcode.get(error.errno or 0, 'unknown')}")
    name: str = getattr(error, "sqlite_errorname", type(error).__name__)
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF
    return OutboxError(_SQLITE_FAULTS.get(primary, OutboxFault.IO_FAILED), f"the outbox's database says {name}")


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn OSError into OutboxError."""
    try:
        yield
    except OSError as error:
        raise outbox_error(error) from error


class Database:
    """The opened database. Safe between threads; each process has its own."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        """Open or make the outbox in `folder`; raise OutboxError rather than open one that is not durable."""
        self._lock = RLock()
        self._broken = False
        with disk_errors(), exclusive(private_folder(folder) / "open.lock"):
            made = (folder / MADE).exists() or any(private_folder(folder / BLOBS).iterdir())
            path = folder / DATABASE
            if made and not path.exists():
                raise OutboxError(OutboxFault.CORRUPT, _LOST)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._connection = _connect(path)
            try:
                _verify(self._connection)
                _make_tables(self._connection, may_make=not made)
                _must_add_up(self._connection)
                if not (folder / MADE).exists():
                    disk.write(folder / MADE, b"")
                    disk.sync_folder(folder)
            except sqlite3.Error as error:
                self._connection.close()
                raise outbox_error(error) from error
            except UnicodeDecodeError as error:  # sqlite3 could not even read SQLite's own words about the damage
                self._connection.close()
                raise OutboxError(OutboxFault.CORRUPT, _ILL) from error
            except (OutboxError, OSError):
                self._connection.close()
                raise

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give a transaction that is durable when the block has ended, and undone when it raised."""
        with self._lock:
            self._only_sound()
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                fault = outbox_error(error)
                self._broken = fault.reason in _FATAL
                raise fault from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def read(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows of one SELECT."""
        with self._lock:
            self._only_sound()
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise outbox_error(error) from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def _only_sound(self) -> None:
        if self._broken:
            raise OutboxError(OutboxFault.IO_FAILED, "the outbox failed before; restart to verify what the disk holds")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _verify(connection: sqlite3.Connection) -> None:
    for name, wanted in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {wanted}").fetchall()
        [held] = connection.execute(f"PRAGMA {name}").fetchone()
        if held != wanted:
            raise OutboxError(OutboxFault.NOT_DURABLE, f"SQLite answers {held!r} for {name}, {wanted!r} is needed")
    # Not quick_check: a bit that flipped in an index hides a row from delivery, and only the whole check compares both.
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise OutboxError(OutboxFault.CORRUPT, _ILL)


def _make_tables(connection: sqlite3.Connection, *, may_make: bool) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == _VERSION:
        return
    if version != 0:
        raise OutboxError(OutboxFault.OTHER_VERSION, f"the outbox has version {version}, this program knows {_VERSION}")
    if not may_make:
        raise OutboxError(OutboxFault.CORRUPT, _LOST)
    connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")


def _must_add_up(connection: sqlite3.Connection) -> None:
    """Raise OutboxError CORRUPT unless every number that was ever given has its row, or was counted and forgotten."""
    if connection.execute(_ADDS_UP).fetchall() != [(1,)]:
        raise OutboxError(OutboxFault.CORRUPT, f"numbers are missing in the outbox; {_ILL}")
