"""The office's tables. Every key begins with (region, kiosk_id), so that a larger database can shard by them.

What a clerk's list needs is in `CaseRow`, the name masked. The document and the papers are nowhere but sealed.
"""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

SCHEMA_VERSION = 2


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC. A naive one is a defect and refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC without its zone, as SQLite keeps it."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time with its zone, UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The base of every table."""

    type_annotation_map = {datetime: Instant, bytes: LargeBinary}  # noqa: RUF012 - SQLAlchemy's own way to say it


class KioskRow(Base):
    """One enrolled kiosk: its public key (raw Ed25519), and what it last said of itself (canonical heartbeat)."""

    __tablename__ = "kiosk"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str]
    public_key: Mapped[bytes]
    enrolled_at: Mapped[datetime]
    last_seen: Mapped[datetime | None]
    heartbeat: Mapped[str | None]


class TrailRow(Base):
    """Where a kiosk's audit trail ended when it last told, at its `told_at`; and how often that was no honest sequel.

    Of the first such time: when this office heard it, the lines known before, and the lines told then.
    """

    __tablename__ = "trail"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    hash: Mapped[str]
    told_at: Mapped[datetime]
    alarms: Mapped[int]
    alarm_at: Mapped[datetime | None]
    alarm_before: Mapped[int | None]
    alarm_told: Mapped[int | None]


class EnrolCodeRow(Base):
    """A one-time enrolment code, as SHA-256. It serves one kiosk, once, until `expires_at`."""

    __tablename__ = "enrol_code"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    code_sha256: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BlobRow(Base):
    """A sealed blob that a kiosk's manifest named; with `stored_at`, its bytes are durable in the blob folder."""

    __tablename__ = "blob"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    stored_at: Mapped[datetime | None]


class UploadRow(Base):
    """A sealed blob that is on its way: how many of its bytes are durable. Gone when the blob is whole."""

    __tablename__ = "upload"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    received: Mapped[int]


class SubmissionRow(Base):
    """One submission: its manifest byte for byte, and, once everything is here, the receipt that was given."""

    __tablename__ = "submission"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    kind: Mapped[str]
    manifest: Mapped[bytes]
    manifest_sha256: Mapped[str]
    first_seen: Mapped[datetime]
    office_seq: Mapped[int | None] = mapped_column(unique=True)
    receipt: Mapped[str | None]
    __table_args__ = (UniqueConstraint("region", "kiosk_id", "seq"),)


class CaseRow(Base):
    """What the list of cases shows. `status` is the state of its last step (`office.cases.life`).

    `applicant_key` finds the cases of a person, and tells nobody who it is (`OfficeKeys.person_key`); "" of a case that
    an older office filed. `purpose` and `about` are the document's.
    """

    __tablename__ = "case"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(primary_key=True)
    receipt_number: Mapped[str]
    site_id: Mapped[str]
    service_id: Mapped[str]
    service_name: Mapped[str]
    service_name_en: Mapped[str]
    masked_name: Mapped[str]
    papers: Mapped[int]
    papers_later: Mapped[int]
    submitted_at: Mapped[datetime]
    received_at: Mapped[datetime]
    status: Mapped[str]
    applicant_key: Mapped[str] = mapped_column(server_default="")
    purpose: Mapped[str] = mapped_column(server_default="declare")
    about: Mapped[str | None]
    __table_args__ = (
        Index("case_by_time", "region", "submitted_at"),
        Index("case_by_applicant", "region", "applicant_key", "submitted_at"),
        Index("case_by_id", "region", "submission_id"),
        Index("case_by_about", "region", "about"),
        Index("case_by_receipt", "region", "receipt_number"),
    )


class StepRow(Base):
    """One step of a case, from 1: into which state, when, by whom (a user's name; None: by itself), and why.

    `missing` is JSON: the ids of the papers that are wanted, in NEEDS_MORE alone. Rows are added and never changed.
    """

    __tablename__ = "step"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str | None]
    reason: Mapped[str | None]
    missing: Mapped[str | None]


class RatingRow(Base):
    """A resident's word, 1 to 5, for the case with `rated_submission_id`."""

    __tablename__ = "rating"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(primary_key=True)
    rated_submission_id: Mapped[str] = mapped_column(index=True)
    score: Mapped[int]
    rated_at: Mapped[datetime]


class DiagnosisRow(Base):
    """A kiosk's diagnosis as the list shows it: by which technician, when, `size` bytes. The zip is nowhere but sealed.

    `versions` is JSON: name to version.
    """

    __tablename__ = "diagnosis"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(primary_key=True)
    technician: Mapped[str]
    exported_at: Mapped[datetime]
    received_at: Mapped[datetime]
    size: Mapped[int]
    versions: Mapped[str]
    __table_args__ = (Index("diagnosis_by_time", "region", "received_at"),)


class QuarantineRow(Base):
    """A manifest that was refused because it cannot be opened: kept sealed, byte for byte, with the reason."""

    __tablename__ = "quarantine"
    region: Mapped[str] = mapped_column(primary_key=True)
    kiosk_id: Mapped[str] = mapped_column(primary_key=True)
    manifest_sha256: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str]
    seq: Mapped[int]
    reason: Mapped[str]
    manifest: Mapped[bytes]
    quarantined_at: Mapped[datetime]


class UserRow(Base):
    """Someone who may sit at the desk. `failures` counts wrong passwords since the last right one."""

    __tablename__ = "user"
    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    password_hash: Mapped[str]
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SessionRow(Base):
    """A desk session: the SHA-256 of its cookie, and the token its forms carry."""

    __tablename__ = "session"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_name: Mapped[str]
    form_token: Mapped[str]
    created_at: Mapped[datetime]
    last_used: Mapped[datetime]


class AuditRow(Base):
    """Who looked at what, when. Rows are added and never changed."""

    __tablename__ = "audit"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    user_name: Mapped[str]
    action: Mapped[str]
    region: Mapped[str | None]
    kiosk_id: Mapped[str | None]
    submission_id: Mapped[str | None]
    detail: Mapped[str | None]
