"""One zip for whoever helps from afar: recorders, history, configuration, versions and logs; no secret, no person.

One decision: nothing goes in that could hold a resident's data (no outbox, no forms, no pictures), and what goes in
passes once more through `mask`, so that even a line nobody thought of loses its long numbers.
"""

import dataclasses
import json
import platform
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from kiosk.config import DeviceConfig, KioskConfig
from kiosk.device_health import health_file
from kiosk.diagnostics_frames import frames_path
from kiosk.health_file import board_path
from kiosk.version import VERSION

LOG_LINES = 2000  # of each log
_JOURNAL_SECONDS = 10.0
_SECRET = re.compile(r"pass|secret|token|pin\b|key$|code$", re.IGNORECASE)
_USER_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15,19}|1[3-9]\d{9})(?![0-9A-Za-z])")
_HIDDEN = "***"
_READ_ME = """不打烊 诊断包 · Budayang diagnosis

state/     设备状态、历史、通信记录（已遮盖） · devices' health, history and flight recorders (masked)
config.json  本机配置（不含密码和密钥） · the configuration, without secrets
versions.json  程序、系统和软件包的版本 · versions
logs/      最近的日志 · the last lines of the logs

里面没有办事人的任何资料。 · Nothing in here is about a resident.
"""


class ExportError(Exception):
    """The export could not be written; the sentence says why."""


def write_export(config: KioskConfig, target: Path, extra: Mapping[str, object] | None = None) -> Path:
    """Write the zip at `target`, mode 0600, whole or not at all, and return its path.

    Args:
        config: of the kiosk.
        target: the zip; one that is there is replaced.
        extra: more members, name without ending to what becomes JSON (`diagnosis`).

    Raises:
        ExportError: the disk does not take it.
    """
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in _members(config, extra or {}):
                archive.writestr(name, mask(text))
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ExportError(f"{target}: {error.strerror}") from error
    return target


def mask(text: str) -> str:
    """Return `text` without what looks like a citizen number, a bank card or a mobile number, and without url users."""
    return _USER_IN_URL.sub(f"{_HIDDEN}@", _NUMBERS.sub(_HIDDEN, text))


def _members(config: KioskConfig, extra: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    yield "README.txt", _READ_ME
    yield "config.json", _json(_configuration(config))
    yield "versions.json", _json(versions())
    for file in (health_file(config), board_path(config), frames_path(config)):
        if file.is_file():
            yield f"state/{file.name}", file.read_text("utf-8", "replace")
    for file in _log_files(config):
        yield f"logs/{file.name}", _last_lines(file)
    journal = _journal()
    if journal:
        yield "logs/journal.log", journal
    for name, value in extra.items():
        yield f"{name}.json", _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _configuration(config: KioskConfig) -> dict[str, Any]:
    """Return the configuration in effect; a value whose key sounds like a secret is hidden."""
    sections = {name: getattr(config, name).model_dump(mode="json") for name in ("kiosk", "screen", "office", "limits")}
    return {name: _hide(section) for name, section in sections.items()} | {
        "devices": [_device(device) for device in config.devices]
    }


def _device(device: DeviceConfig) -> dict[str, Any]:
    options = dataclasses.asdict(device.options)
    table = {"name": device.name, "class": device.device_class, "driver": device.driver, "url": device.url}
    return table | {"options": _hide(options)}


def _hide(table: dict[str, Any]) -> dict[str, Any]:
    return {key: _HIDDEN if _SECRET.search(key) and isinstance(value, str) else value for key, value in table.items()}


def versions() -> dict[str, Any]:
    """Return the versions of what runs here: this software, Python, the kernel, the system, every package."""
    packages = sorted({(each.metadata["Name"], each.version) for each in distributions()})
    return {
        "at": datetime.now(UTC).isoformat(),
        "budayang": VERSION,
        "python": platform.python_version(),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
        "packages": dict(packages),
    }


def _log_files(config: KioskConfig) -> list[Path]:
    """Return the logs of a kiosk that no systemd runs: `run.py up` leaves them beside the state."""
    beside = config.kiosk.state.parent
    return sorted([*beside.glob("log/*.log"), *beside.glob("up/log/*.log")])


def _last_lines(file: Path) -> str:
    return "\n".join(file.read_text("utf-8", "replace").splitlines()[-LOG_LINES:])


def _journal() -> str:
    """Return the end of the journal of our services; empty where there is no journal or it does not answer."""
    program = shutil.which("journalctl")
    if program is None:
        return ""
    arguments = [program, "--unit", "budayang-*", "--lines", str(LOG_LINES), "--no-pager", "--quiet"]
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=_JOURNAL_SECONDS, check=False)  # noqa: S603 - fixed words
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout
