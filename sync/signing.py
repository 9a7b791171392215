"""Signed requests: RFC 9421 HTTP message signatures with Ed25519, body bound by RFC 9530 Content-Digest.

One decision: the signature covers the method, the path and an Upload-Offset but not the authority, because lines to the
office end at gateways that have their own names. What is accepted is exactly one signature that covers everything in
`_covered`.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any, Protocol

import httpx
from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import ContentDigest, HTTPMessageSigner, HTTPMessageVerifier, InvalidSignature
from http_message_signatures.algorithms import ED25519

MAX_AGE = 300.0  # seconds a signature may be old, or ahead of the office's clock
LABEL = "kiosk"

_ALWAYS = ("@method", "@path")
_WITH_BODY = ("content-digest", "content-type")
_WHEN_SENT = "upload-offset"  # where in a blob a part belongs is as much of the request as its bytes

FindKey = Callable[[str], Ed25519PublicKey | None]


class SignatureFault(StrEnum):
    """Why a request is not believed."""

    MISSING = "MISSING"  # no signature, or it lacks created, keyid, nonce, or a component
    MALFORMED = "MALFORMED"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    WRONG_SIGNATURE = "WRONG_SIGNATURE"
    WRONG_DIGEST = "WRONG_DIGEST"
    TOO_OLD = "TOO_OLD"
    IN_THE_FUTURE = "IN_THE_FUTURE"
    REPLAYED = "REPLAYED"


class SignatureError(Exception):
    """A request was refused.

    Attributes:
        reason: why, to be matched on. The text holds nothing of the request.
    """

    def __init__(self, reason: SignatureFault) -> None:
        super().__init__(str(reason))
        self.reason = reason


class SeenNonces(Protocol):
    """Remembers nonces while their signatures could be sent again."""

    def remember(self, kiosk_id: str, nonce: str, until: datetime) -> bool:
        """Note the nonce until `until`; return False when it was noted before."""
        ...


class NonceMemory:
    """`SeenNonces` for an office of one process. Safe between threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._sweep_at = now()
        self._seen: dict[tuple[str, str], datetime] = {}
        self._lock = Lock()

    def remember(self, kiosk_id: str, nonce: str, until: datetime) -> bool:
        """Note the nonce; return False when it was noted before."""
        with self._lock:
            self._sweep(self._now())
            if (kiosk_id, nonce) in self._seen:
                return False
            self._seen[kiosk_id, nonce] = until
            return True

    def _sweep(self, now: datetime) -> None:
        """Forget what has run out, not at every call: the memory is bounded by two ages' worth of requests."""
        if now < self._sweep_at:
            return
        self._sweep_at = now + timedelta(seconds=MAX_AGE)
        self._seen = {key: end for key, end in self._seen.items() if end >= now}


@dataclass(frozen=True, slots=True)
class _Message:
    """The view of a request that the library reads and writes."""

    method: str
    url: str
    headers: Any  # httpx.Headers or any mapping of header lines


@dataclass(frozen=True, slots=True)
class _Keys:
    """The library's resolver over one signing key or the office's register of public keys."""

    private: Ed25519PrivateKey | None = None
    find: FindKey | None = None

    def resolve_private_key(self, _key_id: str) -> Ed25519PrivateKey | None:
        return self.private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        key = self.find(key_id) if self.find is not None else None
        if key is None:
            raise SignatureError(SignatureFault.UNKNOWN_KEY)
        return key


class _Verifier(HTTPMessageVerifier):
    """The library's verifier, judging age by the caller's clock: the library would ask the machine's."""

    now: datetime

    def validate_created_and_expires(self, sig_input: Any, max_age: object = None) -> None:  # noqa: ANN401, ARG002 - the library's signature
        """Raise SignatureError unless `created` lies within `MAX_AGE` of the clock."""
        created = sig_input.params.get("created")
        if type(created) is not int or any(type(sig_input.params.get(name)) is not str for name in ("keyid", "nonce")):
            raise SignatureError(SignatureFault.MISSING)
        age = self.now.timestamp() - created
        if age > MAX_AGE:
            raise SignatureError(SignatureFault.TOO_OLD)
        if age < -MAX_AGE:
            raise SignatureError(SignatureFault.IN_THE_FUTURE)


def _covered(body: bytes, headers: Mapping[str, str]) -> tuple[str, ...]:
    return _ALWAYS + (_WITH_BODY if body else ()) + ((_WHEN_SENT,) if _WHEN_SENT in headers else ())


def sign_request(request: httpx.Request, key: Ed25519PrivateKey, kiosk_id: str, created: datetime) -> None:
    """Sign `request` in place: adds Content-Digest (when there is a body), Signature-Input and Signature.

    Args:
        request: with its body and, when there is one, its Content-Type. A query is refused: it would not be covered.
        key: the kiosk's key.
        kiosk_id: becomes `keyid`.
        created: the time of the office as far as the kiosk knows it.

    Raises:
        ValueError: the request has a query, or a body without Content-Type.
    """
    body = request.read()
    if request.url.query or (body and "content-type" not in request.headers):
        raise ValueError("a signed request has no query, and a body has its Content-Type")
    message = _Message(request.method, str(request.url), request.headers)
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_Keys(private=key))
    nonce = secrets.token_urlsafe(18)
    signer.sign(
        message,
        key_id=kiosk_id,
        created=created,
        nonce=nonce,
        label=LABEL,
        covered_component_ids=_covered(body, request.headers),
        body=body or None,
    )


def verify_request(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    find_key: FindKey,
    now: datetime,
    seen: SeenNonces,
) -> str:
    """Return the id of the kiosk that signed this request.

    Args:
        method: as on the request line.
        path: the raw path as on the request line, percent-encoding kept, without a query.
        headers: every header line (Starlette's `request.headers` as it is).
        body: the whole body.
        find_key: kiosk id -> its public key, None when unknown or revoked.
        now: the office's time, aware.
        seen: where nonces are remembered; asked last, so that only a valid signature fills it.

    Raises:
        SignatureError: with the reason.
    """
    verifier = _Verifier(signature_algorithm=ED25519, key_resolver=_Keys(find=find_key))
    verifier.now = now
    message = _Message(method, f"http://office{path}", headers)
    if "?" in path or "signature" not in headers or "signature-input" not in headers:
        raise SignatureError(SignatureFault.MISSING)
    try:
        [result] = verifier.verify(message)
    except InvalidSignature as error:
        raise _reason(error) from None
    covered = {name.strip('"'): value for name, value in result.covered_components.items()}
    if any(name not in covered for name in _covered(body, headers)):
        raise SignatureError(SignatureFault.MISSING)
    _check_digest(covered.get("content-digest"), body)
    kiosk_id, created = str(result.parameters["keyid"]), int(result.parameters["created"])
    if not seen.remember(kiosk_id, str(result.nonce), datetime.fromtimestamp(created + MAX_AGE, UTC)):
        raise SignatureError(SignatureFault.REPLAYED)
    return kiosk_id


def _check_digest(digest: str | None, body: bytes) -> None:
    if digest is None:
        return  # `_covered` has made sure that there is no body either
    try:
        ContentDigest.verify(digest, body)
    except InvalidSignature:
        raise SignatureError(SignatureFault.WRONG_DIGEST) from None


def _reason(error: InvalidSignature) -> SignatureError:
    """Return our word for what the library raised; it keeps what it caught as the cause."""
    cause = error.__cause__
    if isinstance(cause, SignatureError):
        return cause
    wrong = isinstance(cause, BadSignature)
    return SignatureError(SignatureFault.WRONG_SIGNATURE if wrong else SignatureFault.MALFORMED)
