"""What an answer means: only a signed receipt for exactly these bytes is a delivery."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract import Manifest, ManifestAnswer, SealedBlob, SignedReceipt, canonical
from sync.line import Answer
from sync.verdict import Outcome, judge, judge_manifest, judge_offset, judge_part
from tests.sync.conftest import OfficeDoubleKeys, identity_of

OFFICE = OfficeDoubleKeys()
IDENTITY = identity_of(OFFICE)
MANIFEST = Manifest(
    submission_id="0192f0c0-0000-7000-8000-000000000001",
    region="R1",
    kiosk_id="K01",
    site_id="centre",
    seq=1,
    created_at=datetime(2026, 11, 24, tzinfo=UTC),
    suite="X",
    key_id="0" * 64,
    document="",
    document_sha256="0" * 64,
    blobs=(SealedBlob(sha256="a" * 64, size=1),),
)
SENT = canonical(MANIFEST)
GOOD = OFFICE.receipt(MANIFEST, SENT)


def complete(receipt: SignedReceipt | None) -> Answer:
    return Answer(200, canonical(ManifestAnswer(state="complete", signed_receipt=receipt)))


def resigned(**changes: Any) -> SignedReceipt:
    return OFFICE.sign(GOOD.receipt.model_copy(update=changes))


def test_a_signed_receipt_for_these_bytes_is_a_delivery() -> None:
    """Promise 1: this and nothing else."""
    verdict = judge_manifest(complete(GOOD), SENT, IDENTITY)
    assert verdict.outcome is Outcome.DONE
    assert verdict.receipt == GOOD


@pytest.mark.parametrize(
    "receipt",
    [
        None,
        GOOD.model_copy(update={"signature": base64.b64encode(bytes(64)).decode()}),
        GOOD.model_copy(update={"signature": "no base64!"}),
        GOOD.model_copy(update={"receipt": GOOD.receipt.model_copy(update={"office_seq": 2})}),
        OFFICE.sign(GOOD.receipt, Ed25519PrivateKey.generate()),
        resigned(submission_id="0192f0c0-0000-7000-8000-000000000002"),
        resigned(kiosk_id="K02"),
        resigned(region="R2"),
        resigned(manifest_sha256="f" * 64),
    ],
    ids=["none", "zeros", "garbage", "tampered", "stranger", "other-id", "other-kiosk", "other-region", "other-bytes"],
)
def test_a_receipt_that_is_not_quite_right_is_not_a_delivery(receipt: SignedReceipt | None) -> None:
    """Promise 1: tampered, another's, or for other bytes: sent again."""
    assert judge_manifest(complete(receipt), SENT, IDENTITY).outcome is Outcome.LATER


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>please log in</html>", b"{}", b"\xff\xfe", b'{"state":"complete"'],
    ids=["empty", "login-page", "no-state", "no-text", "cut"],
)
def test_a_login_page_or_a_cut_answer_is_not_a_delivery(body: bytes) -> None:
    """Promise 4: a 200 is not a promise."""
    assert judge_manifest(Answer(200, body), SENT, IDENTITY).outcome is Outcome.LATER


def test_the_missing_blobs_are_named_and_must_be_ours() -> None:
    """Promise 1: an answer that asks for what we never had is not believed."""
    lacks: Callable[..., Answer] = lambda *names: Answer(  # noqa: E731 - one line says it
        200, canonical(ManifestAnswer(state="incomplete", missing=names))
    )
    assert judge_manifest(lacks("a" * 64), SENT, IDENTITY).missing == MANIFEST.blobs
    assert judge_manifest(lacks("b" * 64), SENT, IDENTITY).outcome is Outcome.LATER
    assert judge_manifest(lacks(), SENT, IDENTITY).outcome is Outcome.LATER


EXPECTED = (
    dict.fromkeys((200, 201, 204), Outcome.GO_ON)
    | dict.fromkeys((401, 403), Outcome.REFUSED)
    | dict.fromkeys((409, 410, 413, 415, 422), Outcome.PARK)
    | dict.fromkeys((301, 302, 400, 404, 408, 418, 425, 429, 500, 502, 503, 504, 599), Outcome.LATER)
)


@pytest.mark.parametrize(("status", "outcome"), EXPECTED.items())
def test_each_status_has_its_meaning(status: int, outcome: Outcome) -> None:
    """Promise 3: park the item, stop the line, or try again: never the wrong one, and nothing ever deletes."""
    assert judge(Answer(status, b""), "manifest").outcome is outcome


@pytest.mark.parametrize(
    ("answer", "outcome", "offset"),
    [
        (Answer(200, b"", upload_offset=7), Outcome.GO_ON, 7),
        (Answer(200, b"", upload_offset=10), Outcome.GO_ON, 10),
        (Answer(200, b"", upload_offset=11), Outcome.LATER, None),
        (Answer(200, b""), Outcome.LATER, None),
        (Answer(302, b"", upload_offset=7), Outcome.LATER, None),
        (Answer(404, b""), Outcome.LATER, None),
        (Answer(403, b""), Outcome.REFUSED, None),
    ],
)
def test_only_an_office_says_how_much_of_a_paper_it_has(answer: Answer, outcome: Outcome, offset: int | None) -> None:
    """Promise 4: a 200 without a number, or with one that cannot be, is somebody else's."""
    verdict = judge_offset(answer, size=10)
    assert (verdict.outcome, verdict.offset) == (outcome, offset)


@pytest.mark.parametrize(
    ("answer", "outcome", "offset"),
    [
        (Answer(204, b"", upload_offset=8), Outcome.GO_ON, 8),
        (Answer(204, b"", upload_offset=7), Outcome.LATER, None),
        (Answer(204, b"", upload_offset=10), Outcome.LATER, None),
        (Answer(204, b""), Outcome.LATER, None),
        (Answer(200, b"<html>log in", upload_offset=8), Outcome.LATER, None),
        (Answer(409, b"", upload_offset=10), Outcome.GO_ON, 10),
        (Answer(409, b"", upload_offset=0), Outcome.GO_ON, 0),
        (Answer(409, b"", upload_offset=4), Outcome.PARK, None),
        (Answer(409, b"", upload_offset=11), Outcome.PARK, None),
        (Answer(409, b""), Outcome.PARK, None),
        (Answer(422, b""), Outcome.PARK, None),
        (Answer(401, b""), Outcome.REFUSED, None),
        (Answer(503, b"", retry_after=9.0), Outcome.LATER, None),
    ],
)
def test_a_part_counts_when_the_office_stands_behind_it(answer: Answer, outcome: Outcome, offset: int | None) -> None:
    """Promise 1: bytes 4 to 8 of 10 were sent; an office that stands elsewhere is followed there."""
    verdict = judge_part(answer, start=4, end=8, size=10)
    assert (verdict.outcome, verdict.offset, verdict.retry_after) == (outcome, offset, answer.retry_after)
