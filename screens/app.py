"""The kiosk's window: one process, one visit, one thread that touches widgets.

One decision: what Kivy would read from the environment, the command line or a home folder is set here, before
it is imported; everything else may then import it as it likes. Nothing is imported here that the first page does
not need: it is on the glass within 3 s.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kiosk import memory
from kiosk.config import KioskConfig
from kiosk.ports import Ports
from kiosk.visit import Visit

if TYPE_CHECKING:
    from kiosk.services_staff import StaffServices

Post = Callable[[Callable[[], None]], None]


class Services(Ports, Protocol):
    """The ports, and their life."""

    on_key: Callable[[str], None]
    """Told each key of the keypad, one of ``0123456789*#``."""

    @property
    def staff(self) -> "StaffServices | None":
        """The technician's side; a world without one has None."""

    def attach(self, visit: Visit) -> None:
        """Say which visit these are the ports of."""

    def start(self) -> None:
        """Start devices and outbox; returns at once."""

    def stop(self) -> None:
        """Stop everything cleanly."""

    def headphones_in(self) -> bool:
        """Tell whether headphones are surely plugged in."""


ServicesFactory = Callable[[KioskConfig, Post], Services]


def prepare_kivy(config: KioskConfig) -> None:
    """Set Kivy up: its home below the kiosk's state, no console, no arguments, a window as large as the panel."""
    home = config.kiosk.state / "kivy"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        KIVY_HOME=str(home),
        KIVY_NO_ARGS="1",
        KIVY_NO_CONSOLELOG="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_CONFIG="1",
        KIVY_LOG_MODE="PYTHON",
        # SDL swallows the first click after the window got the focus; here that click is somebody's first touch.
        SDL_MOUSE_FOCUS_CLICKTHROUGH="1",
    )
    # Its own level is set back while it is imported; a filter stays. What it warns of is told.
    logging.getLogger("kivy").addFilter(lambda record: record.levelno >= logging.WARNING)
    from kivy.config import Config  # noqa: PLC0415 - reads the environment set above

    settings: dict[str, dict[str, object]] = {
        "graphics": {
            "width": config.screen.width, "height": config.screen.height, "position": "custom", "left": 0, "top": 0,
            "borderless": 1, "resizable": 0, "fullscreen": 0, "multisamples": 0, "maxfps": 60, "show_cursor": 0,
        },
        "kivy": {"exit_on_escape": 0, "log_level": "warning", "log_enable": 0, "desktop": 0, "pause_on_minimize": 0,
            # What a device tells does not wait for the next frame to be due: 8 ms of a card that is shown.
            "kivy_clock": "interrupt",
        },
        "input": {"mouse": "mouse,disable_multitouch"},
    }  # fmt: skip
    for section, values in settings.items():
        for name, value in values.items():
            Config.set(section, name, str(value))
    for option in Config.options("input"):
        if option != "mouse":  # the panel's touches come through the X server; raw devices would double them
            Config.remove_option("input", option)


def run_kiosk(config: KioskConfig, services_factory: ServicesFactory, probe: Path | None = None) -> None:
    """Open the window and run until it is closed or the process is told to end; then stop the services.

    Raises:
        SystemExit: with 1, after too many defects in a row; the service manager starts the kiosk anew.
    """
    memory.prepare()
    prepare_kivy(config)
    from screens.defects import tell_without_words  # noqa: PLC0415 - Kivy may be imported only now
    from screens.window import KioskWindow  # noqa: PLC0415

    tell_without_words()
    if not KioskWindow(config, services_factory, probe).run():
        raise SystemExit(1)
