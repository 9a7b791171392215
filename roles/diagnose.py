"""Each device's health, its supplies, what is wrong, and who must act. For a technician, at night, in a minute.

While the kiosk runs it holds its devices, and two programs at one wire would spoil each other's answers; so its own
word is told then, from its health record. Otherwise each device is opened as the kiosk does, one after the other.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from drivers.device import Driver
from drivers.errors import DeviceError, ErrorAction, Reason
from drivers.model import CheckHealth, DeviceClass, DeviceStatus, HealthLevel, StatusReport
from drivers.recorder import FlightRecorder
from drivers.reports import report_without_answer
from drivers.transport import Deadline
from kiosk.config import ConfigError, DeviceConfig, KioskConfig, load
from kiosk.device_health import UNKNOWN, HealthRecord, health_file, read_health, utc_now
from kiosk.printer_fonts import teach_fonts
from kiosk.words import Words
from roles.processes import ROOT

OPEN_SECONDS = 5.0
HEALTH_SECONDS = {HealthLevel.INTERNAL: 10.0, HealthLevel.EXTERNAL: 20.0}
WHO = {
    ErrorAction.RESET: "the kiosk itself",
    ErrorAction.SUSPEND: "nobody, it passes",
    ErrorAction.CLEAR: "centre staff",
    ErrorAction.MAINTENANCE: "a technician, with tools",
    ErrorAction.CONFIGURATION: "a technician, with kiosk.toml",
    ErrorAction.SOFTWARE_ERROR: "a developer",
}
BEFORE = {
    DeviceClass.ID_CARD_READER: "lay a test card on the reader within 20 s",
    DeviceClass.RECEIPT_PRINTER: "prints a test slip",
    DeviceClass.DOCUMENT_CAMERA: "takes a picture of the tray",
    DeviceClass.AUXILIARIES: "lights each light in turn",
    DeviceClass.CODE_SCANNER: "show any code to the scanner within 20 s",
}
"""What the external test does, said before it: media moves, or a person must."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One device as it was found.

    Attributes:
        status: a DeviceStatus, or UNKNOWN.
        detail: one sentence.
        action: who must act; None: nobody.
        held: whether the running kiosk holds it, so that this is what the kiosk says.
        frames: the flight recorder, masked; None where the running kiosk keeps it (it is in its log at each loss).
    """

    name: str
    device_class: str
    url: str
    status: str
    supplies: dict[str, str]
    detail: str
    action: ErrorAction | None
    held: bool = False
    frames: list[str] | None = None


def main(arguments: list[str]) -> int:
    """Print what is found; exit 0 only if every device is well."""
    parser = argparse.ArgumentParser(prog="run.py diagnose", description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument("--level", choices=("internal", "external"), default="internal", help="external moves media")
    parser.add_argument("--json", action="store_true", help="for a script, with the flight recorder")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
    except ConfigError as fault:
        print(f"diagnose: {fault}", file=sys.stderr)
        return 1
    level = HealthLevel(options.level.upper())
    record = running_kiosk(config)
    if (obstacle := _obstacle(config, record, level)) is not None:
        print(f"diagnose: {obstacle}", file=sys.stderr)
        return 1
    words = Words("en")
    if record is not None:
        findings = [as_told(device, record, words) for device in config.devices]
    else:
        findings = [examine(device, level, words) for device in config.devices]
    print(_as_json(findings) if options.json else "\n".join(_row(finding) for finding in findings))
    return 0 if all(finding.action is None for finding in findings) else 1


def _obstacle(config: KioskConfig, record: HealthRecord | None, level: HealthLevel) -> str | None:
    """Return why no device may be touched or told of, if so."""
    state = config.kiosk.state
    if state.exists() and not os.access(state, os.R_OK | os.X_OK):
        # Who cannot see whether a kiosk runs must not touch what it may hold.
        return f"{state} may not be read: run this as root, or as the kiosk's user"
    if record is not None and level is HealthLevel.EXTERNAL:
        return "the running kiosk holds the devices; stop it before an external test"
    return None


def running_kiosk(config: KioskConfig) -> HealthRecord | None:
    """Return what the running kiosk says of its devices, None when none runs."""
    record = read_health(health_file(config), utc_now())
    if record is None:
        return None
    try:
        os.kill(record.pid, 0)
    except ProcessLookupError:
        return None  # it died a moment ago: the devices are free
    except PermissionError:
        return record  # it runs, as another user
    return record


def as_told(device: DeviceConfig, record: HealthRecord, words: Words) -> Finding:
    """Return what the running kiosk says of a device it holds."""
    told = next((each for each in record.devices if each.name == device.name), None)
    if told is None:
        detail = "the running kiosk does not know this device; start it again"
        return Finding(
            device.name, device.device_class, device.url, UNKNOWN, {}, detail, ErrorAction.CONFIGURATION, held=True
        )
    said = "it is well" if told.reason is None else _sentence(device, told.reason, words)
    action = None if told.action is None else ErrorAction(told.action)
    return Finding(
        name=device.name,
        device_class=device.device_class,
        url=device.url,
        status=told.status,
        supplies=told.supplies,
        detail=f"held by the running kiosk, which says: {said}",
        action=action,
        held=True,
    )


def examine(device: DeviceConfig, level: HealthLevel, words: Words) -> Finding:
    """Open one device, let it test itself, and close it."""
    recorder = FlightRecorder()
    driver = device.registration.factory(device.url, device.options, recorder)
    teach_fonts(device.device_class, driver)
    if level is HealthLevel.EXTERNAL:
        print(f"{device.name}: {BEFORE.get(device.device_class, 'tests itself')}", file=sys.stderr)
    try:
        driver.open(Deadline.after(OPEN_SECONDS))
        detail, failure = _test(driver, level)
        report = driver.poll(Deadline.after(OPEN_SECONDS))
        report = replace(report, error=report.error or failure)
    except DeviceError as error:
        detail, report = error.detail, report_without_answer(StatusReport(DeviceStatus.STARTING), error)
    finally:
        driver.close()
    if report.error is not None:
        detail = f"{_sentence(device, report.error.reason, words)} ({report.error.detail})"
    return Finding(
        name=device.name,
        device_class=device.device_class,
        url=device.url,
        status=report.device,
        supplies={name: str(status) for name, status in report.supplies.items()},
        detail=detail,
        action=None if report.error is None else report.error.action,
        frames=recorder.dump(),
    )


def _test(driver: Driver, level: HealthLevel) -> tuple[str, DeviceError | None]:
    """Return what the self-test says, or why it failed; that no card was laid is no fault of the reader."""
    try:
        return driver.execute(CheckHealth(level), Deadline.after(HEALTH_SECONDS[level]), lambda: False).detail, None
    except DeviceError as error:
        if error.reason is Reason.NO_MEDIA:
            return f"it answers, but was not tried: {error.detail}", None
        return error.detail, error


def _sentence(device: DeviceConfig, reason: str, words: Words) -> str:
    """Return the sentence for staff, or the bare reason where there is none."""
    key = f"devices.{device.device_class}.{reason}.staff"
    return words.say(key) if key in words else reason


def _row(finding: Finding) -> str:
    supplies = " ".join(f"{name} {status}" for name, status in finding.supplies.items())
    who = "well" if finding.action is None else f"who acts: {WHO[finding.action]} ({finding.action})"
    return f"{finding.name:<18} {finding.status:<15} {supplies:<14} {who}  ·  {finding.detail}  [{finding.url}]"


def _as_json(findings: list[Finding]) -> str:
    rows = [asdict(finding) for finding in findings]
    for row in rows:
        row["class"] = row.pop("device_class")
    return json.dumps(rows, ensure_ascii=False, indent=2)
