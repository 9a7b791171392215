"""A kiosk enrolled with an office that exists for one test alone, and the simulated devices at its wires."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from drivers.sim.printer import PrinterSimulator
from drivers.sim.sam import SamSimulator
from drivers.sim.tray import TraySimulator
from kiosk.config import KioskConfig
from roles.processes import ROOT
from sync.contract import EnrolAnswer, canonical
from sync.durable import Disk, private_folder
from sync.enrol import KEY_FILE, OFFICE_FILE
from sync.seal import DEFAULT_SUITE, Opener, generate_key, public_key_of
from tests.visits.visitor import Places

FONT = ROOT / "assets/fonts/NotoSansCJKsc-Regular.otf"


class Simulator(Protocol):
    """What the tests need of every simulator."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def do(self, action: str, **arguments: Any) -> Any: ...


@dataclass
class Bench:
    """The devices at the wires of one kiosk.toml."""

    config: KioskConfig
    reader: SamSimulator
    printer: PrinterSimulator
    tray: TraySimulator

    @classmethod
    def beside(cls, config: KioskConfig) -> Self:
        """Make the simulators at the urls of `config`."""
        urls = {device.name: device.url for device in config.devices}
        port = int(urls["receipt_printer"].rsplit(":", 1)[1])
        return cls(
            config,
            SamSimulator(Path(urls["id_card"])),
            PrinterSimulator(FONT, port=port),
            TraySimulator(Path(urls["document_camera"]), FONT),
        )

    def simulators(self) -> tuple[Simulator, ...]:
        """Return all of them."""
        return (self.reader, self.printer, self.tray)


@dataclass(frozen=True)
class OfficeKeys:
    """What an office would keep: its key opens what the kiosk sealed."""

    opener: Opener


def enrol_without_office(config: KioskConfig) -> OfficeKeys:
    """Give the kiosk an identity whose office is the test: no network is needed until something is delivered."""
    private = generate_key(DEFAULT_SUITE)
    public = public_key_of(DEFAULT_SUITE, private)
    signing = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    answer = EnrolAnswer(
        region=config.kiosk.region,
        kiosk_id=config.kiosk.id,
        site_id=config.kiosk.site,
        office_signing_key=base64.b64encode(signing).decode(),
        seal_suite=DEFAULT_SUITE,
        seal_public_key=base64.b64encode(public).decode(),
        seal_key_id=hashlib.sha256(public).hexdigest(),
    )
    folder = private_folder(config.kiosk.identity)
    Disk().replace(folder / KEY_FILE, Ed25519PrivateKey.generate().private_bytes_raw())
    Disk().replace(folder / OFFICE_FILE, canonical(answer))
    return OfficeKeys(Opener(DEFAULT_SUITE, private))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An enrolled kiosk with all its devices."""
    config = Places(tmp_path).config(devices=True)
    enrol_without_office(config)
    devices = Bench.beside(config)
    for simulator in devices.simulators():
        simulator.start()
    yield devices
    for simulator in devices.simulators():
        simulator.stop()


@pytest.fixture
def unplugged(tmp_path: Path) -> KioskConfig:
    """The config of an enrolled kiosk with nothing at any of its wires."""
    config = Places(tmp_path).config(devices=True)
    enrol_without_office(config)
    return config


@pytest.fixture
def bare(tmp_path: Path) -> Callable[[], KioskConfig]:
    """Make the config of an enrolled kiosk without any device."""

    def make() -> KioskConfig:
        config = Places(tmp_path).config(devices=False)
        enrol_without_office(config)
        return config

    return make
