"""What several of the technician's pages share: names, lamps, times, and how a fault is told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from drivers.errors import DeviceError
from drivers.model import DeviceClass, DeviceStatus, StatusReport
from kiosk.config import DeviceConfig
from kiosk.health import Issue, Severity
from kiosk.health_told import error_told
from kiosk.services_staff import StaffError
from screens.blocks import Block
from screens.staff.desk import Desk
from screens.staff.tiles import Lamp
from screens.widgets.buttons import Button
from screens.widgets.pictures import Rail
from screens.widgets.words import Note

ICONS: dict[DeviceClass, str] = {
    DeviceClass.ID_CARD_READER: "card",
    DeviceClass.CITIZEN_CARD_READER: "chip",
    DeviceClass.DOCUMENT_CAMERA: "camera",
    DeviceClass.RECEIPT_PRINTER: "printer",
    DeviceClass.DOCUMENT_PRINTER: "page_printer",
    DeviceClass.CODE_SCANNER: "scanner",
    DeviceClass.AUXILIARIES: "lamp",
}
_LAMPS = {
    Severity.OK: Lamp.WELL,
    Severity.NOTICE: Lamp.NOTICE,
    Severity.WARNING: Lamp.WARNING,
    Severity.ALARM: Lamp.ALARM,
}
_UNASKED = frozenset({DeviceStatus.STARTING, DeviceStatus.NO_DEVICE})


def device_name(desk: Desk, device: DeviceConfig) -> str:
    """Return what a device is called; the configured name too where there are two of its class."""
    name = desk.say(f"device.{device.device_class}")
    alike = [each for each in desk.staff.config.devices if each.device_class is device.device_class]
    return name if len(alike) == 1 else f"{name} ({device.name})"


def lamp_of(report: StatusReport, issues: Iterable[Issue]) -> Lamp:
    """Return a device's lamp: what could not be asked is unknown, never well (promise 4)."""
    worst = max((issue.severity for issue in issues), default=Severity.OK)
    return Lamp.UNKNOWN if worst is Severity.OK and report.device in _UNASKED else _LAMPS[worst]


def when(desk: Desk, moment: datetime) -> str:
    """Return a time as people say it: the hour of today, else the day too."""
    zone = desk.staff.config.kiosk.zone
    local, now = moment.astimezone(zone), desk.view.visit.ports.now().astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.date() else desk.say("day", month=local.month, day=local.day,
                                                                        clock=f"{local:%H:%M}")  # fmt: skip


def age(desk: Desk, since: datetime) -> str:
    """Return how long ago something was, in the largest unit that is not zero."""
    past = max(timedelta(0), desk.view.visit.ports.now() - since)
    for unit, length in (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1))):
        if past >= length:
            return desk.say(f"age.{unit}", count=past // length)
    return desk.say("age.now")


def sentence_of(desk: Desk, device: DeviceConfig, error: DeviceError) -> str:
    """Return staff's sentence for a device's error, with the codes and numbers it brings."""
    return error_told(desk.view.words, device.device_class, error)


def fault_notes(desk: Desk) -> list[Block]:
    """Return why the last act was not done, if it was not."""
    fault = desk.draft.fault
    return [Note(desk.kit, fault_sentence(desk, fault), desk.say("not_done"), trouble=True)] if fault else []


def fault_sentence(desk: Desk, fault: StaffError) -> str:
    """Return a fault as a sentence: a device's in the technician's language, another's as it was said."""
    return str(fault) if fault.error is None else desk.say("test.other", reason=fault.error.reason)


def back(desk: Desk) -> Button:
    """Return the button that leads to the board."""
    return Button(desk.kit, "home", desk.say("home"), desk.home(), icon_name="grid")


def asked(desk: Desk) -> list[Block]:
    """Return the wait for what the page asked; nothing when it is answered."""
    return [Note(desk.kit, desk.say("asking")), Rail(desk.kit)] if desk.draft.waiting is not None else []
