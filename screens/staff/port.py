"""Which port a device is at, found by plugging it in, and its speed. The kiosk starts anew with what was set.

One decision: a port is never guessed from a list of names: what was not there before the plug went in is the device.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import get_args

from kiosk.config import DeviceConfig
from kiosk.serial_ports import serial_ports
from kiosk.services_staff import StaffError
from kiosk.site_overlay import set_device
from screens.blocks import Block, grid
from screens.page import Page
from screens.staff.common import asked, device_name, fault_notes
from screens.staff.desk import Desk
from screens.staff.device import chosen
from screens.staff.tiles import StepCard
from screens.widgets.buttons import Button, Choice, Look
from screens.widgets.pictures import Rail
from screens.widgets.words import Note, heading, sentence, title

LOOK_SECONDS = 0.7
_SPEEDS = (9600, 19200, 38400, 57600, 115200)


def page(desk: Desk) -> Page:
    """Return the next step, and the speeds."""
    kit = desk.kit
    device = chosen(desk)
    return Page(
        "staff_port",
        lead=[heading(kit, device_name(desk, device)), sentence(kit, device.url)],
        notes=[*fault_notes(desk), *_set_here(desk, device)],
        body=[*_steps(desk), *_speeds(desk, device), *(asked(desk) or [Note(kit, desk.say("port.anew"))])],
        actions=[
            Button(kit, "device", desk.say("guide.device"), desk.goes("device", device.name), icon_name="tools"),
            _action(desk, device),
        ],
        note=f"staff.port.{'found' if desk.draft.found else 'in' if desk.draft.ports is not None else 'out'}",
    )


def _set_here(desk: Desk, device: DeviceConfig) -> list[Block]:
    return [Note(desk.kit, desk.say("port.set_here", file=device.site_file.name))] if device.site_file else []


def _steps(desk: Desk) -> list[Block]:
    kit, draft = desk.kit, desk.draft
    steps: list[Block] = [
        StepCard(kit, 1, desk.say("port.unplug"), "plug"),
        StepCard(kit, 2, desk.say("port.plug_in"), "plug"),
    ]
    if draft.found:
        return [*steps, Note(kit, draft.found, desk.say("port.found"), icon_name="check")]
    return [*steps, Note(kit, desk.say("port.waiting")), Rail(kit)] if draft.ports is not None else steps


def _action(desk: Desk, device: DeviceConfig) -> Button:
    """Return what leads on from here."""
    kit, draft = desk.kit, desk.draft
    if draft.found:
        use = partial(_set, desk, device, "ASSIGN_PORT", url=draft.found)
        return Button(kit, "use", desk.say("port.use"), use, Look.FILLED)
    if draft.ports is not None:
        return Button(kit, "again", desk.say("again"), desk.goes("port", device.name), icon_name="retake")
    return Button(kit, "out", desk.say("port.out"), partial(_is_out, desk, device), Look.FILLED)


def _is_out(desk: Desk, device: DeviceConfig) -> None:
    """The device is unplugged: remember what ports are left, then look for a new one."""
    beside = Path(device.url).parent
    place = desk.draft.place

    def looked(ports: object) -> None:
        draft = desk.draft
        if draft.place != place or draft.found:
            return
        if not isinstance(ports, frozenset):
            desk.done(ports)
        elif draft.ports is None:
            desk.write(ports=ports)
        elif new := sorted(ports - draft.ports):
            desk.write(found=new[0])
        else:
            draft.ports = draft.ports & ports  # one that is pulled out only now is new when it comes back

    desk.every(LOOK_SECONDS, lambda: desk.staff.look(partial(serial_ports, beside), looked))


def _speeds(desk: Desk, device: DeviceConfig) -> list[Block]:
    """Return the speeds to choose from, where the driver has the option."""
    known = {each.name: each.type for each in fields(device.options)}
    if "baud" not in known:
        return []
    speeds: tuple[int, ...] = tuple(sorted(get_args(known["baud"]))) or _SPEEDS
    now = device.options.baud
    choices: list[Block] = [
        Choice(
            desk.kit,
            f"baud:{speed}",
            str(speed) if speed else desk.say("port.auto"),
            partial(_set, desk, device, "SET_SPEED", options={"baud": speed}),
            chosen=speed == now,
        )
        for speed in speeds
    ]
    return [title(desk.kit, desk.say("port.speed")), *grid(desk.kit, choices, 3)]


def _set(
    desk: Desk, device: DeviceConfig, what: str, *, url: str | None = None, options: dict[str, int] | None = None
) -> None:
    """Keep it, and have the kiosk start anew with it."""
    told = f"{device.name} {url or options}"
    work: Callable[[], None] = partial(set_device, desk.staff.config.kiosk.state, device.name, url=url, options=options)

    def kept(answer: object) -> None:
        if isinstance(answer, StaffError):
            desk.done(answer)
        else:
            desk.staff.start_anew()

    desk.write(waiting="port", fault=None)
    desk.staff.act(what, told, work, kept)
