"""Which part of the camera's picture is shown: the page and a margin, so large that old eyes see what lies there.

One decision: the part is a rectangle in pixels of the frame and moves only when it must; a page that trembles a little
or a hand that hides it for a moment moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width, height

MARGIN = 0.12  # of the page's longer side, on each side: room for the fingers that lay it
_GLIDE_SECONDS = 0.07  # in which two thirds of the way are gone: 200 ms, and it is all but there
_LOOSE = 0.05  # of the frame's width: less than this is no reason to move
_SETTLED = 0.004
_PATIENCE = 8  # frames without a page before the whole tray is shown again


def around(quad: Sequence[Point], size: tuple[int, int], aspect: float, margin_share: float = MARGIN) -> Box:
    """Return the part of a frame of `size` that shows `quad` and a margin, for a field `aspect` wide to high."""
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    margin = margin_share * max(max(xs) - min(xs), max(ys) - min(ys))
    wide, high = max(xs) - min(xs) + 2 * margin, max(ys) - min(ys) + 2 * margin
    wide, high = max(wide, high * aspect), max(high, wide / aspect)
    wide, high = min(wide, size[0]), min(high, size[1])
    left = (max(xs) + min(xs) - wide) / 2
    top = (max(ys) + min(ys) - high) / 2
    return min(max(left, 0.0), size[0] - wide), min(max(top, 0.0), size[1] - high), wide, high


@dataclass(slots=True)
class Lens:
    """Remembers what it shows from frame to frame, and from one building of the page to the next."""

    box: Box | None = None
    moving: bool = False
    missed: int = 0
    at: float = 0.0

    def look(
        self, quad: Sequence[Point] | None, size: tuple[int, int], aspect: float, now: float, *, glide: bool
    ) -> Box:
        """Return the part to show of this frame; with `glide` it moves there smoothly, else at once.

        `now` is the time in monotonic seconds, so that few frames a second take no longer than many.
        """
        seconds, self.at = max(0.0, now - self.at), now
        whole = (0.0, 0.0, float(size[0]), float(size[1]))
        self.missed = 0 if quad else self.missed + 1
        if self.box is None:
            self.box, seconds = whole, 0.0
        if not quad and self.missed < _PATIENCE:
            return self.box
        wanted = around(quad, size, aspect) if quad else whole
        off = max(abs(here - there) for here, there in zip(self.box, wanted, strict=True)) / size[0]
        self.moving = off > (_SETTLED if self.moving else _LOOSE)
        if self.moving:
            part = 1 - exp(-seconds / _GLIDE_SECONDS) if glide else 1.0
            here, there = self.box, wanted
            left, top, wide, high = (a + (b - a) * part for a, b in zip(here, there, strict=True))
            self.box = (left, top, wide, high)
        return self.box
