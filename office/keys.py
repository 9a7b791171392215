"""The office's two keys: one opens what kiosks seal, one signs receipts. Made once, kept in one folder, never replaced.

One decision: a new key is only made for a new office. When the database is there and a key is not, the office refuses
to start: a new key would look well and open nothing of what was received before.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, ValidationError

from office.errors import OfficeError
from office.store.blobs import fsync_folder
from sync.seal import DEFAULT_SUITE, Opener, SealError, generate_key

SIGNING_SUITE = "Ed25519"


class _KeyFile(BaseModel):
    """A key as it is kept: the suite's name and the raw private key, base64."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    suite: str
    private_key: str


@dataclass(frozen=True)
class OfficeKeys:
    """The office's keys. Its repr shows neither."""

    signing: Ed25519PrivateKey
    opener: Opener

    def __repr__(self) -> str:
        return f"OfficeKeys({self.suite}, {self.key_id[:12]}…)"

    @property
    def suite(self) -> str:
        """Return the name of the suite kiosks seal with."""
        return self.opener.suite

    @property
    def seal_public(self) -> bytes:
        """Return the public key kiosks seal to, in its suite's form."""
        return self.opener.public_key

    @property
    def key_id(self) -> str:
        """Return the SHA-256 of `seal_public`, hex."""
        return self.opener.key_id

    def person_key(self, number: str) -> str:
        """Return what stands for a person in the tables: an HMAC-SHA256 of the card's number, hex.

        Its key is made of the signing key by HKDF (RFC 5869): who has the database alone cannot try all numbers.
        """
        secret = HKDF(hashes.SHA256(), length=32, salt=None, info=b"budayang person key 1").derive(
            self.signing.private_bytes_raw()
        )
        return hmac.new(secret, number.strip().upper().encode(), hashlib.sha256).hexdigest()

    @property
    def signing_public(self) -> bytes:
        """Return the raw Ed25519 public key that receipts are checked with."""
        return self.signing.public_key().public_bytes_raw()


def load_or_create_keys(folder: Path, *, may_create: bool) -> OfficeKeys:
    """Return the keys in `folder`; for a new office (`may_create`) make those that are missing.

    Raises:
        OfficeError: a key is missing in an office that has data, or cannot be read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signing = _load_or_create(folder / "signing.json", SIGNING_SUITE, may_create=may_create)
    seal = _load_or_create(folder / "seal.json", DEFAULT_SUITE, may_create=may_create)
    try:
        return OfficeKeys(Ed25519PrivateKey.from_private_bytes(_raw(signing)), Opener(seal.suite, _raw(seal)))
    except (ValueError, SealError) as error:
        message = f"a key in {folder} is damaged: restore the folder from its backup"
        raise OfficeError(message) from error


def _load_or_create(path: Path, suite: str, *, may_create: bool) -> _KeyFile:
    if not path.exists():
        if not may_create:
            message = f"{path} is missing, but this office has data: restore the key from its backup"
            raise OfficeError(message)
        _create(path, suite)
    try:
        return _KeyFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        message = f"{path} cannot be read: {type(error).__name__}"
        raise OfficeError(message) from error


def _create(path: Path, suite: str) -> None:
    """Write a new key so that it is durable before anything is sealed to it; the first of two processes wins."""
    raw = secrets.token_bytes(32) if suite == SIGNING_SUITE else generate_key(suite)
    text = _KeyFile(suite=suite, private_key=base64.b64encode(raw).decode()).model_dump_json()
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process made it a moment ago: that one counts
    finally:
        draft.unlink()
    fsync_folder(path.parent)


def _raw(key: _KeyFile) -> bytes:
    return base64.b64decode(key.private_key, validate=True)
