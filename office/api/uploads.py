"""Blobs on their way: how much of each is here, and the next part of it.

One decision: the database alone says how much counts, and says it after the bytes are fsynced. A part that was cut off,
or whose count was never committed, is simply asked for again.
"""

from dataclasses import dataclass, replace
from threading import Lock

from sqlalchemy.orm import Session

from office.errors import Refusal
from office.office import Office
from office.store.models import BlobRow, UploadRow
from office.store.uploads import upload_name

STRIPES = 64  # locks; two blobs that share one wait for each other, no more


@dataclass(frozen=True, slots=True)
class Upload:
    """How far one blob has come.

    Attributes:
        size: in bytes, as its manifest declares it.
        offset: bytes that are here for good.
        whole: all of it is here and has its name.
        taken: the part that was offered is here, too.
    """

    size: int
    offset: int
    whole: bool = False
    taken: bool = True


class Uploads:
    """The way in for sealed blobs. Safe from many threads; two parts of one blob never meet."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._locks = tuple(Lock() for _ in range(STRIPES))

    def state(self, kiosk_id: str, sha256: str) -> Upload:
        """Return how much of a blob is here.

        Raises:
            Refusal: 404, no manifest of this kiosk names it.
        """
        with self._lock(kiosk_id, sha256):
            return self._state(kiosk_id, sha256)

    def take(self, kiosk_id: str, sha256: str, offset: int, part: bytes) -> Upload:
        """Take the part of a blob that begins at `offset`; what is here already is not taken again.

        Raises:
            Refusal: 404 no manifest names it, 413 longer than declared, 422 whole and not what its name says.
        """
        with self._lock(kiosk_id, sha256):
            found = self._state(kiosk_id, sha256)
            if found.whole or found.offset != offset:
                return replace(found, taken=found.offset == offset and not part)
            if offset + len(part) > found.size:
                raise Refusal(413, f"the blob grows beyond the {found.size} bytes its manifest declares")
            self._office.blobs.append(upload_name(kiosk_id, sha256), offset, part)
            return self._count(kiosk_id, sha256, Upload(found.size, offset + len(part)))

    def _lock(self, kiosk_id: str, sha256: str) -> Lock:
        return self._locks[hash((kiosk_id, sha256)) % STRIPES]

    def _state(self, kiosk_id: str, sha256: str) -> Upload:
        key = (self._office.region, kiosk_id, sha256)
        with self._office.database.reading() as session:
            blob, upload = session.get(BlobRow, key), session.get(UploadRow, key)
        if blob is None:
            raise Refusal(404, "no manifest of this kiosk names this blob: send the manifest first")
        if blob.stored_at is not None:
            return Upload(blob.size, blob.size, whole=True)
        counted = upload.received if upload is not None else 0
        if counted <= self._office.blobs.begun(upload_name(kiosk_id, sha256)):
            return Upload(blob.size, counted)
        if self._office.blobs.holds(sha256):  # it was whole, and a crash came before that was noted
            self._office.writer.run(lambda session: self._stored(session, key))
            return Upload(blob.size, blob.size, whole=True)
        return Upload(blob.size, 0)  # the disk has lost what was counted

    def _count(self, kiosk_id: str, sha256: str, upload: Upload) -> Upload:
        key = (self._office.region, kiosk_id, sha256)
        if upload.offset < upload.size:
            row = UploadRow(region=key[0], kiosk_id=kiosk_id, sha256=sha256, received=upload.offset)
            self._office.writer.run(lambda session: session.merge(row) and None)
        elif self._office.blobs.finish(upload_name(kiosk_id, sha256), sha256):
            self._office.writer.run(lambda session: self._stored(session, key))
        else:
            raise Refusal(422, "the blob's bytes do not have the SHA-256 they were sent under")
        return upload

    def _stored(self, session: Session, key: tuple[str, str, str]) -> None:
        """Note that a blob is durable and no longer on its way. Runs in the writer."""
        session.get_one(BlobRow, key).stored_at = self._office.clock()
        if (upload := session.get(UploadRow, key)) is not None:
            session.delete(upload)
