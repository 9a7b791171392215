"""Text as dots for a thermal printer: what its own font cannot show, and every line that should be handsome."""

import numpy as np
from numpy.typing import NDArray

from kiosk.text.fonts import ascent, default_chain

# Grey above which a dot is burnt. Below one half, for thin strokes must not break at 8 dots to the millimetre.
_BURN_ABOVE = 112
_CELL_TOP = 0.88  # em from a Chinese glyph's top to its baseline


def rasterise(text: str, height: int, bold: bool) -> NDArray[np.bool_]:
    """Return one line of `text` as dots, shape (at least height, width), True = black; `height` is the em in dots.

    The rows are the printer's own cell, so that a drawn line stands level with printed ones; accents and tails that
    reach beyond it add rows.
    """
    dots = np.asarray(default_chain().draw(text, height, bold=bold, cells=True)) > _BURN_ABOVE
    top = ascent(height) - round(height * _CELL_TOP)
    inked = np.flatnonzero(dots.any(axis=1))
    first, last = (inked[0], inked[-1]) if inked.size else (top, top)
    return dots[min(top, first) : max(top + height, last + 1)]
