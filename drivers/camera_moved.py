"""Is the tray still where it was when the camera was calibrated? Runs in the capture child.

One decision: only what a cell of the tray shows by itself counts. Each cell of the kept picture is looked for around
its place; where a paper or a hand lies nothing is found, and such a cell says nothing. The cells that are found must
agree on one shift and turn. A tray without grain or marks, or with streaks in one direction alone (wood), gives no cell
to look for: then nothing is ever claimed.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera_known import Known
from drivers.camera_source import Image

Plane = NDArray[np.float32]

_COLUMNS, _ROWS = 6, 5
_MARGIN = 40  # pixels of the small picture around a cell; a tray pushed farther shows nothing where it was
_GRAIN = 0.6  # brightness; less is what the kept picture's own noise and JPEG leave
_ROUND = 0.15  # how much less grain there may be across than along: a streak slides along itself unseen
_ALIKE = 0.3  # of 1; noise alone reaches half of it
_LEAST_CELLS = 6
_AGREE = 0.7  # of the cells that are found
_MOST_MM = 1.5  # what a lid that is shut hard may do
_LOOK_SECONDS = 1.0
_HIDDEN_SECONDS = 20.0  # papers and arms do not cover all of a tray for so long
_WITHIN = 2.0  # pixels
_SMOOTH = 5.0  # sigma in pixels; light and shade are broader than that


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of the kept picture with grain of its own, and where it lies."""

    grain: Plane
    left: int
    top: int

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle, in pixels of the small picture."""
        return self.left + self.grain.shape[1] / 2, self.top + self.grain.shape[0] / 2


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: `pixels` the tray went, at the frame's scale (None: not seen), and `cells` found of `of`."""

    pixels: float | None
    cells: int
    of: int


class MoveWatch:
    """Looks at a frame now and then, and has news when the tray is elsewhere, or back."""

    def __init__(self, known: Known) -> None:
        self._tray = TrayWatch(known.empty_tray)
        self._mm = known.mm_per_pixel * known.size[0] / known.empty_tray.shape[1]
        self._told: str | None = None  # what holds from before this watch is not known here
        self._suspected = ""
        self._next = 0.0
        self._seen_at: float | None = None

    @property
    def can_tell(self) -> bool:
        """Whether the tray has enough grain or marks to notice a move by."""
        return self._tray.can_tell

    def news(self, frame: Image, now: float) -> str | None:
        """Return what to say of a frame taken at `now`: a sentence (it has moved), "" (it has not), None: no news.

        A move is told when two looks agree on it; the picture may have been caught while a hand pushed a paper.
        """
        if now < self._next or not self.can_tell:
            return None
        self._next = now + _LOOK_SECONDS
        told = self._judge(self._tray.look(frame), now)
        if told is None or (told and not self._suspected):
            self._suspected = told or self._suspected
            return None
        self._suspected = told
        changed, self._told = self._told is None or bool(told) != bool(self._told), told
        return told if changed else None

    def _judge(self, seen: Seen, now: float) -> str | None:
        if seen.pixels is not None:
            self._seen_at = now
            mm = seen.pixels * self._mm
            return f"the tray lies {mm:.1f} mm from where it was at the calibration" if mm > _MOST_MM else ""
        if seen.cells or self._seen_at is None:
            self._seen_at = now if self._seen_at is None else self._seen_at
            return None
        if now - self._seen_at < _HIDDEN_SECONDS:
            return None
        return f"nothing of the tray has been where it was at the calibration for {now - self._seen_at:.0f} s"


class TrayWatch:
    """Compares frames with the kept picture `empty_tray` (BGR, smaller than they are by a whole factor)."""

    def __init__(self, empty_tray: Image) -> None:
        height, width = empty_tray.shape[:2]
        self._size = (width, height)
        grain = _grain(empty_tray)
        self.cells = [
            cell
            for row in range(_ROWS)
            for column in range(_COLUMNS)
            if _can_be_found((cell := _cell(grain, row, column)).grain)
        ]

    @property
    def can_tell(self) -> bool:
        """Whether the tray has enough grain or marks to notice a move by."""
        return len(self.cells) >= _LEAST_CELLS

    def look(self, frame: Image) -> Seen:
        """Look where the tray is in `frame`."""
        now = _grain(np.asarray(cv2.resize(frame, self._size, interpolation=cv2.INTER_AREA), np.uint8))
        here, there = [], []
        for cell in self.cells:
            height, width = cell.grain.shape
            around = now[
                cell.top - _MARGIN : cell.top + height + _MARGIN, cell.left - _MARGIN : cell.left + width + _MARGIN
            ]
            _, alike, _, at = cv2.minMaxLoc(cv2.matchTemplate(around, cell.grain, cv2.TM_CCOEFF_NORMED))
            if alike > _ALIKE:
                x, y = cell.centre
                here.append((x, y))
                there.append((x + at[0] - _MARGIN, y + at[1] - _MARGIN))
        return Seen(self._shift(np.array(here), np.array(there)), len(here), len(self.cells))

    def _shift(self, here: NDArray[np.float64], there: NDArray[np.float64]) -> float | None:
        """Return how far the tray went, as most cells agree on; None where they do not."""
        if len(here) < _LEAST_CELLS:
            return None
        found, agree = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=_WITHIN)
        if found is None or float(np.mean(agree)) < _AGREE:
            return None
        width, height = self._size
        rim = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        went = rim @ found[:, :2].T + found[:, 2] - rim
        return float(np.linalg.norm(went, axis=1).mean())


def _grain(picture: Image) -> Plane:
    """Return what is finer than light and shade."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), _SMOOTH), np.float32)


def _can_be_found(grain: Plane) -> bool:
    """Whether a cell has enough grain, in both directions."""
    if float(grain.std()) < _GRAIN:
        return False
    fine = cv2.GaussianBlur(grain, (0, 0), 1.0)
    x, y = cv2.Sobel(fine, cv2.CV_32F, 1, 0), cv2.Sobel(fine, cv2.CV_32F, 0, 1)
    across = np.array([[np.mean(x * x), np.mean(x * y)], [np.mean(x * y), np.mean(y * y)]])
    least, most = np.linalg.eigvalsh(across)
    return bool(least > _ROUND * most)


def _cell(grain: Plane, row: int, column: int) -> Cell:
    height, width = grain.shape
    down, across = (height - 2 * _MARGIN) / _ROWS, (width - 2 * _MARGIN) / _COLUMNS
    top, left = _MARGIN + round(row * down), _MARGIN + round(column * across)
    return Cell(np.ascontiguousarray(grain[top : top + int(down), left : left + int(across)]), left, top)
