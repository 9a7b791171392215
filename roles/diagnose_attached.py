"""What is attached to this machine and not in kiosk.toml, with the very lines that would use it.

One decision: nothing is opened but the list of PC/SC readers. A serial port that is opened may reset what hangs on it,
so its kind is not guessed: the lines say what it could be, and a person decides.
"""

import contextlib
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drivers.model import DeviceClass
from kiosk.config import DeviceConfig

_SERIAL = Path("dev/serial/by-id")
_VIDEO = "dev/video*"
_NAMES = Path("sys/class/video4linux")
_PCSCD = Path("run/pcscd/pcscd.comm")
_PCSC_SECONDS = 2.0
_SERIAL_KINDS = (
    (DeviceClass.ID_CARD_READER, "sam"),
    (DeviceClass.RECEIPT_PRINTER, "escpos"),
    (DeviceClass.CODE_SCANNER, "serial"),
    (DeviceClass.AUXILIARIES, "line"),
)


@dataclass(frozen=True, slots=True)
class Attached:
    """One device nobody configured. `device_class`: None where the kind cannot be told; `config`: lines of TOML."""

    url: str
    description: str
    device_class: str | None
    config: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found, and what could not be looked at, in a few words each."""

    attached: tuple[Attached, ...] = ()
    not_looked_at: tuple[str, ...] = ()


def survey(devices: tuple[DeviceConfig, ...], root: Path = Path("/")) -> Survey:
    """Look at serial ports, cameras and card readers below `root`, and leave out what `devices` use."""
    used = {_real(device.url) for device in devices}
    names = {device.name for device in devices}
    unused = [each for each in (*_serial(root, names), *_cameras(root, names)) if _real(each.url) not in used]
    readers = _readers(root)
    told = [device.url.removeprefix("pcsc:") for device in devices if device.url.startswith("pcsc:")]
    unused += [_reader(name, names) for name in readers or () if not any(part in name for part in told)]
    return Survey(tuple(unused), (*(("PC/SC",) if readers is None else ()), "IPP", "TCP 9100"))


def _real(url: str) -> str:
    return url if "://" in url or url.startswith("pcsc:") else str(Path(url).resolve())


def _serial(root: Path, names: set[str]) -> Iterator[Attached]:
    """Ports by their stable names: /dev/ttyUSB0 is another port after the next start."""
    folder = root / _SERIAL
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        (kind, driver), *others = _SERIAL_KINDS
        table = _table(kind, driver, str(path), names)
        also = "".join(f'\n# class = "{kind}", driver = "{driver}"' for kind, driver in others)
        yield Attached(str(path), path.name.replace("_", " "), None, table + also)


def _cameras(root: Path, names: set[str]) -> Iterator[Attached]:
    for path in sorted(root.glob(_VIDEO)):
        title = ""
        with contextlib.suppress(OSError):  # a camera without a name in sysfs is still a camera
            title = (root / _NAMES / path.name / "name").read_text("utf-8", "replace").strip()
        table = _table(DeviceClass.DOCUMENT_CAMERA, "opencv", str(path), names)
        yield Attached(str(path), title, DeviceClass.DOCUMENT_CAMERA, table)


def _reader(name: str, names: set[str]) -> Attached:
    url = f"pcsc:{name}"
    table = _table(DeviceClass.CITIZEN_CARD_READER, "pcsc", url, names)
    return Attached(url, name, DeviceClass.CITIZEN_CARD_READER, table)


def _readers(root: Path) -> list[str] | None:
    """Return the PC/SC readers, None when they could not be asked for in time."""
    if not (root / _PCSCD).exists():
        return None
    found: list[list[str]] = []
    asking = threading.Thread(target=lambda: found.append(_list_readers()), name="PC/SC survey", daemon=True)
    asking.start()
    asking.join(_PCSC_SECONDS)  # the library waits for its daemon without a limit
    return found[0] if found else None


def _list_readers() -> list[str]:
    from smartcard import scard  # noqa: PLC0415 - a kiosk without a card reader needs no pcsclite

    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != scard.SCARD_S_SUCCESS:
        return []
    try:
        result, names = scard.SCardListReaders(context, [])
    finally:
        scard.SCardReleaseContext(context)
    return list(names) if result == scard.SCARD_S_SUCCESS else []


def _table(kind: DeviceClass, driver: str, url: str, names: set[str]) -> str:
    """Return the lines of kiosk.toml for it, with a name that is not taken."""
    numbered = (f"{kind}-{number}" for number in itertools.count(2))
    name = next(each for each in itertools.chain([str(kind)], numbered) if each not in names)
    return "\n".join(
        ("[[device]]", f'name = "{name}"', f'class = "{kind}"', f'driver = "{driver}"', f"url = {json.dumps(url)}")
    )
