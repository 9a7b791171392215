"""An office on a real port for each test: real uvicorn, real SQLite, a clock the test can turn."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from office.app import create_app
from office.desk.users import add_user
from office.settings import OfficeSettings
from tests.office.browser import CLERK, PASSWORD, Browser, a_browser
from tests.office.kiosk import Kiosk
from tests.office.running import Running, TurnableClock


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@pytest.fixture
def clock() -> TurnableClock:
    """Return the clock of the office under test."""
    return TurnableClock()


@pytest.fixture
def running(tmp_path: Path, clock: TurnableClock) -> Iterator[Running]:
    """Run an office on a free loopback port."""
    app = create_app(OfficeSettings(folder=tmp_path / "office"), clock=clock)
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, access_log=False, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert server.ready.wait(20)
    try:
        yield Running(app.state.office, f"http://127.0.0.1:{listener.getsockname()[1]}", clock)
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
    assert not thread.is_alive()


@pytest.fixture
def kiosk(running: Running) -> Iterator[Kiosk]:
    """Give an enrolled kiosk."""
    with running.kiosk() as kiosk:
        yield kiosk


@pytest.fixture
def browser(running: Running) -> Iterator[Browser]:
    """Give a browser that has not signed in; the clerk is known to the office."""
    add_user(running.office, CLERK, PASSWORD)
    with a_browser(running) as browser:
        yield browser
