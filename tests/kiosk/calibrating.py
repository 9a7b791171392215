"""A simulated camera of known truth for the calibration's tests: what lies under it, and what is told meanwhile."""

from collections.abc import Callable
from pathlib import Path

from drivers.camera import Frame
from drivers.sim import pages
from drivers.sim.photograph import Image, Optics, Scene
from kiosk.calibration import Progress, Step

FONT = Path(__file__).resolve().parents[2] / "assets" / "fonts" / "NotoSansCJKsc-Regular.otf"
FPS = 30
VARIANTS = 6


def sheet(
    scene: Scene, seed: int = 5, defects: tuple[str, ...] = (), change: Callable[[pages.DrawnPage], None] | None = None
) -> tuple[Image, ...]:
    """Return frames of the calibration sheet on the tray; `change` draws on it first."""
    page = pages.draw_page("calibration", FONT)
    if change is not None:
        change(page)
    return scene.photograph(page, seed, defects, VARIANTS).frames


class Desk:
    """Gives frames 30 times a second, of whatever lies there; takes the sheet away when it is told to."""

    def __init__(self, lies: tuple[Image, ...], empty: tuple[Image, ...]) -> None:
        self.lies = lies
        self.told: list[Progress] = []
        self._empty = empty
        self._number = 0

    def grab(self, _newer_than: int) -> Frame:
        self._number += 1
        return Frame(self.lies[self._number % len(self.lies)], self._number / FPS, self._number)

    def say(self, progress: Progress) -> None:
        self.told.append(progress)
        if progress.step is Step.TAKE_AWAY:
            self.lies = self._empty


def desk(optics: Optics, seed: int = 3, tray: str = "dark") -> tuple[Scene, Desk]:
    """Return a camera mounted like that, and a desk with the sheet on it."""
    scene = Scene(tray, seed, optics=optics)
    return scene, Desk(sheet(scene), scene.empty(1, VARIANTS).frames)
