"""The pad one signs on: ink follows the finger, is smoothed between its points, and gives a PNG and the strokes."""

from collections.abc import Callable

from kivy.graphics import Color, Line

from kiosk.ports import Signature
from screens.blocks import Block, Kit, Text, Touch
from screens.strokes import Point, Stroke, cropped, signature_png, smooth
from screens.theme import Colour, Tone, Type


class SignaturePad(Block):
    """A white field with a line to sign on. Its strokes outlive a redraw: they belong to the page's state."""

    stretch = True
    target = "signature"
    enabled = True

    def __init__(self, kit: Kit, hint: str, strokes: list[Stroke], signed: Callable[[], None]) -> None:
        super().__init__(kit)
        self.hint = Text(kit, hint, Type.SECOND, Tone.SOFT_CARD, align="center")
        self.strokes = strokes
        self.signed = signed
        self.pen = kit.theme.px(1.6)
        self._ink: Line | None = None

    def fit(self, _width: int) -> int:
        """Return the least height that a signature needs: 70 mm."""
        return self.theme.px(70)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the field and what was signed so far."""
        theme = self.theme
        self.ground(theme.rgb(Colour.CARD), (x, y, width, height), theme.rgb(Colour.TEAL))
        rule = y + round(height * 0.74)
        inset = theme.px(16)
        self.fill(theme.rgb(Colour.LINE), (x + inset, rule, width - 2 * inset, max(2, theme.px(0.6))))
        self.put(self.hint, x + inset, rule + theme.px(3), width - 2 * inset, self.hint.fit(width - 2 * inset))
        for stroke in self.strokes:
            self._line(smooth(stroke))

    def _line(self, points: Stroke) -> Line:
        x, y, _, height = self.box
        flat = [value for px, py in points for value in (x + px, self.bottom(y, height) + height - py)]
        with self.canvas.after:
            Color(*(part / 255 for part in self.theme.rgb(Colour.INK)), 1)
            return Line(points=flat, width=self.pen / 2, cap="round", joint="round")

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Take the rectangle; ink is drawn above all else."""
        self.canvas.after.clear()
        super().place(x, y, width, height)

    def signature(self) -> Signature:
        """Return the ink as PNG, cropped to it, and its strokes in pixels of that picture."""
        strokes, width, height = cropped(self.strokes, self.pen)
        return Signature(signature_png(strokes, width, height, self.pen), tuple(tuple(stroke) for stroke in strokes))

    def _point(self, touch: Touch) -> Point:
        x, y, width, height = self.box
        across = min(max(touch.pos[0] - x, 0), width)
        down = min(max(self.theme.screen.height - touch.pos[1] - y, 0), height)
        return round(across, 1), round(down, 1)

    def on_touch_down(self, touch: Touch) -> bool:
        """Begin a stroke."""
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self.strokes.append([self._point(touch)])
        self._ink = self._line(self.strokes[-1] * 2)
        return True

    def on_touch_move(self, touch: Touch) -> bool:
        """Follow the finger."""
        if touch.grab_current is not self or self._ink is None:
            return False
        point = self._point(touch)
        self.strokes[-1].append(point)
        x, y, _, _ = self.box
        self._ink.points = [*self._ink.points, x + point[0], self.theme.screen.height - y - point[1]]
        return True

    def on_touch_up(self, touch: Touch) -> bool:
        """End the stroke and smooth it."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._ink = None
        self.redraw_ink()
        self.signed()
        return True

    def redraw_ink(self) -> None:
        """Draw all strokes again, smoothed."""
        self.canvas.after.clear()
        for stroke in self.strokes:
            self._line(smooth(stroke))
