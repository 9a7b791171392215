"""Builds pages in this process, with Kivy on whatever display there is: for pictures and for tests of every page."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kiosk.config import load
from kiosk.search import Search
from kiosk.text.fonts import default_chain
from kiosk.visit import Visit
from kiosk.visit_setting import setting_of
from kiosk.writing.writer import Writer
from screens.app import prepare_kivy
from screens.theme import Colour
from tests.screens.world import World

if TYPE_CHECKING:
    from kivy.graphics import Fbo

    from screens.blocks import Block
    from screens.stage import Stage
    from screens.theme import Theme

ROOT = Path(__file__).resolve().parents[2]


class Studio:
    """One panel, on which any page can be built. Kivy is imported when the first is made."""

    def __init__(self, width: int, height: int, state: Path) -> None:
        shipped = load(ROOT / "kiosk.toml")
        kiosk = shipped.kiosk.model_copy(update={"state": state})
        screen = shipped.screen.model_copy(update={"width": width, "height": height})
        self.config = type(shipped)(
            kiosk, screen, shipped.office, shipped.limits, shipped.state_limits, shipped.devices
        )
        prepare_kivy(self.config)
        from screens.ink import Typesetter

        self.setting = setting_of(self.config)
        self.site = self.setting.catalogue.at_site("ZT-S00")
        self.search = Search(self.site)
        self.writer = Writer()  # one process for all pages: a kiosk has one a visit
        self.types = Typesetter(default_chain())
        self._glass: Fbo | None = None

    def theme(self, *, elder: bool = False, low: bool = False, high_contrast: bool = False) -> "Theme":
        """Return a theme of this panel."""
        from screens.theme import Screen, Theme

        screen = self.config.screen
        panel = Screen(screen.width, screen.height, screen.diagonal_inches)
        return Theme(panel, elder, low, high_contrast)

    def stage(self, theme: "Theme", language: str) -> "Stage":
        """Return a stage with a fresh visit that has just begun to be looked at."""
        from screens.stage import Stage
        from screens.view import View

        world = World()
        visit = Visit(world, self.setting)
        world.attach(visit)
        visit.language = "zh" if language == "zh" else "en"
        visit.elder = theme.elder
        view = View(visit, self.site, theme, self.types)
        view.search = self.search
        view.writer = self.writer
        return Stage(view, lambda: None)

    def pixels(self, stage: "Stage") -> NDArray[np.uint8]:
        """Draw a stage beside the window and return its pixels, rows from the top, RGB: no screen is waited for."""
        from kivy.graphics import ClearBuffers, ClearColor, Fbo

        width, height = self.config.screen.width, self.config.screen.height
        if self._glass is None:
            self._glass = Fbo(size=(width, height))
        glass, paper = self._glass, stage.view.theme.rgb(Colour.PAPER)
        glass.clear()
        with glass:
            ClearColor(*(part / 255 for part in paper), 1)
            ClearBuffers()
        glass.add(stage.canvas)
        glass.draw()
        drawn = np.frombuffer(glass.pixels, np.uint8).reshape(height, width, 4)
        glass.clear()
        return drawn[::-1, :, :3]

    def picture(self, stage: "Stage") -> Image.Image:
        """Draw a stage in the window and return what the window shows."""
        from kivy.base import EventLoop
        from kivy.core.window import Window
        from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

        for child in list(Window.children):
            Window.remove_widget(child)
        Window.add_widget(stage)
        EventLoop.window.canvas.ask_update()
        EventLoop.window.dispatch("on_draw")
        width, height = self.config.screen.width, self.config.screen.height
        pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
        return (
            Image.frombytes("RGBA", (width, height), pixels).convert("RGB").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        )


def blocks(stage: "Stage") -> "Iterator[Block]":
    """Yield every block on the stage."""
    stack = list(stage.children)
    while stack:
        block = stack.pop()
        yield block
        stack.extend(block.children)
