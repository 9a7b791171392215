"""The control page of a simulated kiosk: put a card on the reader, lay a paper, empty the printer, cut the line.

Where the window is on a virtual screen, the page shows it, and a touch on the picture is a touch on the kiosk.
For training and demonstration on a loopback address; never part of a kiosk that serves people.
"""

import io
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from drivers.sim.control import send
from roles.display import Hand

PAGE = Path(__file__).resolve().parent / "control"
PICTURE_QUALITY = 80


class ControlPage:
    """The page's routes over the running simulators and, if there is one, the virtual screen."""

    def __init__(self, control: Path, menu: Mapping[str, object], display: str | None) -> None:
        self._control = control
        self._menu = dict(menu)
        self._hand = Hand(display) if display else None
        self._guard = threading.Lock()  # one X connection, many request threads

    def app(self) -> Starlette:
        """Return the application to serve."""
        return Starlette(
            routes=[
                Route("/", self._file("page.html")),
                Route("/page.js", self._file("page.js")),
                Route("/page.css", self._file("page.css")),
                Route("/menu", self._show_menu),
                Route("/do", self._do, methods=["POST"]),
                Route("/screen.jpg", self._screen),
                Route("/touch", self._touch, methods=["POST"]),
                Route("/receipt.png", self._receipt),
            ]
        )

    @staticmethod
    def _file(name: str) -> Callable[[Request], Response]:
        return lambda _request: FileResponse(PAGE / name)

    def _show_menu(self, _request: Request) -> Response:
        return JSONResponse({**self._menu, "screen": self._hand is not None})

    async def _do(self, request: Request) -> Response:
        order = await request.json()
        answer = await run_in_threadpool(send, self._control, **order)
        return JSONResponse(answer, HTTPStatus.OK if answer["ok"] else HTTPStatus.UNPROCESSABLE_ENTITY)

    def _screen(self, _request: Request) -> Response:
        if self._hand is None:
            return Response(status_code=404)
        with self._guard:
            picture = self._hand.picture()
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=PICTURE_QUALITY)
        return Response(out.getvalue(), media_type="image/jpeg", headers={"Cache-Control": "no-store"})

    async def _touch(self, request: Request) -> Response:
        if self._hand is None:
            return Response(status_code=404)
        where = await request.json()
        points = [(float(x), float(y)) for x, y in where["points"]]
        with self._guard:
            if len(points) == 1:
                self._hand.touch(*points[0])
            else:
                self._hand.stroke(points)
        return JSONResponse({"ok": True})

    def _receipt(self, _request: Request) -> Response:
        folder = self._menu.get("receipts")
        printed = sorted(Path(str(folder)).glob("*.png")) if folder else []
        if not printed:
            return Response(status_code=404)
        return FileResponse(printed[-1], headers={"Cache-Control": "no-store"})
