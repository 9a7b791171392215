"""Who may open the technician's screens of this kiosk: add, remove, list, unlock.

Adding asks for a PIN, and shows once, for the phone's authenticator, the second factor as a QR code and as an address.
"""

import argparse
import getpass
import sys
from pathlib import Path

import segno

from kiosk.audit import AuditError, AuditTrail
from kiosk.config import ConfigError, KioskConfig, load
from kiosk.technicians import TechnicianError, Technicians
from roles.processes import ROOT

TERMINAL = "TERMINAL"  # who did it, in the audit trail: whoever may write to the kiosk's state


def main(arguments: list[str]) -> int:
    """Do it; say what was done, or why not."""
    options = _options(arguments)
    try:
        config = load(options.config)
        trail = AuditTrail(config.kiosk.state)
        if (found := trail.open()) is not None:
            print(f"technician: the audit trail: {found}", file=sys.stderr)
        technicians = Technicians(config.kiosk.state)
        if options.what == "list":
            return _list(technicians, config)
        if options.what == "add":
            return _add(technicians, trail, config, options.number)
        {"remove": technicians.remove, "unlock": technicians.unlock}[options.what](options.number)
        trail.append(TERMINAL, f"TECHNICIAN_{options.what.upper()}", options.number)
    except (ConfigError, TechnicianError, AuditError) as fault:
        print(f"technician: {fault}", file=sys.stderr)
        return 1
    print({"remove": "removed", "unlock": "unlocked"}[options.what], options.number)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py technician", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parts = parser.add_subparsers(dest="what", required=True)
    for what, help_text in {
        "add": "let somebody in: asks for a PIN, or reads it from standard input",
        "remove": "let somebody in no more",
        "unlock": "end the lock after five failures",
    }.items():
        part = parts.add_parser(what, help=help_text)
        part.add_argument("number", help="the technician's number, 4 to 6 digits")
    parts.add_parser("list", help="who is let in, and who is locked until when")
    return parser.parse_args(arguments)


def _add(technicians: Technicians, trail: AuditTrail, config: KioskConfig, number: str) -> int:
    pin = _pin()
    address = technicians.add(number, pin, config.kiosk.id)
    trail.append(TERMINAL, "TECHNICIAN_ADD", number)
    segno.make(address, error="l", micro=False).terminal(compact=True)
    print(f"{address}\n\ntechnician {number} is let in; have the phone read the code above, it is not shown again")
    return 0


def _pin() -> str:
    """Return the PIN, typed twice at a terminal, or the one line of standard input.

    Raises:
        TechnicianError: the two are not alike.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    pin = getpass.getpass("PIN, 6 to 12 digits: ")
    if getpass.getpass("once more: ") != pin:
        raise TechnicianError("the two PINs are not alike; nobody was added")
    return pin


def _list(technicians: Technicians, config: KioskConfig) -> int:
    found = technicians.numbers()
    for number, locked in found:
        print(number, "" if locked is None else f"locked until {locked.astimezone(config.kiosk.zone):%Y-%m-%d %H:%M}")
    if not found:
        print("nobody; `run.py technician add NUMBER` lets somebody in")
    return 0
