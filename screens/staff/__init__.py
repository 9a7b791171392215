"""The technician's pages, each a function of the desk that returns a `Page`, by the first word of the place."""

from collections.abc import Callable

from screens.page import Page
from screens.staff import (
    board,
    camera,
    device,
    export,
    glass,
    guide,
    jobs,
    keypad,
    log,
    login,
    network,
    notice,
    outbox,
    port,
    roll,
    sound,
    tools,
)
from screens.staff.desk import Desk

PAGES: dict[str, Callable[[Desk], Page]] = {
    "login": login.page,
    "leaving": login.leaving,
    "board": board.page,
    "device": device.page,
    "guide": guide.page,
    "port": port.page,
    "tools": tools.page,
    "keypad": keypad.page,
    "roll": roll.page,
    "sound": sound.page,
    "camera": camera.page,
    "export": export.page,
    "notice": notice.page,
    "glass": glass.page,
    "touch": glass.touch_page,
    "network": network.page,
    "outbox": outbox.page,
    "jobs": jobs.page,
    "log": log.page,
}

__all__ = ["PAGES", "Desk"]
