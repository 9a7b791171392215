"""Puts the desk into the application: its pages, its files, its headers.

One decision: the headers that protect a page are set in one place for everything below ``/desk``, so that no page can
forget them. The one script, `static/live.js`, is a file of ours; the policy allows no other and nothing inline.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from office.api.guard import answer_refusal, drain
from office.desk import cases, diagnoses, kiosks, login, papers, record, steps
from office.desk.sight import Desk, SignInNeeded, anyone
from office.desk.titles import Titles
from office.desk.words import load_desk_words
from office.errors import Refusal
from office.office import Office

HERE = Path(__file__).parent

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


_NO_SUCH_CALL = {
    404: "the office has no such call",
    405: "this call is made with another method: see Allow",
}


def add_desk(app: FastAPI, office: Office, titles: Titles) -> None:
    """Add the desk's pages to `app`."""
    pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    app.state.desk = Desk(office, titles, load_desk_words(), pages, ZoneInfo(office.settings.time_zone))
    app.mount("/desk/static", StaticFiles(directory=HERE / "static"))
    for room in (login, cases, papers, kiosks, diagnoses, record, steps):
        app.include_router(room.router, prefix="/desk")
    app.add_exception_handler(SignInNeeded, _to_login)
    for fault in (Refusal, HTTPException, RequestValidationError):
        app.add_exception_handler(fault, answer_any_refusal)
    app.add_middleware(_DeskHeaders, limit=office.settings.small_limit)


class _DeskHeaders:
    """Sets `HEADERS` on everything below ``/desk`` and refuses forms that are too large before they are read."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/desk"):
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if scope["path"].startswith("/desk/static/"):
                    headers["Cache-Control"] = "public, max-age=300"
            await send(message)

        length = Headers(scope=scope).get("content-length")
        if scope["method"] == "POST" and (length is None or int(length) > self._limit):
            await drain(receive)
            await Response(status_code=411 if length is None else 413)(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


async def _to_login(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/desk/login", 303)


async def answer_any_refusal(request: Request, error: Exception) -> Response:
    """Answer a clerk with a page, a kiosk with JSON; nothing that was sent is repeated."""
    at_desk = request.url.path.startswith("/desk")
    refusal = error if isinstance(error, Refusal) else _refusal_of(error)
    answer = await run_in_threadpool(_refusal_page, request, refusal) if at_desk else answer_refusal(request, refusal)
    if isinstance(error, HTTPException):
        answer.headers.update(error.headers or {})  # Allow, with a 405
    return answer


def _refusal_of(error: Exception) -> Refusal:
    if isinstance(error, HTTPException):
        return Refusal(error.status_code, _NO_SUCH_CALL.get(error.status_code, error.detail))
    return Refusal(422, "an identifier in the path or a field of the form is not valid")


def _refusal_page(request: Request, error: Refusal) -> Response:
    sight = anyone(request)
    reason = sight.words.say("page.not_found") if error.reason in _NO_SUCH_CALL.values() else error.reason
    return sight.page("refused.html", error.status, reason=reason)
