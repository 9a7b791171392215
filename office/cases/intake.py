"""Takes a submission in: manifest first, blobs after, then the case and its receipt in one commit.

One decision: whatever can fail is tried before the commit that answers "complete". A receipt lets the kiosk forget, so
the document and every attachment have been opened here before it is signed.
"""

from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from office.cases.filing import Document, file, next_office_seq, sign_receipt
from office.cases.opening import open_attachment, open_case, open_diagnostics, open_rating
from office.errors import LostBlobError, Refusal, UnreadableError, wrong_places
from office.office import Office
from office.store.models import BlobRow, QuarantineRow, SubmissionRow
from sync.contract import (
    CaseDocument,
    DiagnosticsDocument,
    Manifest,
    ManifestAnswer,
    SealedFile,
    SignedReceipt,
    sha256_hex,
)

CREATED, OK = 201, 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What to answer: the HTTP status, and the body."""

    status: int
    answer: ManifestAnswer


class Intake:
    """The way in for submissions. Safe from many threads: what decides is decided by the one writer."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def take(self, kiosk_id: str, submission_id: str, body: bytes) -> Taken:
        """Take a manifest that `kiosk_id` signed, as often as it comes.

        Raises:
            Refusal: 403 another kiosk's, 409 other bytes under a known id or number, 413 too large, 422 not valid.
        """
        manifest = self._manifest(kiosk_id, submission_id, body)
        digest = sha256_hex(body)
        if known := self._known(manifest, digest):
            return known
        try:
            document = self._open(manifest)
            missing = self._missing(manifest)
            if not missing:
                missing = self._open_attachments(manifest, document)
        except UnreadableError as error:
            reason = str(error)
            self._office.writer.run(lambda session: self._quarantine(session, manifest, body, reason))
            raise Refusal(422, reason) from None
        row = _submission_row(manifest, body, digest)
        return self._office.writer.run(lambda session: self._record(session, row, manifest, document, missing))

    def _manifest(self, kiosk_id: str, submission_id: str, body: bytes) -> Manifest:
        try:
            manifest = Manifest.model_validate_json(body)
        except ValidationError as error:
            raise Refusal(422, f"not a valid manifest; wrong at: {wrong_places(Manifest, error)}") from None
        if manifest.submission_id != submission_id:
            raise Refusal(422, "the submission id of the manifest is not that of the path")
        if manifest.kiosk_id != kiosk_id:
            raise Refusal(403, "the manifest is of another kiosk than the one that signed the request")
        self._check_place(manifest)
        self._check_sizes(manifest)
        return manifest

    def _check_place(self, manifest: Manifest) -> None:
        if manifest.region != self._office.region:
            raise Refusal(422, f"this is the office of {self._office.region}, not of {manifest.region}")

    def _check_sizes(self, manifest: Manifest) -> None:
        settings = self._office.settings
        if len(manifest.blobs) > settings.blobs_limit:
            raise Refusal(413, f"more than {settings.blobs_limit} blobs in one submission")
        if any(blob.size > settings.blob_limit for blob in manifest.blobs):
            raise Refusal(413, f"a blob of more than {settings.blob_limit} bytes")
        if len({blob.sha256 for blob in manifest.blobs}) != len(manifest.blobs):
            raise Refusal(422, "one blob is named twice")

    def _known(self, manifest: Manifest, digest: str) -> Taken | None:
        """Return the answer when this submission is complete already; refuse when its id has other bytes."""
        with self._office.database.reading() as session:
            row = _find(session, manifest)
            _check_conflict(session, manifest, row, digest)
            return _answer(row, OK) if row is not None and row.receipt is not None else None

    def _open(self, manifest: Manifest) -> Document:
        if manifest.kind == "rating":
            return open_rating(self._office.keys, manifest)
        if manifest.kind == "diagnostics":
            return open_diagnostics(self._office.keys, manifest)
        return open_case(self._office.keys, manifest)[0]

    def _missing(self, manifest: Manifest) -> tuple[str, ...]:
        """Return the blobs that are not here yet, in the manifest's order."""
        named = [blob.sha256 for blob in manifest.blobs]
        query = select(BlobRow).where(
            BlobRow.region == manifest.region, BlobRow.kiosk_id == manifest.kiosk_id, BlobRow.sha256.in_(named)
        )
        with self._office.database.reading() as session:
            here = {row.sha256: row for row in session.scalars(query)}
        if any(here[blob.sha256].size != blob.size for blob in manifest.blobs if blob.sha256 in here):
            raise UnreadableError("a blob has another size than this manifest declares")
        return tuple(sha for sha in named if sha not in here or here[sha].stored_at is None)

    def _open_attachments(self, manifest: Manifest, document: Document) -> tuple[str, ...]:
        """Open every attachment once: after the receipt the kiosk may forget them.

        Returns the blobs that the office's own disk has lost or changed: they are asked for again.
        """
        lost = []
        for attachment in _files(document):
            try:
                open_attachment(self._office.keys, self._office.blobs, manifest.submission_id, attachment)
            except LostBlobError:
                lost.append(attachment.sealed_sha256)
        if lost:
            ask_again = update(BlobRow).where(
                BlobRow.region == manifest.region, BlobRow.kiosk_id == manifest.kiosk_id, BlobRow.sha256.in_(lost)
            )
            self._office.writer.run(lambda session: session.execute(ask_again.values(stored_at=None)))
        return tuple(lost)

    def _record(
        self,
        session: Session,
        new: SubmissionRow,
        manifest: Manifest,
        document: Document,
        missing: tuple[str, ...],
    ) -> Taken:
        """Store the manifest; with nothing missing, file the case and sign. Runs in the writer."""
        row = _find(session, manifest)
        _check_conflict(session, manifest, row, new.manifest_sha256)
        status = OK if row else CREATED
        if row is None:
            new.first_seen = self._office.clock()
            session.add(row := new)
            _name_blobs(session, manifest)
        if row.receipt is not None:
            return _answer(row, status)
        if missing:
            return Taken(status, ManifestAnswer(state="incomplete", missing=missing))
        self._complete(session, row, document)
        return _answer(row, status)

    def _complete(self, session: Session, row: SubmissionRow, document: Document) -> None:
        now = self._office.clock()
        number = next_office_seq(session)
        row.receipt = sign_receipt(self._office.keys, row, number, now).model_dump_json()
        row.office_seq = number
        file(session, self._office.keys, document, row, now)
        kept = session.get(QuarantineRow, (row.region, row.kiosk_id, row.manifest_sha256))
        if kept is not None:  # what could not be opened then can be opened now
            session.delete(kept)

    def _quarantine(self, session: Session, manifest: Manifest, body: bytes, reason: str) -> None:
        """Keep what cannot be opened, sealed as it came, and nothing half of it. Runs in the writer."""
        digest = sha256_hex(body)
        row = _find(session, manifest)
        _check_conflict(session, manifest, row, digest)
        if row is not None and row.receipt is None:
            session.delete(row)
        kept = QuarantineRow(
            region=manifest.region,
            kiosk_id=manifest.kiosk_id,
            manifest_sha256=digest,
            submission_id=manifest.submission_id,
            seq=manifest.seq,
            reason=reason,
            manifest=body,
            quarantined_at=self._office.clock(),
        )
        session.merge(kept)


def _files(document: Document) -> tuple[SealedFile, ...]:
    if isinstance(document, CaseDocument):
        return document.attachments
    return (document.archive,) if isinstance(document, DiagnosticsDocument) else ()


def _submission_row(manifest: Manifest, body: bytes, digest: str) -> SubmissionRow:
    return SubmissionRow(
        region=manifest.region,
        kiosk_id=manifest.kiosk_id,
        submission_id=manifest.submission_id,
        seq=manifest.seq,
        kind=manifest.kind,
        manifest=body,
        manifest_sha256=digest,
    )


def _find(session: Session, manifest: Manifest) -> SubmissionRow | None:
    return session.get(SubmissionRow, (manifest.region, manifest.kiosk_id, manifest.submission_id))


def _check_conflict(session: Session, manifest: Manifest, row: SubmissionRow | None, digest: str) -> None:
    """Refuse other bytes under a known id, and a second submission under a known number."""
    if row is not None and row.manifest_sha256 != digest:
        raise Refusal(409, "this submission id is known with other bytes")
    other = select(SubmissionRow.submission_id).where(
        SubmissionRow.region == manifest.region,
        SubmissionRow.kiosk_id == manifest.kiosk_id,
        SubmissionRow.seq == manifest.seq,
        SubmissionRow.submission_id != manifest.submission_id,
    )
    if session.execute(other).first() is not None:
        raise Refusal(409, f"number {manifest.seq} of this kiosk is another submission")


def _name_blobs(session: Session, manifest: Manifest) -> None:
    """Note the blobs that may now come; one that another submission has named keeps its row."""
    for blob in manifest.blobs:
        key = (manifest.region, manifest.kiosk_id, blob.sha256)
        if session.get(BlobRow, key) is None:
            session.add(BlobRow(region=key[0], kiosk_id=key[1], sha256=key[2], size=blob.size))


def _answer(row: SubmissionRow, status: int) -> Taken:
    signed = SignedReceipt.model_validate_json(row.receipt or "")
    return Taken(status, ManifestAnswer(state="complete", signed_receipt=signed))
