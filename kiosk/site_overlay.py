"""What a technician set at the kiosk itself: url and options of single devices, over those of kiosk.toml.

One decision: kiosk.toml stays as the centre wrote it; the state folder's site.toml says what is different here, and
nothing else. `kiosk.config.load` reads both, checks both alike, and names the file in which a fault stands::

    [device.id_card]
    url = "/dev/serial/by-id/usb-FTDI_FT232R-if00-port0"
    options = { baud = 115200 }
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from sync.durable import Disk, private_folder

_HEAD = "# Set at the kiosk by a technician, over kiosk.toml. Deleted, kiosk.toml alone counts again.\n"


def overlay_file(state: Path) -> Path:
    """Return where it is."""
    return state / "site.toml"


def set_device(state: Path, name: str, *, url: str | None = None, options: dict[str, Any] | None = None) -> None:
    """Set a device's url, or some of its options; what was set before and is not named stays.

    Raises:
        OSError: the disk does not keep it.
        ValueError: the file there is no TOML.
    """
    path = overlay_file(state)
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    device = table.setdefault("device", {}).setdefault(name, {})
    if url is not None:
        device["url"] = url
    if options is not None:
        device["options"] = {**device.get("options", {}), **options}
    private_folder(state)
    Disk().replace(path, (_HEAD + "".join(_section(each, keys) for each, keys in table["device"].items())).encode())


def _section(name: str, keys: dict[str, Any]) -> str:
    lines = [f"\n[device.{name}]\n"]
    for key, value in keys.items():
        inside = (f"{option} = {json.dumps(given)}" for option, given in value.items()) if key == "options" else ()
        lines.append(f"options = {{ {', '.join(inside)} }}\n" if key == "options" else f"{key} = {json.dumps(value)}\n")
    return "".join(lines)
