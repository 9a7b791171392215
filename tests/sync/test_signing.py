"""Signed requests: the office believes a kiosk, never a replay, never a changed byte."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner
from http_message_signatures.algorithms import ED25519

from sync import signing
from sync.signing import NonceMemory, SignatureError, SignatureFault, sign_request, verify_request

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
BODY = b'{"contract":"1"}'


def find_key(kiosk_id: str) -> Ed25519PublicKey | None:
    return KEY.public_key() if kiosk_id == "K01" else None


def signed(body: bytes = BODY, created: datetime = NOW, key: Ed25519PrivateKey = KEY) -> httpx.Request:
    headers = {"content-type": "application/json"} if body else {}
    request = httpx.Request("PUT", "https://office.example/v1/submissions/1", content=body, headers=headers)
    sign_request(request, key, "K01", created)
    return request


def verify(
    request: httpx.Request, *, path: str = "", body: bytes | None = None, seen: NonceMemory | None = None
) -> str:
    return verify_request(
        request.method,
        path or request.url.raw_path.decode(),
        request.headers,
        request.read() if body is None else body,
        find_key,
        NOW,
        seen or NonceMemory(lambda: NOW),
    )


def refused(request: httpx.Request, *, path: str = "", body: bytes | None = None) -> SignatureFault:
    with pytest.raises(SignatureError) as caught:
        verify(request, path=path, body=body)
    return caught.value.reason


@pytest.mark.parametrize("body", [BODY, b""], ids=["body", "no-body"])
def test_a_signed_request_names_its_kiosk(body: bytes) -> None:
    """Promise 1: the office knows whose submission it is."""
    assert verify(signed(body)) == "K01"


def test_the_host_may_differ_for_lines_end_at_gateways() -> None:
    """Promise 3: a gateway on the way breaks nothing."""
    request = signed()
    request.headers["host"] = "gateway.centre"
    assert verify(request) == "K01"


def test_a_changed_body_path_method_or_type_is_refused() -> None:
    """Promise 1: byte-identical or not at all."""
    assert refused(signed(), body=BODY + b" ") is SignatureFault.WRONG_DIGEST
    assert refused(signed(), path="/v1/submissions/2") is SignatureFault.WRONG_SIGNATURE
    other = signed()
    other.headers["content-type"] = "text/plain"
    assert refused(other) is SignatureFault.WRONG_SIGNATURE
    deleted = signed()
    deleted.method = "DELETE"
    assert refused(deleted) is SignatureFault.WRONG_SIGNATURE


def test_a_digest_made_to_fit_another_body_is_refused() -> None:
    """Promise 1: the digest itself is signed."""
    request = signed()
    request.headers["content-digest"] = signed(b"{}").headers["content-digest"]
    assert refused(request, body=b"{}") is SignatureFault.WRONG_SIGNATURE


def test_a_query_is_refused_on_both_sides_for_it_is_not_covered() -> None:
    """Promise 1: nothing unsigned steers the office."""
    assert refused(signed(), path="/v1/submissions/1?force=1") is SignatureFault.MISSING
    with pytest.raises(ValueError, match="no query"):
        sign_request(httpx.Request("GET", "https://office.example/v1?x=1"), KEY, "K01", NOW)


def test_a_body_without_a_type_is_not_signed() -> None:
    """Promise 1: what is a document here is a document there."""
    with pytest.raises(ValueError, match="Content-Type"):
        sign_request(httpx.Request("PUT", "https://office.example/v1", content=b"x"), KEY, "K01", NOW)


def test_a_request_without_signature_is_refused() -> None:
    """Promise 1: an unsigned request is nobody's."""
    for header in ("signature", "signature-input"):
        request = signed()
        del request.headers[header]
        assert refused(request) is SignatureFault.MISSING


@pytest.mark.parametrize("left_out", ["@method", "@path", "content-digest", "content-type"])
def test_a_signature_that_leaves_something_out_is_refused(left_out: str) -> None:
    """Promise 1: a valid signature over too little is no signature."""
    covered = tuple(name for name in signing._covered(BODY, {}) if name != left_out)
    assert refused(_hand_signed(covered, nonce="n")) is SignatureFault.MISSING


def test_a_signature_without_nonce_is_refused() -> None:
    """Promise 1: without a nonce a replay could not be told."""
    assert refused(_hand_signed(signing._covered(BODY, {}), nonce=None)) is SignatureFault.MISSING


def _hand_signed(covered: tuple[str, ...], nonce: str | None) -> httpx.Request:
    request = signed()
    message = signing._Message(request.method, str(request.url), request.headers)
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=signing._Keys(private=KEY))
    signer.sign(
        message, key_id="K01", created=NOW, nonce=nonce, covered_component_ids=covered, use_existing_digest=True
    )
    return request


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(-301, SignatureFault.TOO_OLD), (301, SignatureFault.IN_THE_FUTURE)],
)
def test_a_signature_outside_five_minutes_is_refused(seconds: int, reason: SignatureFault) -> None:
    """Promise 1: an old recording is worth nothing."""
    assert refused(signed(created=NOW + timedelta(seconds=seconds))) is reason
    assert verify(signed(created=NOW + timedelta(seconds=seconds * 299 / 301))) == "K01"


def test_a_replay_is_refused_and_leaves_the_rest_alone() -> None:
    """Promise 1: exactly once, whoever sends it again."""
    seen = NonceMemory(lambda: NOW)
    request = signed()
    assert verify(request, seen=seen) == "K01"
    with pytest.raises(SignatureError) as caught:
        verify(request, seen=seen)
    assert caught.value.reason is SignatureFault.REPLAYED
    assert verify(signed(), seen=seen) == "K01"


def test_a_forged_request_cannot_fill_the_memory_of_nonces() -> None:
    """Promise 3: a stranger cannot wear the office down."""
    seen = NonceMemory(lambda: NOW)
    with pytest.raises(SignatureError):
        verify(signed(key=Ed25519PrivateKey.generate()), seen=seen)
    assert not seen._seen


def test_nonces_are_forgotten_when_their_signatures_have_run_out() -> None:
    """Promise 3: an office that runs for years does not fill up."""
    time = [NOW]
    seen = NonceMemory(lambda: time[0])
    assert seen.remember("K01", "a", NOW + timedelta(seconds=300))
    time[0] = NOW + timedelta(seconds=301)
    assert seen.remember("K01", "b", NOW + timedelta(seconds=600))
    assert list(seen._seen) == [("K01", "b")]


def test_an_unknown_kiosk_and_a_wrong_key_are_told_apart() -> None:
    """Promise 8: a technician sees which of the two it is."""
    request = signed()
    sign_request(bare := httpx.Request("GET", "https://office.example/v1"), KEY, "K99", NOW)
    assert refused(bare) is SignatureFault.UNKNOWN_KEY
    assert refused(signed(key=Ed25519PrivateKey.generate())) is SignatureFault.WRONG_SIGNATURE
    assert verify(request) == "K01"


@pytest.mark.parametrize("garbage", ["", "???", "kiosk=()", "kiosk=:AAAA:", "a=:AAAA:, b=:AAAA:", "kiosk=1"])
def test_garbage_in_the_headers_is_refused(garbage: str) -> None:
    """Promise 3: garbage is refused with a reason, it breaks nothing."""
    for header in ("signature", "signature-input"):
        request = signed()
        request.headers[header] = garbage
        assert refused(request) in set(SignatureFault)


def test_an_offset_is_covered_whether_changed_added_or_taken_away() -> None:
    """Promise 1: where a part belongs is as much of the request as its bytes."""
    for name, change in {"changed": "1", "gone": None}.items():
        request = _part({"upload-offset": "0"})
        assert verify(request) == "K01"
        request = _part({"upload-offset": "0"})
        del request.headers["upload-offset"]
        request.headers.update({"upload-offset": change} if change else {})
        assert refused(request) in {SignatureFault.WRONG_SIGNATURE, SignatureFault.MALFORMED}, name
    request = _part({})
    request.headers["upload-offset"] = "0"
    assert refused(request) is SignatureFault.MISSING


def _part(headers: dict[str, str]) -> httpx.Request:
    url, typed = "https://office.example/v1/blobs/K01/1", {"content-type": "application/offset+octet-stream"}
    request = httpx.Request("PATCH", url, content=BODY, headers={**typed, **headers})
    sign_request(request, KEY, "K01", NOW)
    return request
