"""HTTP to an IPP printer: one request, one connection, one deadline, on an event loop of the driver's own.

One decision: every request has a connection of its own. On one that was kept open a request could be lost to a printer
that had just hung up, and nobody could tell that from a print job that was taken.
"""

import asyncio
import io
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from pyipp.enums import IppOperation
from pyipp.serializer import encode_dict
from pyipp.tags import ATTRIBUTE_TAG_MAP

from drivers.deadline import Deadline
from drivers.device import canceled
from drivers.document_printer_codec import Answer, GarbledIppError, Operation, decode
from drivers.errors import (
    CompletionCode,
    DeviceError,
    DeviceGone,
    DeviceTimeout,
    ErrorAction,
    Fact,
    Reason,
    system_fact,
)
from drivers.recorder import FlightRecorder

T = TypeVar("T")

_IPP_PORT = 631
_IPP_VERSION = (2, 0)
_LONGEST_ANSWER = 1 << 20  # an answer is a few kB
_CHUNK = 65536
_BREATH = 0.1  # how often a wait looks whether it was cancelled
_OK = 200
_REQUESTS = 0x7FFFFFFF

_BAD_LINE = (CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET)
_CONFIGURED_WRONG = (CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.CONFIGURATION)
_BROKEN = (CompletionCode.HARDWARE_ERROR, Reason.DEFECT, ErrorAction.MAINTENANCE)
_HTTP = {401: _CONFIGURED_WRONG, 403: _CONFIGURED_WRONG, 404: _CONFIGURED_WRONG, 426: _CONFIGURED_WRONG, 500: _BROKEN}
"""HTTP status -> what it means for the kiosk. 426 asks for TLS, 404 is a queue that does not exist."""


class IppLine:
    """The way to one printer. Everything it raises is a `DeviceError`."""

    def __init__(self, url: str, recorder: FlightRecorder) -> None:
        """Prepare the way to `url`, ``ipp://host[:port]/path``.

        Raises:
            DeviceError: it is no such url.
        """
        parts = urlsplit(url)
        if parts.scheme != "ipp" or not parts.hostname or not parts.path:
            raise DeviceError(*_CONFIGURED_WRONG, f"{url!r} is no ipp://host:port/path")
        self._printer_uri = url
        self._address = f"http://{_bracketed(parts.hostname)}:{parts.port or _IPP_PORT}{parts.path}"
        self._recorder = recorder
        self._request = 0
        self.touched = False
        """Whether a byte of the last request may have reached the printer."""
        self._loop = asyncio.new_event_loop()
        self._session = self._loop.run_until_complete(self._begin())

    def __str__(self) -> str:
        return self._printer_uri

    async def _begin(self) -> aiohttp.ClientSession:
        trace = aiohttp.TraceConfig()
        trace.on_connection_create_end.append(self._connected)
        # Waiting is ended by the deadline of each request, so aiohttp's own limits are off.
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            trace_configs=[trace],
            auto_decompress=False,
        )

    async def _connected(self, *_: object) -> None:
        self.touched = True

    def close(self) -> None:
        """Let go of the loop and all it holds."""
        self._loop.run_until_complete(self._session.close())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def ask(
        self,
        operation: Operation,
        deadline: Deadline,
        cancelled: Callable[[], bool],
        attributes: Mapping[str, object] | None = None,
        job: Mapping[str, object] | None = None,
        document: bytes = b"",
    ) -> Answer:
        """Send a request to the printer and return its answer, whatever its status.

        Raises:
            DeviceError: none came, it makes no sense, or `cancelled` became true; see `touched`.
        """
        self.touched = False
        self._request = self._request % _REQUESTS + 1
        target = {"printer-uri": self._printer_uri, **(attributes or {})}
        data = _encode(operation, self._request, target, job or {}, document)
        answer = self._loop.run_until_complete(self._ask(data, deadline, cancelled))
        if answer.request != self._request:
            raise DeviceError(*_BAD_LINE, f"{self}: the answer belongs to another request")
        return answer

    async def _ask(self, data: bytes, deadline: Deadline, cancelled: Callable[[], bool]) -> Answer:
        body = await self._watched(self._exchange(data), deadline, cancelled)
        self._recorder.add("<", body)
        try:
            return decode(body)
        except GarbledIppError as error:
            raise DeviceError(*_BAD_LINE, f"{self}: {error}") from error

    async def _watched(self, work: Coroutine[Any, Any, T], deadline: Deadline, cancelled: Callable[[], bool]) -> T:
        """Do `work` until the deadline; look twice a second and more whether it was cancelled."""
        task = asyncio.ensure_future(work)
        while not task.done() and not deadline.expired and not cancelled():
            await asyncio.wait({task}, timeout=min(_BREATH, deadline.remaining()))
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.wait({task})
        raise DeviceTimeout(f"{self}: no answer before the deadline") if deadline.expired else canceled()

    async def _exchange(self, data: bytes) -> bytes:
        """Post `data` and return the body of the answer."""
        self._recorder.add(">", data)
        headers = {"Content-Type": "application/ipp", "Accept-Encoding": "identity"}
        try:
            async with self._session.post(
                self._address, data=io.BytesIO(data), headers=headers, allow_redirects=False
            ) as response:
                if response.status != _OK:
                    unknown = (CompletionCode.HARDWARE_ERROR, Reason.REFUSED, ErrorAction.MAINTENANCE)
                    facts = {Fact.HTTP_STATUS: response.status}
                    raise DeviceError(*_HTTP.get(response.status, unknown), f"{self}: HTTP {response.status}", facts)
                return await self._body(response)
        except (aiohttp.ClientResponseError, aiohttp.ClientPayloadError) as error:
            raise DeviceError(*_BAD_LINE, f"{self}: no whole HTTP answer: {type(error).__name__}") from error
        except (aiohttp.ClientError, OSError) as error:
            raise DeviceGone(f"{self}: {error}", facts=system_fact(error)) from error

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > _LONGEST_ANSWER:
                raise DeviceError(*_BAD_LINE, f"{self}: the answer does not end")
        return bytes(body)


def _encode(
    operation: Operation, request: int, attributes: Mapping[str, object], job: Mapping[str, object], document: bytes
) -> bytes:
    """Return a request: `attributes` of the operation in their order, `job` template attributes, the document.

    Raises:
        KeyError: an attribute pyipp does not know; it would leave it out without a word.
    """
    for name in (*attributes, *job):
        ATTRIBUTE_TAG_MAP[name]
    message: dict[str, object] = {
        "version": _IPP_VERSION,
        "operation": IppOperation(operation),
        "request-id": request,
        "operation-attributes-tag": {"attributes-charset": "utf-8", "attributes-natural-language": "en", **attributes},
    }
    if job:
        message["job-attributes-tag"] = dict(job)
    if document:
        message["data"] = document
    return encode_dict(message)


def _bracketed(host: str) -> str:
    """Return `host` as it stands in a url: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host
