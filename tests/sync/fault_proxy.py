"""A line that fails as it is told: an asyncio TCP proxy between a kiosk and an office, its faults are data."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

SLICE = 0.02  # seconds between two pieces on a slow line
PIECE = 16 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a connection.

    Attributes:
        cut_up: it is cut after so many bytes from the kiosk went on.
        cut_down: it is cut after so many bytes of answers went back; 0: the office has done it, and its word is lost.
        half_open: it is accepted, read, and never answered.
        rate: bytes a second from the kiosk; None: as fast as it goes.
        page: whatever is asked is answered with this.
        times: connections that it happens to before the line is whole again; None: every one.
    """

    cut_up: int | None = None
    cut_down: int | None = None
    half_open: bool = False
    rate: int | None = None
    page: bytes | None = None
    times: int | None = None


class FaultProxy:
    """Listens on a free port of the loopback and forwards to `target`, with `fault`.

    Attributes:
        up: bytes that went on from the kiosk; `struck`: connections that the fault happened to.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)  # a slow line has no room of its own
        self._listener.bind(("127.0.0.1", 0))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fault-proxy")
        self._ended = asyncio.Event()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.fault = Fault(times=0)
        self.up = 0
        self.struck = 0

    def start(self) -> None:
        """Listen."""
        self._listener.listen()
        self._thread.start()

    def stop(self) -> None:
        """Close everything."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    def set(self, fault: Fault) -> None:
        """Let this happen to connections from now on."""
        self.fault, self.struck = fault, 0

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as tasks:

            def connected(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
                open_now.add(tasks.create_task(self._connection(near, back)))

            open_now: set[asyncio.Task[None]] = set()
            server = await asyncio.start_server(connected, sock=self._listener, limit=PIECE)
            await self._ended.wait()
            server.close()
            for task in open_now:
                task.cancel()

    async def _connection(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        fault = self.fault if self.fault.times is None or self.struck < self.fault.times else Fault()
        self.struck += fault is self.fault
        with contextlib.suppress(OSError):
            if fault.half_open or fault.page is not None:
                await self._answer_alone(near, back, fault.page)
            else:
                await self._forward(near, back, fault)
        await _close(back)

    async def _answer_alone(self, near: asyncio.StreamReader, back: asyncio.StreamWriter, page: bytes | None) -> None:
        """Never let the office hear; with a page, say that and hang up."""
        while await near.read(PIECE):
            if page is not None:
                head = f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {len(page)}\r\n\r\n"
                back.write(head.encode() + page)
                await back.drain()
                return

    async def _forward(self, near: asyncio.StreamReader, back: asyncio.StreamWriter, fault: Fault) -> None:
        far, on = await asyncio.open_connection("127.0.0.1", self._target)
        ways = {
            asyncio.create_task(self._pump(near, on, fault.cut_up, fault.rate, self._count)),
            asyncio.create_task(self._pump(far, back, fault.cut_down, None, lambda _size: None)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _close(on)

    def _count(self, size: int) -> None:
        self.up += size

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        left: int | None,
        rate: int | None,
        count: Callable[[int], None],
    ) -> None:
        piece = PIECE if rate is None else max(1, int(rate * SLICE))
        while data := await source.read(piece):
            kept = data if left is None else data[:left]
            sink.write(kept)
            await sink.drain()
            count(len(kept))
            if left is not None and (left := left - len(kept)) <= 0:
                return
            if rate is not None:
                await asyncio.sleep(len(kept) / rate)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
