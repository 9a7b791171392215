"""Text as dots for a thermal printer: what its own font cannot show, and every line that should be handsome."""

import numpy as np
from numpy.typing import NDArray

from kiosk.text.fonts import default_chain

# Grey above which a dot is burnt. Below one half, for thin strokes must not break at 8 dots to the millimetre.
_BURN_ABOVE = 112


def rasterise(text: str, height: int, bold: bool) -> NDArray[np.bool_]:
    """Return one line of `text` as dots, shape (line height, width), True = black; `height` is the em in dots."""
    image = default_chain().draw(text, height, bold=bold, cells=True)
    return np.asarray(image) > _BURN_ABOVE
