"""An office on a real port for each test: real uvicorn, real SQLite, a clock the test can turn."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from office.app import create_app
from office.enrolment import issue_code
from office.office import Office
from office.settings import OfficeSettings
from tests.office.kiosk import Kiosk


@dataclass
class TurnableClock:
    """The machine's time, turned by `ahead`."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Running:
    """A running office."""

    office: Office
    url: str
    clock: TurnableClock

    def kiosk(self, kiosk_id: str = "K01") -> Kiosk:
        """Return an enrolled kiosk."""
        kiosk = Kiosk(self.url, kiosk_id)
        kiosk.enrol(issue_code(self.office, kiosk_id, "ZT-S00")).raise_for_status()
        return kiosk


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
