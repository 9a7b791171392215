"""A kiosk as the office meets it: enrols, signs, sends. It speaks the wire, not the office's functions."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Self

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.contract import CHUNK_BYTES, PART_TYPE, EnrolAnswer, ManifestAnswer, SignedReceipt, canonical
from sync.signing import sign_request
from tests.office.people import Submission

JSON = "application/json"
CONFLICT = 409


class Kiosk:
    """An enrolled kiosk at a running office."""

    def __init__(self, url: str, kiosk_id: str = "K01", key: Ed25519PrivateKey | None = None) -> None:
        self.kiosk_id = kiosk_id
        self.key = key or Ed25519PrivateKey.generate()
        self.http = httpx.Client(base_url=url, timeout=20, trust_env=False)
        self.clock_error = timedelta()
        self._identity: EnrolAnswer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_args: object) -> None:
        self.http.close()

    def enrol(self, code: str) -> httpx.Response:
        """Ask for an identity."""
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        body = {"code": code, "kiosk_id": self.kiosk_id, "public_key": public}
        answer = self.http.post("/v1/enrol", json=body)
        if answer.is_success:
            self._identity = EnrolAnswer.model_validate_json(answer.content)
        return answer

    @property
    def identity(self) -> EnrolAnswer:
        """Return what the office said when it enrolled this kiosk."""
        assert self._identity is not None
        return self._identity

    def signed(self, method: str, path: str, body: bytes, content_type: str = JSON, **more: str) -> httpx.Request:
        """Return a signed request that has not been sent."""
        headers = {"content-type": content_type, **more} if body else more
        request = self.http.build_request(method, path, content=body, headers=headers)
        sign_request(request, self.key, self.kiosk_id, datetime.now(UTC) + self.clock_error)
        return request

    def send(self, method: str, path: str, body: bytes, content_type: str = JSON, **more: str) -> httpx.Response:
        """Sign and send."""
        return self.http.send(self.signed(method, path, body, content_type, **more))

    def put_manifest(self, submission: Submission) -> httpx.Response:
        """Send a manifest."""
        return self.send("PUT", f"/v1/submissions/{submission.id}", submission.body)

    def part(self, sha256: str, offset: int, part: bytes) -> httpx.Request:
        """Return a signed part of a blob that has not been sent."""
        path = f"/v1/blobs/{self.kiosk_id}/{sha256}"
        return self.signed("PATCH", path, part, PART_TYPE, **{"upload-offset": str(offset)})

    def patch_blob(self, sha256: str, offset: int, part: bytes) -> httpx.Response:
        """Send a part of a blob."""
        return self.http.send(self.part(sha256, offset, part))

    def head_blob(self, sha256: str) -> httpx.Response:
        """Ask how much of a blob is there."""
        return self.http.send(self.signed("HEAD", f"/v1/blobs/{self.kiosk_id}/{sha256}", b""))

    def put_blob(self, sha256: str, data: bytes) -> httpx.Response:
        """Send what the office lacks of a blob, part by part until one is refused; return the last answer."""
        answer = self.head_blob(sha256)
        while "upload-offset" in answer.headers and (offset := int(answer.headers["upload-offset"])) < len(data):
            answer = self.patch_blob(sha256, offset, data[offset : offset + CHUNK_BYTES])
        return self.head_blob(sha256) if answer.status_code == CONFLICT else answer  # somebody else brought the rest

    def deliver(self, submission: Submission) -> SignedReceipt:
        """Send everything and return the receipt; fail when the office gives none."""
        answer = ManifestAnswer.model_validate_json(self.put_manifest(submission).raise_for_status().content)
        for sha256 in answer.missing:
            self.put_blob(sha256, submission.blobs[sha256]).raise_for_status()
        if answer.missing:
            answer = ManifestAnswer.model_validate_json(self.put_manifest(submission).raise_for_status().content)
        assert answer.signed_receipt is not None
        return answer.signed_receipt


def check_receipt(signed: SignedReceipt, identity: EnrolAnswer) -> None:
    """Fail unless the receipt is signed by the office that enrolled the kiosk."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(identity.office_signing_key))
    key.verify(base64.b64decode(signed.signature), canonical(signed.receipt))
