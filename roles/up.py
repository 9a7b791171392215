"""Everything on this machine, in one command: simulators, office, delivery, the kiosk's window and a control page.

Runs until Ctrl+C or until told to end. A part that dies is started again, for one broken part never stops the rest.
"""

import argparse
import os
import signal
import threading
from pathlib import Path

from kiosk.config import load
from roles.display import VirtualScreen
from roles.processes import ROOT, port_is_taken
from roles.stack import CLERK, Places, Stack

OFFICE_PORT = 8080
PAGE_PORT = 8090
WATCH_SECONDS = 1.0


def main(arguments: list[str]) -> int:
    """Bring the stack up, say in six lines what runs where, and keep it up."""
    parser = argparse.ArgumentParser(prog="run.py up", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "up", help="where everything keeps its state")
    parser.add_argument("--virtual", action="store_true", help="use a virtual screen even where there is a display")
    options = parser.parse_args(arguments)
    if taken := [port for port in (OFFICE_PORT, PAGE_PORT) if port_is_taken(port)]:
        print(f"port {taken[0]} of this machine is in use: is another `make run` running? End it, then try again.")
        return 1
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    display = os.environ.get("DISPLAY", "")
    if display and not options.virtual:
        return _run(options, display, virtual=False, stop=stop)
    size = load(options.config).screen
    with VirtualScreen(size.width, size.height) as screen:
        return _run(options, screen.name, virtual=True, stop=stop)


def _run(options: argparse.Namespace, display: str, *, virtual: bool, stop: threading.Event) -> int:
    places = Places(options.config, options.folder, OFFICE_PORT, PAGE_PORT, display, virtual)
    stack = Stack(places)
    print("budayang: starting", flush=True)
    try:
        stack.start()
        print(_six_lines(stack), flush=True)
        while not stop.wait(WATCH_SECONDS):
            for role in stack.restart_dead():
                print(f"{role} ended and was started again; its last words: {places.log(role)}", flush=True)
    except TimeoutError as fault:
        print(f"budayang: {fault}")
        return 1
    finally:
        stack.stop()
    return 0


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
            f"state     {places.folder}  (log/, receipts/; the kiosk's own: see kiosk.toml)",
            "end       Ctrl+C",
        )
    )
