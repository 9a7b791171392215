"""The asking of one kiosk over lines that go wrong: real sockets, and what the resident is told in the end."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from queue import Queue

import pytest

from kiosk import services_asking
from kiosk.config import KioskConfig
from kiosk.services_asking import Asker
from sync.asking import Holder, ProgressAnswer, ProgressQuestion
from sync.contract import Record, canonical

NUMBER = "11010119900307451X"
QUESTION = ProgressQuestion(held=Holder(number=NUMBER, name="王小龴"))
SECONDS = 20.0
Job = Callable[[], None]


def said(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status.encode(), len(body), body)


@contextmanager
def answering(*pieces: bytes, pause: float = 0.0) -> Iterator[int]:
    """Serve on a port: every caller is told these pieces, with pauses between."""
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with suppress(OSError), listener.accept()[0] as caller:
                heard = b""
                while not heard.endswith(canonical(QUESTION)):  # what is left unread would reset the line
                    heard += caller.recv(65536)
                for piece in pieces:
                    caller.sendall(piece)
                    over.wait(pause)

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0.1)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()


class Desk:
    """The visit's thread, as far as asking needs it: jobs in their order, and what was told."""

    def __init__(self, config: KioskConfig, port: int) -> None:
        office = config.office.model_copy(update={"url": f"http://127.0.0.1:{port}"})
        self.jobs: Queue[Job] = Queue()
        self.told: list[Record | int | None] = []
        self.asker = Asker(replace(config, office=office), self.jobs.put)

    def ask(self) -> None:
        self.asker.ask(QUESTION, self.told.append, self.told.append)

    def until_told(self) -> Record | int | None:
        while not self.told:
            self.jobs.get(timeout=SECONDS)()
        return self.told[-1]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (said(canonical(ProgressAnswer())), ProgressAnswer()),
        (said(b"<html>Please log in</html>"), 200),
        (said(b'{"cases": [{"receipt_number": "1"}]}'), 200),
        (said(b" " * 300_000 + canonical(ProgressAnswer())), 200),
        (said(b'{"reason": "not enrolled"}', "403 Forbidden"), 403),
        (said(b"", "503 Service Unavailable"), 503),
        (said(canonical(ProgressAnswer()))[:-4], None),
        (b"\xff\xfe\x00garbage\r\n\r\n", None),
        (b"", None),
    ],
)
def test_nothing_but_the_answer_is_an_answer(
    unplugged: KioskConfig, answer: bytes, told: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Promises 2 and 4: a login page, a torn or foreign body, a cut line are none; the log names nobody."""
    caplog.set_level(logging.INFO)
    with answering(answer) as port:
        desk = Desk(unplugged, port)
        desk.ask()
        assert desk.until_told() == told
    assert NUMBER not in caplog.text


def test_a_line_that_trickles_does_not_hold_up_the_resident(
    unplugged: KioskConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 6: bytes that come now and then are progress to the line, and no answer to who waits."""
    monkeypatch.setattr(services_asking, "ASK_SECONDS", 0.4)
    with answering(*(bytes((byte,)) for byte in said(canonical(ProgressAnswer()))), pause=0.1) as port:
        desk = Desk(unplugged, port)
        desk.ask()
        assert desk.until_told() is None


def test_what_was_asked_before_is_answered_to_nobody(unplugged: KioskConfig) -> None:
    """Promise 2: the next resident is not told of the last one's cases."""
    with answering(said(canonical(ProgressAnswer()))) as port:
        desk = Desk(unplugged, port)
        desk.ask()
        desk.jobs.get(timeout=SECONDS)  # it is on its way to the visit's thread
        desk.asker.wipe()
        desk.ask()
        desk.asker.wipe()
        desk.jobs.get(timeout=SECONDS)()
        assert desk.told == []


def test_a_kiosk_without_an_identity_is_told_as_one_the_office_does_not_know(unplugged: KioskConfig) -> None:
    """Promise 8: a technician must enrol it; no line is opened."""
    for file in unplugged.kiosk.identity.iterdir():
        file.unlink()
    desk = Desk(unplugged, 9)
    desk.ask()
    assert desk.until_told() == 401
