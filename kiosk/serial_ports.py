"""Which serial ports there are now: what is plugged in shows as the one that was not there before.

One decision: a port is told by its lasting name (/dev/serial/by-id): ttyUSB0 is another port after the next start.
A folder beside counts too: that of the port a device has now, which is where simulators keep theirs.
"""

from pathlib import Path

_BY_ID = Path("dev/serial/by-id")
_PLAIN = ("dev/ttyUSB*", "dev/ttyACM*")


def serial_ports(beside: Path | None = None, root: Path = Path("/")) -> frozenset[str]:
    """Return the ports below `root`, and the character devices in the folder `beside`."""
    found: dict[Path, str] = {}
    for path in (*_inside(root / _BY_ID), *(_inside(beside) if beside is not None else ()), *_plain(root)):
        if path.is_char_device():
            found.setdefault(path.resolve(), str(path))
    return frozenset(found.values())


def _inside(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


def _plain(root: Path) -> tuple[Path, ...]:
    return tuple(path for pattern in _PLAIN for path in sorted(root.glob(pattern)))
