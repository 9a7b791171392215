"""Opens the office's SQLite file so that what is committed is on the disk: WAL, synchronous=FULL, read back.

One decision: readers have connections of their own that cannot write; all writing goes through `store.writer`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from office.errors import OfficeError
from office.store.models import SCHEMA_VERSION, Base

BUSY_MS = 10_000
SYNCHRONOUS_FULL = 2  # SQLite documentation, PRAGMA synchronous
# Version 2: cases have steps, and are found by their applicant; of those that an older office filed the steps are made.
_TO_2 = (
    "ALTER TABLE \"case\" ADD COLUMN applicant_key VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE \"case\" ADD COLUMN purpose VARCHAR NOT NULL DEFAULT 'declare'",
    'ALTER TABLE "case" ADD COLUMN about VARCHAR',
    "UPDATE \"case\" SET status = CASE status WHEN 'NEW' THEN 'RECEIVED' ELSE 'CHECKING' END",
    'CREATE INDEX case_by_applicant ON "case" (region, applicant_key, submitted_at)',
    'CREATE INDEX case_by_id ON "case" (region, submission_id)',
    'CREATE INDEX case_by_about ON "case" (region, about)',
)
_STEP = "INSERT INTO step (region, kiosk_id, submission_id, n, state, at) SELECT region, kiosk_id, submission_id"
_STEPS_OF_2 = (
    f"{_STEP}, 1, 'RECEIVED', received_at FROM \"case\"",
    f"{_STEP}, 2, status, received_at FROM \"case\" WHERE status <> 'RECEIVED'",
)
POOL = {"pool_size": 48, "max_overflow": 0}  # more than Starlette's 40 threads: a reader never waits for a connection


class Database:
    """The engine that writes and the engine that reads.

    Raises:
        OfficeError: the file is damaged, of another version of the office, or does not keep WAL and synchronous=FULL.
    """

    def __init__(self, url: str) -> None:
        self.writing = create_engine(url)
        self._reading = create_engine(url, **POOL)
        event.listen(self.writing, "connect", _durable)
        event.listen(self.writing, "begin", _begin_immediate)
        event.listen(self._reading, "connect", _read_only)
        try:
            _prepare(self.writing)
        except DatabaseError as error:
            self.close()
            message = f"the database cannot be used ({_name(error)}): restore office.sqlite from its backup"
            raise OfficeError(message) from error
        except OfficeError:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one consistent state and cannot write."""
        with Session(self._reading) as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.writing.dispose()
        self._reading.dispose()


def _durable(connection: sqlite3.Connection, _record: object) -> None:
    """Set what makes a commit durable, and read it back: a pragma that does not hold fails silently in SQLite."""
    connection.isolation_level = None  # we say BEGIN ourselves: sqlite3's own implicit BEGIN is deferred
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    if (mode, level) != ("wal", SYNCHRONOUS_FULL):
        message = f"the database must run with WAL and synchronous=FULL, but runs with {mode} and {level}"
        raise OfficeError(message)


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once, so that what a transaction reads first is still true when it writes."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _read_only(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (f"busy_timeout={BUSY_MS}", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _name(error: DatabaseError) -> str:
    return str(getattr(error.orig, "sqlite_errorname", type(error).__name__))


def _prepare(engine: Engine) -> None:
    """Make the tables in a new file, bring an older one up to date, refuse one of a version that is not known.

    All in one transaction: an office that dies in the middle of it begins again where it was.
    """
    with engine.begin() as connection:
        found = connection.execute(text("PRAGMA user_version")).scalar_one()
        if found not in {0, 1, SCHEMA_VERSION}:
            message = f"the database is of version {found}, this office reads version {SCHEMA_VERSION}"
            raise OfficeError(message)
        older = found == 1
        for statement in _TO_2 if older else ():
            connection.execute(text(statement))
        Base.metadata.create_all(connection)
        for statement in _STEPS_OF_2 if older else ():
            connection.execute(text(statement))
        connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
