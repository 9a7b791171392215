"""The two calls for a sealed blob, in the words of tus 1.0: HEAD tells how much is here, PATCH brings the next part.

One decision: a part counts only whole. Its SHA-256 is the signed Content-Digest, compared before a byte of it is kept;
an offset that is not the office's own is answered 409 with the office's, and the kiosk goes on from there.
"""

from typing import Annotated

from fastapi import Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from office.api.guard import Guard
from office.api.uploads import Upload, Uploads
from office.errors import Refusal
from sync.contract import CHUNK_BYTES, TUS_VERSION, Identifier, Sha256

MOST_DIGITS = 16  # of an offset


class BlobCalls:
    """HEAD and PATCH below ``/v1/blobs``."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._uploads = Uploads(guard.office)

    async def answer(
        self, request: Request, kiosk_id: Annotated[Identifier, Path()], sha256: Annotated[Sha256, Path()]
    ) -> Response:
        """Tell how much of a blob is here (HEAD), or take the next part of it (PATCH)."""
        signer, part = await self._guard.signed_body(request, CHUNK_BYTES)
        if signer != kiosk_id:
            raise Refusal(403, "the blob is of another kiosk than the one that signed the request")
        if request.method == "HEAD":
            state = await run_in_threadpool(self._uploads.state, kiosk_id, sha256)
            return Response(status_code=200, headers={**_headers(state), "cache-control": "no-store"})
        state = await run_in_threadpool(self._uploads.take, kiosk_id, sha256, _offset(request), part)
        if state.taken:
            return Response(status_code=204, headers=_headers(state))
        reason = {"reason": f"the part does not begin where the office stands, at byte {state.offset}"}
        return JSONResponse(reason, status_code=409, headers=_headers(state))


def _headers(state: Upload) -> dict[str, str]:
    return {"tus-resumable": TUS_VERSION, "upload-offset": str(state.offset), "upload-length": str(state.size)}


def _offset(request: Request) -> int:
    text = request.headers.get("upload-offset", "")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Refusal(422, "Upload-Offset must say at which byte the part begins")
    return int(text)
