"""The real window in its own process, the world in memory: `python -m tests.screens.process STATE PROBE WxH [DEFECT]`.

DEFECT names a port that has one: whoever calls it gets an exception whose text quotes a person.
"""

import logging
import sys
from functools import partial
from pathlib import Path
from threading import Timer

from kiosk.config import KioskConfig, load
from screens.app import Post, run_kiosk
from tests.screens.tray import another
from tests.screens.world import World, card

ROOT = Path(__file__).resolve().parents[2]
QUOTED = "Wang Xiaoming, 13800005678"


class Street(World):
    """A world in which a card is put soon after the reader began to wait, and a page lies under the camera."""

    def __init__(self, config: KioskConfig, post: Post) -> None:
        super().__init__(config, post)
        self._timers: list[Timer] = []

    def start_reading(self) -> None:
        """Put the card soon."""
        super().start_reading()
        visit = self.visit
        assert visit is not None
        event = partial(visit.deliver, visit.generation, partial(visit.identity_read, card("rare_plane_2")))
        timer = Timer(0.5, self.post, (event,))
        self._timers.append(timer)
        timer.start()

    def capture(self) -> None:
        """Take the page that lies there at once."""
        super().capture()
        visit = self.visit
        assert visit is not None
        self.post(partial(visit.deliver, visit.generation, partial(visit.page_captured, another())))

    def stop(self) -> None:
        """Leave no timer behind."""
        super().stop()
        for timer in self._timers:
            timer.cancel()
            timer.join()


def with_defect(port: str) -> type[Street]:
    """Return a street whose `port` raises."""

    def broken(_self: Street, *_arguments: object) -> None:
        raise LookupError(QUOTED)

    return type("Broken", (Street,), {port: broken})


def main(state: str, probe: str, size: str, defect: str = "") -> None:
    """Run until told to end."""
    logging.basicConfig(level=logging.INFO)
    width, height = (int(part) for part in size.split("x"))
    shipped = load(ROOT / "kiosk.toml")
    kiosk = shipped.kiosk.model_copy(update={"state": Path(state)})
    screen = shipped.screen.model_copy(update={"width": width, "height": height})
    config = KioskConfig(kiosk, screen, shipped.office, shipped.limits, shipped.state_limits, shipped.devices)
    run_kiosk(config, with_defect(defect) if defect else Street, Path(probe))


if __name__ == "__main__":
    main(*sys.argv[1:])
