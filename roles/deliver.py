"""Hand to the office what this kiosk accepted; its own process, so that no screen and no device can hold it up."""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from kiosk.config import ConfigError, KioskConfig, load
from roles.processes import ROOT, VERSION
from sync.client import OfficeClient
from sync.delivery import Delivery
from sync.delivery_queue import DeliveryQueue
from sync.durable import AlreadyRunning
from sync.enrol import IdentityError, load_identity
from sync.outbox import OutboxError


def main(arguments: list[str]) -> int:
    """Deliver until told to stop."""
    parser = argparse.ArgumentParser(prog="run.py deliver", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        _deliver(load(options.config), stop)
    except (ConfigError, IdentityError, OutboxError, AlreadyRunning) as fault:
        print(f"deliver: {fault}", file=sys.stderr)
        return 1
    return 0


def _deliver(config: KioskConfig, stop: threading.Event) -> None:
    identity = load_identity(config.kiosk.identity)
    queue = DeliveryQueue(config.kiosk.outbox)
    client = OfficeClient(config.office.url, identity, ca_file=config.office.ca)
    try:
        Delivery(queue, client, software=VERSION).run(stop)
    finally:
        client.close()
        queue.close()
