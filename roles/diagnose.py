"""Each device's health, its supplies, what is wrong, and who must act. For a technician, at night, in ten seconds.

While the kiosk runs it holds its devices, and two programs at one wire would spoil each other's answers; so its own
word is told then, from its health record. Otherwise each device is opened as the kiosk does, all at once.

Exit code: 0 all well, 1 a notice or a warning, 2 not done (options, kiosk.toml, rights), 3 an alarm.
"""

import argparse
import contextlib
import json
import os
import sys
from pathlib import Path

from rich.console import Console

from drivers.model import HealthLevel
from drivers.session import SessionError, write_session
from kiosk.config import ConfigError, DeviceConfig, KioskConfig, load
from kiosk.device_health import HealthRecord, health_file, read_health, utc_now
from kiosk.diagnostics import ExportError, write_export
from kiosk.health_file import BoardFile, board_path
from kiosk.health_rules import Severity
from kiosk.version import VERSION
from kiosk.words import LANGUAGES, Words
from roles.diagnose_ask import ask_each, say_before, terminal
from roles.diagnose_attached import survey
from roles.diagnose_finding import Examiner, Finding
from roles.diagnose_frames import REPLAYABLE
from roles.diagnose_table import as_json, show, worst_of
from roles.diagnose_watch import Watcher
from roles.processes import ROOT

NOT_DONE = 2
_WATCH_SECONDS = 3600.0
EXIT = {Severity.OK: 0, Severity.NOTICE: 1, Severity.WARNING: 1, Severity.ALARM: 3}


class NotDone(Exception):  # noqa: N818 - an answer, not a defect
    """Why no device may be touched or told of, in a sentence."""


def main(arguments: list[str]) -> int:
    """Print what is found, and return the exit code of the worst of it."""
    options = _options(arguments)
    words, level = Words(options.language), HealthLevel(options.level.upper())
    try:
        config = load(options.config)
        devices = _chosen(config, options.device)
        if options.watch or options.replay is not None:
            return _watch(options, config, devices, words)
        found = _find(config, devices, level, words)
    except (ConfigError, NotDone) as fault:
        print(f"diagnose: {fault}", file=sys.stderr)
        return NOT_DONE
    attached = survey(config.devices)
    told = as_json(config, level, found, attached, utc_now())
    if options.json:
        print(told)
    else:
        show(Console(highlight=False), config, level, found, attached, words)
    if options.export is not None and not _export(config, options.export, told, words):
        return NOT_DONE
    return EXIT[worst_of(found)]


def _export(config: KioskConfig, target: Path, told: str, words: Words) -> bool:
    try:
        write_export(config, target, {"diagnosis": json.loads(told), "program": {"version": VERSION}})
    except ExportError as fault:
        print(f"diagnose: {fault}", file=sys.stderr)
        return False
    print(words.say("health.diagnose.exported", file=target), file=sys.stderr)
    return True


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run.py diagnose", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=ROOT / "kiosk.toml")
    parser.add_argument(
        "--level",
        choices=[level.lower() for level in HealthLevel],
        default="internal",
        help="external moves media, interactive asks you too",
    )
    parser.add_argument("--device", metavar="NAME", help="this one alone")
    parser.add_argument("--language", choices=LANGUAGES, default="zh" if "zh" in os.environ.get("LANG", "") else "en")
    parser.add_argument("--json", action="store_true", help="for a script, with the flight recorder")
    parser.add_argument("--export", type=Path, metavar="FILE.zip", help="all of it for whoever helps, masked")
    parser.add_argument("--watch", action="store_true", help="show --device's frames as they pass, until Ctrl-C")
    parser.add_argument("--seconds", type=float, default=_WATCH_SECONDS, help="how long to watch at most")
    parser.add_argument("--record", type=Path, metavar="FILE", help="leave the watched frames in FILE, masked")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play FILE to --device's driver")
    return parser.parse_args(arguments)


def _watch(options: argparse.Namespace, config: KioskConfig, devices: tuple[DeviceConfig, ...], words: Words) -> int:
    """Watch one device or play a session to its driver; the exit code says whether that could be done."""
    if len(devices) != 1:
        raise NotDone(words.say("health.watch.one_device"))
    watcher = Watcher(Console(highlight=False), words, devices[0], HealthLevel(options.level.upper()))
    try:
        if options.replay is not None:
            if devices[0].driver not in REPLAYABLE:
                raise NotDone(words.say("health.watch.not_replayable", driver=devices[0].driver))
            watcher.replay(options.replay)
            return 0
        _may_touch(config, words)
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it
            watcher.watch(options.seconds)
        if options.record is not None:
            write_session(options.record, watcher.head, watcher.frames)
            print(words.say("health.diagnose.exported", file=options.record), file=sys.stderr)
    except SessionError as fault:
        raise NotDone(str(fault)) from fault
    except OSError as fault:
        raise NotDone(f"{options.record}: {fault.strerror}") from fault
    return 0


def _may_touch(config: KioskConfig, words: Words) -> None:
    """Raise `NotDone` where a running kiosk holds the devices, or may."""
    _readable(config, words)
    if running_kiosk(config) is not None:
        raise NotDone(words.say("health.diagnose.held"))


def _readable(config: KioskConfig, words: Words) -> None:
    state = config.kiosk.state
    if state.exists() and not os.access(state, os.R_OK | os.X_OK):
        # Who cannot see whether a kiosk runs must not touch what it may hold.
        raise NotDone(words.say("health.diagnose.not_readable", folder=state))


def _chosen(config: KioskConfig, name: str | None) -> tuple[DeviceConfig, ...]:
    chosen = tuple(device for device in config.devices if name in (None, device.name))
    if not chosen and name is not None:
        raise NotDone(f"kiosk.toml has no device {name!r}; it has {', '.join(each.name for each in config.devices)}")
    return chosen


def _find(config: KioskConfig, devices: tuple[DeviceConfig, ...], level: HealthLevel, words: Words) -> list[Finding]:
    _readable(config, words)
    examiner = Examiner(words, BoardFile(board_path(config)).read(), config.kiosk.state)
    record = running_kiosk(config)
    if record is not None and level is HealthLevel.INTERNAL:
        return [examiner.as_told(device, record) for device in devices]
    _may_touch(config, words)
    if level is HealthLevel.INTERACTIVE:
        ask = terminal(words)
        if ask is None:
            raise NotDone(words.say("health.diagnose.no_terminal"))
        return ask_each(devices, examiner, words, ask)
    if level is HealthLevel.EXTERNAL:
        say_before(devices, words)
    return examiner.examine_all(devices, level)


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
