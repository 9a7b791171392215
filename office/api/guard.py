"""Guards the kiosks' door: bodies of a bounded size, requests whose signature holds.

One decision: a refusal is an HTTP status and one sentence, ``{"reason": "…"}``, that a technician can act on.
"""

import logging

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.types import Receive

from office.enrolment import find_kiosk_key
from office.errors import Refusal
from office.office import Office
from office.settings import MIB
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


DRAINED = 64 * MIB  # what is read and forgotten before a refusal; beyond, the line is cut


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
    await check_length(request, limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        elif size > limit + DRAINED:
            break
    if size > limit:
        raise Refusal(413, f"the body is longer than {limit} bytes")
    return b"".join(chunks)


async def drain(receive: Receive) -> None:
    """Read and forget what a client still sends before it is refused.

    A connection closed with unread bytes is reset, and the client would see a dead line where an answer was given.
    """
    size, more = 0, True
    while more and size <= DRAINED:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)


async def check_length(request: Request, limit: int) -> None:
    """Refuse a body that declares to be longer than `limit`, after reading past it; uvicorn has checked the number.

    Raises:
        Refusal: 413.
    """
    text = request.headers.get("content-length")
    if text is not None and int(text) > limit:
        await drain(request.receive)
        raise Refusal(413, f"the body is longer than {limit} bytes")


def answer_refusal(request: Request, error: Refusal) -> Response:
    """Turn a `Refusal` into its answer."""
    log.info("%s %s: %s", request.method, request.url.path, error)
    return JSONResponse({"reason": error.reason}, status_code=error.status)


async def answer_fault(request: Request, error: Exception) -> Response:
    """Say "later" when the database, the disk or the office itself fails: the kiosk keeps what it has."""
    log.error("%s %s: the office failed: %s", request.method, request.url.path, type(error).__name__)
    reason = {"reason": "the office cannot do this at present: keep what you have and try again"}
    return JSONResponse(reason, status_code=503, headers={"Retry-After": "30"})
