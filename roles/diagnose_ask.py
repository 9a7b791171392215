"""The interactive test: a person makes ready, looks, and answers yes or no. One device after the other."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceStatus, HealthLevel, StatusReport
from kiosk.config import DeviceConfig
from kiosk.health_rules import Severity
from kiosk.words import Words
from roles.diagnose_finding import Examiner, Finding

Ask = Callable[[str], bool]


def terminal(words: Words) -> Ask | None:
    """Return how to ask at this terminal; None where there is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(question: str) -> bool:
        while True:
            print(question, end="", file=sys.stderr, flush=True)
            line = sys.stdin.readline()
            answer = line.strip().lower()
            if answer in ("y", "n", "是", "否") or not line:
                return answer in ("y", "是")  # the end of the input is no yes
            print(words.say("health.ask.again"), file=sys.stderr)

    return ask


def say_before(devices: Iterable[DeviceConfig], words: Words) -> None:
    """Say what the external test does with each device: media moves, or a person must."""
    for device in devices:
        print(f"{device.name}: {words.say(f'health.before.{device.device_class}')}", file=sys.stderr)


def ask_each(devices: Iterable[DeviceConfig], examiner: Examiner, words: Words, ask: Ask) -> list[Finding]:
    """Test each device with a person beside it; one for which nobody is ready is tested silently."""
    return [_ask_one(device, examiner, words, ask) for device in devices]


def _ask_one(device: DeviceConfig, examiner: Examiner, words: Words, ask: Ask) -> Finding:
    say_before([device], words)
    ready = ask(words.say("health.ask.ready"))
    level = HealthLevel.INTERACTIVE if ready else HealthLevel.INTERNAL
    (found,) = examiner.examine_all([device], level)
    if not ready or found.severity >= Severity.WARNING or ask(words.say(f"health.ask.{device.device_class}")):
        return found
    error = DeviceError(
        CompletionCode.HARDWARE_ERROR,
        Reason.SELF_TEST_FAILED,
        ErrorAction.MAINTENANCE,
        words.say("health.diagnose.technician_saw"),
    )
    failed = examiner.of_report(device, StatusReport(DeviceStatus.HARDWARE_ERROR, error=error), "")
    return replace(failed, supplies=found.supplies, information=found.information, frames=found.frames)
