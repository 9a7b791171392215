"""The floor of the window's figures: a Kivy window of the same size that only turns grey when it is touched."""

import os
import sys

from kivy.base import runTouchApp
from kivy.config import Config
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget


class Bare(Widget):
    """Turns to another grey at each touch."""

    def __init__(self) -> None:
        super().__init__()
        with self.canvas:
            self._colour = Color(1, 1, 1)
            Rectangle(size=(4000, 4000))

    def on_touch_down(self, _touch: object) -> bool:
        """Change."""
        self._colour.rgb = (0.5, 0.5, 0.5) if self._colour.r == 1 else (1, 1, 1)
        return True


if __name__ == "__main__":
    for name in ("width", "height"):
        Config.set("graphics", name, os.environ[f"BENCH_{name.upper()}"])
    for name, value in (("position", "custom"), ("left", "0"), ("top", "0"), ("borderless", "1"), ("maxfps", "60")):
        Config.set("graphics", name, value)
    sys.exit(runTouchApp(Bare()))
