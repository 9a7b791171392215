"""Opens what only the office can open: sealed documents and attachments, each checked against what it says it is.

One decision: nothing opened is stored. A case is opened for the one who looks at it, every time anew, and no error
text holds anything of what was inside.
"""

import base64
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from office.errors import NotFoundError, UnreadableError, wrong_places
from office.keys import OfficeKeys
from office.office import Office
from office.store.blobs import BlobStore
from office.store.models import SubmissionRow
from sync.contract import CaseDocument, DiagnosticsDocument, Manifest, RatingDocument, SealedFile, sha256_hex
from sync.seal import SealError, attachment_info, document_info

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, repr=False)
class OpenedCase:
    """A case in the clear. Holds personal data: keep it no longer than the answer that shows it.

    Attributes:
        document: the case as the resident handed it in.
        document_bytes: the same, byte for byte as the kiosk sealed it.
        attachments: the plain bytes of each attachment by its name.
    """

    document: CaseDocument
    document_bytes: bytes
    attachments: dict[str, bytes]


def open_document_bytes(keys: OfficeKeys, manifest: Manifest) -> bytes:
    """Return the plain bytes of a manifest's document.

    Raises:
        UnreadableError: it is sealed to another key, damaged on its way, or not sealed for this submission.
    """
    if (manifest.suite, manifest.key_id) != (keys.suite, keys.key_id):
        raise UnreadableError("the document is sealed to a key or with a suite that is not this office's")
    try:
        sealed = base64.b64decode(manifest.document, validate=True)
    except ValueError:  # binascii.Error is one; a letter beyond ASCII is another
        raise UnreadableError("the document is not base64") from None
    if sha256_hex(sealed) != manifest.document_sha256:
        raise UnreadableError("the document does not have the SHA-256 its manifest declares")
    return _open(keys, sealed, document_info(manifest.submission_id), "the document")


def open_case(keys: OfficeKeys, manifest: Manifest) -> tuple[CaseDocument, bytes]:
    """Return the case in a manifest and its plain bytes.

    Raises:
        UnreadableError: it cannot be opened, is no case document, or is not the one its manifest describes.
    """
    plain = open_document_bytes(keys, manifest)
    document = _parse(CaseDocument, plain)
    _must_agree(manifest, document, ("submission_id", "region", "kiosk_id", "site_id", "seq"))
    names = [attachment.name for attachment in document.attachments]
    if len(set(names)) != len(names):
        raise UnreadableError("two attachments of the document have one name")
    if {attachment.sealed_sha256 for attachment in document.attachments} != {blob.sha256 for blob in manifest.blobs}:
        raise UnreadableError("the document's attachments are not the manifest's blobs")
    return document, plain


def open_rating(keys: OfficeKeys, manifest: Manifest) -> RatingDocument:
    """Return the rating in a manifest.

    Raises:
        UnreadableError: it cannot be opened, is no rating of that submission id, or brings attachments.
    """
    document = _parse(RatingDocument, open_document_bytes(keys, manifest))
    _must_agree(manifest, document, ("submission_id",))
    if manifest.blobs:
        raise UnreadableError("a rating has no attachments")
    return document


def open_diagnostics(keys: OfficeKeys, manifest: Manifest) -> DiagnosticsDocument:
    """Return the diagnosis in a manifest.

    Raises:
        UnreadableError: it cannot be opened, is no diagnosis of that submission id, or its zip is not the one blob.
    """
    document = _parse(DiagnosticsDocument, open_document_bytes(keys, manifest))
    _must_agree(manifest, document, ("submission_id", "kiosk_id"))
    if [blob.sha256 for blob in manifest.blobs] != [document.archive.sealed_sha256]:
        raise UnreadableError("the diagnosis's zip is not the manifest's one blob")
    return document


def open_attachment(keys: OfficeKeys, blobs: BlobStore, submission_id: str, attachment: SealedFile) -> bytes:
    """Return the plain bytes of one attachment, as the document declares them.

    Raises:
        LostBlobError: the disk no longer gives its blob.
        UnreadableError: it does not open, or has another SHA-256 or size than the document says.
    """
    sealed = blobs.read(attachment.sealed_sha256)
    plain = _open(keys, sealed, attachment_info(submission_id), "an attachment")
    if len(plain) != attachment.size or sha256_hex(plain) != attachment.sha256:
        raise UnreadableError("an attachment is not the one the document describes")
    return plain


def read_document(office: Office, kiosk_id: str, submission_id: str) -> tuple[CaseDocument, bytes]:
    """Return the document of a case that was received whole, and its plain bytes.

    Raises:
        NotFoundError: there is no such case, or it is not complete.
        UnreadableError: what is stored no longer opens.
    """
    return open_case(office.keys, _manifest(office, "case", kiosk_id, submission_id))


def read_diagnosis(office: Office, kiosk_id: str, submission_id: str) -> tuple[DiagnosticsDocument, bytes]:
    """Return the document of a diagnosis that was received whole, and the bytes of its zip.

    Raises:
        NotFoundError: there is no such diagnosis, or it is not complete.
        LostBlobError: the disk no longer gives the zip.
        UnreadableError: what is stored no longer opens.
    """
    document = open_diagnostics(office.keys, _manifest(office, "diagnostics", kiosk_id, submission_id))
    return document, open_attachment(office.keys, office.blobs, submission_id, document.archive)


def read_case(office: Office, region: str, kiosk_id: str, submission_id: str) -> OpenedCase:
    """Return a case and all its attachments in the clear.

    Raises:
        NotFoundError: there is no such case here, or it is not complete.
        LostBlobError: the disk no longer gives an attachment.
        UnreadableError: what is stored no longer opens.
    """
    if region != office.region:
        message = f"this is the office of {office.region}, not of {region}"
        raise NotFoundError(message)
    document, plain = read_document(office, kiosk_id, submission_id)
    attachments = {
        attachment.name: open_attachment(office.keys, office.blobs, submission_id, attachment)
        for attachment in document.attachments
    }
    return OpenedCase(document, plain, attachments)


def _manifest(office: Office, kind: str, kiosk_id: str, submission_id: str) -> Manifest:
    with office.database.reading() as session:
        row = session.get(SubmissionRow, (office.region, kiosk_id, submission_id))
    if row is None or row.kind != kind or row.receipt is None:
        message = f"no complete submission {submission_id} of kiosk {kiosk_id} that is a {kind}"
        raise NotFoundError(message)
    return _parse(Manifest, row.manifest)


def _open(keys: OfficeKeys, sealed: bytes, info: bytes, what: str) -> bytes:
    try:
        return keys.opener.open(sealed, info)
    except SealError:
        raise UnreadableError(f"{what} does not open with this office's key for this submission") from None


def _parse(kind: type[M], plain: bytes) -> M:
    try:
        return kind.model_validate_json(plain)
    except ValidationError as error:
        places = wrong_places(kind, error)
    raise UnreadableError(f"not a valid {kind.__name__}; wrong at: {places}")  # outside: its cause holds the input


def _must_agree(manifest: Manifest, document: BaseModel, fields: tuple[str, ...]) -> None:
    for field in fields:
        if getattr(manifest, field) != getattr(document, field):
            raise UnreadableError(f"document and manifest differ in {field}")
