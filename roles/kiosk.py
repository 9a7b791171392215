"""The kiosk's window, with the devices and the site of one kiosk.toml."""

import argparse
import logging
import os
import resource
import sys
from pathlib import Path

from kiosk.config import ConfigError, load
from kiosk.services import KioskServices
from roles.processes import ROOT
from screens.app import run_kiosk


def main(arguments: list[str]) -> int:
    """Open the window and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="run.py kiosk", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument("--probe", type=Path, help="socket that tells what the window shows, for tests and the demo")
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core on the disk would hold the visit in the clear
    # Before anything is imported by the configuration: python-escpos would configure logging for us.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        config = load(options.config)
    except ConfigError as fault:
        print(f"kiosk: {fault}", file=sys.stderr)
        return 1
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")):
        print("kiosk: there is no display here; set DISPLAY, or use `run.py up`, which opens one", file=sys.stderr)
        return 1
    run_kiosk(config, KioskServices, options.probe)
    return 0
