"""What a kiosk asks while a resident waits: signed, read as its type, answered by the room that knows.

One decision: questions are no submissions: they leave nothing behind but the line of the record that says that a kiosk
asked, and the office keeps no trace of whom for.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from office.api.guard import Guard
from office.counter.progress import progress
from office.errors import Refusal, wrong_places
from office.office import Office
from sync.asking import ProgressQuestion, Question
from sync.contract import Record, canonical

ANSWERERS: Mapping[type[Question], Callable[[Office, Any], Record]] = {ProgressQuestion: progress}
_BY_NAME = {question.name: question for question in ANSWERERS}


class QuestionCalls:
    """``POST /v1/questions/NAME``."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def answer(self, request: Request, name: str) -> Response:
        """Answer a question of an enrolled kiosk."""
        office = self._guard.office
        _kiosk, body = await self._guard.signed_body(request, office.settings.small_limit)
        kind = _BY_NAME.get(name)
        if kind is None:
            raise Refusal(404, "this office answers no such question")
        try:
            question = kind.model_validate_json(body)
        except ValidationError as error:
            raise Refusal(422, f"not a valid {kind.__name__}; wrong at: {wrong_places(kind, error)}") from None
        answer = await run_in_threadpool(ANSWERERS[kind], office, question)
        return Response(canonical(answer), media_type="application/json")
