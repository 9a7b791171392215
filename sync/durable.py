"""What reaches the disk and stays there: files that survive a power cut, folders that remember them, locks.

One decision: every write and sync of the outbox goes through a `Disk`, so that tests count the syncs and fail the k-th.
An fsync that failed is never tried again on the same file (the page cache may have dropped what it could not write).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self


class AlreadyRunning(Exception):  # noqa: N818 - a state of the machine, not a fault of it
    """Another process holds this lock."""


class Disk:
    """The real disk. Every method raises OSError when it could not do all of it."""

    def write(self, path: Path, data: bytes) -> None:
        """Create `path` (it must not exist) with `data`, mode 0600, fsynced; on failure leave nothing.

        The name in its folder is durable only after `sync_folder`.
        """
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _write_all(handle, data)
            self.sync(handle)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)

    def replace(self, path: Path, data: bytes) -> None:
        """Put `data` at `path` so that a crash leaves either the old file or the new one, whole."""
        beside = path.with_name(f".{path.name}.new")
        beside.unlink(missing_ok=True)
        self.write(beside, data)
        beside.replace(path)
        self.sync_folder(path.parent)

    def reserve(self, path: Path, size: int) -> None:
        """Create `path` with `size` bytes of real space behind it; on failure leave nothing."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, size)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)

    def sync(self, handle: int) -> None:
        """Fsync an open file."""
        os.fsync(handle)

    def sync_folder(self, folder: Path) -> None:
        """Fsync a folder, so that the names in it are durable."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.sync(handle)
        finally:
            os.close(handle)

    def free(self, folder: Path) -> int:
        """Return the bytes this process may still write below `folder`."""
        room = os.statvfs(folder)
        return room.f_bavail * room.f_frsize


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def private_folder(folder: Path) -> Path:
    """Make `folder` with mode 0700 when it is missing, and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class SingleInstance:
    """A lock that one process holds while it lives; the kernel drops it with the process, kill -9 included."""

    def __init__(self, path: Path) -> None:
        """Take the lock at `path`; raise AlreadyRunning when another holds it."""
        private_folder(path.parent)
        self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise AlreadyRunning(f"another process holds {path.name}; only one may run") from None

    def close(self) -> None:
        """Let go."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        self.close()


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock at `path` for a short while, waiting for whoever has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
