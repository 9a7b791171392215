"""The board: every device with what is wrong, who must act, since when and how often; and the tools."""

from drivers.errors import Reason
from drivers.model import SupplyStatus
from kiosk.closures import Closer
from kiosk.config import DeviceConfig
from kiosk.health import Issue
from screens.blocks import Block, grid
from screens.page import Page
from screens.staff.common import ICONS, device_name, fault_notes, lamp_of, when
from screens.staff.desk import Desk
from screens.staff.tiles import StatusTile
from screens.widgets.buttons import Button, Look
from screens.widgets.words import Note, heading, sentence

_SUPPLIES_TOLD = (Reason.SUPPLY_LOW, Reason.SUPPLY_OUT)


def page(desk: Desk) -> Page:
    """Return the board."""
    kit, staff = desk.kit, desk.staff
    issues = staff.kiosk.board.issues()
    acting = len([each for each in issues if each.severity])
    told = desk.say("board.well") if not acting else desk.say("board.issues", count=acting)
    across = kit.theme.screen.landscape
    return Page(
        "staff_board",
        lead=[heading(kit, desk.say("board.heading")), sentence(kit, told)],
        notes=[*fault_notes(desk), *_trail(desk), *_closed(desk)],
        body=grid(kit, [device_tile(desk, device) for device in staff.config.devices], 2 if across else 1),
        actions=[
            Button(kit, "leave", desk.say("leave"), desk.leave, icon_name="leave"),
            Button(kit, "tools", desk.say("tools"), desk.goes("tools"), Look.FILLED, icon_name="tools"),
        ],
    )


def device_tile(desk: Desk, device: DeviceConfig, *, touchable: bool = True) -> StatusTile:
    """Return one device as the board and its own page show it."""
    staff = desk.staff
    report = staff.kiosk.statuses()[device.name]
    issues = [each for each in staff.kiosk.board.issues() if each.device == device.name]
    lines = [desk.say(f"status.{report.device}"), *_supplies(desk, device.name)]
    return StatusTile(
        desk.kit,
        f"device:{device.name}",
        device_name(desk, device),
        [desk.say("comma").join(lines), *(line for each in issues for line in _issue(desk, device, each))],
        lamp_of(report, issues),
        ICONS[device.device_class],
        desk.goes("device", device.name) if touchable else None,
    )


def _issue(desk: Desk, device: DeviceConfig, issue: Issue) -> tuple[str, str]:
    """Return what is wrong; and who must act, since when, how often."""
    key = f"devices.{device.device_class}.{issue.reason}.staff"
    if issue.reason in _SUPPLIES_TOLD:
        told = desk.say(f"supply_issue.{issue.reason}", supply=_supply_name(desk, issue.key.rsplit(".", 1)[-1]))
    else:
        told = desk.view.words.say(key) if key in desk.view.words else desk.say("test.other", reason=issue.reason)
    since = desk.say("since", when=when(desk, issue.since), count=issue.count)
    return told, desk.say("gap").join((desk.say(f"who.{issue.action}"), since))


def _supplies(desk: Desk, device: str) -> list[str]:
    """Return each supply and for how long it lasts; unknown is said as unknown (promise 4)."""
    told = []
    for each in desk.staff.kiosk.board.supplies():
        if each.device != device:
            continue
        name = _supply_name(desk, each.name)
        if each.status in {SupplyStatus.FULL, SupplyStatus.LOW} and each.forecast_days is not None:
            told.append(desk.say("supply.lasts", name=name, days=f"{each.forecast_days:.0f}"))
        else:
            told.append(desk.say(f"supply.{each.status}", name=name))
    return told


def _supply_name(desk: Desk, name: str) -> str:
    key = f"staff.supply_name.{name.split('.', maxsplit=1)[0]}"
    return desk.view.words.say(key) if key in desk.view.words else name


def _trail(desk: Desk) -> list[Block]:
    """Return what the audit trail's opening found."""
    fault = desk.staff.trail_fault
    return [Note(desk.kit, desk.say("board.trail", found=fault), trouble=True)] if fault else []


def _closed(desk: Desk) -> list[Block]:
    """Return that a technician has closed the kiosk, so that nobody leaves it so by mistake."""
    closed = desk.staff.kiosk.closures.word(Closer.STAFF) is not None
    return [Note(desk.kit, desk.say("notice.out"), trouble=True)] if closed else []
