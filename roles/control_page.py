"""The control page of a simulated kiosk: put a card on the reader, lay a paper, empty the printer, cut the line.

Where the window is on a virtual screen, the page shows it, and a touch on the picture is a touch on the kiosk.
For training and demonstration on a loopback address; never part of a kiosk that serves people.
"""

import io
import json
import threading
import zlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from drivers.sim.control import send
from drivers.sim.ipp_printer import printed_documents
from roles.display import Hand
from roles.probe_client import look

PAGE = Path(__file__).resolve().parent / "control"
DOCUMENTS = "documents"
"""In the folder: where the simulated document printer keeps what it printed."""
PICTURE_QUALITY = 80
PICTURE_REDUCED = 2  # half the pixels each way are what a browser's window has room for
PROBE_SECONDS = 1.0


class BadOrderError(Exception):
    """A request that is no order; the text is a sentence for whoever sent it."""


class ControlPage:
    """The page's routes over the running simulators and, if there is one, the virtual screen.

    `folder` holds the control socket, the window's probe and the receipts; `menu` is what the page offers.
    """

    def __init__(self, folder: Path, menu: Mapping[str, Any], display: str | None) -> None:
        self._control = folder / "control.sock"
        self._probe = folder / "probe.sock"
        self._receipts = folder / "receipts"
        self._documents = folder / DOCUMENTS
        self._menu = dict(menu)
        self._finger = Hand(display) if display else None
        self._eye = Hand(display) if display else None  # a connection of its own: looking does not wait for a stroke
        self._touching, self._looking = threading.Lock(), threading.Lock()

    def app(self) -> Starlette:
        """Return the application to serve."""
        return Starlette(
            routes=[
                Route("/", self._file("page.html")),
                Route("/page.js", self._file("page.js")),
                Route("/page.css", self._file("page.css")),
                Route("/menu", self._show_menu),
                Route("/state", self._state),
                Route("/do", self._do, methods=["POST"]),
                Route("/screen.jpg", self._screen),
                Route("/touch", self._touch, methods=["POST"]),
                Route("/receipt.png", self._receipt),
                Route("/document.pdf", self._document),
            ],
            exception_handlers={BadOrderError: _refuse},
        )

    def close(self) -> None:
        """Leave the display."""
        for hand in (self._finger, self._eye):
            if hand is not None:
                hand.close()

    @staticmethod
    def _file(name: str) -> Callable[[Request], Response]:
        return lambda _request: FileResponse(PAGE / name, headers={"Cache-Control": "no-cache"})

    def _show_menu(self, _request: Request) -> Response:
        size = None if self._eye is None else self._eye.size()
        return JSONResponse({**self._menu, "screen": size})

    def _state(self, _request: Request) -> Response:
        """Answer with what is under the kiosk's devices now, what its window shows, and which receipt is the last."""
        last = self._last_receipt()
        return JSONResponse(
            {
                "devices": {name: self._ask(name) for name in self._menu["devices"]},
                "window": self._window(),
                "receipt": None if last is None else f"{last.name}-{last.stat().st_mtime_ns}",
            }
        )

    def _ask(self, device: str) -> dict[str, object] | None:
        """Return the state of a simulator, None when it does not answer."""
        try:
            answer = send(self._control, device=device, do="state")
        except OSError:
            return None
        return answer if answer["ok"] else None

    def _window(self) -> dict[str, object] | None:
        """Return the name of what the window shows, None while there is no window."""
        try:
            seen = look(self._probe, PROBE_SECONDS)
        except (OSError, ValueError):  # not there yet, or ended while it answered
            return None
        return {"screen": seen.screen, "state": seen.state}

    async def _do(self, request: Request) -> Response:
        order = await _order(request)
        try:
            answer = await run_in_threadpool(send, self._control, **order)
        except OSError as error:
            said = f"the simulators do not answer: {error}"
            return JSONResponse({"ok": False, "error": said}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse(answer, HTTPStatus.OK if answer["ok"] else HTTPStatus.UNPROCESSABLE_ENTITY)

    def _screen(self, request: Request) -> Response:
        """Answer with a picture of the screen; 204 when it is the one the page has `seen`."""
        if self._eye is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        with self._looking:
            picture = self._eye.picture()
        mark = f"{zlib.crc32(picture.tobytes()):08x}"
        headers = {"Cache-Control": "no-store", "X-Picture": mark}
        if request.query_params.get("seen") == mark:
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
        out = io.BytesIO()
        picture.reduce(PICTURE_REDUCED).save(out, "JPEG", quality=PICTURE_QUALITY)
        return Response(out.getvalue(), media_type="image/jpeg", headers=headers)

    async def _touch(self, request: Request) -> Response:
        """Touch where `points` say: one is a touch, several are a stroke; pixels of the screen, origin top left."""
        if self._finger is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        await run_in_threadpool(self._move, self._finger, _points(await _order(request)))
        return JSONResponse({"ok": True})

    def _move(self, finger: Hand, points: list[tuple[float, float]]) -> None:
        with self._touching:
            if len(points) == 1:
                finger.touch(*points[0])
            else:
                finger.stroke(points)

    def _receipt(self, _request: Request) -> Response:
        last = self._last_receipt()
        if last is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return FileResponse(last, headers={"Cache-Control": "no-store"})

    def _document(self, _request: Request) -> Response:
        """Answer with the document that was printed last, as it came to the printer."""
        printed = printed_documents(self._documents)
        if not printed:
            return Response("还没有打印文件 · no document printed yet", HTTPStatus.NOT_FOUND)
        return FileResponse(printed[-1], media_type="application/pdf", headers={"Cache-Control": "no-store"})

    def _last_receipt(self) -> Path | None:
        """Return the receipt printed last; the numbers begin anew with each start, so the clock decides."""
        return max(self._receipts.glob("*.png"), key=lambda path: path.stat().st_mtime_ns, default=None)


async def _order(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request.

    Raises:
        BadOrderError: it is none, or not sent as JSON (which is what another site's page could send unasked).
    """
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadOrderError("an order is sent as application/json")
    try:
        order = await request.json()
    except json.JSONDecodeError as error:
        raise BadOrderError(f"an order is JSON: {error}") from error
    if not isinstance(order, dict):
        raise BadOrderError("an order is a JSON object")
    return order


def _points(order: Mapping[str, Any]) -> list[tuple[float, float]]:
    try:
        points = [(float(x), float(y)) for x, y in order["points"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BadOrderError('a touch is {"points": [[x, y], ...]}') from error
    if not points:
        raise BadOrderError("a touch has at least one point")
    return points


async def _refuse(_request: Request, error: Exception) -> Response:
    return JSONResponse({"ok": False, "error": str(error)}, HTTPStatus.BAD_REQUEST)
