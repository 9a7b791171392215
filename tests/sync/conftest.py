"""An office over HTTP, an enrolled kiosk, its outbox and its delivery, on real files."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import OfficeClient
from sync.delivery import Delivery
from sync.delivery_queue import DeliveryQueue
from sync.enrol import Identity
from sync.line import new_client
from sync.outbox import Draft, Numbering, Outbox
from tests.sync.office_double import OfficeDouble

KIOSK_TIME = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SMALL_RESERVE = 64 * 1024


class FakeClock:
    """Monotonic time that moves when told."""

    def __init__(self) -> None:
        self.time = 1000.0

    def monotonic(self) -> float:
        return self.time


@pytest.fixture(scope="module")
def running_office() -> Iterator[OfficeDouble]:
    double = OfficeDouble()
    double.start()
    yield double
    double.stop()


@pytest.fixture
def office(running_office: OfficeDouble) -> OfficeDouble:
    running_office.reset()
    return running_office


@pytest.fixture
def identity() -> Identity:
    return identity_of(OfficeDoubleKeys())


class OfficeDoubleKeys(OfficeDouble):
    """The keys of an office that does not run."""

    def __init__(self) -> None:
        super().__init__()
        self._socket.close()


def identity_of(office: OfficeDouble, kiosk_id: str = "K01") -> Identity:
    """Enrol without a network: the office knows the key, the kiosk the answer."""
    from sync.seal import Sealer

    key = Ed25519PrivateKey.generate()
    office.kiosks[kiosk_id] = key.public_key()
    sealer = Sealer(office.opener.suite, office.opener.public_key)
    return Identity(office.enrol_answer(kiosk_id), key, office.signing_key.public_key(), sealer)


OpenOutbox = Callable[..., Outbox]


@pytest.fixture
def open_outbox(tmp_path: Path, identity: Identity) -> Iterator[OpenOutbox]:
    opened: list[Outbox] = []

    def open_it(**settings: Any) -> Outbox:
        chosen: dict[str, Any] = {"now": lambda: KIOSK_TIME, "reserve_bytes": SMALL_RESERVE, **settings}
        outbox = Outbox(chosen.pop("folder", tmp_path / "outbox"), identity.sealer, identity, **chosen)
        opened.append(outbox)
        return outbox

    yield open_it
    for outbox in opened:
        outbox.close()


class Kiosk:
    """One enrolled kiosk with both of its processes' parts, on a fake clock."""

    def __init__(self, office: OfficeDouble, folder: Path) -> None:
        self.office = office
        self.clock = FakeClock()
        self.identity = identity_of(office)
        self.outbox = Outbox(folder, self.identity.sealer, self.identity, reserve_bytes=SMALL_RESERVE)
        self.queue = DeliveryQueue(folder, reserve_bytes=SMALL_RESERVE)
        self.restart_delivery()

    def restart_delivery(self, url: str | None = None) -> None:
        self.client = OfficeClient(url or self.office.url, self.identity)
        self.delivery = Delivery(self.queue, self.client, self.clock, random.Random(7), software="test")

    def reroute(self, url: str) -> None:
        """Let the same delivery find the office at another address."""
        self.client._client.close()
        self.client._client = new_client(url)

    def submit(self, attachments: int = 1, size: int = 40_000, text: bytes = b"the case") -> Numbering:
        draft: Draft = self.outbox.begin()
        for number in range(attachments):
            draft.add(bytes([number]) * size)
        return draft.commit(lambda numbering: text + numbering.receipt_number.encode())

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.delivery.step()

    def step_for(self, seconds: float) -> None:
        """Step through `seconds` of the fake clock."""
        end = self.clock.time + seconds
        while self.clock.time < end:
            self.clock.time += self.delivery.step()
            self.clock.time += 0.01

    def settle(self) -> None:
        """Step until nothing waits, within an hour of the fake clock."""
        end = self.clock.time + 3600
        while self.queue.counts().waiting:
            assert self.clock.time < end, "not delivered within an hour"
            self.clock.time += self.delivery.step()
        self.delivery.step()

    def close(self) -> None:
        self.client.close()
        self.queue.close()
        self.outbox.close()


@pytest.fixture
def kiosk(office: OfficeDouble, tmp_path: Path) -> Iterator[Kiosk]:
    machine = Kiosk(office, tmp_path / "outbox")
    yield machine
    machine.close()
