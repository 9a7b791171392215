"""The frame held still, with four handles for the corners of the page, and a small window that shows the corner large.

One decision: a handle is held where it was touched, not at its middle, and the small window lies at the other side of
the field: the finger never covers what it sets. The part of the frame that is shown follows when the finger lifts.
"""

from collections.abc import Callable

from kivy.graphics import Color, Ellipse, Line, Rectangle
from kivy.graphics.texture import Texture
from numpy import ascontiguousarray, pad, uint8
from numpy.typing import NDArray

from screens.blocks import Block, Kit, Touch
from screens.lens import around
from screens.quads import Corners, Point, moved, nearest, within
from screens.theme import Colour
from screens.widgets.preview import TRAY

MAGNIFIED = 3.0
_ROOM = 0.18  # of the page's longer side, around it: where a corner may be that was not found
_LEAST_MM = 8.0  # on the glass: the shortest side of a page
_GLASS_MM = 46.0


class Handle(Block):
    """Where a corner can be held; the pad has the touch and draws it."""

    enabled = True

    def __init__(self, kit: Kit, number: int) -> None:
        super().__init__(kit)
        self.target = f"corner:{number}"
        self.press = None

    def fit(self, _width: int) -> int:
        """Return its height: a target's."""
        return self.theme.target


class CornerPad(Block):
    """Handles over a still picture. `corners` belongs to the page's state, outlives a redraw, and is changed in place.

    Args:
        image: uint8 RGB (h, w, 3) that is shown.
        fine: the same at full size, uint8 BGR, larger by a whole factor: what the small window shows.
        corners: TL, TR, BR, BL in pixels of `image`.
        plain: they stay an upright rectangle.
        lifted: called when a finger has moved one.
    """

    stretch = True

    def __init__(
        self,
        kit: Kit,
        image: NDArray[uint8],
        fine: NDArray[uint8],
        corners: Corners,
        lifted: Callable[[], None],
        *,
        plain: bool,
    ) -> None:
        super().__init__(kit)
        self.image = image
        self.fine = fine
        self.corners = corners
        self.lifted = lifted
        self.plain = plain
        self.handle = kit.theme.target // 2
        self._origin = (0.0, 0.0, 1.0)
        self._held: tuple[int, Point] | None = None
        self._lines: list[Line] = []
        self._rings: list[Line] = []
        self._discs: list[Ellipse] = []
        self._glass: tuple[Color, Rectangle, Color, Line, Line] | None = None

    def fit(self, _width: int) -> int:
        """Return the least height in which corners can be set: 80 mm."""
        return self.theme.px(80)

    def draw(self, x: int, y: int, width: int, height: int) -> None:
        """Draw field, picture, outline and handles."""
        theme = self.theme
        self.canvas.after.clear()
        edge = theme.rgb(Colour.LINE) if theme.high_contrast else TRAY
        self.ground(TRAY, (x, y, width, height), edge)
        high, wide = self.image.shape[:2]
        texture = Texture.create(size=(wide, high), colorfmt="rgb")
        texture.blit_buffer(ascontiguousarray(self.image).tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        room = (width - 2 * self.handle, height - 2 * self.handle)
        left, top, across, down = around(self.corners, (wide, high), room[0] / room[1], _ROOM)
        scale = min(room[0] / across, room[1] / down)
        begin = x + (width - across * scale) / 2, y + (height - down * scale) / 2
        self._origin = (begin[0] - left * scale, begin[1] - top * scale, scale)
        near, far, upper, lower = left / wide, (left + across) / wide, top / high, (top + down) / high
        with self.canvas:
            Color(1, 1, 1, 1)
            shown = Rectangle(texture=texture, size=(across * scale, down * scale))
        shown.pos = (begin[0], theme.screen.height - begin[1] - down * scale)
        shown.tex_coords = (near, lower, far, lower, far, upper, near, upper)  # the frame's rows go down
        self._draw_handles()
        self._draw_glass()
        self._follow()
        for number, corner in enumerate(self.corners):
            across, up = (round(value) for value in self._at(corner))
            place = (across - self.handle, theme.screen.height - up - self.handle)
            self.put(Handle(self.kit, number), *place, 2 * self.handle, 2 * self.handle)

    def _draw_handles(self) -> None:
        lamp, night = (tuple(part / 255 for part in self.theme.rgb(each)) for each in (Colour.LAMP, Colour.NIGHT))
        with self.canvas.after:
            Color(*night, 1)
            under = Line(points=[], width=self.theme.px(1.0), close=True, joint="round")
            Color(*lamp, 1)
            over = Line(points=[], width=self.theme.px(0.6), close=True, joint="round")
            self._lines = [under, over]
            Color(*night, 0.25)
            self._discs = [Ellipse(size=(2 * self.handle, 2 * self.handle)) for _ in range(4)]
            Color(*night, 1)
            dark = [Line(circle=(0, 0, 1), width=self.theme.px(1.1)) for _ in range(4)]
            Color(*lamp, 1)
            self._rings = [*dark, *(Line(circle=(0, 0, 1), width=self.theme.px(0.7)) for _ in range(4))]

    def _draw_glass(self) -> None:
        side = self.theme.px(_GLASS_MM)
        with self.canvas.after:
            shade = Color(1, 1, 1, 0)
            picture = Rectangle(size=(side, side))
            ink = Color(*(part / 255 for part in self.theme.rgb(Colour.LAMP)), 0)
            cross = Line(points=[], width=1.2)
            rim = Line(points=[], width=self.theme.px(0.8))
        self._glass = (shade, picture, ink, cross, rim)

    # -- places ----------------------------------------------------------------------------------------------------

    def _at(self, point: Point) -> Point:
        left, top, scale = self._origin
        return left + point[0] * scale, self.theme.screen.height - (top + point[1] * scale)

    def _of(self, at: Point) -> Point:
        left, top, scale = self._origin
        return (at[0] - left) / scale, (self.theme.screen.height - at[1] - top) / scale

    def _follow(self) -> None:
        """Put outline and handles where the corners are."""
        places = [self._at(corner) for corner in self.corners]
        for line in self._lines:
            line.points = [value for place in places for value in place]
        for disc, place in zip(self._discs, places, strict=True):
            disc.pos = (place[0] - self.handle, place[1] - self.handle)
        for ring, place in zip(self._rings, places * 2, strict=True):
            ring.circle = (*place, self.handle)
        self._look_closer()

    def _look_closer(self) -> None:
        """Show the held corner in the small window, away from the finger; hide the window when none is held."""
        if self._glass is None:
            return
        shade, picture, ink, cross, rim = self._glass
        shade.a = ink.a = 0 if self._held is None else 1
        if self._held is None:
            return
        corner = self.corners[self._held[0]]
        side, (x, y, width, height) = picture.size[0], self.box
        gap = self.theme.px(4)
        left = x + gap if self._at(corner)[0] > x + width / 2 else x + width - gap - side
        bottom = self.bottom(y, height) + height - gap - side
        picture.texture = self._piece(corner, side / (MAGNIFIED * self._origin[2]))
        picture.pos = (left, bottom)
        middle = (left + side / 2, bottom + side / 2)
        cross.points = [left, middle[1], left + side, middle[1], *middle, middle[0], bottom, middle[0], bottom + side]
        rim.rectangle = (left, bottom, side, side)

    def _piece(self, corner: Point, wide: float) -> Texture:
        """Return a square of the full frame around a corner, `wide` pixels of the shown one; black beyond its edges."""
        factor = self.fine.shape[1] // self.image.shape[1]
        half = max(2, round(wide * factor / 2))
        column, row = round(corner[0] * factor), round(corner[1] * factor)
        high, across = self.fine.shape[:2]
        seen = self.fine[max(0, row - half) : max(0, row + half), max(0, column - half) : max(0, column + half), ::-1]
        before = (max(0, half - row), max(0, half - column))
        beyond = (max(0, row + half - high), max(0, column + half - across))
        square = pad(seen, ((before[0], beyond[0]), (before[1], beyond[1]), (0, 0)))
        texture = Texture.create(size=square.shape[1::-1], colorfmt="rgb")
        texture.blit_buffer(ascontiguousarray(square).tobytes(), colorfmt="rgb", bufferfmt="ubyte")
        texture.flip_vertical()
        return texture

    # -- the finger ------------------------------------------------------------------------------------------------

    def on_touch_down(self, touch: Touch) -> bool:
        """Take the nearest handle."""
        if not self.collide_point(*touch.pos) or self._held is not None:
            return False
        touch.grab(self)
        number = nearest(self.corners, self._of(touch.pos))
        place = self._at(self.corners[number])
        self._held = (number, (place[0] - touch.pos[0], place[1] - touch.pos[1]))
        self._look_closer()
        return True

    def on_touch_move(self, touch: Touch) -> bool:
        """Take the corner along."""
        if touch.grab_current is not self or self._held is None:
            return False
        number, (across, up) = self._held
        size = (self.image.shape[1], self.image.shape[0])
        to = within([self._of((touch.pos[0] + across, touch.pos[1] + up))], size)[0]
        least = self.theme.px(_LEAST_MM) / self._origin[2]
        self.corners[:] = moved(self.corners, number, to, plain=self.plain, least=least)
        self._follow()
        return True

    def on_touch_up(self, touch: Touch) -> bool:
        """Let go of it; the part that is shown follows."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._held = None
        self.lifted()
        return True
