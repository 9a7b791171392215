"""What happens under the camera from frame to frame: a page comes, lies still, is taken once, is lifted.

One decision: time is the frames' own (`Frame.taken_at`), so a session needs no clock. It keeps the picture of the empty
tray by itself: learnt when nothing is there and nothing moves, renewed as the light changes.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from drivers.camera import Frame
from kiosk.scan.detect import Sighting, look, working_copy
from kiosk.scan.geometry import Image, Quad
from kiosk.scan.handling import Source
from kiosk.scan.judge import Fault, Verdict, judge
from kiosk.scan.page import PageImage, make_page

__all__ = ["Observation", "PageImage", "ScanSession"]

_STILL_SECONDS = 0.25
_READY_SECONDS = 0.6
_LEARN_SECONDS = 1.0  # still and nothing found: this is the empty tray
_RENEW_SECONDS = 2.0
_RELEARN_SECONDS = 3.0  # still, and nothing like the picture kept: the light or the camera has changed
_EMPTY_FRAMES = 2
_MOTION_WIDTH = 100
_MOTION = 9.0  # brightness; a sensor's noise is far below it at this size, a hand far above
_QUAD_MOTION = 0.004  # of the frame's width


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What one frame showed.

    Attributes:
        quad: the page, float (4, 2) TL, TR, BR, BL in pixels of `preview`, None without one.
        verdict: whether it can be taken, else why not.
        still: whether it has come to rest.
        ready: still and good for long enough, and not yet taken: take it now.
        preview: the frame, uint8 RGB (h, w, 3), about 800 pixels wide; personal data, so never in a repr.
        taken: whether this paper has been taken already; it has to be lifted before the next.
        source: the frame itself, for corners that the resident shows; None where nobody is asked to.
        progress: how far from being taken by itself, 0 to 1.
    """

    quad: Quad | None
    verdict: Verdict
    still: bool
    ready: bool
    preview: Image = field(repr=False)
    taken: bool
    source: Source | None = field(default=None, repr=False)
    progress: float = 0.0


class ScanSession:
    """Feed it frames; when an observation is ready, `take` the page.

    Args:
        empty_tray: what is known of the empty tray (see the attribute of that name), None to learn it.
    """

    def __init__(self, empty_tray: Image | None = None) -> None:
        self.empty_tray = empty_tray
        self._frame: Frame | None = None
        self._source: Source | None = None
        self._quad: Quad | None = None
        self._motion: Image | None = None
        self._still_since: float | None = None
        self._good_since: float | None = None
        self._empty_frames = 0
        self._bare_since: float | None = None
        self._taken = False

    def feed(self, frame: Frame) -> Observation:
        """Look at the next frame."""
        small = working_copy(frame.image)
        sighting = look(frame.image, self.empty_tray, small)
        moved = self._moved(small, sighting.quad, frame.image.shape[1])
        self._frame, self._quad = frame, sighting.quad
        self._follow(frame.taken_at, moved=moved, sighting=sighting)
        self._keep_tray(frame.taken_at, small, sighting, moved=moved)
        still = self._still_since is not None and frame.taken_at - self._still_since >= _STILL_SECONDS
        verdict = self._judge(small, still=still)
        if not (verdict.ok and still):
            self._good_since = None
        elif self._good_since is None:
            # Being still counts from its beginning; being good cannot be known before that.
            self._good_since = self._still_since
        good_for = 0.0 if self._good_since is None else frame.taken_at - self._good_since
        scale = frame.image.shape[1] // small.shape[1]
        quad = None if sighting.quad is None else sighting.quad / scale
        preview = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)
        self._source = Source(frame.image, preview, quad, frame.mm_per_pixel)
        return Observation(
            quad=quad,
            verdict=verdict,
            still=still,
            ready=good_for >= _READY_SECONDS and not self._taken,
            preview=preview,
            taken=self._taken,
            source=self._source,
            progress=0.0 if self._taken else min(1.0, good_for / _READY_SECONDS),
        )

    def take(self) -> PageImage:
        """Return the page of the last frame: as found, or the whole frame where none was found. It counts as taken.

        Raises:
            ValueError: no frame has been fed.
        """
        frame = self._frame
        if frame is None:
            raise ValueError("there is no frame to take a page from")
        height, width = frame.image.shape[:2]
        whole = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        page = make_page(frame.image, whole if self._quad is None else self._quad, frame.mm_per_pixel)
        self.mark_taken()
        return replace(page, source=self._source)

    def mark_taken(self) -> None:
        """Note that what lies there is taken: it has to be lifted before the next."""
        self._taken = True

    def _judge(self, small: Image, *, still: bool) -> Verdict:
        frame = self._frame
        if frame is not None and (self._quad is None or still):
            return judge(frame.image, self._quad, small, frame.mm_per_pixel)
        return Verdict(ok=False, fault=Fault.MOVING)

    def _moved(self, small: Image, quad: Quad | None, width: int) -> bool:
        """Return whether picture or page are other than in the frame before."""
        size = (_MOTION_WIDTH, _MOTION_WIDTH * small.shape[0] // small.shape[1])
        grey = cv2.resize(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA)
        before, self._motion = self._motion, np.asarray(grey, np.uint8)
        if before is None or float(cv2.absdiff(grey, before).max()) > _MOTION:
            return True
        if quad is None or self._quad is None:
            return quad is not self._quad
        return float(np.abs(quad - self._quad).max()) > _QUAD_MOTION * width

    def _follow(self, now: float, *, moved: bool, sighting: Sighting) -> None:
        """Keep since when it is still, and notice that the paper was lifted."""
        if moved or self._still_since is None:
            self._still_since = now
        if moved:
            self._good_since = None
        # A hand over the page hides it, too: lifted is only what leaves the tray as it is when empty.
        empty = sighting.tray_is_empty
        if empty is None:
            empty = sighting.quad is None and now - self._still_since >= _STILL_SECONDS
        self._empty_frames = self._empty_frames + 1 if empty else 0
        if self._empty_frames >= _EMPTY_FRAMES:
            self._taken = False

    def _keep_tray(self, now: float, small: Image, sighting: Sighting, *, moved: bool) -> None:
        """Learn the empty tray, renew it, or learn it anew when it no longer fits."""
        if sighting.quad is not None or moved:
            self._bare_since = None
            return
        if self._bare_since is None:
            self._bare_since = now
        bare_for = now - self._bare_since
        if self.empty_tray is None:
            known = bare_for >= _LEARN_SECONDS
        elif sighting.tray_is_empty:
            known = bare_for >= _RENEW_SECONDS
        else:
            known = not sighting.tray_fits and bare_for >= _RELEARN_SECONDS
        if known:
            self.empty_tray = small
            self._bare_since = now
