"""What frames of the calibration sheet say of a camera: scale, perspective, lens, focus, light, flicker.

One decision: everything is measured at places whose print is known (corners, the edges between them, the paper beside
them), so that neither the desk around nor the pose of the sheet counts. What a frame cannot give is a `SheetError`
with the number that was too small; nothing is guessed from half a sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from drivers.camera_lens import Lens, Points, fit
from drivers.camera_sheet import SHEET_VERSION, SQUARE_MM, SQUARES, board, corners_mm
from drivers.camera_source import Image

Grey = NDArray[np.uint8]

MOST_BLUR = 2.5  # sigma in pixels; print of 9 pt is read up to about there at 150 dots an inch
_ALL = (SQUARES[0] - 1) * (SQUARES[1] - 1)
_ENOUGH = _ALL - 4
_DARK, _BRIGHT = 70, 252  # of 255: paper below is too dark to measure, paper at the top has lost its steps
_NIGHT = 35  # of 255; a matte black tray under its lamp is brighter
_BESIDE_MM = 1.4  # from a corner, well inside the white ring around a marker
_ACROSS_MM = 1.9
_QUARTERS = 1.349  # sigmas from the lower to the upper quarter of a blurred edge
_STEEPEST = 99.9  # percentile


class SheetFault(StrEnum):
    """Why a frame of the sheet cannot be measured."""

    NOT_FOUND = "NOT_FOUND"
    PART_VISIBLE = "PART_VISIBLE"
    TOO_DARK = "TOO_DARK"
    TOO_BRIGHT = "TOO_BRIGHT"
    BLURRED = "BLURRED"
    OTHER_VERSION = "OTHER_VERSION"


class SheetError(Exception):
    """A frame cannot be measured: `fault`, and `measured`, the number it was judged by.

    `sheet_lies_there`: whether a part of it was seen at all.
    """

    def __init__(self, fault: SheetFault, measured: float, *, sheet_lies_there: bool = True) -> None:
        super().__init__(f"{fault}: {measured:.1f}")
        self.fault = fault
        self.measured = measured
        self.sheet_lies_there = sheet_lies_there


@dataclass(frozen=True, slots=True, eq=False)
class SheetSeen:
    """What one frame of the sheet shows.

    Attributes:
        corners: (n, 2) pixels, and `numbers` (n), which corner of the board each one is.
        blur: sigma of the printed edges, in pixels.
        white: brightness of the paper beside each corner (n), 0 to 255; `black`: of the print.
    """

    corners: Points
    numbers: NDArray[np.int32]
    blur: float
    white: Points
    black: Points

    @property
    def evenness(self) -> float:
        """The darkest paper as a part of the brightest (1: even)."""
        low, high = np.percentile(self.white, [3, 97])
        return float(low / high)

    @property
    def contrast(self) -> float:
        """Paper less print, of 255."""
        return float(np.median(self.white) - np.median(self.black))


def see_sheet(frame: Image) -> SheetSeen:
    """Find and measure the sheet in one frame.

    Raises:
        SheetError: it cannot be measured.
    """
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    seen, numbers, _, _ = cv2.aruco.CharucoDetector(board()).detectBoard(grey)
    if seen is None or len(seen) == 0:
        raise _without_corners(grey)
    corners = np.asarray(seen, np.float64).reshape(-1, 2)
    which = np.asarray(numbers, np.int32).reshape(-1)
    white, black = _beside(grey, corners, which)
    if float(np.median(white)) < _DARK:
        raise SheetError(SheetFault.TOO_DARK, float(np.median(white)))
    blur = _edge_blur(grey, corners, which)
    if blur > MOST_BLUR:
        raise SheetError(SheetFault.BLURRED, blur)  # before the count: what is blurred is not found whole either
    if len(corners) < _ENOUGH:
        raise SheetError(SheetFault.PART_VISIBLE, 100 * len(corners) / _ALL)
    if float(np.median(white)) >= _BRIGHT:
        raise SheetError(SheetFault.TOO_BRIGHT, float(np.median(white)))
    return SheetSeen(corners, which, blur, white, black)


def ensure_version(frame: Image) -> None:
    """Read the sheet's QR code.

    Raises:
        SheetError: it names another version, or none can be read beside a board that can.
    """
    codes = [found.text for found in zxingcpp.read_barcodes(frame)]
    if SHEET_VERSION not in codes:
        raise SheetError(SheetFault.OTHER_VERSION, len(codes))


def measure_lens(seen: Sequence[SheetSeen], size: tuple[int, int], scale: float = 1.0) -> tuple[Lens, Points]:
    """Return the lens that the frames agree on, and how far each corner is off it in pixels.

    `scale`: how much larger than drawn the sheet was printed (1: as drawn).
    """
    found: dict[int, list[Points]] = {}
    for each in seen:
        for number, corner in zip(each.numbers, each.corners, strict=True):
            found.setdefault(int(number), []).append(corner)
    numbers = sorted(found)
    return fit(corners_mm()[numbers] * scale, np.array([np.mean(found[number], axis=0) for number in numbers]), size)


def _without_corners(grey: Grey) -> SheetError:
    """Say why no corner is found, as far as a picture without one can tell."""
    small = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    low, high = np.percentile(small, [2, 99])
    if high < _NIGHT:
        return _unseen(SheetFault.TOO_DARK, float(high))
    if low > _BRIGHT - 20:
        return _unseen(SheetFault.TOO_BRIGHT, float(low))
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0)  # a sensor's noise is no edge
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8))
    blur = 2 * (high - low) / (float(np.percentile(slope, _STEEPEST)) * np.sqrt(2 * np.pi) + 1e-9)
    if high > 2 * low and blur > 2 * MOST_BLUR:
        return _unseen(SheetFault.BLURRED, float(blur))
    return _unseen(SheetFault.NOT_FOUND, 0.0)


def _unseen(fault: SheetFault, measured: float) -> SheetError:
    return SheetError(fault, measured, sheet_lies_there=False)


def _grid(corners: Points, numbers: NDArray[np.int32]) -> dict[tuple[int, int], Points]:
    """Return the corners by column and row."""
    columns = SQUARES[0] - 1
    return {(int(n) % columns, int(n) // columns): at for n, at in zip(numbers, corners, strict=True)}


def _beside(grey: Grey, corners: Points, numbers: NDArray[np.int32]) -> tuple[Points, Points]:
    """Return the brightness of the paper and of the print diagonally beside each corner."""
    grid, smooth = _grid(corners, numbers), np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.uint8)
    bright, dark = [], []
    for (column, row), at in grid.items():
        right = _step(grid, column, row, (1, 0))
        down = _step(grid, column, row, (0, 1))
        if right is None or down is None:
            continue
        ways = ((right + down), (right - down), (-right + down), (-right - down))
        values = sorted(_sample(smooth, (at + way * _BESIDE_MM / SQUARE_MM).reshape(1, 2))[0] for way in ways)
        dark.append((values[0] + values[1]) / 2)
        bright.append((values[2] + values[3]) / 2)
    if not bright:
        return np.zeros(1), np.zeros(1)
    return np.array(bright), np.array(dark)


def _step(grid: dict[tuple[int, int], Points], column: int, row: int, way: tuple[int, int]) -> Points | None:
    """Return one square's way in pixels from a corner, by whichever neighbour is seen."""
    here = grid[column, row]
    after, before = grid.get((column + way[0], row + way[1])), grid.get((column - way[0], row - way[1]))
    if after is not None:
        return after - here
    return None if before is None else here - before


def _edge_blur(grey: Grey, corners: Points, numbers: NDArray[np.int32]) -> float:
    """Return the sigma of the printed edges: all edges between neighbouring corners, laid over each other.

    0 where no two neighbours are seen.
    """
    grid = _grid(corners, numbers)
    reach = _ACROSS_MM / SQUARE_MM * float(np.linalg.norm(corners[0] - corners[1]))
    across = np.arange(-reach, reach + 0.1, 0.2)
    profiles = []
    for (column, row), at in grid.items():
        end, normal = grid.get((column + 1, row)), _step(grid, column, row, (0, 1))
        if end is None or normal is None:
            continue
        along = at + np.linspace(0.25, 0.75, 12)[:, None] * (end - at)
        places = along[:, None, :] + across[None, :, None] * (normal / np.linalg.norm(normal))
        profile = _sample(grey, places.reshape(-1, 2)).reshape(len(along), -1).mean(axis=0)
        profiles.append(profile if profile[-1] > profile[0] else profile[::-1])
    if not profiles:
        return 0.0
    mean = np.maximum.accumulate(np.mean(profiles, axis=0))
    level = (mean - mean[0]) / max(mean[-1] - mean[0], 1.0)
    lower, upper = np.interp([0.25, 0.75], level, across)
    return float((upper - lower) / _QUARTERS)


def _sample(grey: Grey, places: Points) -> Points:
    """Return the brightness at places (n, 2), between pixels too."""
    at = places.astype(np.float32).reshape(1, -1, 2)
    found = cv2.remap(grey, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float64).reshape(-1)
