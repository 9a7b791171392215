"""What the camera sees, as large as fits, with the page outlined in lamp yellow and what is in the way ringed.

One decision: the outline lies on the frame it was found in, and changes with it; between frames only the lens glides
and the line that tells how near the picture is grows. An outline that moved by itself would show what is not there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.texture import Texture
from numpy import ascontiguousarray, uint8
from numpy.typing import NDArray

from screens.blocks import Block, Kit, Text
from screens.lens import Lens
from screens.quads import along
from screens.theme import Colour, Rgb, Tone, Type
from screens.widgets.pictures import Rail

TRAY: Rgb = (43, 45, 48)
_OFF_PAGE: Rgb = (255, 111, 97)
_OTHER: Rgb = (214, 220, 224)
_MOST_OTHERS = 3
_FRAME_SECONDS = 1 / 30
_AHEAD_SECONDS = 0.12  # how far the growing line may run ahead of the frame that told it
_FILL_SECONDS = 0.6  # in which it goes round once

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shown:
    """What lies on a frame: all in pixels of it, from its top left.

    `progress` is how near the page is to being taken, 0 to 1; `several`: more papers lie there, and all are to be seen;
    `others`: where those are, as `quad`.
    """

    quad: Sequence[Point] = ()
    ring: Point | None = None
    progress: float = 0.0
    several: bool = False
    others: Sequence[Sequence[Point]] = ()


class Preview(Block):
    """A dark field that shows the camera's picture. `show` changes the picture without drawing the page anew."""

    stretch = True

    def __init__(self, kit: Kit, waiting: str, lens: Lens, now: Callable[[], float], *, opening: bool) -> None:
        super().__init__(kit)
        self.now = now  # monotonic s
        self.waiting = Text(kit, waiting, Type.TEXT, Tone.BAR, align="center")
        self.rail = Rail(kit, dark=True) if opening else None
        self.lens = lens
        self._texture: Texture | None = None
        self._picture: Rectangle | None = None
        self._lines: dict[str, tuple[Color, Line]] = {}
        self._what = Shown()
        self._told_at = 0.0
        self._origin = (0.0, 0.0, 1.0)  # where pixel 0, 0 of the frame would be, and pixels of the screen for one of it

    def fit(self, _width: int) -> int:
        """Return the least height a page can be recognised in: 90 mm; 55 where all must lie low."""
        return self.theme.px(55 if self.theme.low else 90)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw the field, and in it what is waited for; the picture comes with `show`."""
        contrast = self.theme.high_contrast
        edge = self.theme.rgb(Colour.LINE if contrast else Colour.NIGHT)
        self.ground(self.theme.rgb(Colour.NIGHT) if contrast else TRAY, (x, y, width, height), edge)
        room = width - 2 * self.theme.gap
        tall = self.waiting.fit(room)
        self.put(self.waiting, x + self.theme.gap, y + (height - tall) // 2, room, tall)
        if self.rail is not None:
            top = y + (height + tall) // 2 + self.theme.gap
            self.put(self.rail, x + width // 4, top, width // 2, self.rail.fit(width))
        self._texture = None
        self._picture = None
        Clock.unschedule(self._glide)
        Clock.schedule_interval(self._glide, _FRAME_SECONDS)

    def show(self, image: NDArray[uint8], what: Shown) -> None:
        """Show one frame: RGB (height, width, 3), and what lies on it; nothing while another leaf is on the glass."""
        if self.parent is None:
            return
        high, wide = image.shape[:2]
        if self._texture is None or self._texture.size != (wide, high):
            self._prepare(wide, high)
        if self._texture is None or self._picture is None:
            return
        self._texture.blit_buffer(ascontiguousarray(image).tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        self._picture.texture = self._texture  # sets the coordinates back, so before the lens is pointed
        self._what, self._told_at = what, self.now()
        self._draw_over(self._told_at)

    def _draw_over(self, now: float) -> None:
        """Point the lens, and put the lines where it shows what they mean."""
        if self._texture is None:
            return
        self._point(self._looked_at(), self._texture.size, now)
        self._outline(now)
        self.canvas.ask_update()

    def _looked_at(self) -> Sequence[Point]:
        """Return what is to be seen: the page; of several all that are outlined, and without those the whole tray."""
        if self._what.several and not self._what.others:
            return ()
        return [*self._what.quad, *(point for other in self._what.others for point in other)]

    def _glide(self, _seconds: float) -> bool:
        """Move what moves between two frames; False, when it is off the glass, ends the schedule."""
        if self.lens.moving or 0 < self._what.progress < 1:
            self._draw_over(self.now())
        return self.get_root_window() is not None

    def _prepare(self, wide: int, high: int) -> None:
        """Make a texture of the frame's size, and the lines over it."""
        self.clear_widgets()
        self._texture = Texture.create(size=(wide, high), colorfmt="rgb")
        self.canvas.after.clear()
        lamp = self.theme.rgb(Colour.LAMP)
        others = {f"other {number}": (_OTHER, 0.6) for number in range(_MOST_OTHERS)}
        lines = {**others, "page": (lamp, 0.8), "progress": (lamp, 2.0), "ring": (_OFF_PAGE, 1.0)}
        with self.canvas.after:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(texture=self._texture)
            for name, (rgb, mm) in lines.items():
                colour = Color(*(part / 255 for part in rgb), 0)
                self._lines[name] = (colour, Line(points=[], width=self.theme.px(mm), joint="round", cap="round"))

    def _point(self, quad: Sequence[Point], size: tuple[int, int], now: float) -> None:
        """Point the lens at the page, and put what it shows into the middle of the field, as large as fits."""
        x, y, width, height = self.box
        inset = self.theme.px(3)
        room = (width - 2 * inset, height - 2 * inset)
        left, top, wide, high = self.lens.look(quad, size, room[0] / room[1], now, glide=not self.theme.elder)
        scale = min(room[0] / wide, room[1] / high)
        across, down = x + (width - wide * scale) / 2, y + (height - high * scale) / 2
        self._origin = (across - left * scale, down - top * scale, scale)
        near, far, upper, lower = left / size[0], (left + wide) / size[0], top / size[1], (top + high) / size[1]
        assert self._picture is not None  # noqa: S101 - made by _prepare, before this
        self._picture.tex_coords = (near, lower, far, lower, far, upper, near, upper)  # the frame's rows go down
        self._picture.pos = (across, self.theme.screen.height - down - high * scale)
        self._picture.size = (wide * scale, high * scale)

    def _at(self, point: Point) -> Point:
        left, top, scale = self._origin
        return left + point[0] * scale, self.theme.screen.height - (top + point[1] * scale)

    def _outline(self, now: float) -> None:
        what = self._what
        ahead = min(max(0.0, now - self._told_at), _AHEAD_SECONDS) / _FILL_SECONDS
        part = min(1.0, what.progress + ahead) if what.quad and what.progress else 0.0
        for number in range(_MOST_OTHERS):
            other = what.others[number] if number < len(what.others) else ()
            self._trace(f"other {number}", [*other, *other[:1]])
        self._trace("page", [*what.quad, *what.quad[:1]])
        self._trace("progress", along(what.quad, part) if part else [])
        colour, line = self._lines["ring"]
        colour.a = 1 if what.ring else 0
        if what.ring:
            line.circle = (*self._at(what.ring), self.theme.px(14))

    def _trace(self, name: str, points: Sequence[Point]) -> None:
        colour, line = self._lines[name]
        line.points = [value for point in points for value in self._at(point)]
        colour.a = 1 if points else 0
