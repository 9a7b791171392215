"""The tools below the board: which there are, with which picture, and where each leads."""

from collections.abc import Callable

from screens.blocks import Press
from screens.sounds import Sound
from screens.staff import jobs, log, network, outbox
from screens.staff.desk import Desk


def _sound(desk: Desk) -> Press:
    """Play each sound, one after the other with the tick of the touch before them."""

    def press() -> None:
        desk.play(Sound.GOT)
        desk.staff.note("TEST_SOUND", "sound")

    return press


TOOLS: dict[str, tuple[str, Callable[[Desk], Press]]] = {
    "network": ("network", network.opens),
    "outbox": ("tray", outbox.opens),
    "jobs": ("slip", jobs.opens),
    "log": ("log", log.opens),
    "notice": ("stop", lambda desk: desk.goes("notice")),
    "sound": ("sound", _sound),
}
