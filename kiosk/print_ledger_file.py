"""The file under the print ledger: SQLite, durable at every commit, opened by one process.

One decision: a ledger that fails its check is put aside, under another name and told in the log, and a new one begun.
It promises nothing to a resident, and a kiosk whose history is ill must still print.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from threading import RLock

from sync.durable import AlreadyRunning, SingleInstance

_log = logging.getLogger(__name__)

_NAME = "print-jobs.sqlite3"
_BESIDE = ("", "-wal", "-shm")
_BUSY_SECONDS = 2.0
_VERSION = 1
_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "temp_store": 2, "secure_delete": 1}
_TABLES = """
CREATE TABLE job (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    submission_id TEXT,
    receipt_number TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('RECEIPT', 'COPY')),
    item_title TEXT NOT NULL,
    language TEXT NOT NULL,
    submitted_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    began_at TEXT,
    ended_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('RECORDED', 'PRINTING', 'PRINTED', 'FAILED', 'MAY_HAVE_PRINTED')),
    reason TEXT,
    copy_of TEXT,
    asked_by TEXT,
    mm REAL NOT NULL
) STRICT;
CREATE INDEX job_by_time ON job (recorded_at);
CREATE INDEX job_by_original ON job (copy_of);
CREATE TABLE paper (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    made_at TEXT NOT NULL,
    changed_at TEXT,
    length_mm REAL,
    used_mm REAL NOT NULL
) STRICT;
"""


class PrintLedgerFault(StrEnum):
    """Why the ledger could not do it."""

    DISK_FULL = "DISK_FULL"
    IO_FAILED = "IO_FAILED"
    NOT_DURABLE = "NOT_DURABLE"  # SQLite would not give WAL and FULL here
    OTHER_VERSION = "OTHER_VERSION"
    IN_USE = "IN_USE"
    UNKNOWN_JOB = "UNKNOWN_JOB"
    BEGUN_BEFORE = "BEGUN_BEFORE"  # at most once: it printed, may have printed, or is under way


class PrintLedgerError(Exception):
    """The ledger could not do what was asked.

    Attributes:
        reason: why, to be matched on.
    """

    def __init__(self, reason: PrintLedgerFault, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


_FAULTS = {sqlite3.SQLITE_FULL: PrintLedgerFault.DISK_FULL, sqlite3.SQLITE_BUSY: PrintLedgerFault.IN_USE}
_ILL = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def _errors() -> Iterator[None]:
    """Turn what SQLite and the system raise into our one exception."""
    try:
        yield
    except sqlite3.Error as error:
        name: str = getattr(error, "sqlite_errorname", type(error).__name__)
        fault = _FAULTS.get(_primary(error), PrintLedgerFault.IO_FAILED)
        raise PrintLedgerError(fault, f"the print ledger says {name}") from error
    except OSError as error:
        raise PrintLedgerError(PrintLedgerFault.IO_FAILED, f"the print ledger's disk: {error.strerror}") from error


def _primary(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR)) & 0xFF


class LedgerFile:
    """The opened database. Safe between threads."""

    def __init__(self, folder: Path, *, made_at: str) -> None:
        """Open or make it; `made_at` is noted in a new one. Raises `PrintLedgerError`."""
        self._lock = RLock()
        with _errors():
            try:
                self._instance = SingleInstance(folder / "print-jobs.lock")
            except AlreadyRunning as error:
                raise PrintLedgerError(PrintLedgerFault.IN_USE, "another process has the print ledger open") from error
            try:
                self._connection = _open(folder / _NAME, made_at)
            except (sqlite3.Error, OSError, PrintLedgerError):
                self._instance.close()
                raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give a transaction that is durable when the block has ended, and undone when it raised."""
        with self._lock, _errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def write(self, sql: str, *values: object) -> int:
        """Do one statement durably; return the rows it changed."""
        with self.transaction() as connection:
            return connection.execute(sql, values).rowcount

    def read(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows of one SELECT."""
        with self._lock, _errors():
            return self._connection.execute(sql, values).fetchall()

    def number(self, sql: str, *values: object) -> float:
        """Return the one number that a SELECT gives."""
        return float(str(self.read(sql, *values)[0][0]))

    def count(self, sql: str, *values: object) -> int:
        """Return the one whole number that a SELECT gives."""
        return int(str(self.read(sql, *values)[0][0]))

    def text(self, sql: str, *values: object) -> str:
        """Return the one text that a SELECT gives."""
        return str(self.read(sql, *values)[0][0])

    def close(self) -> None:
        """Close it; allowed more than once."""
        with self._lock:
            self._connection.close()
            self._instance.close()


def _open(path: Path, made_at: str) -> sqlite3.Connection:
    """Open a sound database, or a new one in the place of one that is not."""
    try:
        return _connect(path, made_at)
    except sqlite3.DatabaseError as error:
        if _primary(error) not in _ILL:
            raise
    aside = path.with_suffix(f".damaged-{made_at.replace(':', '')}")
    _log.error("the print ledger fails its check; it is kept as %s and a new one is begun", aside.name)
    for end in _BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + end))
    return _connect(path, made_at)


def _connect(path: Path, made_at: str) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, made_at)
    except (sqlite3.Error, PrintLedgerError):
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, made_at: str) -> None:
    """Ask for durability, read back that it is given, check what is there, make what is not."""
    for name, wanted in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {wanted}")
        if connection.execute(f"PRAGMA {name}").fetchone()[0] != wanted:
            raise PrintLedgerError(PrintLedgerFault.NOT_DURABLE, f"SQLite does not give {name} = {wanted} here")
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        error = sqlite3.DatabaseError("quick_check")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
    elif version != _VERSION:
        raise PrintLedgerError(PrintLedgerFault.OTHER_VERSION, f"the print ledger has version {version}")
    connection.execute("INSERT OR IGNORE INTO paper VALUES (1, ?, NULL, NULL, 0)", (made_at,))
