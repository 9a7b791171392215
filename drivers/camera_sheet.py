"""The calibration sheet: what is printed on the A4 that is laid under the camera, and where, in millimetres.

One decision: a ChArUco board (chessboard with a marker in each white square), because each corner then says which one
it is: a sheet that lies turned, or of which a part is hidden, is still understood. The QR code names the version; a
sheet of another version is refused rather than measured wrongly. It is drawn at exactly 10 pixels a millimetre.
"""

from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

SHEET_VERSION: Final = "BUDAYANG-CALIBRATION-1"
SHEET_MM = (210.0, 297.0)
PIXELS_PER_MM = 10
SQUARES = (9, 11)
SQUARE_MM = 20.0
MARKER_MM = 15.0
BOARD_MM = (15.0, 15.0)  # where the board's top left corner is
LINE_MM = 100.0  # the printed line that a ruler checks: printers like to shrink a page
GREYS = (0, 51, 102, 153, 204, 255)

_QR_MM = (15.0, 241.0, 36.0)
_TEXT_X_MM = 56.0
_GREY_MM = (56.0, 258.0, 22.0, 10.0)
_LINE_Y_MM = 276.0
_FOCUS_MM = (2.0, 3.0, 4.0)  # heights of the text that shows an eye whether it is sharp
_TEXT = "不打烊 BUDAYANG 0123456789 常熟市支塘镇"
_HINTS = (
    "打印时选“实际大小 100%”，用 A4 白纸。Print at actual size (100 %) on white A4.",
    "这条线应为 100 毫米。This line is 100 mm long.",
)


@cache
def board() -> cv2.aruco.CharucoBoard:
    """Return the board; its corners are in millimetres from its own top left corner."""
    markers = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return cv2.aruco.CharucoBoard(SQUARES, SQUARE_MM, MARKER_MM, markers)


def corners_mm() -> NDArray[np.float64]:
    """Return where each inner corner is printed: (80, 2), millimetres from the sheet's top left, by its number."""
    inside = np.asarray(board().getChessboardCorners(), np.float64)[:, :2]
    corners: NDArray[np.float64] = inside + np.array(BOARD_MM)
    return corners


def draw_sheet(font: Path) -> NDArray[np.uint8]:
    """Return the sheet in grey, 10 pixels a millimetre; `font` has Chinese."""
    sheet = Picture.new("L", _pixels(SHEET_MM), 255)
    size = _pixels((SQUARES[0] * SQUARE_MM, SQUARES[1] * SQUARE_MM))
    sheet.paste(Picture.fromarray(board().generateImage(size, marginSize=0)), _pixels(BOARD_MM))
    x, y, side = _QR_MM
    code = np.array([[255 * (1 - bit) for bit in row] for row in segno.make(SHEET_VERSION, error="m").matrix], np.uint8)
    sheet.paste(Picture.fromarray(code).resize(_pixels((side, side)), Picture.Resampling.NEAREST), _pixels((x, y)))
    _write(ImageDraw.Draw(sheet), font)
    return np.asarray(sheet, np.uint8)


def _write(draw: ImageDraw.ImageDraw, font: Path) -> None:
    """Write what an eye reads: text for the focus, grey steps, the line to measure, how to print."""
    y = 240.0
    for height in _FOCUS_MM:
        draw.text(_pixels((_TEXT_X_MM, y)), _TEXT, fill=0, font=_font(font, height))
        y += height * 1.7
    x, y, width, height = _GREY_MM
    for step, grey in enumerate(GREYS):
        place = (*_pixels((x + step * width, y)), *_pixels((x + (step + 1) * width, y + height)))
        draw.rectangle(place, fill=grey, outline=0)
    ends = [_pixels((_TEXT_X_MM + along, _LINE_Y_MM)) for along in (0.0, LINE_MM)]
    draw.line([*ends[0], *ends[1]], fill=0, width=3)
    for end in ends:
        draw.line([end[0], end[1] - 20, end[0], end[1] + 20], fill=0, width=3)
    for hint, top in zip(_HINTS, (269.3, 278.5), strict=True):
        draw.text(_pixels((_TEXT_X_MM, top)), hint, fill=0, font=_font(font, 2.8))
    draw.text(_pixels((15.0, 279.0)), SHEET_VERSION, fill=0, font=_font(font, 2.4))


def _font(path: Path, height_mm: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), round(height_mm * PIXELS_PER_MM))


def _pixels(mm: tuple[float, float]) -> tuple[int, int]:
    return round(mm[0] * PIXELS_PER_MM), round(mm[1] * PIXELS_PER_MM)
