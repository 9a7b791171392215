"""The diagnosis on a stick: built, sealed to the office, and written where kiosk.toml says a stick is mounted.

One decision: the stick holds nothing that whoever finds it can read, and the kiosk keeps nothing of it.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kiosk.config import KioskConfig
from kiosk.device_health import utc_now
from kiosk.diagnostics import ExportError, write_export
from sync.durable import Disk
from sync.enrol import load_identity
from sync.sealed_file import seal_file


@dataclass(frozen=True, slots=True)
class Exported:
    """Where it is, and how large."""

    path: Path
    size: int


def diagnosis(config: KioskConfig) -> bytes:
    """Return the zip of the diagnosis; nothing of it stays on the disk.

    Raises:
        ExportError: the disk does not take it while it is made.
    """
    with tempfile.TemporaryDirectory(prefix="export-", dir=config.kiosk.state) as name:
        return write_export(config, Path(name) / "diagnosis.zip").read_bytes()


def export(config: KioskConfig) -> Exported:
    """Write the export.

    Raises:
        ExportError: there is no stick, or it does not take it.
        IdentityError: the kiosk is not enrolled, so there is nobody to seal it to.
    """
    folder = config.staff.export
    if folder is None:
        raise ExportError("kiosk.toml names no folder for exports")
    if config.staff.export_is_mount and not os.path.ismount(folder):
        raise ExportError(f"no stick is mounted at {folder}")
    identity = load_identity(config.kiosk.identity)
    plain = diagnosis(config)
    path = folder / f"budayang-{config.kiosk.id}-{utc_now():%Y%m%dT%H%M%SZ}.sealed"
    raw = seal_file(identity.sealer, config.kiosk.id, plain)
    try:
        if not config.staff.export_is_mount:
            folder.mkdir(parents=True, exist_ok=True)
        disk = Disk()
        disk.write(path, raw)
        disk.sync_folder(folder)
    except OSError as error:
        raise ExportError(f"{folder} does not take it: {error.strerror}") from error
    return Exported(path, len(raw))
