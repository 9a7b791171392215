"""Sealed blobs on the disk, named by the SHA-256 of their bytes: written, fsynced, renamed, folder fsynced.

One decision: a blob exists when its final name exists. Only then is it named in the database, so a crash in between
leaves a file that nobody names, never a name without a file.
"""

import hashlib
import os
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from office.errors import LostBlobError, Refusal
from office.settings import MIB

SHARDS = 256  # the first two hex digits


class BlobStore:
    """A folder of blobs: ``blobs/ab/abcd…`` and ``blobs/incoming`` for what is on its way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        for shard in (self._incoming, *(folder / f"{number:02x}" for number in range(SHARDS))):
            shard.mkdir(mode=0o700, parents=True, exist_ok=True)
        fsync_folder(folder)

    def sweep(self) -> int:
        """Remove what a crash left half-written, and return how many. Only the serving process may call it."""
        leftovers = list(self._incoming.iterdir())
        for leftover in leftovers:
            leftover.unlink()
        return len(leftovers)

    def any(self) -> bool:
        """Return whether there is any blob at all."""
        return next(self._folder.glob("??/*"), None) is not None

    def receive(self, sha256: str, size: int) -> "IncomingBlob":
        """Return a place to write a blob that must turn out to have this SHA-256 and `size` bytes."""
        return IncomingBlob(self._incoming / uuid.uuid4().hex, self._path(sha256), sha256, size)

    def read(self, sha256: str) -> bytes:
        """Return a blob, checked against its name.

        Raises:
            LostBlobError: the disk does not have it, or gives other bytes than were stored.
        """
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            message = f"blob {sha256[:12]}… is not in the blob folder"
            raise LostBlobError(message) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            message = f"blob {sha256[:12]}… has changed on the disk"
            raise LostBlobError(message)
        return data

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


class IncomingBlob:
    """One blob on its way in; a context manager that leaves nothing behind unless `keep` succeeded."""

    def __init__(self, path: Path, target: Path, sha256: str, size: int) -> None:
        self._path = path
        self._target = target
        self._sha256 = sha256
        self._size = size
        self._received = 0
        self._digest = hashlib.sha256()
        self._file = path.open("x+b")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Add a chunk. What goes beyond the declared size is counted and not written; `body` will refuse it.

        Raises:
            Refusal: 413, there is no end to it.
        """
        self._received += len(chunk)
        if self._received <= self._size:
            self._digest.update(chunk)
            self._file.write(chunk)
        elif self._received > 2 * self._size + MIB:
            raise Refusal(413, f"the blob is far larger than the {self._size} bytes its manifest declares")

    def body(self) -> bytes:
        """Return all bytes received, read back from the file.

        Raises:
            Refusal: 422, they are fewer or more than declared.
        """
        if self._received != self._size:
            raise Refusal(422, f"the blob has {self._received} bytes, its manifest declares {self._size}")
        self._file.flush()
        self._file.seek(0)
        return self._file.read()

    def keep(self) -> None:
        """Make the blob durable under its name. Keeping the same blob twice is fine: equal names, equal bytes.

        Raises:
            Refusal: 422, the bytes do not have the SHA-256 they were sent under.
        """
        if self._digest.hexdigest() != self._sha256:
            raise Refusal(422, "the blob's bytes do not have the SHA-256 they were sent under")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._path.replace(self._target)
        fsync_folder(self._target.parent)


def fsync_folder(folder: Path) -> None:
    """Make the names in `folder` durable: a rename alone may be lost in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
