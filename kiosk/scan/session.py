"""What happens under the camera from frame to frame: a page comes, lies still, is taken once, is lifted.

One decision: time is the frames' own (`Frame.taken_at`), so a session needs no clock. What it keeps of a page from one
frame to the next it overwrites when it lets go of it. A paper is taken by itself where it is the only one still to be
taken; of several that were laid together each is offered, in reading order, and taken when the resident says so.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from drivers.camera import Frame
from kiosk.scan.around import other_paper
from kiosk.scan.detect import Sighting, look, working_copy
from kiosk.scan.fault import Fault, Verdict
from kiosk.scan.frames import checked
from kiosk.scan.geometry import Image, Quad, iou
from kiosk.scan.handling import Source
from kiosk.scan.judge import judge
from kiosk.scan.laid import Laid, Paper
from kiosk.scan.page import PageImage, make_page
from kiosk.scan.steady import SteadyQuad
from kiosk.scan.straight import Bend, found_again, straightened
from kiosk.scan.together import find_others, in_reading_order, laid_on
from kiosk.scan.tray_keeping import TrayKeeper, TrayState
from kiosk.scan.tries import Tries

__all__ = ["Observation", "PageImage", "ScanSession", "TrayState"]

_STILL_SECONDS = 0.25
_READY_SECONDS = 0.6
_EMPTY_FRAMES = 2
_MOTION_WIDTH = 100
_MOTION = 9.0  # brightness; a sensor's noise is far below it at this size, a hand far above
_QUAD_MOTION = 0.004  # of the frame's width
_TELL_MOVED_SECONDS = 1.0  # for so long it is said that the page moved just before it was taken


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What one frame showed.

    Attributes:
        quad: the page, float (4, 2) TL, TR, BR, BL in pixels of `preview`, None without one; steady.
        verdict: whether it can be taken, else why not.
        still: whether it has come to rest.
        ready: still and good for long enough, and not yet taken: take it now.
        preview: the frame, uint8 RGB (h, w, 3), about 800 pixels wide; personal data, so never in a repr.
        taken: whether all that lies there has been taken already; another paper may be laid in its place or beside it.
        others: the other papers that lie there, each as `quad`, not steadied.
        offered: whether it lay beside a paper that was taken: it is the next one, if the resident says so.
        source: the frame itself, for corners that the resident shows; None where nobody is asked to.
        progress: how far from being taken by itself, 0 to 1.
        may_go_on: it was refused so often that the button takes it as it is, with a note to the clerk.
    """

    quad: Quad | None
    verdict: Verdict
    still: bool
    ready: bool
    preview: Image = field(repr=False)
    taken: bool
    source: Source | None = field(default=None, repr=False)
    progress: float = 0.0
    may_go_on: bool = False
    others: tuple[Quad, ...] = ()
    offered: bool = False


class ScanSession:
    """Feed it frames; when an observation is ready, `take` the page.

    Args:
        empty_tray: what is known of the empty tray (see the attribute of that name), None to learn it.
    """

    def __init__(self, empty_tray: Image | None = None) -> None:
        self._tray = TrayKeeper(empty_tray)
        self._tries = Tries()
        self._steady = SteadyQuad()
        self._frame: Frame | None = None
        self._source: Source | None = None
        self._seen: Quad | None = None  # the largest paper
        self._papers: list[Paper] = []  # the one to be taken first
        self._laid = Laid()
        self._bend: Bend | None = None
        self._verdict: Verdict | None = None
        self._motion: Image | None = None
        self._still_since: float | None = None
        self._good_since: float | None = None
        self._moved_at: float | None = None
        self._empty_frames = 0

    @property
    def empty_tray(self) -> Image | None:
        """The tray without a page, BGR at the working size; None until it is learnt."""
        return self._tray.empty

    @property
    def tray(self) -> TrayState:
        """Whether that picture still fits: staff's news, not the resident's."""
        return self._tray.state

    def learn(self, bend: Bend, empty_tray: Image | None) -> None:
        """Go by a calibration: how the lens bends, and the tray as it was then (None: what is known of it stays)."""
        self._bend = None if bend.none else bend
        if empty_tray is not None:
            self._tray = TrayKeeper(empty_tray, kept=True)

    def feed(self, frame: Frame) -> Observation:
        """Look at the next frame.

        Raises:
            DeviceError: GARBLED; what the camera gave is no picture (see `kiosk.scan.frames`).
        """
        image = checked(frame)
        small = working_copy(image)
        self._tray.fit(small)
        sighting = look(image, self.empty_tray, small)
        moved = self._moved(small, sighting.quad, image.shape[1])
        self._frame, self._seen = replace(frame, image=image), sighting.quad
        self._follow(frame.taken_at, moved=moved, sighting=sighting)
        self._tray.feed(frame.taken_at, small, sighting, moved=moved)
        still = self._still_since is not None and frame.taken_at - self._still_since >= _STILL_SECONDS
        self._papers = self._in_turn(small, sighting, still=still)
        verdict = self._verdict = self._judge(small, sighting, still=still)
        self._tries.feed(frame.taken_at, verdict, still=still, something=self._empty_frames == 0)
        seen = self._observed(small, self._told(verdict), frame.taken_at, still=still)
        if small is not self.empty_tray:
            small.fill(0)
        return seen

    def _in_turn(self, small: Image, sighting: Sighting, *, still: bool) -> list[Paper]:
        """Return the papers that lie there, that one first whose turn it is; while anything moves only the largest."""
        if sighting.quad is None:
            return []
        if not still:
            return [Paper(sighting.quad, taken=self._laid.any_taken)]
        image, tray, scale = self._image.image, self.empty_tray, self._image.image.shape[1] // small.shape[1]
        quads = [sighting.quad]
        if (
            tray is not None
            and sighting.tray_fits
            and other_paper(small, sighting.quad / scale, tray).where is not None
        ):
            quads = in_reading_order([*quads, *find_others(image, small, tray, sighting.quad)])
        papers = self._laid.see(image, quads, self._image.mm_per_pixel)
        return sorted(papers, key=lambda paper: paper.taken)  # in reading order otherwise

    def _told(self, verdict: Verdict) -> Verdict:
        """Return what is told of a verdict: one of two papers that are still to be taken is not taken by itself."""
        waiting = [paper for paper in self._papers if not paper.taken]
        if not verdict.ok or not waiting or (len(waiting) == 1 and not waiting[0].offered):
            return verdict
        return Verdict(ok=False, fault=Fault.TWO_PAPERS, measured=verdict.measured)

    def _observed(self, small: Image, verdict: Verdict, now: float, *, still: bool) -> Observation:
        image, scale = self._image.image, self._image.image.shape[1] // small.shape[1]
        quad, *others = [paper.quad / scale for paper in self._papers] or [None]
        preview = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)
        self._source = Source(image, preview, quad, self._image.mm_per_pixel, self._bend)
        good_for = self._good_for(now, good=verdict.ok and still)
        taken = self._taken
        return Observation(
            quad=self._steady.feed(quad),
            verdict=verdict,
            still=still,
            ready=good_for >= _READY_SECONDS and not taken,
            preview=preview,
            taken=taken,
            source=self._source,
            progress=0.0 if taken else min(1.0, good_for / _READY_SECONDS),
            may_go_on=self._tries.used_up and self._empty_frames == 0,
            others=tuple(each for each in others if each is not None),
            offered=bool(self._papers) and self._papers[0].offered,
        )

    @property
    def _taken(self) -> bool:
        """Whether all that lies there is taken; what nobody can see is."""
        return self._papers[0].taken if self._papers else self._laid.any_taken

    @property
    def _image(self) -> Frame:
        """The last frame.

        Raises:
            ValueError: none has been fed.
        """
        if self._frame is None:
            raise ValueError("there is no frame to take a page from")
        return self._frame

    def take(self) -> PageImage:
        """Return the page of the last frame: as found, or the whole frame where none was found. It counts as taken.

        What was wrong with it goes along as its note.

        Raises:
            ValueError: no frame has been fed.
        """
        frame = self._image
        height, width = frame.image.shape[:2]
        whole = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        if not self._papers:
            page = make_page(frame.image, whole, frame.mm_per_pixel)
        elif self._bend is None:
            page = make_page(frame.image, self._papers[0].quad, frame.mm_per_pixel)
        else:
            page = self._straight_page(frame, self._papers[0].quad, self._bend)
        fault = None if self._verdict is None else self._verdict.fault
        self.mark_taken()
        return replace(page, source=self._source, notes=() if fault is None else (fault.family,))

    def _straight_page(self, frame: Frame, quad: Quad, bend: Bend) -> PageImage:
        piece, straight = straightened(frame.image, quad, bend)
        bow = bend.bow(quad, (frame.image.shape[1], frame.image.shape[0]))
        page = make_page(piece, found_again(piece, straight, bow), frame.mm_per_pixel)
        piece.fill(0)
        return page

    def refuse(self) -> None:
        """Count a touch of the button that the last verdict stood against as one more try."""
        if self._verdict is not None and self._verdict.fault is not None:
            self._tries.add(self._verdict.fault)

    def renew_tries(self) -> None:
        """Another paper is asked for: what was refused before does not count against it."""
        self._tries.renew()

    def mark_taken(self) -> None:
        """Note that what lies there is taken; of several papers the one that was outlined."""
        if self._frame is not None and self._papers:
            first, *others = [paper.quad for paper in self._papers]
            self._laid.take(self._frame.image, first, others, self._frame.mm_per_pixel)
        else:
            self._laid.take_all()
        self._tries.renew()

    def wipe(self) -> None:
        """Overwrite what is kept of the last frame, and forget it."""
        for picture in (None if self._frame is None else self._frame.image, self._motion):
            if picture is not None:
                picture.fill(0)
        if self._source is not None:
            self._source.preview.fill(0)
        self.forget()

    def forget(self) -> None:
        """Let go of the last frame; whoever was handed it has it still."""
        self._frame = self._source = self._motion = self._seen = self._verdict = None
        self._papers = []
        self._laid.lifted()

    def _good_for(self, now: float, *, good: bool) -> float:
        """Return for how many seconds the page has been still and good."""
        if not good:
            self._good_since = None
        elif self._good_since is None:
            # Being still counts from its beginning; being good cannot be known before that.
            self._good_since = self._still_since
        return 0.0 if self._good_since is None else now - self._good_since

    def _judge(self, small: Image, sighting: Sighting, *, still: bool) -> Verdict:
        frame = self._image
        if sighting.quad is None or still:
            # Where no page is seen, even a tray that no longer fits tells how much light there was.
            tray = self.empty_tray if sighting.tray_fits or sighting.quad is None else None
            first = self._papers[0].quad if self._papers else None
            others = [paper.quad for paper in self._papers[1:]]
            if tray is not None and others:
                tray = laid_on(tray, small, [quad * small.shape[1] // frame.image.shape[1] for quad in others])
            return judge(frame.image, first, small, frame.mm_per_pixel, tray)
        just_now = self._moved_at is not None and frame.taken_at - self._moved_at < _TELL_MOVED_SECONDS
        return Verdict(ok=False, fault=Fault.MOVED if just_now else Fault.MOVING)

    def _moved(self, small: Image, quad: Quad | None, width: int) -> bool:
        """Return whether picture or page are other than in the frame before."""
        size = (_MOTION_WIDTH, max(1, _MOTION_WIDTH * small.shape[0] // small.shape[1]))
        grey = cv2.resize(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA)
        before, self._motion = self._motion, np.asarray(grey, np.uint8)
        if before is None or before.shape != grey.shape:
            return True
        changed = float(cv2.absdiff(grey, before).max())
        before.fill(0)
        if changed > _MOTION:
            return True
        if quad is None or self._seen is None:
            return quad is not self._seen
        if iou(quad, self._seen) == 0:
            return False  # of two papers now this one passes for the larger, now that one
        return float(np.abs(quad - self._seen).max()) > _QUAD_MOTION * width

    def _follow(self, now: float, *, moved: bool, sighting: Sighting) -> None:
        """Keep since when it is still, and notice that the paper was lifted."""
        if moved and self._good_since is not None and sighting.quad is not None and not self._taken:
            self._moved_at = now  # it was about to be taken
        if moved or self._still_since is None:
            self._still_since = now
        if moved:
            self._good_since = None
            self._laid.moved()
        # A hand over the page hides it, too: lifted is only what leaves the tray as it is when empty.
        empty = sighting.tray_is_empty
        if empty is None:
            empty = sighting.quad is None and now - self._still_since >= _STILL_SECONDS
        self._empty_frames = self._empty_frames + 1 if empty else 0
        if self._empty_frames >= _EMPTY_FRAMES:
            self._laid.lifted()
