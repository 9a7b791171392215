"""Sealing: from the moment of submission only the office can read it, not the kiosk that holds it.

One decision: HPKE (RFC 9180, base mode) as `cryptography` implements it, never a construction of our own. A suite is
chosen by its name, which travels in every manifest, so that a later suite is one more line in `SUITES`.

Forms of the keys, as raw bytes (base64 where they travel in JSON):

===========================================  ================================================  ======================
suite                                        public key                                        private key
===========================================  ================================================  ======================
MLKEM768-X25519+HKDF-SHA256+AES-256-GCM      1184 bytes ML-KEM-768 (FIPS 203) + 32 X25519      64 seed (d, z) + 32
X25519+HKDF-SHA256+AES-256-GCM               32 bytes X25519 (RFC 7748)                        32
===========================================  ================================================  ======================

Sealed bytes are ``enc || ciphertext`` (RFC 9180 section 6.1); `info` binds them to their submission and their place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

from sync.contract import sha256_hex

PrivateKey: TypeAlias = hpke.MLKEM768X25519PrivateKey | x25519.X25519PrivateKey
PublicKey: TypeAlias = hpke.MLKEM768X25519PublicKey | x25519.X25519PublicKey

_MLKEM_PUBLIC = 1184
_MLKEM_SEED = 64
_X25519 = 32


class SealError(Exception):
    """A key, a suite or sealed bytes are not what they must be. The text never holds any of them."""


@dataclass(frozen=True, slots=True)
class _SuiteKind:
    hpke: hpke.Suite
    generate: Callable[[], bytes]
    load_private: Callable[[bytes], tuple[PrivateKey, bytes]]
    load_public: Callable[[bytes], PublicKey]


def _generate_hybrid() -> bytes:
    return mlkem.MLKEM768PrivateKey.generate().private_bytes_raw() + _generate_x25519()


def _generate_x25519() -> bytes:
    return x25519.X25519PrivateKey.generate().private_bytes_raw()


def _hybrid_private(raw: bytes) -> tuple[PrivateKey, bytes]:
    lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(raw[:_MLKEM_SEED])
    curve, curve_public = _curve_private(raw[_MLKEM_SEED:])
    public = lattice.public_key().public_bytes_raw() + curve_public
    return hpke.MLKEM768X25519PrivateKey(lattice, curve), public


def _hybrid_public(raw: bytes) -> PublicKey:
    lattice = mlkem.MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC])
    return hpke.MLKEM768X25519PublicKey(lattice, x25519.X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC:]))


def _curve_private(raw: bytes) -> tuple[x25519.X25519PrivateKey, bytes]:
    key = x25519.X25519PrivateKey.from_private_bytes(raw)
    return key, key.public_key().public_bytes_raw()


def _suite(kem: hpke.KEM) -> hpke.Suite:
    return hpke.Suite(kem, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


DEFAULT_SUITE = "MLKEM768-X25519+HKDF-SHA256+AES-256-GCM"

SUITES: dict[str, _SuiteKind] = {
    DEFAULT_SUITE: _SuiteKind(_suite(hpke.KEM.MLKEM768_X25519), _generate_hybrid, _hybrid_private, _hybrid_public),
    "X25519+HKDF-SHA256+AES-256-GCM": _SuiteKind(
        _suite(hpke.KEM.X25519), _generate_x25519, _curve_private, x25519.X25519PublicKey.from_public_bytes
    ),
}


def _kind(suite: str) -> _SuiteKind:
    try:
        return SUITES[suite]
    except KeyError:
        raise SealError(f"unknown seal suite {suite!r}; known: {', '.join(SUITES)}") from None


def generate_key(suite: str = DEFAULT_SUITE) -> bytes:
    """Return a new private key of `suite` as raw bytes (see the table above)."""
    return _kind(suite).generate()


def public_key_of(suite: str, private_key: bytes) -> bytes:
    """Return the raw public key that belongs to `private_key`; SealError when it is none of `suite`."""
    return Opener(suite, private_key).public_key


def key_id(public_key: bytes) -> str:
    """Return the name of a public key: the SHA-256 of its raw bytes, 64 lower-case hex digits."""
    return sha256_hex(public_key)


def document_info(submission_id: str) -> bytes:
    """Return the HPKE `info` of a submission's document."""
    return f"budayang/1/{submission_id}/document".encode()


def attachment_info(submission_id: str) -> bytes:
    """Return the HPKE `info` of a submission's attachments."""
    return f"budayang/1/{submission_id}/attachment".encode()


class Sealer:
    """Seals to one public key of the office. Safe to share between threads.

    Attributes:
        suite: the name of the suite.
        key_id: SHA-256 of the public key, hex.
    """

    def __init__(self, suite: str, public_key: bytes) -> None:
        """Take a raw public key; raise SealError when suite or key are not valid."""
        self.suite = suite
        self.key_id = key_id(public_key)
        self._kind = _kind(suite)
        try:
            self._key = self._kind.load_public(public_key)
        except ValueError as error:
            raise SealError(f"not a public key of {suite}") from error

    def seal(self, plain: bytes, info: bytes) -> bytes:
        """Return ``enc || ciphertext`` of `plain`; two calls never give the same bytes."""
        try:
            return self._kind.hpke.encrypt(plain, self._key, info)
        except ValueError as error:  # a public key of low order agrees on no secret
            raise SealError(f"the public key of {self.suite} is not usable") from error


class Opener:
    """Opens what was sealed to one private key. Its repr shows no key.

    Attributes:
        suite: the name of the suite.
        public_key: the raw public key.
        key_id: SHA-256 of the public key, hex.
    """

    def __init__(self, suite: str, private_key: bytes) -> None:
        """Take a raw private key; raise SealError when suite or key are not valid."""
        self.suite = suite
        self._kind = _kind(suite)
        try:
            self._key, self.public_key = self._kind.load_private(private_key)
        except ValueError as error:
            raise SealError(f"not a private key of {suite}") from error
        self.key_id = key_id(self.public_key)

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return the plain bytes; raise SealError when a bit, the key or the `info` differs."""
        try:
            return self._kind.hpke.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError) as error:
            raise SealError("sealed bytes do not open with this key and place") from error
