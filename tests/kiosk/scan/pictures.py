"""Drawn pages, scenes and frames that the scan's tests share. Drawn once: they are the tests' slowest part."""

from functools import lru_cache
from pathlib import Path

from drivers.camera import Frame
from drivers.sim.pages import DrawnPage, draw_page
from drivers.sim.photograph import Image, Photograph, Scene
from kiosk.scan.detect import working_copy

FONT = Path(__file__).resolve().parents[3] / "assets" / "fonts" / "NotoSansCJKsc-Regular.otf"
MM_PER_PIXEL = 440 / 2592
KINDS = ("hukou", "form", "certificate", "bank_card", "id_copy")


@lru_cache
def page(kind: str) -> DrawnPage:
    """Return the flat page of that kind."""
    return draw_page(kind, FONT)


@lru_cache(maxsize=3)
def scene(tray: str = "dark", seed: int = 0) -> Scene:
    """Return the tray under its camera."""
    return Scene(tray, seed)


@lru_cache(maxsize=3)
def empty_tray(tray: str = "dark", seed: int = 0) -> Image:
    """Return what the kiosk keeps of the empty tray."""
    return working_copy(scene(tray, seed).empty(99).frames[0])


def photograph(kind: str, seed: int, *defects: str, tray: str = "dark", where: int | None = None) -> Photograph:
    """Photograph a page of that kind."""
    drawn = page("blank" if "empty" in defects else kind)
    return scene(tray).photograph(drawn, seed, defects, where=where)


def frame(image: Image, number: int, at: float) -> Frame:
    """Return a frame as the camera gives it."""
    return Frame(image, at, number, MM_PER_PIXEL)
