"""One office, opened: its settings, keys, database, writer and blobs, in one object that everything else is given.

One decision: several processes may open an office (a clerk's account is added while it runs), but one serves.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from office.clock import Clock, utc_now
from office.errors import OfficeError
from office.keys import OfficeKeys, load_or_create_keys
from office.settings import OfficeSettings
from office.store.blobs import BlobStore
from office.store.database import Database
from office.store.uploads import unfinished
from office.store.writer import Writer


@dataclass(frozen=True)
class Office:
    """An open office. Close it, or use `open_office` as a context manager."""

    settings: OfficeSettings
    keys: OfficeKeys
    database: Database
    writer: Writer
    blobs: BlobStore
    clock: Clock

    @property
    def region(self) -> str:
        """Return the region that every key of this office begins with."""
        return self.settings.region

    def close(self) -> None:
        """Commit what was asked for and close every file."""
        self.writer.close()
        self.database.close()


def make_office(settings: OfficeSettings, clock: Clock = utc_now) -> Office:
    """Open the office of `settings`, making its folder, keys and tables when they are not there yet.

    Raises:
        OfficeError: a key cannot be read, or the database is lost, damaged, or would not be durable.
    """
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = is_new(settings)
    keys = load_or_create_keys(settings.folder / "keys", may_create=new)
    blobs = BlobStore(settings.folder / "blobs")
    if new and blobs.any():
        message = f"{settings.folder} has papers but no database: restore office.sqlite from its backup"
        raise OfficeError(message)
    database = Database(settings.url)
    return Office(settings, keys, database, Writer(database.writing), blobs, clock)


def is_new(settings: OfficeSettings) -> bool:
    """Return whether this office has no database yet."""
    path = make_url(settings.url).database
    return path is None or not Path(path).exists()


@contextmanager
def open_office(settings: OfficeSettings, clock: Clock = utc_now) -> Iterator[Office]:
    """Open an office for the length of a ``with`` block."""
    office = make_office(settings, clock)
    try:
        yield office
    finally:
        office.close()


@contextmanager
def serving(office: Office) -> Iterator[None]:
    """Hold the office's serving lock and clear up after a crash.

    Raises:
        OfficeError: another process serves this folder.
    """
    descriptor = os.open(office.settings.folder / "serving.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another process already serves {office.settings.folder}"
            raise OfficeError(message) from error
        office.blobs.sweep(unfinished(office.database))
        yield
    finally:
        os.close(descriptor)
