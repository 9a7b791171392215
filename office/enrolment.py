"""Kiosks become known: a one-time code from the desk, a key made on the kiosk.

One decision: a code is kept as its SHA-256 (it has 80 random bits, so nothing slower is needed), serves one kiosk once,
and for fifteen minutes. Enrolling a kiosk again replaces its key: the old one is refused from that commit on.
"""

import base64
import hashlib
import secrets
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from office.errors import OfficeError, Refusal
from office.office import Office
from office.store.models import EnrolCodeRow, KioskRow
from office.trails import begin_anew
from sync.contract import EnrolAnswer, EnrolRequest, Identifier

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: it is read aloud and typed
CODE_LENGTH = 16  # 5 bits each
KEY_BYTES = 32


def issue_code(office: Office, kiosk_id: str, site_id: str) -> str:
    """Return a fresh code with which `kiosk_id` at `site_id` can enrol once, within the settings' `code_seconds`.

    Raises:
        OfficeError: an identifier is not one.
    """
    for name, value in (("kiosk_id", kiosk_id), ("site_id", site_id)):
        try:
            TypeAdapter(Identifier).validate_python(value)
        except ValidationError as error:
            message = f"{name}: letters, digits, '-' and '_', at most 64, not {value!r}"
            raise OfficeError(message) from error
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    row = EnrolCodeRow(
        region=office.region,
        kiosk_id=kiosk_id,
        code_sha256=_hash(code),
        site_id=site_id,
        expires_at=office.clock() + timedelta(seconds=office.settings.code_seconds),
    )
    office.writer.run(lambda session: session.add(row))
    return code


def enrol(office: Office, request: EnrolRequest) -> EnrolAnswer:
    """Take the kiosk's public key under its code and return what it must know of this office.

    Raises:
        Refusal: 422, the key is not an Ed25519 public key; 403, the code is wrong, used or too old.
    """
    public_key = _public_key(request.public_key)
    site_id = office.writer.run(lambda session: _use_code(office, session, request, public_key))
    keys = office.keys
    return EnrolAnswer(
        region=office.region,
        kiosk_id=request.kiosk_id,
        site_id=site_id,
        office_signing_key=base64.b64encode(keys.signing_public).decode(),
        seal_suite=keys.suite,
        seal_public_key=base64.b64encode(keys.seal_public).decode(),
        seal_key_id=keys.key_id,
    )


def find_kiosk_key(office: Office, kiosk_id: str) -> Ed25519PublicKey | None:
    """Return the key a kiosk signs with now, or None when no such kiosk is enrolled."""
    with office.database.reading() as session:
        row = session.get(KioskRow, (office.region, kiosk_id))
        return None if row is None else Ed25519PublicKey.from_public_bytes(row.public_key)


def _use_code(office: Office, session: Session, request: EnrolRequest, public_key: bytes) -> str:
    now = office.clock()
    code = session.get(EnrolCodeRow, (office.region, request.kiosk_id, _hash(request.code)))
    if code is None:
        raise Refusal(403, "this code is not known for this kiosk")
    if code.used_at is not None:
        raise Refusal(403, "this code has been used: ask the centre for a new one")
    if code.expires_at <= now:
        raise Refusal(403, "this code is too old: ask the centre for a new one")
    code.used_at = now
    kiosk = session.get(KioskRow, (office.region, request.kiosk_id))
    if kiosk is None:
        kiosk = KioskRow(region=office.region, kiosk_id=request.kiosk_id)
        session.add(kiosk)
    kiosk.site_id, kiosk.public_key, kiosk.enrolled_at = code.site_id, public_key, now
    begin_anew(session, office.region, request.kiosk_id)
    return code.site_id


def _public_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refusal(422, "public_key is not base64") from error
    if len(key) != KEY_BYTES:
        raise Refusal(422, "public_key is not a raw Ed25519 public key of 32 bytes")
    return key


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
