"""The four calls of a kiosk. Each reads, asks the guard who it is, and hands on to the room that does the work."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from office.api.guard import Guard, check_length, drain, read_body
from office.cases.intake import Intake
from office.enrolment import enrol
from office.errors import Refusal, wrong_places
from office.office import Office
from office.store.blobs import IncomingBlob
from office.store.models import BlobRow, KioskRow
from office.trails import take_trail
from sync.contract import EnrolRequest, Heartbeat, Identifier, Sha256, Uuid, canonical

M = TypeVar("M", bound=BaseModel)
NO_CONTENT, OK = 204, 200


def kiosk_routes(office: Office) -> APIRouter:
    """Return the routes below ``/v1``."""
    router = APIRouter(prefix="/v1")
    calls = _Calls(office)
    router.add_api_route("/enrol", calls.enrol, methods=["POST"])
    router.add_api_route("/heartbeats", calls.heartbeat, methods=["POST"])
    router.add_api_route("/submissions/{submission_id}", calls.submission, methods=["PUT"])
    router.add_api_route("/blobs/{kiosk_id}/{sha256}", calls.blob, methods=["PUT"])
    return router


class _Calls:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._guard = Guard(office)
        self._intake = Intake(office)

    async def enrol(self, request: Request) -> Response:
        """Give a kiosk with a valid code its identity."""
        asked = _parse(EnrolRequest, await read_body(request, self._office.settings.small_limit))
        return _json(await run_in_threadpool(enrol, self._office, asked), OK)

    async def heartbeat(self, request: Request) -> Response:
        """Note a kiosk's sign of life."""
        kiosk_id, body = await self._guard.signed_body(request, self._office.settings.small_limit)
        beat = _parse(Heartbeat, body)
        if beat.kiosk_id != kiosk_id:
            raise Refusal(403, "the heartbeat is of another kiosk than the one that signed the request")
        await run_in_threadpool(self._office.writer.run, lambda session: self._note(session, beat))
        return Response(status_code=NO_CONTENT)

    async def submission(self, request: Request, submission_id: Annotated[Uuid, Path()]) -> Response:
        """Take a manifest; answer what is missing, or the receipt."""
        kiosk_id, body = await self._guard.signed_body(request, self._office.settings.manifest_limit)
        taken = await run_in_threadpool(self._intake.take, kiosk_id, submission_id, body)
        return _json(taken.answer, taken.status)

    async def blob(
        self, request: Request, kiosk_id: Annotated[Identifier, Path()], sha256: Annotated[Sha256, Path()]
    ) -> Response:
        """Take a sealed blob that a manifest of this kiosk has named; its bytes go straight to the disk."""
        size = await run_in_threadpool(self._declared_size, kiosk_id, sha256)
        if size is None:
            await drain(request.receive)
            raise Refusal(404, "no manifest of this kiosk names this blob: send the manifest first")
        await check_length(request, self._office.settings.blob_limit)
        with self._office.blobs.receive(sha256, size) as incoming:
            async for chunk in request.stream():
                incoming.write(chunk)
            return await run_in_threadpool(self._keep, request, incoming, (kiosk_id, sha256))

    def _declared_size(self, kiosk_id: str, sha256: str) -> int | None:
        with self._office.database.reading() as session:
            row = session.get(BlobRow, (self._office.region, kiosk_id, sha256))
        return None if row is None else row.size

    def _keep(self, request: Request, incoming: IncomingBlob, key: tuple[str, str]) -> Response:
        if self._guard.verify(request, incoming.body()) != key[0]:
            raise Refusal(403, "the blob is of another kiosk than the one that signed the request")
        incoming.keep()
        known = self._office.writer.run(lambda session: self._stored(session, key))
        return Response(status_code=OK if known else NO_CONTENT)

    def _stored(self, session: Session, key: tuple[str, str]) -> bool:
        """Note that a blob is durable; return whether it was before."""
        row = session.get_one(BlobRow, (self._office.region, *key))
        known = row.stored_at is not None
        row.stored_at = row.stored_at or self._office.clock()
        return known

    def _note(self, session: Session, beat: Heartbeat) -> None:
        row = session.get_one(KioskRow, (self._office.region, beat.kiosk_id))
        row.last_seen = self._office.clock()
        row.heartbeat = canonical(beat).decode()
        take_trail(session, self._office.region, beat, row.last_seen)


def _parse(kind: type[M], body: bytes) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise Refusal(422, f"not a valid {kind.__name__}; wrong at: {wrong_places(kind, error)}") from None


def _json(answer: BaseModel, status: int) -> Response:
    return Response(canonical(answer), status_code=status, media_type="application/json")
