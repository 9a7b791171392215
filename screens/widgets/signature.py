"""The pad one signs on: ink follows the finger, is smoothed between its points, and gives a PNG and the strokes."""

from collections.abc import Callable
from io import BytesIO
from math import ceil

from kivy.graphics import Color, Line
from PIL import Image, ImageDraw

from kiosk.ports import Signature
from screens.blocks import Block, Kit, Text, Touch
from screens.theme import Colour, Tone, Type

Point = tuple[float, float]
Stroke = list[Point]
_FINE = 2
_MARGIN = 3  # pens of white around the ink


def smooth(stroke: Stroke) -> Stroke:
    """Return the stroke with quadratic curves through the middles of its points (a finger gives 60 points a second)."""
    if len(stroke) < 3:  # noqa: PLR2004 - a curve needs three points
        return list(stroke)
    curve = [stroke[0]]
    for before, here, after in zip(stroke, stroke[1:], stroke[2:], strict=False):
        start = ((before[0] + here[0]) / 2, (before[1] + here[1]) / 2)
        end = ((here[0] + after[0]) / 2, (here[1] + after[1]) / 2)
        for step in range(1, 5):
            part = step / 4
            curve.append(
                (
                    (1 - part) ** 2 * start[0] + 2 * part * (1 - part) * here[0] + part**2 * end[0],
                    (1 - part) ** 2 * start[1] + 2 * part * (1 - part) * here[1] + part**2 * end[1],
                )
            )
    return [*curve, stroke[-1]]


def cropped(strokes: list[Stroke], pen: float) -> tuple[list[Stroke], int, int]:
    """Return the strokes from the top left of their ink and a small margin, and the size of that picture in pixels."""
    margin = _MARGIN * pen
    xs, ys = [x for stroke in strokes for x, _ in stroke], [y for stroke in strokes for _, y in stroke]
    left, top = min(xs) - margin, min(ys) - margin
    moved = [[(round(x - left, 1), round(y - top, 1)) for x, y in stroke] for stroke in strokes]
    return moved, ceil(max(xs) + margin - left), ceil(max(ys) + margin - top)


def signature_png(strokes: list[Stroke], width: int, height: int, pen: float) -> bytes:
    """Return black ink on white as PNG; points are pixels from the top left, `pen` the width of the line."""
    image = Image.new("L", (width * _FINE, height * _FINE), 255)
    draw = ImageDraw.Draw(image)
    radius = pen * _FINE / 2
    for stroke in strokes:
        points = [(x * _FINE, y * _FINE) for x, y in smooth(stroke)]
        draw.line(points, fill=0, width=round(pen * _FINE), joint="curve")
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    out = BytesIO()
    image.resize((width, height), Image.Resampling.BOX).save(out, "PNG")
    return out.getvalue()


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
