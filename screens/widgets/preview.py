"""What the camera sees, with the found page outlined in lamp yellow, and what is in the way, ringed."""

from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.texture import Texture
from numpy import ascontiguousarray, uint8
from numpy.typing import NDArray

from screens.blocks import Block, Kit, Text
from screens.theme import Colour, Rgb, Tone, Type

_TRAY: Rgb = (43, 45, 48)
_OFF_PAGE: Rgb = (255, 111, 97)


class Preview(Block):
    """A dark field that shows the camera's picture. `show` changes the picture without drawing the page anew."""

    stretch = True

    def __init__(self, kit: Kit, waiting: str) -> None:
        super().__init__(kit)
        self.waiting = Text(kit, waiting, Type.TEXT, Tone.BAR, align="center")
        self._texture: Texture | None = None
        self._picture: Rectangle | None = None
        self._lines: list[Line] = []
        self._inks: list[Color] = []
        self._place = (0.0, 0.0, 1.0)

    def fit(self, _width: int) -> int:
        """Return the least height a page can be recognised in: 90 mm."""
        return self.theme.px(90)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the field and its words; the picture comes with `show`."""
        contrast = self.theme.high_contrast
        edge = self.theme.rgb(Colour.LINE if contrast else Colour.NIGHT)
        self.ground(self.theme.rgb(Colour.NIGHT) if contrast else _TRAY, (x, y, width, height), edge)
        self.put(self.waiting, x + self.theme.gap, y, width - 2 * self.theme.gap, height)
        self._texture = None
        self._picture = None

    def show(
        self, image: NDArray[uint8], quad: list[tuple[float, float]] | None, ring: tuple[float, float] | None
    ) -> None:
        """Show one frame: RGB (height, width, 3); `quad` and `ring` in pixels of that frame, from its top left."""
        high, wide = image.shape[:2]
        if self._texture is None or self._texture.size != (wide, high):
            self._prepare(wide, high)
        if self._texture is None or self._picture is None:
            return
        self._texture.blit_buffer(ascontiguousarray(image).tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        self._picture.texture = self._texture
        self._outline(quad or [])
        self._ring(ring)
        self.canvas.ask_update()

    def _prepare(self, wide: int, high: int) -> None:
        """Make a texture of the frame's size and find its place in the middle of the field."""
        self.clear_widgets()
        x, y, width, height = self.box
        inset = self.theme.px(3)
        scale = min((width - 2 * inset) / wide, (height - 2 * inset) / high)
        left = x + (width - wide * scale) / 2
        top = y + (height - high * scale) / 2
        self._place = (left, top, scale)
        self._texture = Texture.create(size=(wide, high), colorfmt="rgb")
        self._texture.flip_vertical()
        self.canvas.after.clear()
        with self.canvas.after:
            Color(1, 1, 1, 1)
            bottom = self.theme.screen.height - top - high * scale
            self._picture = Rectangle(texture=self._texture, pos=(left, bottom), size=(wide * scale, high * scale))
            self._lines = []
            self._inks = []
            for colour in (self.theme.rgb(Colour.LAMP), _OFF_PAGE):
                self._inks.append(Color(*(part / 255 for part in colour), 0))
                self._lines.append(Line(points=[], width=self.theme.px(1.0), joint="round", cap="round"))

    def _at(self, point: tuple[float, float]) -> tuple[float, float]:
        left, top, scale = self._place
        return left + point[0] * scale, self.theme.screen.height - (top + point[1] * scale)

    def _outline(self, quad: list[tuple[float, float]]) -> None:
        corners = [self._at((float(point[0]), float(point[1]))) for point in quad]
        self._lines[0].points = [value for corner in [*corners, *corners[:1]] for value in corner]
        self._inks[0].a = 1 if corners else 0

    def _ring(self, ring: tuple[float, float] | None) -> None:
        self._inks[1].a = 1 if ring else 0
        if ring:
            across, up = self._at(ring)
            self._lines[1].circle = (across, up, self.theme.px(14))
