"""Hand to the office what this kiosk accepted; its own process, so that no screen and no device can hold it up.

What the office refused is parked, with its reason; a technician lists it and, once the reason is gone, sends it again.
"""

import argparse
import logging
import resource
import signal
import sys
import threading
from functools import partial
from pathlib import Path

from kiosk.audit import read_head
from kiosk.config import ConfigError, KioskConfig, load
from kiosk.device_health import told_health
from kiosk.line_record import LineWriter
from kiosk.version import VERSION
from roles.processes import ROOT
from sync.client import OfficeClient
from sync.delivery import Delivery
from sync.delivery_queue import DeliveryQueue
from sync.durable import AlreadyRunning
from sync.enrol import IdentityError, load_identity
from sync.line import UnsafeLine
from sync.outbox import OutboxError, OutboxFault
from sync.pace import Allowance


def main(arguments: list[str]) -> int:
    """Deliver until told to stop; or list, or send again, what is parked."""
    parser = argparse.ArgumentParser(prog="run.py deliver", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--parked", action="store_true", help="list what needs a person, and why")
    instead.add_argument("--unpark", metavar="ID", help="send a parked submission again")
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core on the disk would hold the kiosk's key
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        config = load(options.config)
        if options.parked:
            return _list_parked(config)
        if options.unpark:
            return _unpark(config, options.unpark)
        _deliver(config)
    except (ConfigError, IdentityError, OutboxError, AlreadyRunning, UnsafeLine) as fault:
        print(f"deliver: {fault}", file=sys.stderr)
        return 1
    return 0


def _deliver(config: KioskConfig) -> None:
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    identity = load_identity(config.kiosk.identity)
    client = OfficeClient(config.office.url, identity, ca_file=config.office.ca)
    queue = DeliveryQueue(config.kiosk.outbox)
    try:
        told = LineWriter(config.kiosk.state)
        trail = partial(read_head, config.kiosk.state)
        health = partial(told_health, config)
        allowance = Allowance(config.delivery.bytes_per_second, config.delivery.quiet_hours, config.kiosk.zone)
        Delivery(queue, client, software=VERSION, health=health, trail=trail, tell=told, allowance=allowance).run(stop)
    finally:
        client.close()
        queue.close()


def _list_parked(config: KioskConfig) -> int:
    queue = DeliveryQueue(config.kiosk.outbox)
    parked = queue.parked()
    queue.close()
    for each in parked:
        print(f"{each.submission_id}  {each.receipt_number}  {each.created_at}  {each.reason}")
    if not parked:
        print("nothing is parked")
    return 0


def _unpark(config: KioskConfig, submission_id: str) -> int:
    queue = DeliveryQueue(config.kiosk.outbox)
    try:
        queue.unpark(submission_id)
    except OutboxError as error:
        if error.reason is not OutboxFault.WRONG_STATE:
            raise
        print(f"deliver: {submission_id} is not parked; --parked lists what is", file=sys.stderr)
        return 1
    finally:
        queue.close()
    print(f"{submission_id} will be sent again")
    return 0
