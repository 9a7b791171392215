"""Devices and lines that are not there: a simulator at the wire for each device of kiosk.toml, and their control page.

Each speaks at the very `url` the kiosk opens. The control socket in the folder takes JSON lines, for tests and scripts.
"""

import argparse
import signal
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import uvicorn

from drivers.model import DeviceClass
from drivers.sim.auxiliaries import AuxiliarySimulator
from drivers.sim.citizen_card import CitizenCardSimulator
from drivers.sim.citizen_card_specimens import OTHERS
from drivers.sim.citizen_card_specimens import SPECIMENS as CITIZENS
from drivers.sim.code_scanner import ScannerSetting, ScannerSimulator
from drivers.sim.control import ControlServer, Simulator
from drivers.sim.ipp_printer import IppPrinterSimulator
from drivers.sim.line import LineSimulator
from drivers.sim.photograph import DEFECTS
from drivers.sim.printer import PrinterSimulator
from drivers.sim.sam import SamSimulator
from drivers.sim.specimens import SPECIMENS, Specimen
from drivers.sim.tray import PAGES, TraySimulator
from kiosk.config import ConfigError, DeviceConfig, KioskConfig, load
from roles.control_page import DOCUMENTS, ControlPage
from roles.processes import ROOT

FONT = ROOT / "assets" / "fonts" / "NotoSansCJKsc-Regular.otf"
PAGE_PORT = 8090
CARD_KINDS = {
    " ": "居民 resident", "J": "港澳台 HK, Macau, Taiwan", "I": "外国人 foreigner 2017", "Y": "外国人 foreigner 2023",
}  # fmt: skip


class Startable(Simulator, Protocol):
    """A simulator that runs between start and stop."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


def main(arguments: list[str]) -> int:
    """Simulate until told to stop."""
    parser = argparse.ArgumentParser(prog="run.py simulate", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "up", help="for the control socket and receipts")
    parser.add_argument("--office-port", type=int, default=8080, help="where the line leads")
    parser.add_argument("--page-port", type=int, default=PAGE_PORT, help="of the control page")
    parser.add_argument("--screen", help="the virtual screen that the page shows and touches, such as :7")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
    except ConfigError as fault:
        print(f"simulate: {fault}", file=sys.stderr)
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    simulators = dict(_simulators(config, options.folder, options.office_port))
    with ExitStack() as running:
        control = ControlServer(options.folder / "control.sock")
        for name, simulator in simulators.items():
            simulator.start()
            running.callback(simulator.stop)
            control.register(name, simulator)
            if isinstance(simulator, CitizenCardSimulator | IppPrinterSimulator) and simulator.trouble:
                print(f"simulate: {simulator.trouble}", file=sys.stderr, flush=True)
        control.start()
        running.callback(control.stop)
        classes = {device.name: device.device_class.value for device in config.devices}
        running.enter_context(_page(options, {**classes, "line": "line"}))
        print(f"simulating {', '.join(simulators)}; control page http://127.0.0.1:{options.page_port}", flush=True)
        stop.wait()
    return 0


def _simulators(config: KioskConfig, folder: Path, office_port: int) -> Iterator[tuple[str, Startable]]:
    makers: dict[DeviceClass, Callable[[DeviceConfig], Startable]] = {
        DeviceClass.ID_CARD_READER: lambda device: SamSimulator(urlsplit(device.url).port or Path(device.url)),
        DeviceClass.CITIZEN_CARD_READER: lambda device: CitizenCardSimulator(Path(device.url.partition("#")[0])),
        DeviceClass.RECEIPT_PRINTER: lambda device: _printer(device, folder / "receipts"),
        DeviceClass.DOCUMENT_PRINTER: lambda device: IppPrinterSimulator(
            folder / DOCUMENTS, urlsplit(device.url).port or 0
        ),
        DeviceClass.AUXILIARIES: lambda device: AuxiliarySimulator(Path(device.url)),
        DeviceClass.DOCUMENT_CAMERA: lambda device: TraySimulator(Path(device.url), font=FONT),
        DeviceClass.CODE_SCANNER: _scanner,
    }
    for device in config.devices:
        yield device.name, makers[device.device_class](device)
    port = urlsplit(config.office.url).port
    if port is not None:
        yield "line", LineSimulator(port, ("127.0.0.1", office_port))


def _printer(device: DeviceConfig, receipts: Path) -> PrinterSimulator:
    """Return the printer on the address or the serial line its url names."""
    port = urlsplit(device.url).port
    if port is None:
        return PrinterSimulator(FONT, port=None, link=Path(device.url), folder=receipts)
    return PrinterSimulator(FONT, port=port, folder=receipts)


def _scanner(device: DeviceConfig) -> ScannerSimulator:
    """Return a scanner that is set as kiosk.toml says."""
    options = device.options
    encoding = "utf-8" if options.charset == "auto" else options.charset
    setting = ScannerSetting(options.framing, encoding, kinds=options.aim, trigger=options.trigger)
    return ScannerSimulator(Path(device.url), setting)


def _card_title(specimen: Specimen) -> str:
    """Return the card's name as a browser can show it (a private-use character as its code point), and its kind."""
    name = "".join(
        f"〔U+{ord(char):X}〕" if unicodedata.category(char) == "Co" else char for char in specimen.document["name"]
    )
    return f"{name} · {CARD_KINDS[specimen.flag]}"


@contextmanager
def _page(options: argparse.Namespace, devices: dict[str, str]) -> Iterator[None]:
    menu = {
        "devices": devices,
        "cards": [{"id": key, "title": _card_title(specimen)} for key, specimen in SPECIMENS.items()],
        "citizen_cards": [{"id": key, "title": specimen.title} for key, specimen in CITIZENS.items()],
        "other_cards": [{"id": key, "title": title} for key, (title, _) in OTHERS.items()],
        "papers": [{"id": key, "title": title} for key, title in PAGES.items()],
        "defects": list(DEFECTS),
        "links": [
            {"title": "最近打印的文件 · the last document", "url": "/document.pdf"},
            {"title": "办公室 · the office's desk", "url": f"http://127.0.0.1:{options.office_port}/desk"},
        ],
    }
    page = ControlPage(options.folder, menu, options.screen)
    settings = uvicorn.Config(
        page.app(), host="127.0.0.1", port=options.page_port, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, name="control-page")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        page.close()
