"""A small office over real HTTP that can be told to misbehave as no real one would. It verifies every signature."""

import base64
import os
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync import seal
from sync.contract import (
    EnrolAnswer,
    EnrolRequest,
    Heartbeat,
    Manifest,
    ManifestAnswer,
    OfficeReceipt,
    SealedBlob,
    SignedReceipt,
    canonical,
    sha256_hex,
)
from sync.signing import NonceMemory, SignatureError, verify_request

CODE = "ONE-TIME-CODE"
Misbehave = Callable[[Request], Response | None]
_RECEIVED = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


class OfficeDouble:
    """Holds what it took in memory; `faults[path kind]` are answered first, `every[path kind]` always."""

    def __init__(self, suite: str = "X25519+HKDF-SHA256+AES-256-GCM") -> None:
        self._suite = suite
        self.reset()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._serve, name="office-double")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Become another office, with new keys, that holds nothing and behaves."""
        self.signing_key = Ed25519PrivateKey.generate()
        self.seal_key = seal.generate_key(self._suite)
        self.opener = seal.Opener(self._suite, self.seal_key)
        self.kiosks: dict[str, Ed25519PublicKey] = {}
        self.manifests: dict[str, bytes] = {}
        self.blobs: dict[str, bytes] = {}
        self.parts: dict[str, bytes] = {}
        self.carried = 0
        self.heartbeats: list[Heartbeat] = []
        self.requests: list[str] = []
        self.seen = NonceMemory(lambda: datetime.now(UTC))
        self.offset = 0.0
        self.faults: dict[str, deque[Misbehave]] = {"submissions": deque(), "blobs": deque(), "heartbeats": deque()}
        self.every: dict[str, Misbehave] = {}
        self.tamper: Callable[[SignedReceipt], SignedReceipt] = lambda receipt: receipt

    def start(self) -> None:
        """Serve in a thread of this process."""
        self._server = self._make_server()
        self._thread.start()
        wait_until(lambda: self._server is not None and self._server.started)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Serve in a process of its own, so that this one may fork; what it holds is asked for by `held`."""
        child = os.fork()
        if child == 0:
            try:
                self._make_server().run(sockets=[self._socket])
            finally:
                os._exit(0)
        try:
            yield
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            self._socket.close()

    def held(self) -> dict[str, list[str]]:
        """Return, over HTTP, the SHA-256 of each submission's opened document and attachments."""
        held: dict[str, list[str]] = httpx.get(f"{self.url}/held", trust_env=False).json()
        return held

    async def _held(self, _request: Request) -> Response:
        return JSONResponse(
            {
                sid: [sha256_hex(part) for part in (document, *attachments)]
                for sid in self.manifests
                for document, attachments in [self.opened(sid)]
            }
        )

    def _make_server(self) -> uvicorn.Server:
        routes = [
            Route("/v1/enrol", self._guarded("enrol", self._enrol), methods=["POST"]),
            Route("/v1/submissions/{sid}", self._guarded("submissions", self._submission), methods=["PUT"]),
            Route("/v1/blobs/{kiosk}/{sha256}", self._guarded("blobs", self._blob), methods=["HEAD", "PATCH"]),
            Route("/v1/heartbeats", self._guarded("heartbeats", self._heartbeat), methods=["POST"]),
        ]
        routes.append(Route("/held", self._held, methods=["GET"]))
        config = uvicorn.Config(
            Starlette(routes=routes), lifespan="off", ws="none", log_level="error", date_header=False, access_log=False
        )
        return uvicorn.Server(config)

    def _serve(self) -> None:
        assert self._server is not None
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join(10)
        self._socket.close()

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    def _guarded(
        self, kind: str, handler: Callable[[Request, bytes], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            self.requests.append(f"{request.method} {request.url.path}")
            response = self._answer(kind, handler, request, body)
            response.headers.setdefault("date", self.now().strftime("%a, %d %b %Y %H:%M:%S GMT"))
            return response

        return endpoint

    def _answer(
        self, kind: str, handler: Callable[[Request, bytes], Response], request: Request, body: bytes
    ) -> Response:
        scripted = self.faults.get(kind)
        for misbehave in [scripted.popleft()] if scripted else [self.every[kind]] if kind in self.every else []:
            answer = misbehave(request)
            if answer is not None:
                return answer
        if kind != "enrol":
            try:
                verify_request(
                    request.method, request.url.path, request.headers, body, self.kiosks.get, self.now(), self.seen
                )
            except SignatureError as error:
                return Response(str(error), status_code=401)
        return handler(request, body)

    def enrol_answer(self, kiosk_id: str) -> EnrolAnswer:
        return EnrolAnswer(
            region="R1",
            kiosk_id=kiosk_id,
            site_id="centre",
            office_signing_key=base64.b64encode(self.signing_key.public_key().public_bytes_raw()).decode(),
            seal_suite=self.opener.suite,
            seal_public_key=base64.b64encode(self.opener.public_key).decode(),
            seal_key_id=self.opener.key_id,
        )

    def _enrol(self, _request: Request, body: bytes) -> Response:
        asked = EnrolRequest.model_validate_json(body)
        if asked.code != CODE:
            return Response(status_code=403)
        self.kiosks[asked.kiosk_id] = Ed25519PublicKey.from_public_bytes(base64.b64decode(asked.public_key))
        return Response(canonical(self.enrol_answer(asked.kiosk_id)), status_code=201, media_type="application/json")

    def _submission(self, request: Request, body: bytes) -> Response:
        sid = request.path_params["sid"]
        manifest = Manifest.model_validate_json(body)
        known = sid in self.manifests
        if self.manifests.setdefault(sid, body) != body:
            return Response(status_code=409)
        missing = tuple(blob.sha256 for blob in manifest.blobs if blob.sha256 not in self.blobs)
        answer = ManifestAnswer(state="incomplete" if missing else "complete", missing=missing)
        if not missing:
            answer = answer.model_copy(update={"signed_receipt": self.tamper(self.receipt(manifest, body))})
        return JSONResponse(answer.model_dump(mode="json"), status_code=200 if known else 201)

    def receipt(self, manifest: Manifest, body: bytes) -> SignedReceipt:
        receipt = OfficeReceipt(
            submission_id=manifest.submission_id,
            region=manifest.region,
            kiosk_id=manifest.kiosk_id,
            manifest_sha256=sha256_hex(body),
            office_seq=len(self.manifests),
            received_at=_RECEIVED,
        )
        return self.sign(receipt)

    def sign(self, receipt: OfficeReceipt, key: Ed25519PrivateKey | None = None) -> SignedReceipt:
        signature = (key or self.signing_key).sign(canonical(receipt))
        return SignedReceipt(receipt=receipt, signature=base64.b64encode(signature).decode())

    def _blob(self, request: Request, body: bytes) -> Response:
        name = request.path_params["sha256"]
        sizes = {blob.sha256: blob.size for raw in self.manifests.values() for blob in _blobs(raw)}
        if name not in sizes:
            return Response(status_code=404)
        here = self.blobs.get(name, self.parts.get(name, b""))
        if request.method == "PATCH":
            if request.headers["upload-offset"] != str(len(here)):
                return Response(status_code=409, headers={"upload-offset": str(len(here))})
            self.carried += len(body)
            here = self.parts[name] = here + body
        if len(here) == sizes[name]:
            if sha256_hex(here) != name:
                self.parts.pop(name)
                return Response(status_code=422)
            self.blobs[name] = here
        return Response(status_code=204, headers={"upload-offset": str(len(here))})

    def _heartbeat(self, _request: Request, body: bytes) -> Response:
        self.heartbeats.append(Heartbeat.model_validate_json(body))
        return Response(status_code=204)

    def opened(self, sid: str) -> tuple[bytes, list[bytes]]:
        """Return the document and the attachments of one submission as the office reads them."""
        manifest = Manifest.model_validate_json(self.manifests[sid])
        document = self.opener.open(base64.b64decode(manifest.document), seal.document_info(sid))
        info = seal.attachment_info(sid)
        return document, [self.opener.open(self.blobs[blob.sha256], info) for blob in manifest.blobs]


def _blobs(manifest: bytes) -> tuple[SealedBlob, ...]:
    return Manifest.model_validate_json(manifest).blobs


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for `condition`, or fail."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.005)
