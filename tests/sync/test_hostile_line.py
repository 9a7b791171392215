"""The line at its worst: cut at every byte of an answer, slow, silent, or ending at somebody else's page."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse

from drivers.sim.line import LineSimulator
from sync import line
from sync.delivery import IDLE_SECONDS
from tests.sync.conftest import Kiosk
from tests.sync.office_double import OfficeDouble


class MeddlingLine:
    """A proxy that passes requests on whole; of the answer to a PUT, `pass_on` bytes, `piece` at a time with pauses."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, name="meddling-line")
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.pass_on: int | None = None
        self.piece = 65_536
        self.pause = 0.0
        self.answer_bytes = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                near, _ = self._listener.accept()
                with near, contextlib.suppress(OSError):
                    while self._one(near):  # the connection is kept as the office keeps it
                        pass

    def _one(self, near: socket.socket) -> bool:
        """Pass one request on; return whether its answer went back whole."""
        request = _message(near)
        if not request:
            return False
        with socket.create_connection(("127.0.0.1", self._target)) as far:
            far.sendall(request)
            answer = _message(far)
        kept = answer
        if request.startswith(b"PUT"):
            self.answer_bytes = len(answer)
            kept = answer[: self.pass_on]
        for start in range(0, len(kept), self.piece):
            near.sendall(kept[start : start + self.piece])
            time.sleep(self.pause)
        return kept == answer


def _message(connection: socket.socket) -> bytes:
    """Return one whole HTTP message with a Content-Length, or without a body; empty when the other side hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    [length] = [int(text) for name, text in _fields(head) if name == b"content-length"] or [0]
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    pairs = (field.split(b":", 1) for field in head.split(b"\r\n")[1:])
    return [(name.lower(), value.strip()) for name, value in pairs]


@pytest.fixture
def meddler(office: OfficeDouble, kiosk: Kiosk) -> Iterator[MeddlingLine]:
    proxy = MeddlingLine(office.port)
    proxy.start()
    kiosk.client.close()
    kiosk.restart_delivery(proxy.url)
    yield proxy
    kiosk.client.close()
    proxy.stop()


def attempt(kiosk: Kiosk) -> None:
    """Let delivery's waits run out and try once more: a heartbeat, and what waits."""
    kiosk.clock.time += line.RETRY_AFTER_LIMIT
    for _ in range(4):
        if kiosk.delivery.step() == IDLE_SECONDS:
            return


def test_an_answer_cut_at_every_byte_is_no_delivery_and_no_loss(
    kiosk: Kiosk, office: OfficeDouble, meddler: MeddlingLine
) -> None:
    """Promise 1: the office has committed and its word is lost, at every place where a word can be cut."""
    numbering = kiosk.submit(attachments=0)
    for cut in range(4000):
        meddler.pass_on = cut
        attempt(kiosk)
        if kiosk.queue.counts().delivered:
            break
    assert cut >= meddler.answer_bytes > 0, "a receipt was believed that had not come whole"
    assert list(office.manifests) == [numbering.submission_id]
    assert office.opened(numbering.submission_id)[0] == b"the case" + numbering.receipt_number.encode()


def test_a_line_of_half_a_kilobyte_a_second_delivers(
    kiosk: Kiosk, meddler: MeddlingLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 6: slow is not dead. There is a limit on no progress, and none on the whole."""
    monkeypatch.setattr(line, "NO_PROGRESS_SECONDS", 0.3)
    kiosk.client.close()
    kiosk.restart_delivery(meddler.url)
    meddler.piece, meddler.pause = 16, 0.03
    kiosk.submit(attachments=0)
    began = time.monotonic()
    kiosk.settle()
    assert time.monotonic() - began > 2 * line.NO_PROGRESS_SECONDS
    assert kiosk.queue.counts().delivered == 1


def test_a_login_page_is_never_the_office_whatever_it_is_asked(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 4: 200 and a page of somebody else's is neither a sign of life nor a delivery."""
    for kind in ("heartbeats", "submissions", "blobs"):
        office.every[kind] = lambda _request: HTMLResponse("<!doctype html><title>Wi-Fi</title>please log in")
    numbering = kiosk.submit(attachments=1)
    for _ in range(5):
        attempt(kiosk)
    assert kiosk.delivery.status().line_up is False
    assert (kiosk.queue.counts().waiting, kiosk.queue.counts().parked) == (1, 0)
    office.every.clear()
    kiosk.settle()
    assert office.opened(numbering.submission_id)[1] == [bytes(40_000)]


@pytest.mark.parametrize("action", ["cut", "hang"])
def test_a_line_that_dies_and_comes_back_delivers_once(
    kiosk: Kiosk, office: OfficeDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    """Promise 1 and 3: dead at each step of a delivery in turn, as a line that closes at night or one half open."""
    del tmp_path
    monkeypatch.setattr(line, "NO_PROGRESS_SECONDS", 0.2)
    wire = LineSimulator(0, ("127.0.0.1", office.port))
    wire.start()
    try:
        kiosk.client.close()
        kiosk.restart_delivery(f"http://127.0.0.1:{wire.port}")
        for healthy_steps in range(5):
            numbering = kiosk.submit(attachments=1)
            kiosk.step(healthy_steps)
            wire.do(action)
            attempt(kiosk)
            wire.do("restore")
            attempt(kiosk)
            kiosk.settle()
            assert office.opened(numbering.submission_id)[1] == [bytes(40_000)]
        assert len(office.manifests) == kiosk.queue.counts().delivered == healthy_steps + 1
    finally:
        kiosk.client.close()
        wire.stop()


def test_what_another_identity_accepted_is_parked_and_holds_up_nothing(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3 and 8: an outbox that outlived its identity folder; the reason says whose it is and what to do."""
    theirs = kiosk.submit(attachments=1)
    kiosk.client.close()
    ours = kiosk.identity.office.model_copy(update={"kiosk_id": "K02"})
    office.kiosks["K02"] = kiosk.identity.key.public_key()
    another = type(kiosk.identity)(ours, kiosk.identity.key, kiosk.identity.office_key, kiosk.identity.sealer)
    kiosk.identity, first = another, kiosk.identity
    kiosk.restart_delivery()
    kiosk.settle()
    [parked] = kiosk.queue.parked()
    assert parked.receipt_number == theirs.receipt_number
    assert "accepted as R1/K01" in parked.reason
    assert "enrol it as R1/K01 again" in parked.reason
    assert office.manifests == {}
    kiosk.client.close()
    kiosk.identity = first
    kiosk.restart_delivery()
    kiosk.queue.unpark(theirs.submission_id)
    kiosk.settle()
    assert list(office.manifests) == [theirs.submission_id]


@pytest.mark.parametrize("letters", ["é", "王", "*", "AAAA"])
def test_a_receipt_signed_in_letters_is_no_receipt(kiosk: Kiosk, office: OfficeDouble, letters: str) -> None:
    """Promise 4: whatever stands in the place of the signature, delivery goes on asking."""
    office.tamper = lambda signed: signed.model_copy(update={"signature": letters})
    kiosk.submit(attachments=0)
    attempt(kiosk)
    assert kiosk.queue.counts().waiting == 1
    office.tamper = lambda signed: signed
    kiosk.settle()
    assert kiosk.queue.counts().delivered == 1
