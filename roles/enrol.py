"""Give this kiosk its identity: a key made here, and the one-time code that the office issued for it."""

import argparse
import sys
from pathlib import Path

from kiosk.config import ConfigError, load
from roles.processes import ROOT
from sync.enrol import IdentityError, enrol
from sync.line import UnsafeLine


def main(arguments: list[str]) -> int:
    """Enrol with the code; say who this kiosk is now, or what to do."""
    parser = argparse.ArgumentParser(prog="run.py enrol", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument("--code", required=True, help="the one-time code, as the office shows it")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
        identity = enrol(
            config.office.url, options.code, config.kiosk.identity, kiosk_id=config.kiosk.id, ca_file=config.office.ca
        )
    except (ConfigError, IdentityError, UnsafeLine) as fault:
        print(f"enrol: {fault}", file=sys.stderr)
        return 1
    print(f"this is kiosk {identity.kiosk_id} of office {config.office.url}")
    return 0
