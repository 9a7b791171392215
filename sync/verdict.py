"""What an answer of the office means. Pure functions: bytes in, verdict out.

One decision: nothing but a signed receipt for exactly the bytes that were sent is a delivery. A proxy's login page, a
200 without a receipt, a receipt of another office or for other bytes are all "later".
"""

import base64
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus

from cryptography.exceptions import InvalidSignature
from pydantic import ValidationError

from sync.contract import Manifest, ManifestAnswer, SealedBlob, SignedReceipt, canonical, sha256_hex
from sync.enrol import Identity
from sync.line import Answer


class Outcome(StrEnum):
    """What to do now."""

    DONE = "DONE"
    GO_ON = "GO_ON"  # this step succeeded, `missing` blobs are to follow
    PARK = "PARK"  # this submission needs a person
    REFUSED = "REFUSED"  # this kiosk is refused, not this submission
    LATER = "LATER"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, and why in words that name no content.

    Attributes:
        missing: the blobs that the office lacks, after a manifest.
        offset: bytes that the office has, after a part of a blob; after a manifest 0: of what it lacks it has nothing.
    """

    outcome: Outcome
    why: str = ""
    missing: tuple[SealedBlob, ...] = ()
    offset: int | None = None
    receipt: SignedReceipt | None = None
    retry_after: float | None = None


_BY_STATUS = {401: Outcome.REFUSED, 403: Outcome.REFUSED} | dict.fromkeys((409, 410, 413, 415, 422), Outcome.PARK)
_SUCCESS = range(200, 300)
_ATTACHMENT = "attachment"
_NOT_THE_OFFICE = "what answered is not the office (a login page on the way?)"


def judge(answer: Answer, subject: str) -> Verdict:
    """Return what the status says; GO_ON for a 2xx that is no page. `subject` names what was sent, for the reason."""
    if answer.status in _SUCCESS:
        return (
            Verdict(Outcome.LATER, _NOT_THE_OFFICE) if answer.body.lstrip().startswith(b"<") else Verdict(Outcome.GO_ON)
        )
    outcome = _BY_STATUS.get(answer.status, Outcome.LATER)
    return Verdict(outcome, f"the office answered {answer.status} to the {subject}", retry_after=answer.retry_after)


def judge_owner(manifest: bytes, identity: Identity) -> Verdict | None:
    """Return PARK for a manifest that was committed under another kiosk's identity, which the office would refuse.

    Asked before anything is sent: the office's 403 would hold up everything, and only this one needs a person.
    """
    committed = Manifest.model_validate_json(manifest)
    if (committed.region, committed.kiosk_id) == (identity.office.region, identity.kiosk_id):
        return None
    theirs, ours = f"{committed.region}/{committed.kiosk_id}", f"{identity.office.region}/{identity.kiosk_id}"
    return Verdict(
        Outcome.PARK, f"accepted as {theirs}, this machine is enrolled as {ours}: enrol it as {theirs} again"
    )


def judge_manifest(answer: Answer, manifest: bytes, identity: Identity) -> Verdict:
    """Return what the office said to `manifest` (canonical bytes as sent)."""
    verdict = judge(answer, "manifest")
    if verdict.outcome is not Outcome.GO_ON:
        return verdict
    try:
        said = ManifestAnswer.model_validate_json(answer.body)
    except ValidationError:
        return Verdict(Outcome.LATER, _NOT_THE_OFFICE)
    if said.state == "complete":
        return _judge_receipt(said.signed_receipt, manifest, identity)
    ours = {blob.sha256: blob for blob in Manifest.model_validate_json(manifest).blobs}
    if not said.missing or not ours.keys() >= set(said.missing):
        return Verdict(Outcome.LATER, "the office lacks something that does not belong to this submission")
    return Verdict(
        Outcome.GO_ON,
        missing=tuple(ours[sha256] for sha256 in said.missing),
        offset=0 if answer.status == HTTPStatus.CREATED else None,
    )


def judge_offset(answer: Answer, size: int) -> Verdict:
    """Return how much of a blob of `size` bytes the office has (HEAD)."""
    verdict = judge(answer, _ATTACHMENT)
    if verdict.outcome is not Outcome.GO_ON:
        return verdict
    if answer.upload_offset is None or answer.upload_offset > size:
        return Verdict(Outcome.LATER, _NOT_THE_OFFICE)
    return Verdict(Outcome.GO_ON, offset=answer.upload_offset)


def judge_part(answer: Answer, start: int, end: int, size: int) -> Verdict:
    """Return what the office said to the bytes from `start` to `end` of a blob of `size` bytes (PATCH).

    An office that stands elsewhere (409 with its Upload-Offset, tus 1.0) is followed there: an earlier answer was lost.
    """
    there = answer.upload_offset
    if answer.status == HTTPStatus.CONFLICT and there is not None and there <= size and there != start:
        return Verdict(Outcome.GO_ON, offset=there)
    verdict = judge(answer, _ATTACHMENT)
    if verdict.outcome is Outcome.GO_ON and there != end:
        return Verdict(Outcome.LATER, _NOT_THE_OFFICE)
    return replace(verdict, offset=there) if verdict.outcome is Outcome.GO_ON else verdict


def _judge_receipt(signed: SignedReceipt | None, manifest: bytes, identity: Identity) -> Verdict:
    if signed is None:
        return Verdict(Outcome.LATER, "the office says complete and gives no receipt")
    sent, receipt = Manifest.model_validate_json(manifest), signed.receipt
    for name in ("submission_id", "region", "kiosk_id"):
        if getattr(sent, name) != getattr(receipt, name):
            return Verdict(Outcome.LATER, f"the receipt is for another {name}")
    if receipt.manifest_sha256 != sha256_hex(manifest):
        return Verdict(Outcome.LATER, "the receipt is for other bytes")
    try:
        signature = base64.b64decode(signed.signature, validate=True)
        identity.office_key.verify(signature, canonical(receipt))
    except (ValueError, InvalidSignature):
        return Verdict(Outcome.LATER, "the receipt is not signed by this kiosk's office")
    return Verdict(Outcome.DONE, receipt=signed)
