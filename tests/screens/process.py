"""The real window in its own process, the world in memory: `python -m tests.screens.process STATE PROBE WxH`."""

import sys
from functools import partial
from pathlib import Path
from threading import Timer

from kiosk.config import KioskConfig, load
from screens.app import Post, run_kiosk
from tests.screens.world import World, card

ROOT = Path(__file__).resolve().parents[2]


class Street(World):
    """A world in which a card is put on the reader half a second after the reader began to wait."""

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

    def stop(self) -> None:
        """Leave no timer behind."""
        super().stop()
        for timer in self._timers:
            timer.cancel()
            timer.join()


def main(state: str, probe: str, size: str) -> None:
    """Run until told to end."""
    width, height = (int(part) for part in size.split("x"))
    shipped = load(ROOT / "kiosk.toml")
    kiosk = shipped.kiosk.model_copy(update={"state": Path(state)})
    screen = shipped.screen.model_copy(update={"width": width, "height": height})
    config = KioskConfig(kiosk, screen, shipped.office, shipped.limits, shipped.state_limits, shipped.devices)
    run_kiosk(config, Street, Path(probe))


if __name__ == "__main__":
    main(*sys.argv[1:])
