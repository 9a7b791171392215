"""What the camera sees, as large as fits, with the page outlined in lamp yellow and what is in the way ringed."""

from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.texture import Texture
from numpy import ascontiguousarray, uint8
from numpy.typing import NDArray

from screens.blocks import Block, Kit, Text
from screens.lens import Lens
from screens.theme import Colour, Rgb, Tone, Type
from screens.widgets.pictures import Rail

_TRAY: Rgb = (43, 45, 48)
_OFF_PAGE: Rgb = (255, 111, 97)

Point = tuple[float, float]


class Preview(Block):
    """A dark field that shows the camera's picture. `show` changes the picture without drawing the page anew."""

    stretch = True

    def __init__(self, kit: Kit, waiting: str, lens: Lens, *, opening: bool) -> None:
        super().__init__(kit)
        self.waiting = Text(kit, waiting, Type.TEXT, Tone.BAR, align="center")
        self.rail = Rail(kit, dark=True) if opening else None
        self.lens = lens
        self._texture: Texture | None = None
        self._picture: Rectangle | None = None
        self._lines: list[Line] = []
        self._inks: list[Color] = []
        self._shown = (0.0, 0.0, 1.0)  # where pixel 0, 0 of the frame would be, and pixels of the screen for one of it

    def fit(self, _width: int) -> int:
        """Return the least height a page can be recognised in: 90 mm."""
        return self.theme.px(90)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the field, and in it what is waited for; the picture comes with `show`."""
        contrast = self.theme.high_contrast
        edge = self.theme.rgb(Colour.LINE if contrast else Colour.NIGHT)
        self.ground(self.theme.rgb(Colour.NIGHT) if contrast else _TRAY, (x, y, width, height), edge)
        room = width - 2 * self.theme.gap
        tall = self.waiting.fit(room)
        self.put(self.waiting, x + self.theme.gap, y + (height - tall) // 2, room, tall)
        if self.rail is not None:
            top = y + (height + tall) // 2 + self.theme.gap
            self.put(self.rail, x + width // 4, top, width // 2, self.rail.fit(width))
        self._texture = None
        self._picture = None

    def show(self, image: NDArray[uint8], quad: list[Point] | None, ring: Point | None, now: float) -> None:
        """Show one frame: RGB (height, width, 3); `quad` and `ring` in pixels of it, from its top left; `now` in s."""
        high, wide = image.shape[:2]
        if self._texture is None or self._texture.size != (wide, high):
            self._prepare(wide, high)
        if self._texture is None or self._picture is None:
            return
        self._texture.blit_buffer(ascontiguousarray(image).tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        self._picture.texture = self._texture  # sets the coordinates back, so before the lens is pointed
        self._point(quad, (wide, high), now)
        self._outline(quad or [])
        self._ring(ring)
        self.canvas.ask_update()

    def _prepare(self, wide: int, high: int) -> None:
        """Make a texture of the frame's size, and the lines over it."""
        self.clear_widgets()
        self._texture = Texture.create(size=(wide, high), colorfmt="rgb")
        self.canvas.after.clear()
        with self.canvas.after:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(texture=self._texture)
            self._lines = []
            self._inks = []
            for colour in (self.theme.rgb(Colour.LAMP), _OFF_PAGE):
                self._inks.append(Color(*(part / 255 for part in colour), 0))
                self._lines.append(Line(points=[], width=self.theme.px(1.0), joint="round", cap="round"))

    def _point(self, quad: list[Point] | None, size: tuple[int, int], now: float) -> None:
        """Point the lens at the page, and put what it shows into the middle of the field, as large as fits."""
        x, y, width, height = self.box
        inset = self.theme.px(3)
        room = (width - 2 * inset, height - 2 * inset)
        left, top, wide, high = self.lens.look(quad, size, room[0] / room[1], now, glide=not self.theme.elder)
        scale = min(room[0] / wide, room[1] / high)
        across, down = x + (width - wide * scale) / 2, y + (height - high * scale) / 2
        self._shown = (across - left * scale, down - top * scale, scale)
        near, far, upper, lower = left / size[0], (left + wide) / size[0], top / size[1], (top + high) / size[1]
        assert self._picture is not None  # noqa: S101 - made by _prepare, before this
        self._picture.tex_coords = (near, lower, far, lower, far, upper, near, upper)  # the frame's rows go down
        self._picture.pos = (across, self.theme.screen.height - down - high * scale)
        self._picture.size = (wide * scale, high * scale)

    def _at(self, point: Point) -> Point:
        left, top, scale = self._shown
        return left + point[0] * scale, self.theme.screen.height - (top + point[1] * scale)

    def _outline(self, quad: list[Point]) -> None:
        corners = [self._at((float(point[0]), float(point[1]))) for point in quad]
        self._lines[0].points = [value for corner in [*corners, *corners[:1]] for value in corner]
        self._inks[0].a = 1 if corners else 0

    def _ring(self, ring: Point | None) -> None:
        self._inks[1].a = 1 if ring else 0
        if ring:
            across, up = self._at(ring)
            self._lines[1].circle = (across, up, self.theme.px(14))
