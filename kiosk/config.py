"""The configuration of a kiosk, kiosk.toml, and over it what a technician set: read at start, checked to the last key.

One decision: a fault is told as a technician needs it: file, line, key, what is wrong, and for a key nobody knows the
nearest right one. All faults of a file are told at once. Paths in a file are relative to the file.
"""

import dataclasses
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from drivers.registry import RegistrationError, lookup
from kiosk.config_lines import KeyPath, key_lines, line_of
from kiosk.config_models import (
    ConfigFile,
    DeviceConfig,
    DeviceTable,
    KioskConfig,
    KioskSection,
    Limit,
    LimitsSection,
    OfficeSection,
    ScreenSection,
    SiteDevice,
    SiteFile,
)
from kiosk.site_overlay import overlay_file

__all__ = [
    "ConfigError",
    "ConfigFault",
    "DeviceConfig",
    "KioskConfig",
    "KioskSection",
    "Limit",
    "LimitsSection",
    "OfficeSection",
    "ScreenSection",
    "load",
]


@dataclasses.dataclass(frozen=True, slots=True)
class ConfigFault:
    """One thing wrong: the line (from 1), the key with its table, what is wrong, and the nearest right key if any."""

    line: int
    key: str
    what: str
    nearest: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"line {self.line}: {self.key}: {self.what}{hint}"


class ConfigError(Exception):
    """A kiosk.toml that must not be used.

    Attributes:
        file: the file; `faults`: all that is wrong; `line`, `key` and `nearest` are those of the first.
    """

    def __init__(self, file: Path, faults: tuple[ConfigFault, ...]) -> None:
        super().__init__("\n".join(f"{file}: {fault}" for fault in faults))
        self.file = file
        self.faults = faults
        self.line, self.key, self.nearest = faults[0].line, faults[0].key, faults[0].nearest


def load(path: Path) -> KioskConfig:
    """Read and check `path`.

    Raises:
        ConfigError: with every fault in it.
    """
    file = path.resolve()
    text, table = _read(file)
    lines = key_lines(text)
    try:
        read = ConfigFile.model_validate_json(json.dumps(table, default=str), context={"folder": file.parent})
    except ValidationError as error:
        raise ConfigError(file, tuple(_schema_faults(error, lines))) from error
    devices, faults = _devices(read.device, lines, file.parent)
    if faults:
        raise ConfigError(file, tuple(faults))
    devices = _over(devices, overlay_file(read.kiosk.state))
    limits = {limit.state: limit for limit in read.state_limit}
    more = read.staff, read.reading, read.delivery, read.speech
    return KioskConfig(read.kiosk, read.screen, read.office, read.limits, limits, devices, *more)


def _over(devices: tuple[DeviceConfig, ...], file: Path) -> tuple[DeviceConfig, ...]:
    """Return the devices as the site's own file sets them, if there is one.

    Raises:
        ConfigError: naming that file.
    """
    if not file.exists():
        return devices
    site, lines = _site(file)
    names = [device.name for device in devices]
    faults = [
        ConfigFault(line_of(("device", name), lines), f"device.{name}", "no such device", _nearest(name, names))
        for name in site.device
        if name not in names
    ]
    changed: list[DeviceConfig] = []
    for device in devices:
        over = site.device.get(device.name)
        set_here, wrong = (device, []) if over is None else _set_here(device, over, file)
        changed.append(set_here)
        for key, what, nearest in wrong:
            line = line_of(("device", device.name, "options", key), lines)
            faults.append(ConfigFault(line, f"device.{device.name}.options.{key}", what, nearest))
    if faults:
        raise ConfigError(file, tuple(faults))
    return tuple(changed)


def _site(file: Path) -> tuple[SiteFile, Mapping[KeyPath, int]]:
    text, table = _read(file)
    lines = key_lines(text)
    try:
        site = SiteFile.model_validate_json(json.dumps(table, default=str), context={"folder": file.parent})
    except ValidationError as error:
        raise ConfigError(file, tuple(_schema_faults(error, lines, SiteFile))) from error
    return site, lines


def _set_here(
    device: DeviceConfig, over: SiteDevice, file: Path
) -> tuple[DeviceConfig, list[tuple[str, str, str | None]]]:
    """Return a device with what was set at the kiosk, and what is wrong with it."""
    given = {name: value for name, value in dataclasses.asdict(device.options).items() if value is not None}
    options, wrong = _options(device.registration.options, {**given, **over.options}, file.parent)
    return dataclasses.replace(device, url=over.url or device.url, options=options, site_file=file), wrong


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise ConfigError(file, (ConfigFault(1, "the file", error.strerror or "cannot be read"),)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(file, (ConfigFault(1, "the file", f"is not UTF-8 at byte {error.start}"),)) from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise ConfigError(file, (ConfigFault(line, "the file", f"is not TOML: {error}"),)) from error


def _schema_faults(
    error: ValidationError, lines: Mapping[KeyPath, int], whole: type[BaseModel] = ConfigFile
) -> Iterator[ConfigFault]:
    for problem in error.errors(include_url=False):
        path = problem["loc"]
        unknown = problem["type"] == "extra_forbidden"
        yield ConfigFault(
            line_of(path, lines),
            ".".join(str(step) for step in path),
            "unknown key" if unknown else problem["msg"].removeprefix("Value error, "),
            _nearest(str(path[-1]), _keys_at(path[:-1], whole)) if unknown else None,
        )


def _keys_at(path: KeyPath, whole: type[BaseModel]) -> list[str]:
    """Return the keys that the section at `path` may have, as they are written in the file."""
    model = whole
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            kind = model.model_fields[step].annotation
            inside = [kind, *get_args(kind)]
            model = next((k for k in inside if isinstance(k, type) and issubclass(k, BaseModel)), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _nearest(key: str, keys: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(key, list(keys), n=1, cutoff=0.5)), None)


def _devices(
    tables: tuple[DeviceTable, ...], lines: Mapping[KeyPath, int], folder: Path
) -> tuple[tuple[DeviceConfig, ...], list[ConfigFault]]:
    devices: list[DeviceConfig] = []
    faults: list[ConfigFault] = []
    for index, table in enumerate(tables):
        place: KeyPath = ("device", index)
        if table.name in {device.name for device in devices}:
            faults.append(ConfigFault(line_of((*place, "name"), lines), f"device.{index}.name", "is used twice"))
        try:
            registration = lookup(table.device_class, table.driver)
        except RegistrationError as error:
            faults.append(ConfigFault(line_of((*place, "driver"), lines), f"device.{index}.driver", str(error)))
            continue
        options: Any
        options, wrong = _options(registration.options, table.options, folder)
        for key, what, nearest in wrong:
            line = line_of((*place, "options", key), lines)
            faults.append(ConfigFault(line, f"device.{index}.options.{key}", what, nearest))
        devices.append(DeviceConfig(table.name, table.device_class, table.driver, table.url, options, registration))
    return tuple(devices), faults


def _options(kind: type, given: dict[str, Any], folder: Path) -> tuple[Any, list[tuple[str, str, str | None]]]:
    """Return the driver's options dataclass made of `given`, and what is wrong as (key, what, nearest)."""
    known = [field.name for field in dataclasses.fields(kind) if field.init]
    unknown = [key for key in given if key not in known]
    if unknown:
        return None, [(key, "unknown key", _nearest(key, known)) for key in unknown]
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(kind)
        options = adapter.validate_json(json.dumps(given, default=str), strict=True)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        return None, [(".".join(map(str, p["loc"])) or "options", p["msg"], None) for p in problems]
    paths = {f.name: folder / v for f in dataclasses.fields(kind) if isinstance(v := getattr(options, f.name), Path)}
    return (dataclasses.replace(options, **paths) if paths else options), []
