"""Who this kiosk is: its key, made here and never sent, and what the office answered when it enrolled.

The identity is a folder (mode 0700) with two files, mode 0600, fsynced:

- ``kiosk.key``: the Ed25519 private key, 32 raw bytes (RFC 8032);
- ``office.json``: the canonical `EnrolAnswer`.

The key is kept when enrolment fails, so that a try whose answer was lost can be made again with the same key.
"""

import base64
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from sync.contract import EnrolAnswer, EnrolRequest, canonical
from sync.durable import Disk, private_folder
from sync.line import LineError, new_client, send
from sync.seal import Sealer, SealError

KEY_FILE = "kiosk.key"
OFFICE_FILE = "office.json"


class IdentityFault(StrEnum):
    """Why there is no identity."""

    MISSING = "MISSING"
    CORRUPT = "CORRUPT"
    ALREADY_ENROLLED = "ALREADY_ENROLLED"
    REFUSED = "REFUSED"
    NO_OFFICE = "NO_OFFICE"
    BAD_ANSWER = "BAD_ANSWER"


class IdentityError(Exception):
    """The kiosk is not enrolled, or could not be.

    Attributes:
        reason: why, to be matched on. The text is for a technician and holds neither key nor code.
    """

    def __init__(self, reason: IdentityFault, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """An enrolled kiosk. `repr` shows no key.

    Attributes:
        office: what the office answered.
        key: the kiosk's own key.
        office_key: the office's key, which signs receipts.
        sealer: seals to the office.
    """

    office: EnrolAnswer
    key: Ed25519PrivateKey = field(repr=False)
    office_key: Ed25519PublicKey = field(repr=False)
    sealer: Sealer = field(repr=False)

    @property
    def kiosk_id(self) -> str:
        """The kiosk's name in its region."""
        return self.office.kiosk_id


def load_identity(folder: Path) -> Identity:
    """Return the identity kept in `folder`; raise IdentityError MISSING or CORRUPT."""
    try:
        raw_key = (folder / KEY_FILE).read_bytes()
        answer = EnrolAnswer.model_validate_json((folder / OFFICE_FILE).read_bytes())
        return _identity(answer, Ed25519PrivateKey.from_private_bytes(raw_key))
    except FileNotFoundError as error:
        name = Path(error.filename).name
        sentence = f"this kiosk is not enrolled: {name} is missing in its identity folder; run `run.py enrol`"
        raise IdentityError(IdentityFault.MISSING, sentence) from None
    except (ValidationError, ValueError, SealError) as error:
        sentence = "the identity of this kiosk is damaged; empty its identity folder and enrol it again"
        raise IdentityError(IdentityFault.CORRUPT, sentence) from error


def enrol(
    url: str, code: str, folder: Path, *, kiosk_id: str, ca_file: Path | None = None, disk: Disk | None = None
) -> Identity:
    """Enrol this kiosk with a one-time code and keep the identity in `folder`.

    Args:
        url: of the office.
        code: the one-time code that staff read from the office's page.
        folder: the identity folder; made when missing.
        kiosk_id: the name under which staff announced this kiosk.
        ca_file: PEM of the authority that signed the office's certificate; None for the system's own.
        disk: where files are written.

    Raises:
        IdentityError: ALREADY_ENROLLED, NO_OFFICE, REFUSED, BAD_ANSWER or CORRUPT, each with what to do.
    """
    disk = disk or Disk()
    if (folder / OFFICE_FILE).exists():
        raise IdentityError(IdentityFault.ALREADY_ENROLLED, "this kiosk is enrolled; empty its identity folder first")
    key = _own_key(private_folder(folder), disk)
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    try:
        request = EnrolRequest(code=code, kiosk_id=kiosk_id, public_key=public)
    except ValidationError:
        raise IdentityError(
            IdentityFault.REFUSED, "the code has 8 to 64 characters, the id letters and digits"
        ) from None
    answer = _ask(url, request, ca_file)
    try:
        identity = _identity(answer, key)
    except (ValueError, SealError) as error:
        raise IdentityError(IdentityFault.BAD_ANSWER, "the office's answer holds keys that do not fit") from error
    if identity.kiosk_id != kiosk_id:
        raise IdentityError(IdentityFault.BAD_ANSWER, "the office enrolled another kiosk than this one")
    disk.replace(folder / OFFICE_FILE, canonical(answer))
    return identity


def _own_key(folder: Path, disk: Disk) -> Ed25519PrivateKey:
    """Return the key of an earlier try, or a new one that is on disk before it is used."""
    path = folder / KEY_FILE
    if not path.exists():
        disk.replace(path, Ed25519PrivateKey.generate().private_bytes_raw())
    try:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except ValueError:
        raise IdentityError(IdentityFault.CORRUPT, f"{KEY_FILE} is damaged; remove it and enrol again") from None


def _ask(url: str, request: EnrolRequest, ca_file: Path | None) -> EnrolAnswer:
    headers = {"content-type": "application/json"}
    try:
        with new_client(url, ca_file) as client:
            answer = send(
                client, client.build_request("POST", "/v1/enrol", content=canonical(request), headers=headers)
            )
    except LineError as error:
        sentence = f"the office does not answer ({error}); check the network and the office's url"
        raise IdentityError(IdentityFault.NO_OFFICE, sentence) from error
    if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        sentence = f"the office refused to enrol this kiosk ({answer.status}); ask for a new code"
        raise IdentityError(IdentityFault.REFUSED, sentence)
    try:
        return EnrolAnswer.model_validate_json(answer.body)
    except ValidationError as error:
        sentence = "what answered is not the office (a login page on the way?); check its url"
        raise IdentityError(IdentityFault.BAD_ANSWER, sentence) from error


def _identity(answer: EnrolAnswer, key: Ed25519PrivateKey) -> Identity:
    """Return the identity; ValueError or SealError when one of the office's keys is not what it says."""
    sealer = Sealer(answer.seal_suite, base64.b64decode(answer.seal_public_key, validate=True))
    if sealer.key_id != answer.seal_key_id:
        raise SealError("the key to seal to is not the one it is called")
    office_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(answer.office_signing_key, validate=True))
    return Identity(answer, key, office_key, sealer)
