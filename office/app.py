"""The office as a web application: kiosks at ``/v1``, clerks at ``/desk``. One process, one writer.

`create_app` gives the application to whoever serves it; `serve` runs it until it is told to stop.
"""

import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from office.api.guard import answer_fault
from office.api.routes import kiosk_routes
from office.clock import Clock, utc_now
from office.desk.desk import add_desk
from office.desk.titles import NO_TITLES, Titles
from office.office import make_office, serving
from office.settings import OfficeSettings


def create_app(settings: OfficeSettings, *, titles: Titles = NO_TITLES, clock: Clock = utc_now) -> FastAPI:
    """Return the application of one office; its `state.office` is the open `Office`.

    Args:
        settings: where it lives and how large things may be.
        titles: the forms by their id, for titles beside answers; without, the desk shows identifiers.
        clock: the office's time.

    Raises:
        OfficeError: a key cannot be read, or the database would not be durable.
    """
    office = make_office(settings, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            with serving(office):
                yield
        finally:
            office.close()

    app = FastAPI(title="Budayang office", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.router.redirect_slashes = False  # a redirected request would carry a signature for another path
    app.state.office = office
    for fault in (SQLAlchemyError, OSError, Exception):
        app.add_exception_handler(fault, answer_fault)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    app.add_route("/", _to_the_desk)
    app.include_router(kiosk_routes(office))
    add_desk(app, office, titles)
    return app


def serve(settings: OfficeSettings, *, titles: Titles = NO_TITLES) -> None:
    """Serve one office until SIGTERM or SIGINT.

    There is no access log: its lines would hold what clerks search for.

    Raises:
        OfficeError: the office cannot be opened.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the case a clerk is looking at
    app = create_app(settings, titles=titles)
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, server_header=False, log_level="warning")


async def _to_the_desk(_request: Request) -> Response:
    """Whoever types the office's address alone is a clerk."""
    return RedirectResponse("/desk", 303)


async def _answer_nobody(_request: Request, _error: Exception) -> Response:
    """The line was cut in the middle of a body: nobody hears this, nothing was kept, and it is no fault of ours."""
    return Response(status_code=400)
