"""The calls of a kiosk. Each reads, asks the guard who it is, and hands on to the room that does the work."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from office.api.blobs import BlobCalls
from office.api.guard import Guard, read_body
from office.api.questions import QuestionCalls
from office.cases.intake import Intake
from office.enrolment import enrol
from office.errors import Refusal, wrong_places
from office.office import Office
from office.store.models import KioskRow
from office.trails import take_trail
from sync.contract import EnrolRequest, Heartbeat, Uuid, canonical

M = TypeVar("M", bound=BaseModel)
NO_CONTENT, OK = 204, 200


def kiosk_routes(office: Office) -> APIRouter:
    """Return the routes below ``/v1``."""
    router = APIRouter(prefix="/v1")
    calls = _Calls(office)
    router.add_api_route("/enrol", calls.enrol, methods=["POST"])
    router.add_api_route("/heartbeats", calls.heartbeat, methods=["POST"])
    router.add_api_route("/submissions/{submission_id}", calls.submission, methods=["PUT"])
    router.add_api_route("/blobs/{kiosk_id}/{sha256}", BlobCalls(calls.guard).answer, methods=["HEAD", "PATCH"])
    router.add_api_route("/questions/{name}", QuestionCalls(calls.guard).answer, methods=["POST"])
    return router


class _Calls:
    def __init__(self, office: Office) -> None:
        self._office = office
        self.guard = Guard(office)
        self._intake = Intake(office)

    async def enrol(self, request: Request) -> Response:
        """Give a kiosk with a valid code its identity."""
        asked = _parse(EnrolRequest, await read_body(request, self._office.settings.small_limit))
        return _json(await run_in_threadpool(enrol, self._office, asked), OK)

    async def heartbeat(self, request: Request) -> Response:
        """Note a kiosk's sign of life."""
        kiosk_id, body = await self.guard.signed_body(request, self._office.settings.small_limit)
        beat = _parse(Heartbeat, body)
        if beat.kiosk_id != kiosk_id:
            raise Refusal(403, "the heartbeat is of another kiosk than the one that signed the request")
        await run_in_threadpool(self._office.writer.run, lambda session: self._note(session, beat))
        return Response(status_code=NO_CONTENT)

    async def submission(self, request: Request, submission_id: Annotated[Uuid, Path()]) -> Response:
        """Take a manifest; answer what is missing, or the receipt."""
        kiosk_id, body = await self.guard.signed_body(request, self._office.settings.manifest_limit)
        taken = await run_in_threadpool(self._intake.take, kiosk_id, submission_id, body)
        return _json(taken.answer, taken.status)

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
