"""Everything on this machine, in one command: simulators, office, delivery, the kiosk's window and a control page.

Runs until Ctrl+C or until told to end. A part that dies is started again, for one broken part never stops the rest.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.config import ConfigError, KioskConfig, load
from roles.display import ScreenError, VirtualScreen
from roles.processes import ROOT, port_is_taken
from roles.stack import CLERK, OtherOfficeError, Places, Stack
from sync.enrol import IdentityError

OFFICE_PORT = 8080
PAGE_PORT = 8090
WATCH_SECONDS = 1.0


class CannotRunError(Exception):
    """It cannot come up, or not go on; the text is one sentence that says why and what to do."""


def main(arguments: list[str]) -> int:
    """Bring the stack up, say in six lines what runs where, and keep it up."""
    parser = argparse.ArgumentParser(prog="run.py up", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "up", help="where everything keeps its state")
    parser.add_argument("--office-port", type=int, default=OFFICE_PORT, help="where the office serves")
    parser.add_argument("--page-port", type=int, default=PAGE_PORT, help="where the control page is")
    parser.add_argument("--virtual", action="store_true", help="use a virtual screen even where there is a display")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    try:
        config = load(options.config)
        _check_ports(config, options)
        _check_folder(options.folder)
        _show(options, config, stop)
    except (ConfigError, CannotRunError, OtherOfficeError, IdentityError, TimeoutError, OSError, ScreenError) as fault:
        print(f"budayang: {fault}", file=sys.stderr)
        return 1
    return 0


def _check_ports(config: KioskConfig, options: argparse.Namespace) -> None:
    """Refuse to start beside another one: it would answer in our parts' names.

    Raises:
        CannotRunError: a port is in use.
    """
    wanted = {"the office": options.office_port, "the control page": options.page_port}
    wanted |= {"the line to the office": urlsplit(config.office.url).port}
    wanted |= {device.name: urlsplit(device.url).port for device in config.devices if "://" in device.url}
    for what, port in wanted.items():
        if port is not None and port_is_taken(port):
            raise CannotRunError(
                f"port {port}, which is for {what}, is in use: is another `make run` running? End it, then try again"
            )


def _check_folder(folder: Path) -> None:
    """Raise `CannotRunError` when nothing can be kept in `folder`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise CannotRunError(f"the state cannot be kept in {folder} ({fault.strerror}); see --folder") from fault
    if not os.access(folder, os.W_OK):
        raise CannotRunError(f"the state cannot be kept in {folder}: it belongs to another user; see --folder")


def _show(options: argparse.Namespace, config: KioskConfig, stop: threading.Event) -> None:
    """Run on the display there is, else on a virtual screen."""
    display = os.environ.get("DISPLAY", "")
    if display and not options.virtual:
        _run(_places(options, display, virtual=False), stop, None)
        return
    with VirtualScreen(config.screen.width, config.screen.height) as screen:
        _run(_places(options, screen.name, virtual=True), stop, screen)


def _places(options: argparse.Namespace, display: str, *, virtual: bool) -> Places:
    return Places(options.config, options.folder, options.office_port, options.page_port, display, virtual)


def _run(places: Places, stop: threading.Event, screen: VirtualScreen | None) -> None:
    stack = Stack(places)
    print("budayang: starting", flush=True)
    try:
        stack.start()
        print(_six_lines(stack), flush=True)
        while not stop.wait(WATCH_SECONDS):
            if screen is not None and not screen.alive:
                raise CannotRunError("the virtual screen ended; start again")
            for role in stack.restart_dead():
                print(f"{role} ended and was started again; its last words: {places.log(role)}", flush=True)
        print("budayang: ending", flush=True)
    except TimeoutError:
        if not stop.is_set():  # else Ctrl+C came while it started, and reached a part first
            raise
    finally:
        stack.stop()


def _six_lines(stack: Stack) -> str:
    places = stack.places
    page = f"http://127.0.0.1:{places.page_port}"
    where = (
        f"a virtual screen ({places.display}); see and touch it at {page}"
        if places.virtual
        else f"display {places.display}"
    )
    return "\n".join(
        (
            f"kiosk     the window is on {where}",
            f"control   {page}  put a card on the reader, lay a paper, empty the printer, cut the line",
            f"office    http://127.0.0.1:{places.office_port}/desk  sign in as {CLERK} with {stack.password}",
            "delivery  hands to the office what the kiosk accepted, within seconds, or when the line is back",
            f"state     {places.folder}  (log/, receipts/; the kiosk's own: {stack.config.kiosk.state})",
            "end       Ctrl+C",
        )
    )
