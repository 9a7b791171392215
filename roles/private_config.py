"""A copy of a kiosk.toml whose state, wires and ports are its own, so that two stacks never meet."""

import json
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from roles.processes import free_port


def write_private_config(shipped: Path, folder: Path, changes: dict[str, dict[str, Any]]) -> Path:
    """Write `shipped` into `folder`/kiosk.toml with every simulated wire moved into `folder`; return its path.

    `changes` replaces keys by table, as ``{"screen": {"width": 1920}}``. A serial path or folder becomes one of the
    same name in `folder`; a socket gets a free port, and so does the line to the office.
    """
    table = tomllib.loads(shipped.read_text("utf-8"))
    table["kiosk"]["state"] = str(folder / "kiosk")
    table["kiosk"]["catalogue"] = str((shipped.parent / table["kiosk"].get("catalogue", "assets/catalogue")).resolve())
    table["office"]["url"] = f"http://127.0.0.1:{free_port()}"
    for device in table["device"]:
        device["url"] = _private_url(device["url"], folder)
    for name, values in changes.items():
        table[name] |= values
    target = folder / "kiosk.toml"
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(_toml(table), "utf-8")
    return target


def _private_url(url: str, folder: Path) -> str:
    parts = urlsplit(url)
    if parts.port is None:
        return str(folder / Path(url).name)
    return parts._replace(netloc=f"127.0.0.1:{free_port()}").geturl()


def _toml(table: dict[str, Any]) -> str:
    """Write tables and arrays of tables: all that kiosk.toml is made of. JSON scalars and lists are TOML too."""
    lines: list[str] = []
    for name, value in table.items():
        many = value if isinstance(value, list) else [value]
        for one in many:
            lines.append(f"[[{name}]]" if isinstance(value, list) else f"[{name}]")
            lines += [f"{key} = {_value(inner)}" for key, inner in one.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    """Write a scalar, a list, or an inline table such as a driver's options."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
