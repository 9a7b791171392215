"""Sealed blobs on the disk, named by the SHA-256 of their bytes; and those on their way, which grow part by part.

One decision: a blob exists when its final name exists, and a part counts when the database says so. Bytes are fsynced
before either, so a crash in between leaves bytes that nobody counts, never a count without its bytes.
"""

import hashlib
import os
from pathlib import Path

from office.errors import LostBlobError
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

    def sweep(self, keep: frozenset[str]) -> int:
        """Remove what is on its way but for `keep`, and return how many. Only the serving process may call it."""
        leftovers = [path for path in self._incoming.iterdir() if path.name not in keep]
        for leftover in leftovers:
            leftover.unlink()
        return len(leftovers)

    def any(self) -> bool:
        """Return whether there is any blob at all."""
        return next(self._folder.glob("??/*"), None) is not None

    def begun(self, name: str) -> int:
        """Return how many bytes of what comes as `name` are on the disk, counted or not."""
        try:
            return (self._incoming / name).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, name: str, offset: int, part: bytes) -> None:
        """Write `part` at `offset` of what comes as `name`, and nothing behind it; durable when this returns."""
        path = self._incoming / name
        new = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            view = memoryview(part)
            while view:
                written = os.pwrite(descriptor, view, offset)
                offset, view = offset + written, view[written:]
            os.ftruncate(descriptor, offset)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            fsync_folder(self._incoming)

    def finish(self, name: str, sha256: str) -> bool:
        """Give what came as `name` its final name, durably; when it has another SHA-256, remove it: return False.

        Finishing the same blob twice is fine: equal names, equal bytes.
        """
        path, target = self._incoming / name, self._path(sha256)
        if _sha256_of(path) != sha256:
            path.unlink()
            return False
        path.replace(target)
        fsync_folder(target.parent)
        return True

    def holds(self, sha256: str) -> bool:
        """Return whether a whole blob has this name."""
        path = self._path(sha256)
        return path.exists() and _sha256_of(path) == sha256

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


def _sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(MIB):
            digest.update(piece)
    return digest.hexdigest()


def fsync_folder(folder: Path) -> None:
    """Make the names in `folder` durable: a rename alone may be lost in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
