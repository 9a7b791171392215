"""One device: how it is, its tests with one tap each, and what they found."""

from collections.abc import Callable

from drivers.model import DeviceClass, HealthLevel
from kiosk.config import DeviceConfig
from kiosk.health import Issue
from kiosk.health_told import facts_told, outcome
from kiosk.services_staff import Tested
from screens.blocks import Block, grid
from screens.page import Page
from screens.staff.board import device_tile
from screens.staff.common import back, device_name, fault_notes, sentence_of, when
from screens.staff.desk import Desk
from screens.staff.tiles import ToolTile
from screens.widgets.buttons import Tile
from screens.widgets.pictures import Rail
from screens.widgets.words import AnswerRow, Note, heading, panel, sentence, title

_TEST_ICONS = {
    DeviceClass.ID_CARD_READER: "card",
    DeviceClass.CITIZEN_CARD_READER: "chip",
    DeviceClass.DOCUMENT_CAMERA: "camera",
    DeviceClass.RECEIPT_PRINTER: "paper",
    DeviceClass.DOCUMENT_PRINTER: "page_printer",
    DeviceClass.CODE_SCANNER: "scanner",
    DeviceClass.AUXILIARIES: "ray",
}
_HISTORY = 6  # changes shown, the newest first


def page(desk: Desk) -> Page:
    """Return the page of the device that was touched."""
    kit = desk.kit
    device = chosen(desk)
    tested = desk.draft.tested.get(device.name)
    running = desk.draft.waiting == device.name
    body: list[Block] = [device_tile(desk, device, touchable=False), *_facts(desk, device)]
    body += [_fix(desk, device, each.guide) for each in _guided(desk, device)]
    body += [Note(kit, _running(desk, device)), Rail(kit)] if running else []
    body += [_result(desk, device, tested)] if tested is not None and not running else []
    if not running:
        tools = [
            _inside(desk, device),
            _outside(desk, device),
            *_port(desk, device),
            *_roll(desk, device),
            *_camera(desk, device),
        ]
        body += grid(kit, tools, len(tools))
    body.append(_history(desk, device))
    return Page(
        "staff_device",
        lead=[heading(kit, device_name(desk, device)), sentence(kit, f"{device.driver} · {device.url}")],
        notes=fault_notes(desk),
        body=body,
        actions=[back(desk)],
        note=_note(tested),
    )


def _facts(desk: Desk, device: DeviceConfig) -> list[Block]:
    """Return the codes and numbers of what is wrong with it now, which its issue does not tell."""
    error = desk.staff.kiosk.statuses()[device.name].error
    told = "" if error is None else facts_told(desk.view.words, device.device_class, error.facts)
    return [Note(desk.kit, told, desk.say("facts"))] if told else []


def chosen(desk: Desk) -> DeviceConfig:
    """Return the device that the place names."""
    name = desk.draft.place[1]
    return next(each for each in desk.staff.config.devices if each.name == name)


def _guided(desk: Desk, device: DeviceConfig) -> list[Issue]:
    """Return what is wrong with it that has a guided fix."""
    return [each for each in desk.staff.kiosk.board.issues() if each.device == device.name and each.guide is not None]


def _fix(desk: Desk, device: DeviceConfig, key: str | None) -> Block:
    """Return the way to a guided fix."""
    name = desk.view.words.say(f"{key}.title")
    press = desk.goes("guide", device.name, str(key))
    return Tile(desk.kit, f"guide:{key}", name, press, second=desk.say("guide.how"), icon_name="tools")


def _note(tested: Tested | None) -> str | None:
    """Return for the probe how the test ended."""
    return None if tested is None else f"staff.test.{'WELL' if tested.well else 'ILL'}"


def _tests(desk: Desk, device: DeviceConfig, level: HealthLevel) -> Callable[[], None]:
    def tested(result: Tested) -> None:
        desk.write(waiting=None, tested={**desk.draft.tested, device.name: result})

    def press() -> None:
        desk.write(waiting=device.name, fault=None)
        desk.staff.test(device.name, level, tested)

    return press


def _inside(desk: Desk, device: DeviceConfig) -> Block:
    press = _tests(desk, device, HealthLevel.INTERNAL)
    return ToolTile(desk.kit, "test:internal", desk.say("test.internal"), "tools", press)


def _outside(desk: Desk, device: DeviceConfig) -> Block:
    press = _tests(desk, device, HealthLevel.EXTERNAL)
    name = desk.say(f"test.external.{device.device_class}")
    return ToolTile(desk.kit, "test:external", name, _TEST_ICONS[device.device_class], press)


def _port(desk: Desk, device: DeviceConfig) -> list[Block]:
    """Return the way to the port and speed of a device on a serial line: its driver has a speed, its url is a path."""
    if not device.url.startswith("/") or not hasattr(device.options, "baud"):
        return []
    return [ToolTile(desk.kit, "port", desk.say("port.tool"), "plug", desk.goes("port", device.name))]


def _roll(desk: Desk, device: DeviceConfig) -> list[Block]:
    """Return the way to say what roll is in the receipt printer."""
    if device.device_class is not DeviceClass.RECEIPT_PRINTER:
        return []
    return [ToolTile(desk.kit, "roll", desk.say("roll.tool"), "roll", desk.goes("roll", device.name))]


def _camera(desk: Desk, device: DeviceConfig) -> list[Block]:
    """Return the way to the camera's calibration."""
    if device.device_class is not DeviceClass.DOCUMENT_CAMERA:
        return []
    return [ToolTile(desk.kit, "calibrate", desk.say("camera.tool"), "target", desk.goes("camera", device.name))]


def _running(desk: Desk, device: DeviceConfig) -> str:
    return desk.say(f"test.running.{device.device_class}")


def _result(desk: Desk, device: DeviceConfig, tested: Tested) -> Block:
    """Return how the test ended, with what the device itself says."""
    kit = desk.kit
    if tested.report is None:
        error = tested.error.error if tested.error is not None else None
        told = sentence_of(desk, device, error) if error is not None else str(tested.error)
        who = [desk.say(f"who.{error.action}")] if error is not None else []
        return Note(kit, desk.say("gap").join([told, *who]), desk.say("test.failed"), trouble=True)
    found = outcome(desk.view.words, device.device_class, tested.report)
    if tested.well:
        return Note(kit, found, desk.say("test.well"), icon_name="check")
    acts = desk.say(f"who.{tested.report.action}")
    return Note(kit, desk.say("gap").join([found, acts]), desk.say("test.ill"), trouble=True)


def _history(desk: Desk, device: DeviceConfig) -> Block:
    """Return the last changes, the newest first."""
    kit = desk.kit
    changes = list(reversed(desk.staff.kiosk.board.history(device.name)))[:_HISTORY]
    rows: list[Block] = [
        AnswerRow(kit, when(desk, each.at), _change(desk, device, each.status, each.reason)) for each in changes
    ]
    if not rows:
        rows = [title(kit, desk.say("test.no_history"))]
    return panel(kit, desk.say("test.history"), rows)


def _change(desk: Desk, device: DeviceConfig, status: str, reason: str | None) -> str:
    told = desk.say(f"status.{status}")
    if reason is None:
        return told
    key = f"devices.{device.device_class}.{reason}.staff"
    return desk.view.words.say(key) if key in desk.view.words else f"{told}: {reason}"
