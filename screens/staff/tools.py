"""The tools: which there are, with which picture, and where each leads."""

from collections.abc import Callable
from functools import partial

from drivers.model import DeviceClass
from kiosk.closures import Closer
from kiosk.config import KioskConfig
from screens.blocks import Block, Press, grid
from screens.page import Page
from screens.staff import glass, jobs, log, network, outbox, sound
from screens.staff.common import back, fault_notes
from screens.staff.desk import Desk
from screens.staff.tiles import ToolTile
from screens.widgets.words import heading, sentence

TOOLS: dict[str, tuple[str, Callable[[Desk], Press]]] = {
    "network": ("network", network.opens),
    "outbox": ("tray", outbox.opens),
    "jobs": ("slip", jobs.opens),
    "log": ("log", log.opens),
    "glass": ("finger", lambda desk: partial(glass.begin_sweep, desk)),
    "touch": ("target", lambda desk: partial(glass.begin_points, desk)),
    "keypad": ("grid", lambda desk: desk.goes("keypad")),
    "export": ("export", lambda desk: desk.goes("export")),
    "notice": ("stop", lambda desk: desk.goes("notice")),
    "sound": ("sound", lambda desk: partial(sound.begin, desk)),
}
_ONLY_WITH: dict[str, Callable[[KioskConfig], bool]] = {
    "keypad": lambda config: any(each.device_class is DeviceClass.AUXILIARIES for each in config.devices),
}
"""Tools that not every kiosk has a use for."""
_IN_A_ROW = 3


def page(desk: Desk) -> Page:
    """Return them all; the one that closed the kiosk is filled."""
    kit = desk.kit
    closed = desk.staff.kiosk.closures.word(Closer.STAFF) is not None
    tiles: list[Block] = [
        ToolTile(kit, f"tool:{name}", desk.say(f"tool.{name}"), icon, press(desk), on=name == "notice" and closed)
        for name, (icon, press) in TOOLS.items()
        if name not in _ONLY_WITH or _ONLY_WITH[name](desk.staff.config)
    ]
    return Page(
        "staff_tools",
        lead=[heading(kit, desk.say("tools")), sentence(kit, desk.say("tools_sentence"))],
        notes=fault_notes(desk),
        body=grid(kit, tiles, _IN_A_ROW),
        actions=[back(desk)],
    )
