"""The ring around what is being read: for eyes that see a little, and for who stands beside.

Light between dark, so that it is seen on every ground, and drawn over the page without being part of it.
"""

from kivy.graphics import Canvas, Color, Line

from screens.theme import Colour, Theme

_DARK_MM, _LIGHT_MM, _AWAY_MM = 2.6, 1.3, 1.2


class Ring:
    """One ring on a canvas; nothing is shown until it is put around something."""

    def __init__(self, canvas: Canvas) -> None:
        with canvas:
            self._dark = Color(0, 0, 0, 0)
            self._under = Line(points=[])
            self._light = Color(0, 0, 0, 0)
            self._over = Line(points=[])

    def around(self, box: tuple[int, int, int, int], theme: Theme) -> None:
        """Put it around a rectangle (x, y from the top left, width, height in pixels), on the screen as a whole."""
        x, y, width, height = box
        inset = theme.px(_DARK_MM / 2)
        away = theme.px(_AWAY_MM)
        left, top = max(x - away, inset), max(y - away, inset)
        right = min(x + width + away, theme.screen.width - inset)
        bottom = min(y + height + away, theme.screen.height - inset)
        for colour, line, name, mm in (
            (self._dark, self._under, Colour.NIGHT, _DARK_MM),
            (self._light, self._over, Colour.LAMP, _LIGHT_MM),
        ):
            colour.rgba = (*(part / 255 for part in theme.rgb(name)), 1)
            line.width = theme.px(mm) / 2
            line.rounded_rectangle = (
                left, theme.screen.height - bottom, right - left, bottom - top, theme.px(3)
            )  # fmt: skip

    def hide(self) -> None:
        """Show nothing."""
        self._dark.a = self._light.a = 0
