"""The picture of the empty tray: learnt when nothing is there and nothing moves, renewed as the light changes.

One decision: that the picture no longer fits is staff's news, not the resident's: the page is found without it
meanwhile. Whether the light changed or the camera was moved is told by the tray's own grain, where it has any.
"""

from enum import StrEnum

import cv2
import numpy as np

from drivers.camera_moved import TrayWatch
from kiosk.scan.detect import Sighting
from kiosk.scan.geometry import Image

_LEARN_SECONDS = 1.0  # still and nothing found: this is the empty tray
_RENEW_SECONDS = 2.0
_RELEARN_SECONDS = 3.0  # still, and nothing like the picture kept
_UNFIT_SECONDS = 1.0  # a hand before the lens is not news
_RIM = 12  # pixels
_MOST_GAIN = 3.0
_MOVED_PIXELS = 3.0  # of the working copy, 1.5 mm over a tray of 440 mm


class TrayState(StrEnum):
    """How the picture of the empty tray stands to what the camera sees."""

    UNKNOWN = "UNKNOWN"  # none is learnt yet, or none that was compared with a frame
    FITS = "FITS"
    LIGHT_CHANGED = "LIGHT_CHANGED"
    CAMERA_MOVED = "CAMERA_MOVED"
    CHANGED = "CHANGED"  # one of the two: this tray has no grain to tell by


_NOT_TOLD = (TrayState.UNKNOWN, TrayState.FITS)


class TrayKeeper:
    """Keeps the picture `empty` (BGR, a working copy), and tells its `state`.

    `kept`: the picture is of another day, and is fitted to the first frame.
    """

    def __init__(self, empty: Image | None, *, kept: bool = False) -> None:
        self.empty = empty
        self._kept = kept
        self.state = TrayState.UNKNOWN
        self._bare_since: float | None = None
        self._unfit_since: float | None = None

    def fit(self, small: Image) -> None:
        """Make a kept picture as large and as bright as `small`, the working copy of the first frame."""
        if self._kept and self.empty is not None:
            self.empty = fitted(self.empty, small)
        self._kept = False

    def feed(self, now: float, small: Image, sighting: Sighting, *, moved: bool) -> None:
        """Learn from a frame taken at `now`; `moved`: it differs from the one before."""
        self._follow_fit(now, small, sighting, moved=moved)
        if sighting.quad is not None or moved:
            self._bare_since = None
            return
        if self._bare_since is None:
            self._bare_since = now
        if now - self._bare_since >= self._patience(sighting):
            self.empty = small
            self.state = TrayState.FITS
            self._bare_since = now

    def _patience(self, sighting: Sighting) -> float:
        """Return for how many seconds the tray must lie bare before its picture is taken."""
        if self.empty is None:
            return _LEARN_SECONDS
        if sighting.tray_is_empty:
            return _RENEW_SECONDS
        return float("inf") if sighting.tray_fits else _RELEARN_SECONDS

    def _follow_fit(self, now: float, small: Image, sighting: Sighting, *, moved: bool) -> None:
        if self.empty is None or sighting.tray_fits is not False:
            self._unfit_since = None
            if sighting.tray_fits:
                self.state = TrayState.FITS
            return
        if self._unfit_since is None or moved:
            self._unfit_since = now
        if self.state in _NOT_TOLD and now - self._unfit_since >= _UNFIT_SECONDS:
            self.state = _what_changed(self.empty, small)


def fitted(empty: Image, small: Image) -> Image:
    """Return the picture of the empty tray in the size of `small` and as bright, by what both show at the rim.

    What lies on the tray covers less than half of the rim. Beyond what one lamp more or less makes it stays as it is.
    """
    size = (small.shape[1], small.shape[0])
    tray = np.asarray(cv2.resize(empty, size, interpolation=cv2.INTER_AREA), np.uint8)
    now, then = (np.median(_rim(each), axis=0) for each in (small, tray))
    gain = float(np.median(now / np.maximum(then, 1.0)))
    if not 1 / _MOST_GAIN < gain < _MOST_GAIN:
        return tray
    return np.asarray(cv2.convertScaleAbs(tray, alpha=gain), np.uint8)


def _rim(picture: Image) -> Image:
    """Return the pixels (n, 3) along the four edges."""
    edges = (picture[:_RIM], picture[-_RIM:], picture[:, :_RIM], picture[:, -_RIM:])
    return np.concatenate([edge.reshape(-1, 3) for edge in edges])


def _what_changed(empty: Image, small: Image) -> TrayState:
    """Tell by the tray's grain what does not fit."""
    watch = TrayWatch(empty)
    if not watch.can_tell:
        return TrayState.CHANGED
    pixels = watch.look(small).pixels
    if pixels is None:
        return TrayState.CHANGED
    return TrayState.CAMERA_MOVED if pixels > _MOVED_PIXELS else TrayState.LIGHT_CHANGED
