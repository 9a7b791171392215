"""Guards the kiosks' door: bodies of a bounded size, requests whose signature holds.

One decision: a refusal is an HTTP status and one sentence, ``{"reason": "…"}``, that a technician can act on.
"""

import logging
import math

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from office.enrolment import find_kiosk_key
from office.errors import Refusal
from office.office import Office
from sync.signing import NonceMemory, SignatureError, SignatureFault, verify_request

log = logging.getLogger(__name__)

SENTENCES: dict[SignatureFault, tuple[int, str]] = {
    SignatureFault.MISSING: (401, "the request is not signed, or its signature does not cover what it must"),
    SignatureFault.MALFORMED: (401, "the request's signature cannot be read"),
    SignatureFault.UNKNOWN_KEY: (403, "this kiosk is not enrolled here"),
    SignatureFault.WRONG_SIGNATURE: (401, "the signature is not of this kiosk's present key"),
    SignatureFault.WRONG_DIGEST: (401, "the body is not the one that was signed"),
    SignatureFault.TOO_OLD: (401, "the kiosk's clock is behind: see the Date of this answer"),
    SignatureFault.IN_THE_FUTURE: (401, "the kiosk's clock is ahead: see the Date of this answer"),
    SignatureFault.REPLAYED: (401, "this request has been sent before"),
}


class Guard:
    """Checks signed requests for one office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._seen = NonceMemory(office.clock)

    async def signed_body(self, request: Request, limit: int) -> tuple[str, bytes]:
        """Return the kiosk that signed `request`, and its body.

        Raises:
            Refusal: 401, 403 or 413.
        """
        body = await read_body(request, limit)
        return await run_in_threadpool(self.verify, request, body), body

    def verify(self, request: Request, body: bytes) -> str:
        """Return the kiosk that signed `request` with this body.

        Raises:
            Refusal: 401 or 403.
        """
        path = request.scope["raw_path"].decode("ascii")
        if query := request.scope["query_string"]:
            path = f"{path}?{query.decode('latin-1')}"
        try:
            return verify_request(
                request.method,
                path,
                request.headers,
                body,
                lambda kiosk_id: find_kiosk_key(self.office, kiosk_id),
                self.office.clock(),
                self._seen,
            )
        except SignatureError as error:
            status, sentence = SENTENCES[error.reason]
            raise Refusal(status, sentence) from error


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body.

    Raises:
        Refusal: 413, it is longer than `limit` bytes.
    """
    check_length(request, limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise Refusal(413, f"the body is longer than {limit} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def check_length(request: Request, limit: float = math.inf) -> int | None:
    """Return the declared length of the body, None when it comes in pieces.

    Raises:
        Refusal: 400, it is no number; 413, it is more than `limit`.
    """
    text = request.headers.get("content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise Refusal(400, "Content-Length is not a number")
    if int(text) > limit:
        raise Refusal(413, f"the body is longer than {limit} bytes")
    return int(text)


async def answer_refusal(request: Request, error: Exception) -> Response:
    """Turn a `Refusal` into its answer."""
    if not isinstance(error, Refusal):
        raise error
    log.info("%s %s: %s", request.method, request.url.path, error)
    return JSONResponse({"reason": error.reason}, status_code=error.status)


async def answer_store_fault(request: Request, error: Exception) -> Response:
    """Say "later" when the database or the disk fails: the kiosk keeps what it has and tries again."""
    log.error("%s %s: the store failed: %s", request.method, request.url.path, type(error).__name__)
    reason = {"reason": "the office cannot store at present"}
    return JSONResponse(reason, status_code=503, headers={"Retry-After": "30"})
