"""What kiosk and office exchange, as types both ends validate: manifest, answer, receipt, the case document.

One decision: JSON in one canonical form (`canonical`), so that equal content is equal bytes and a SHA-256 can stand for
a document. The manifest travels in the clear and names no person; the document and the attachments are sealed.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

CONTRACT_VERSION: Literal["1"] = "1"
MOST_CODES = 32  # printed on one paper
MOST_CODE_CHARACTERS = 2000  # a PDF417 holds 1850, the QR codes of papers a few hundred
CHUNK_BYTES = 256 * 1024  # the most of a blob that one request carries, and so the most that a cut sends twice
TUS_VERSION = "1.0.0"  # of the resumable upload protocol (tus.io) whose words HEAD and PATCH of a blob speak
PART_TYPE = "application/offset+octet-stream"  # tus 1.0, PATCH
MOST = 2**53 - 1  # the largest whole number that every reader of JSON holds exactly (RFC 8259 section 6)

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
# Every clock can be wrong, and a machine without its battery says 1970; these bounds only keep what no calendar holds.
Moment = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(9000, 1, 1, tzinfo=UTC))]
Symbology = Literal["QR", "CODE128", "DATAMATRIX", "PDF417"]
Answer = str | int | float | bool | None | list[str]
Kind = Literal["case", "rating", "diagnostics"]
Purpose = Literal["declare", "agent", "supplement"]


class Record(BaseModel):
    """Base of all that is exchanged: frozen, closed, and no value of it in an error text."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def canonical(value: BaseModel | dict[str, object]) -> bytes:
    """Return `value` as canonical JSON: UTF-8, keys sorted, no white space, no NaN."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


class SealedBlob(Record):
    """One sealed attachment as it travels: the SHA-256 and size in bytes of the *sealed* bytes."""

    sha256: Sha256
    size: int = Field(ge=0)


class Manifest(Record):
    """The envelope of one submission, sent first. `document` is the sealed case document, base64."""

    contract: Literal["1"] = CONTRACT_VERSION
    submission_id: Uuid
    region: Identifier
    kiosk_id: Identifier
    site_id: Identifier
    seq: int = Field(ge=1, le=MOST, description="per kiosk, without holes")
    kind: Kind = "case"
    created_at: Moment
    suite: str = Field(max_length=64, description="HPKE suite the office must open it with")
    key_id: Sha256 = Field(description="SHA-256 of the office's public key it is sealed to")
    document: str = Field(description="base64 of the sealed document")
    document_sha256: Sha256 = Field(description="SHA-256 of the sealed document")
    blobs: tuple[SealedBlob, ...] = ()


class OfficeReceipt(Record):
    """The office's word that it holds a submission durably; its signature is Ed25519 over `canonical(receipt)`."""

    submission_id: Uuid
    region: Identifier
    kiosk_id: Identifier
    manifest_sha256: Sha256
    office_seq: int
    received_at: Moment


class SignedReceipt(Record):
    """An `OfficeReceipt` and the base64 of the office's Ed25519 signature over its canonical form."""

    receipt: OfficeReceipt
    signature: str


class ManifestAnswer(Record):
    """What the office says to a manifest: the blobs it still lacks, or its receipt."""

    state: Literal["incomplete", "complete"]
    missing: tuple[Sha256, ...] = ()
    signed_receipt: SignedReceipt | None = None


class EnrolRequest(Record):
    """A kiosk's request for an identity. `public_key` is its raw Ed25519 public key, base64."""

    code: str = Field(min_length=8, max_length=64)
    kiosk_id: Identifier
    public_key: str


class EnrolAnswer(Record):
    """What the kiosk keeps of its office. Keys are base64: raw Ed25519, and the seal's public key (see `sync.seal`)."""

    region: Identifier
    kiosk_id: Identifier
    site_id: Identifier
    office_signing_key: str
    seal_suite: str
    seal_public_key: str
    seal_key_id: Sha256


class ServiceRef(Record):
    """The item or package applied for, as the catalogue of that day named it."""

    kind: Literal["item", "package"]
    id: Identifier
    name: str
    name_en: str
    items: tuple[Identifier, ...]
    lines: tuple[Identifier, ...]
    promised_days: float


class Applicant(Record):
    """Who applies. From a card every field is exactly as on the card; typed, the name is None and a clerk asks."""

    source: Literal["id_card", "citizen_card", "typed"]
    document_type: Literal["resident", "hk_macau_taiwan", "foreigner_2017", "foreigner_2023", "citizen_card", "typed"]
    number: str
    name: str | None = None
    name_en: str | None = None
    sex: str | None = None
    nation: str | None = None
    nationality: str | None = None
    birth: date | None = None
    address: str | None = None
    authority: str | None = None
    valid_from: date | None = None
    valid_until: date | None = Field(default=None, description="None with long_term=True means 长期")
    long_term: bool = False


class Consent(Record):
    """The consent that was asked before the card was read."""

    version: str
    language: Literal["zh", "en"]
    given_at: Moment


class PresentedCode(Record):
    """A code the resident showed (an electronic ID, a health code), as it was read: its issuer alone resolves it.

    `symbology` is the kind as the scanner told it (``QR``), None where it tells none; `length` counts the code's bytes.
    """

    text: str = Field(min_length=1, max_length=7089, repr=False)
    symbology: Annotated[str, Field(max_length=32)] | None = None
    length: int = Field(ge=1, le=7089)


class ScanNote(Record):
    """What the clerk should know of one page: what was wrong with it, and the resident handed it in all the same.

    `page` counts from 1; `code` is a fault of `kiosk.scan.judge.Fault`, or another word the desk has a sentence for.
    """

    page: int = Field(ge=1, le=MOST)
    code: Identifier


class PaperCode(Record):
    """A code that is printed on a page, as it was read; nobody follows it. `page` counts from 1."""

    page: int = Field(ge=1, le=MOST)
    symbology: Symbology
    text: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$", repr=False)


class SealedFile(Record):
    """One file: SHA-256 and size in bytes of its *plain* bytes, and the sealed blob it travels as."""

    sha256: Sha256
    size: int = Field(ge=0)
    sealed_sha256: Sha256


class Attachment(SealedFile):
    """One file of the case."""

    name: str
    material_id: Identifier | None
    media_type: Literal["application/pdf", "image/png", "application/octet-stream"]
    pages: int = Field(ge=0)
    scan_notes: tuple[ScanNote, ...] = ()
    codes: tuple[PaperCode, ...] = Field(default=(), max_length=MOST_CODES)


class MaterialGiven(Record):
    """How one paper was given: read from a card, scanned, filled on the screen, reused, or to be brought later."""

    material_id: Identifier
    name: str
    way: Literal["card", "scan", "fill", "e_licence", "later"]


class CaseDocument(Record):
    """One case as the resident handed it in. Sealed; its SHA-256 is of its canonical form.

    `purpose` says what it is: an application, one that an agent shall make, or papers added to a case; `about` is that
    case's submission id. What is left as it is by default is left out of the JSON: an office from before the fields
    refuses what it does not know.
    """

    contract: Literal["1"] = CONTRACT_VERSION
    submission_id: Uuid
    receipt_number: str
    verification_code: str
    region: Identifier
    kiosk_id: Identifier
    site_id: Identifier
    seq: int = Field(ge=1, le=MOST)
    submitted_at: Moment
    language: Literal["zh", "en"]
    catalogue_version: Sha256
    service: ServiceRef
    applicant: Applicant
    consent: Consent
    answers: dict[str, dict[str, Answer]] = Field(description="form id -> field -> value")
    materials: tuple[MaterialGiven, ...]
    attachments: tuple[Attachment, ...]
    presented_codes: tuple[PresentedCode, ...] = ()
    purpose: Purpose = "declare"
    about: Uuid | None = None

    @model_serializer(mode="wrap")
    def _without_defaults(self, whole: SerializerFunctionWrapHandler) -> dict[str, object]:
        fields: dict[str, object] = whole(self)
        usual = {"purpose": "declare", "about": None}
        return {name: value for name, value in fields.items() if name not in usual or value != usual[name]}


class RatingDocument(Record):
    """What a resident thought of it: 1 to 5, for the case with that submission id."""

    contract: Literal["1"] = CONTRACT_VERSION
    submission_id: Uuid
    rated_submission_id: Uuid
    score: int = Field(ge=1, le=5)
    rated_at: Moment


class DiagnosticsDocument(Record):
    """A kiosk's diagnosis, handed over by a technician: the zip is the one sealed file. Names no resident.

    Like a rating it takes a seq, and the number that is made of it, though no receipt is printed: the office finds what
    was lost by the holes in a kiosk's count, and a second count would be one more that can have holes.
    """

    contract: Literal["1"] = CONTRACT_VERSION
    submission_id: Uuid
    kiosk_id: Identifier
    technician: str = Field(pattern=r"^\d{4,6}$", description="the technician's number at that kiosk")
    exported_at: Moment
    versions: dict[str, str] = Field(description="of Python, the kernel, the system, as far as they are known")
    archive: SealedFile


class DeviceHealth(Record):
    """One device in a heartbeat."""

    name: str
    device_class: str
    status: str
    action: str | None = None
    reason: str | None = None
    supplies: dict[str, str] = Field(default_factory=dict)


class TrailHead(Record):
    """Where a kiosk's audit trail ends: how many lines, and the hash of the last (SM3, `kiosk.audit`)."""

    n: int = Field(ge=0, le=MOST)
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Heartbeat(Record):
    """A sign of life with the state of the queue and the devices. Names no person.

    A `trail` that is None is left out of the JSON: an office from before the field refuses what it does not know.
    """

    contract: Literal["1"] = CONTRACT_VERSION
    kiosk_id: Identifier
    sent_at: Moment
    software: str
    committed: int = Field(ge=0, le=MOST, description="ever committed on this kiosk: the last seq")
    delivered: int = Field(
        ge=0, le=MOST, description="of these, held by the office; committed - delivered - parked are waiting"
    )
    parked: int = Field(ge=0, le=MOST)
    oldest_undelivered_at: Moment | None = None
    devices: tuple[DeviceHealth, ...] = ()
    trail: TrailHead | None = None

    @model_serializer(mode="wrap")
    def _without_no_trail(self, whole: SerializerFunctionWrapHandler) -> dict[str, object]:
        fields: dict[str, object] = whole(self)
        return {name: value for name, value in fields.items() if name != "trail" or value is not None}
