"""Each device's health, its supplies, what is wrong, and who must act. For a technician, at night, in a minute.

Opens each device as the kiosk does, one after the other. A device that the running kiosk holds is said to be held.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from drivers.errors import DeviceError, ErrorAction
from drivers.model import CheckHealth, DeviceStatus, HealthLevel
from drivers.recorder import FlightRecorder
from drivers.transport import Deadline
from kiosk.config import ConfigError, DeviceConfig, load
from roles.processes import ROOT

OPEN_SECONDS = 5.0
HEALTH_SECONDS = {HealthLevel.INTERNAL: 10.0, HealthLevel.EXTERNAL: 30.0}


@dataclass(frozen=True, slots=True)
class Finding:
    """One device: its state, its supplies, one sentence, and who must act (None: nobody)."""

    name: str
    device_class: str
    url: str
    status: DeviceStatus
    supplies: dict[str, str]
    detail: str
    action: ErrorAction | None


def main(arguments: list[str]) -> int:
    """Print what is found; exit 0 only if every device is well."""
    parser = argparse.ArgumentParser(prog="run.py diagnose", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument("--level", choices=("internal", "external"), default="internal")
    parser.add_argument("--json", action="store_true", help="for a script")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
    except ConfigError as fault:
        print(f"diagnose: {fault}", file=sys.stderr)
        return 1
    level = HealthLevel(options.level.upper())
    findings = [examine(device, level) for device in config.devices]
    print(_as_json(findings) if options.json else "\n".join(_row(finding) for finding in findings))
    return 0 if all(finding.action is None for finding in findings) else 1


def examine(device: DeviceConfig, level: HealthLevel) -> Finding:
    """Open one device, let it test itself, and close it."""
    recorder = FlightRecorder()
    driver = device.registration.factory(device.url, device.options, recorder)
    try:
        driver.open(Deadline.after(OPEN_SECONDS))
        report = driver.execute(CheckHealth(level), Deadline.after(HEALTH_SECONDS[level]), lambda: False)
        polled = driver.poll(Deadline.after(OPEN_SECONDS))
    except DeviceError as error:
        return _found(device, DeviceStatus.POWER_OFF, {}, f"{error.reason}: {error.detail}", error.action)
    finally:
        driver.close()
    supplies = {name: str(status) for name, status in polled.supplies.items()}
    action = report.action or (polled.error.action if polled.error else None)
    return _found(device, polled.device, supplies, report.detail, action)


def _found(
    device: DeviceConfig, status: DeviceStatus, supplies: dict[str, str], detail: str, action: ErrorAction | None
) -> Finding:
    return Finding(device.name, str(device.device_class), device.url, status, supplies, detail, action)


def _row(finding: Finding) -> str:
    supplies = " ".join(f"{name} {status}" for name, status in finding.supplies.items())
    who = f"who acts: {finding.action}" if finding.action else "well"
    return f"{finding.name:<18} {finding.status:<15} {supplies:<14} {who:<24} {finding.detail}  [{finding.url}]"


def _as_json(findings: list[Finding]) -> str:
    rows = [
        {
            "name": finding.name, "class": finding.device_class, "url": finding.url, "status": finding.status,
            "supplies": finding.supplies, "detail": finding.detail, "action": finding.action,
        }
        for finding in findings
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, indent=2)
