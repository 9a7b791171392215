"""Which of the papers that lie there are taken: each paper laid since the tray was bare is known again by its look.

One decision: a paper counts as another one only when its look says so. While nothing moves, a paper is where it was;
after a hand it is compared with those before, and one on which too little is written to tell is one of them. So a
nudge makes no second page of a paper, and a page turned or swapped without the tray ever bare is a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kiosk.scan.geometry import Image, Quad, iou
from kiosk.scan.same import look_of, same_look

_SAME_PLACE = 0.8  # intersection over union; two papers that lie apart share nothing


@dataclass(slots=True, eq=False)
class _Known:
    """A paper: its look (None: it is known by nothing), and where it lies, None since a hand was there."""

    look: Image | None = field(repr=False)
    taken: bool
    place: Quad | None


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A paper that lies there.

    Attributes:
        quad: float (4, 2) in pixels of the frame.
        taken: whether it has been taken already.
        offered: whether it lay there when another one was taken: then the resident says whether it belongs to it.
    """

    quad: Quad
    taken: bool = False
    offered: bool = False


class Laid:
    """The papers since the tray was bare. What it keeps of them it overwrites when it lets go of it."""

    def __init__(self) -> None:
        self._known: list[_Known] = []

    @property
    def any_taken(self) -> bool:
        """Whether one of them is taken."""
        return any(each.taken for each in self._known)

    def moved(self) -> None:
        """Note that something moved: what lies where is to be seen anew."""
        for each in self._known:
            each.place = None

    def see(self, frame: Image, quads: Sequence[Quad], mm_per_pixel: float | None) -> list[Paper]:
        """Return the papers at these quads (pixels of `frame`, BGR), in the same order."""
        return [self._paper(quad, self._which(frame, quad, mm_per_pixel)) for quad in quads]

    def take(self, frame: Image, quad: Quad, others: Sequence[Quad], mm_per_pixel: float | None) -> None:
        """Note that the paper at `quad` is taken, and that `others` lay beside it."""
        for each in others:
            if self._which(frame, each, mm_per_pixel) is None:
                self._known.append(_Known(look_of(frame, each, mm_per_pixel), taken=False, place=each))
        known = self._which(frame, quad, mm_per_pixel)
        if known is None:
            self._known.append(_Known(look_of(frame, quad, mm_per_pixel), taken=True, place=quad))
        else:
            known.taken = True

    def take_all(self) -> None:
        """Note that whatever lies there is taken: where it is, nobody knows."""
        self._known.append(_Known(None, taken=True, place=None))

    def lifted(self) -> None:
        """Forget them: the tray is bare."""
        for each in self._known:
            if each.look is not None:
                each.look.fill(0)
        self._known.clear()

    def _paper(self, quad: Quad, known: _Known | None) -> Paper:
        if known is None:
            return Paper(quad)
        return Paper(quad, taken=known.taken, offered=not known.taken)

    def _which(self, frame: Image, quad: Quad, mm_per_pixel: float | None) -> _Known | None:
        """Return which of the known papers lies at `quad`, None for a new one."""
        here = next(
            (each for each in self._known if each.place is not None and iou(each.place, quad) > _SAME_PLACE), None
        )
        if here is not None:
            return here
        elsewhere = [each for each in self._known if each.place is None]
        if not elsewhere:
            return None
        look = look_of(frame, quad, mm_per_pixel)
        found = _alike(look, elsewhere)
        look.fill(0)
        if found is not None and found.look is not None:
            found.place = np.array(quad)
        return found


def _alike(look: Image, known: Sequence[_Known]) -> _Known | None:
    """Return the one of that look; else the first that cannot be told from it."""
    said = [None if each.look is None else same_look(each.look, look) for each in known]
    sure = (each for each, same in zip(known, said, strict=True) if same)
    unsure = (each for each, same in zip(known, said, strict=True) if same is None)
    return next(sure, None) or next(unsure, None)
