"""The picture of the empty tray: learnt when nothing is there and nothing moves, renewed as the light changes.

One decision: that the picture no longer fits is staff's news, not the resident's: the page is found without it
meanwhile. Whether the light changed or the camera was moved is told by the tray's own grain, where it has any.
"""

from enum import StrEnum

from drivers.camera_moved import TrayWatch
from kiosk.scan.detect import Sighting
from kiosk.scan.geometry import Image

_LEARN_SECONDS = 1.0  # still and nothing found: this is the empty tray
_RENEW_SECONDS = 2.0
_RELEARN_SECONDS = 3.0  # still, and nothing like the picture kept
_UNFIT_SECONDS = 1.0  # a hand before the lens is not news
_MOVED_PIXELS = 3.0  # of the working copy, 1.5 mm over a tray of 440 mm


class TrayState(StrEnum):
    """How the picture of the empty tray stands to what the camera sees."""

    UNKNOWN = "UNKNOWN"  # none is learnt yet
    FITS = "FITS"
    LIGHT_CHANGED = "LIGHT_CHANGED"
    CAMERA_MOVED = "CAMERA_MOVED"
    CHANGED = "CHANGED"  # one of the two: this tray has no grain to tell by


class TrayKeeper:
    """Keeps the picture `empty` (BGR, a working copy), and tells its `state`."""

    def __init__(self, empty: Image | None) -> None:
        self.empty = empty
        self.state = TrayState.UNKNOWN if empty is None else TrayState.FITS
        self._bare_since: float | None = None
        self._unfit_since: float | None = None

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
        if self.state is TrayState.FITS and now - self._unfit_since >= _UNFIT_SECONDS:
            self.state = _what_changed(self.empty, small)


def _what_changed(empty: Image, small: Image) -> TrayState:
    """Tell by the tray's grain what does not fit."""
    watch = TrayWatch(empty)
    if not watch.can_tell:
        return TrayState.CHANGED
    pixels = watch.look(small).pixels
    if pixels is None:
        return TrayState.CHANGED
    return TrayState.CAMERA_MOVED if pixels > _MOVED_PIXELS else TrayState.LIGHT_CHANGED
