"""The outline that is shown: still where the page is still, at once where the page is.

One decision: an exponential filter takes the noise of single frames away; a page that moves leaves the filter's reach,
and is followed without any lag.
"""

import numpy as np

from kiosk.scan.geometry import Quad

_SHARE = 0.25  # of the newest frame: noise falls to a third, a still page is right after ten frames
_JUMP = 3.0  # pixels of the preview, 1.5 mm over a tray of 440 mm; a still page's noise is below 1


class SteadyQuad:
    """Feed it the quad of every frame; it gives the one to show."""

    def __init__(self) -> None:
        self._shown: Quad | None = None

    def feed(self, quad: Quad | None) -> Quad | None:
        """Return the steady quad, in the pixels of what is fed."""
        shown = self._shown
        if quad is None or shown is None or float(np.abs(quad - shown).max()) > _JUMP:
            self._shown = quad
        else:
            self._shown = shown + _SHARE * (quad - shown)
        return self._shown
