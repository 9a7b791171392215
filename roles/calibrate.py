"""Calibrates the document camera: prints the sheet, leads through the routine at a terminal, keeps what was found.

The kiosk must be stopped meanwhile: two programs cannot hold one camera. At the kiosk's own screen a technician does
the same without stopping it.
"""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from drivers.camera import DocumentCamera, Frame, GrabFrame
from drivers.camera_sheet import LINE_MM
from drivers.deadline import Deadline
from drivers.errors import DeviceError
from drivers.model import DeviceClass
from drivers.recorder import FlightRecorder
from kiosk.audit import AuditError, AuditTrail
from kiosk.calibration import PATIENCE_SECONDS, Calibration, CalibrationError, Progress, Step, calibrate
from kiosk.calibration_file import CalibrationFile
from kiosk.calibration_sheet import sheet_pdf
from kiosk.config import ConfigError, DeviceConfig, KioskConfig, load
from kiosk.words import LANGUAGES, Words
from roles.diagnose import running_kiosk
from roles.processes import ROOT
from roles.technician import TERMINAL

NOT_DONE = 2
_OPEN_SECONDS = 10.0
_FRAME_SECONDS = 5.0
_LINE_MM = (80.0, 120.0)  # a print outside of these is no print of the sheet


class NotDone(Exception):  # noqa: N818 - an answer, not a defect
    """Why the camera was not calibrated, in a sentence."""


def main(arguments: list[str]) -> int:
    """Write the sheet, or calibrate; say what was found, or why not. Exit code 0: done, 2: not done."""
    options = _options(arguments)
    words = Words(options.language)
    try:
        if options.sheet is not None:
            _write_sheet(options.sheet, words)
        else:
            _calibrate(load(options.config), words, patience=options.patience, line_mm=options.line)
    except (ConfigError, AuditError, NotDone) as fault:
        print(f"calibrate: {fault}", file=sys.stderr)
        return NOT_DONE
    except DeviceError as error:
        sentence = words.say(f"devices.document_camera.{error.reason}.staff")
        print(f"calibrate: {sentence} ({error.detail})", file=sys.stderr)
        return NOT_DONE
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run.py calibrate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument("--sheet", type=Path, metavar="OUT.pdf", help="write the sheet to print, and do nothing else")
    parser.add_argument("--line", type=_line, default=LINE_MM, metavar="MM", help="its line of 100 mm, by a ruler")
    parser.add_argument("--patience", type=float, default=PATIENCE_SECONDS, help="seconds to wait for each step")
    parser.add_argument("--language", choices=LANGUAGES, default="zh" if "zh" in os.environ.get("LANG", "") else "en")
    return parser.parse_args(arguments)


def _line(text: str) -> float:
    value = float(text)
    if not _LINE_MM[0] < value < _LINE_MM[1]:
        raise argparse.ArgumentTypeError(f"the line of 100 mm cannot be {value:g} mm long")
    return value


def _write_sheet(target: Path, words: Words) -> None:
    try:
        target.write_bytes(sheet_pdf())
    except OSError as error:
        raise NotDone(f"{target}: {error.strerror}") from error
    print(words.say("calibration.sheet_written", file=target))


def _calibrate(config: KioskConfig, words: Words, *, patience: float, line_mm: float) -> None:
    device = next((each for each in config.devices if each.device_class is DeviceClass.DOCUMENT_CAMERA), None)
    if device is None:
        raise NotDone(words.say("calibration.no_camera"))
    if running_kiosk(config) is not None:
        raise NotDone(words.say("calibration.held"))
    trail = AuditTrail(config.kiosk.state)
    if (broken := trail.open()) is not None:
        print(f"calibrate: the audit trail: {broken}", file=sys.stderr)
    camera = DocumentCamera(device.url, device.options, FlightRecorder())
    try:
        camera.open(Deadline.after(_OPEN_SECONDS))
        found = calibrate(_grab_of(camera), _Terminal(words).say, patience=patience, line_mm=line_mm)
        trail.append(TERMINAL, "CALIBRATE_CAMERA", device.name)
        CalibrationFile(config.kiosk.state).keep(found, camera.information, TERMINAL, datetime.now(config.kiosk.zone))
    except CalibrationError as error:
        raise NotDone(words.say(f"calibration.fault.{error.fault}")) from error
    except OSError as error:
        raise NotDone(words.say("calibration.not_kept", why=error.strerror)) from error
    finally:
        camera.close()
    _show(found, device, words)


def _grab_of(camera: DocumentCamera) -> Callable[[int], Frame]:
    return lambda newer_than: camera.execute(GrabFrame(newer_than), Deadline.after(_FRAME_SECONDS), lambda: False)


class _Terminal:
    """Says each sentence once, as a line."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._last = ""

    def say(self, progress: Progress) -> None:
        """Say where it is, if that is new."""
        if progress.key != self._last and progress.step is not Step.DONE:
            self._last = progress.key
            print(self._words.say(progress.key), flush=True)


def _show(found: Calibration, device: DeviceConfig, words: Words) -> None:
    """Print the numbers, and what a technician should look at again."""
    across, down = found.lens.mm_per_pixel()
    mains = found.flicker.mains_hz
    print(words.say(f"calibration.step.{Step.DONE}"))
    print(f"  {device.name}: {found.lens.size[0]}x{found.lens.size[1]}, {across:.5f} x {down:.5f} mm/pixel")
    print(f"  lens {found.lens.bend():.1f} px at the corner, residual {found.residual:.2f} px (most {found.worst:.2f})")
    print(f"  edges {found.blur:.2f} px, contrast {found.contrast:.0f}/255, evenness {100 * found.evenness:.0f} %")
    print(f"  flicker {100 * found.flicker.depth:.1f} %{'' if mains is None else f', {mains} Hz mains'}")
