"""The cable to a simulated network printer: a TCP relay that spoils what passes, one request a connection.

``gone`` refuses connections, ``silent`` takes a request and never answers, ``slow`` trickles, ``garbage`` answers with
noise, ``reset`` breaks off in the middle of the request, ``lost_answer`` delivers the request and drops the answer,
``half_answer`` breaks off in the middle of the answer.
"""

import contextlib
import random
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping

from drivers.sim.fault import Faults

FAULTS = ("gone", "silent", "slow", "garbage", "reset", "lost_answer", "half_answer")

_CHUNK = 65536
_TICK = 0.02
_HALF_REQUEST = 300  # bytes: the HTTP head and the beginning of the IPP message
_HALF_ANSWER = 20  # bytes of its IPP message
_SLOW_PIECE, _SLOW_SECONDS = 128, 0.02
_NOISE = 64
_END_OF_HEAD, _LAST_CHUNK = b"\r\n\r\n", b"0\r\n\r\n"
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: close by RST
_PATIENCE = 60.0

Dice = Mapping[str, random.Random]


class IppLine:
    """Listens on `port` (0: any free one) of the loopback and relays to `target` (host, port).

    `heard` is told of every request that passes whole: the beginning of its IPP message (RFC 8010, 3.1.1).
    """

    def __init__(self, port: int, target: tuple[str, int], heard: Callable[[bytes], None]) -> None:
        self.faults = Faults(FAULTS)
        self._target = target
        self._heard = heard
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to relay."""
        self._threads.append(threading.Thread(target=self._accept, name="ipp line", daemon=True))
        self._threads[0].start()

    def stop(self) -> None:
        """Close everything; every thread has ended when this returns."""
        self._stopping.set()
        with self._guard:
            for link in self._open:
                with contextlib.suppress(OSError):
                    link.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        if self._listener is not None:
            self._listener.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            if "gone" in self.faults.active():
                self._unplug()
                self._stopping.wait(_TICK)
                continue
            if self._listener is None:
                self._listener = socket.create_server(("127.0.0.1", self.port))
            if not select.select([self._listener], [], [], _TICK)[0]:
                continue
            near, _address = self._listener.accept()
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._threads.append(threading.Thread(target=self._serve, args=(near,), name="ipp connection", daemon=True))
            self._threads[-1].start()

    def _unplug(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def _serve(self, near: socket.socket) -> None:
        faults = self.faults.command()
        with near, self._kept(near), contextlib.suppress(OSError):
            near.settimeout(_PATIENCE)
            if "silent" in faults:
                while near.recv(_CHUNK):
                    pass
                return
            with socket.create_connection(self._target, timeout=_PATIENCE) as far, self._kept(far):
                self._relay(near, far, faults)

    @contextlib.contextmanager
    def _kept(self, link: socket.socket) -> Iterator[None]:
        """Have `stop` end this connection."""
        with self._guard:
            self._open.add(link)
        try:
            yield
        finally:
            with self._guard:
                self._open.discard(link)

    def _relay(self, near: socket.socket, far: socket.socket, faults: Dice) -> None:
        if self._pass_request(near, far, faults):
            self._pass_answer(near, far, faults)

    def _pass_request(self, near: socket.socket, far: socket.socket, faults: Dice) -> bool:
        """Pass the request on; return False when the line broke meanwhile."""
        begin, passed, last = b"", 0, b""
        while not _is_whole(begin, passed, last):
            data = near.recv(_CHUNK)
            if not data:
                return False
            if "reset" in faults and passed + len(data) > _HALF_REQUEST:
                far.sendall(data[: max(0, _HALF_REQUEST - passed)])
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return False
            far.sendall(data)
            passed += len(data)
            begin = (begin + data)[:_CHUNK]
            last = (last + data)[-len(_LAST_CHUNK) :]
        self._heard(begin.partition(_END_OF_HEAD)[2])
        return True

    def _pass_answer(self, near: socket.socket, far: socket.socket, faults: Dice) -> None:
        answer = b""
        # The printer keeps its end open; the answer is over when the kiosk hangs up.
        while far in select.select([near, far], [], [], _PATIENCE)[0] and (data := far.recv(_CHUNK)):
            if "lost_answer" in faults:
                return
            if "garbage" in faults:
                noise = faults["garbage"].randbytes(_NOISE)
                near.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _NOISE + noise)
                return
            if "half_answer" not in faults:
                self._hand_over(near, data, slow="slow" in faults)
                continue
            answer += data
            head, end, body = answer.partition(_END_OF_HEAD)
            if len(body) > _HALF_ANSWER:
                near.sendall(head + end + body[:_HALF_ANSWER])
                return

    def _hand_over(self, near: socket.socket, data: bytes, *, slow: bool) -> None:
        if not slow:
            near.sendall(data)
            return
        for start in range(0, len(data), _SLOW_PIECE):
            time.sleep(_SLOW_SECONDS)
            near.sendall(data[start : start + _SLOW_PIECE])


def _is_whole(begin: bytes, passed: int, last: bytes) -> bool:
    """Whether a request that begins and ends so, and is `passed` bytes long by now, is all there."""
    lines, end, _body = begin.partition(_END_OF_HEAD)
    if not end:
        return False
    pairs = (line.partition(b":") for line in lines.lower().split(b"\r\n")[1:])
    fields = {name.strip(): value.strip() for name, _, value in pairs}
    if fields.get(b"transfer-encoding") == b"chunked":
        return last == _LAST_CHUNK
    return passed >= len(lines) + len(end) + int(fields.get(b"content-length", b"0"))
