"""The technician's pages, each a function of the desk that returns a `Page`, by the first word of the place."""

from collections.abc import Callable

from screens.page import Page
from screens.staff import board, device, guide, jobs, log, login, network, notice, outbox
from screens.staff.desk import Desk

PAGES: dict[str, Callable[[Desk], Page]] = {
    "login": login.page,
    "leaving": login.leaving,
    "board": board.page,
    "device": device.page,
    "guide": guide.page,
    "notice": notice.page,
    "network": network.page,
    "outbox": outbox.page,
    "jobs": jobs.page,
    "log": log.page,
}

__all__ = ["PAGES", "Desk"]
