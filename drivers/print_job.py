"""What a receipt is made of, before any printer language: parts in order, and the job that carries them.

Texts may hold a name, so no part shows its content in `repr`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Align = Literal["left", "center", "right"]
Size = Literal[1, 2, 3]
Correction = Literal["L", "M", "Q", "H"]
Dots = NDArray[np.bool_]

LINE_PITCHES: dict[Size, int] = {1: 34, 2: 58, 3: 84}
"""Size of text -> dots from line to line: 24 times the size, and air."""

Rasteriser = Callable[[str, int, bool], Dots]
"""(one line of text, height of its em in dots, bold) -> dots, shape (rows, width), True = black; rows is the
height, and more where accents or tails reach beyond the em."""


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text, 24 dots high times `size`. Lines are not wrapped: who composes the receipt does that."""

    text: str = field(repr=False)
    size: Size = 1
    bold: bool = False
    align: Align = "left"


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A picture in dots, shape (height, width), True = black; never wider than the paper."""

    bits: Dots = field(repr=False)
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code, model 2: `module` is the side of its squares in dots (1-16)."""

    data: str = field(repr=False)
    module: int = 6
    correction: Correction = "M"
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines (0-255)."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed to the cutter and cut, leaving one point so that the receipt does not fall."""


Part = Text | Raster | Qr | Feed | Rule | Cut


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A receipt to print, at most once: `id` is never printed again by the same driver."""

    id: str
    parts: tuple[Part, ...]
