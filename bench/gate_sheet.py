"""The pictures of the gate's bench: the confusion table, and the worst ten on one sheet."""

from collections import Counter
from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from kiosk.scan.geometry import Image

_WIDTH, _ROW, _LEFT = 2160, 26, 300
_TILE = (432, 324)
_BLACK, _WHITE = (20, 20, 20), (255, 255, 255)


def _write(picture: Image, text: str, at: tuple[int, int], size: float = 0.5) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, _BLACK, 1, cv2.LINE_AA)


def confusion_picture(table: Mapping[str, Counter[str]]) -> Image:
    """Return a row a set and a column a verdict, darker the more; `table`: set -> verdict -> count."""
    rows = sorted(table, key=lambda row: ("white" in row, row))
    columns = sorted({found for counts in table.values() for found in counts})
    cell = (_WIDTH - _LEFT) // max(1, len(columns))
    picture = np.full(((len(rows) + 2) * _ROW, _WIDTH, 3), 255, np.uint8)
    for number, column in enumerate(columns):
        _write(picture, column, (_LEFT + number * cell + 4, _ROW - 8), 0.45)
    for line, row in enumerate(rows, 1):
        _write(picture, row, (4, (line + 1) * _ROW - 8))
        total = sum(table[row].values())
        for number, column in enumerate(columns):
            count = table[row][column]
            left, top = _LEFT + number * cell, line * _ROW
            shade = int(255 - 160 * count / total)
            cv2.rectangle(picture, (left, top), (left + cell - 2, top + _ROW - 2), (shade, 255, shade), cv2.FILLED)
            if count:
                _write(picture, str(count), (left + cell // 2 - 8, top + _ROW - 8))
    return picture


def worst_sheet(wrong: Sequence[tuple[str, Image]]) -> Image:
    """Return up to ten pictures (432 x 324) with their titles, five in a row."""
    tiles = [_titled(title, picture) for title, picture in wrong]
    blank = np.full((_TILE[1] + _ROW, _TILE[0], 3), 255, np.uint8)
    tiles += [blank] * (10 - len(tiles))
    return np.vstack([np.hstack(tiles[start : start + 5]) for start in (0, 5)])


def _titled(title: str, picture: Image) -> Image:
    head = np.full((_ROW, _TILE[0], 3), _WHITE, np.uint8)
    _write(head, title, (2, _ROW - 9), 0.36)
    return np.vstack([head, picture])
