"""The thread that watches the tray: frames from the camera, through a `ScanSession`, to observations and pages.

One decision: each `start` is a run of its own with its own stop, so `stop` never waits for a camera that does not
answer; nothing of a stopped run is handed on. What outlives a run is the picture of the empty tray.
"""

import logging
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from drivers.camera import Frame
from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from kiosk.scan.fault import Fault
from kiosk.scan.frames import checked
from kiosk.scan.geometry import Image
from kiosk.scan.page import PageImage
from kiosk.scan.session import Observation, ScanSession, TrayState
from kiosk.scan.straight import Bend

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 0.5
_PATIENCE = 2  # errors in a row that the kiosk may mend itself before the resident hears of them

_MOVING = (Fault.MOVING, Fault.MOVED)
_WHO_ACTS = {TrayState.LIGHT_CHANGED: ErrorAction.SUSPEND}  # learnt anew by itself; else somebody sees to the tray


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """What a calibration made at `at` says of the camera: its lens, and the empty tray (BGR, of whatever size)."""

    bend: Bend
    empty_tray: Image = field(repr=False)
    at: datetime


class Scanner:
    """Watches the tray between `start` and `stop`; all callbacks come on its thread.

    Args:
        grab: gives the newest frame above a number, waiting for it a few seconds at most; raises `DeviceError`.
        on_observation: what each frame showed.
        on_page: a page that was taken.
        on_error: the camera is unwell; told once, until it has been well again. It is tried on meanwhile.
        empty_tray: the tray's picture if it was kept from before, None to learn it.
        on_tray: the empty tray looks otherwise than it was learnt, for staff; None: it is seen to fit again.
        calibrated: asked once a run, on its thread, with the frames' width and height; may raise `DeviceError`.
    """

    def __init__(
        self,
        grab: Callable[[int], Frame],
        on_observation: Callable[[Observation], None],
        on_page: Callable[[PageImage], None],
        on_error: Callable[[DeviceError], None],
        *,
        on_tray: Callable[[DeviceError | None], None] = lambda _error: None,
        empty_tray: Image | None = None,
        calibrated: Callable[[tuple[int, int]], Calibrated | None] = lambda _size: None,
    ) -> None:
        self._grab = grab
        self._on_observation = on_observation
        self._on_page = on_page
        self._on_error = on_error
        self._on_tray = on_tray
        self._empty_tray = empty_tray
        self._calibrated = calibrated
        self._calibrated_at: datetime | None = None
        self._run: _Run | None = None
        self._threads: list[threading.Thread] = []
        self._runs: list[_Run] = []
        self.tray = TrayState.UNKNOWN if empty_tray is None else TrayState.FITS

    def start(self) -> None:
        """Begin to watch. While it does, another paper is asked for: earlier refusals count no more."""
        if self._run is not None:
            self._run.session.renew_tries()
            return
        run = self._run = _Run(ScanSession(self._empty_tray))
        self._runs = [*(old for old in self._runs if old.anything_left), run]
        thread = threading.Thread(target=self._watch, args=(run,), name="scanner", daemon=True)
        self._threads = [*(old for old in self._threads if old.is_alive()), thread]
        thread.start()

    def stop(self) -> None:
        """Stop watching, at once; the frames are let go."""
        run, self._run = self._run, None
        if run is not None:
            run.stopped.set()
            run.going.set()

    def hold(self) -> None:
        """Look at nothing for a while: what was seen last is being looked at by hand. Nothing is taken meanwhile."""
        if self._run is not None:
            self._run.going.clear()

    def release(self, *, taken: bool) -> None:
        """Go on; `taken` if a page was made of what lies there."""
        run = self._run
        if run is not None:
            if taken:
                run.session.mark_taken()
            run.going.set()

    def close(self, seconds: float) -> None:
        """Stop, and wait for the threads to end, `seconds` each at most."""
        self.stop()
        for thread in self._threads:
            thread.join(seconds)

    def wipe(self) -> None:
        """Stop, and overwrite every picture of a page that was handed out and is still there (promise 2)."""
        self.stop()
        runs, self._runs = self._runs, []
        for run in runs:
            run.wipe()

    def capture_now(self) -> None:
        """Take the next good page without waiting for it to lie still long.

        One that is refused counts as one more try; when those are used up (`Observation.may_go_on`), it is taken as it
        lies, with its fault as a note.
        """
        if self._run is not None:
            self._run.asked = True

    def _watch(self, run: "_Run") -> None:
        number, errors = -1, 0
        while run.goes_on():
            try:
                frame = self._grab(number)
                with run.looking:
                    self._look(run, frame)
            except DeviceError as error:
                errors += 1
                self._tell(run, error, errors)
                run.stopped.wait(_RETRY_SECONDS)
                continue
            errors = 0
            run.told = False
            number = frame.number
        run.end()

    def _look(self, run: "_Run", frame: Frame) -> None:
        if not run.taught:
            self._teach(run, frame)
        observation = run.session.feed(frame)
        run.hand_out(frame.image, observation.preview)
        self._keep_tray(run.session)
        if not run.going.is_set():
            return
        page = self._page(run, observation)
        if run.stopped.is_set():
            return
        self._on_observation(observation)
        if page is not None:
            run.hand_out(page.preview)
            self._on_page(page)

    def _teach(self, run: "_Run", frame: Frame) -> None:
        """Have the run go by the calibration; its tray counts until a newer one is learnt from the frames."""
        image = checked(frame)
        found = self._calibrated((image.shape[1], image.shape[0]))
        if found is not None:
            is_new = self._empty_tray is None or found.at != self._calibrated_at
            run.session.learn(found.bend, found.empty_tray if is_new else None)
            self._calibrated_at = found.at
        run.taught = True

    def _page(self, run: "_Run", observation: Observation) -> PageImage | None:
        if observation.ready or (run.asked and _can_be_taken(observation)):
            run.asked = False
            return run.session.take()
        if run.asked and observation.verdict.fault not in _MOVING:
            run.asked = False
            run.session.refuse()
        return None

    def _keep_tray(self, session: ScanSession) -> None:
        """Keep what was learnt of the tray, and tell staff, once, that it no longer fits."""
        self._empty_tray = session.empty_tray
        if session.tray in (TrayState.UNKNOWN, self.tray):
            return  # a new run has compared nothing yet: what was told stands
        before, self.tray = self.tray, session.tray
        fits = self.tray is TrayState.FITS
        if fits and before is TrayState.UNKNOWN:
            return  # it was just learnt
        _log.log(logging.INFO if fits else logging.WARNING, "the document camera's empty tray: %s", self.tray)
        self._on_tray(None if fits else tray_error(self.tray))

    def _tell(self, run: "_Run", error: DeviceError, errors: int) -> None:
        mends_itself = error.action in (ErrorAction.RESET, ErrorAction.SUSPEND)
        if run.stopped.is_set() or run.told or (mends_itself and errors < _PATIENCE):
            return
        run.told = True
        _log.warning("the document camera gives no frames: %s", error)
        self._on_error(error)


class _Run:
    """One stretch of watching."""

    def __init__(self, session: ScanSession) -> None:
        self.session = session
        self.stopped = threading.Event()
        self.going = threading.Event()
        self.going.set()
        self.looking = threading.Lock()
        self._wiped = False
        self._handed: list[weakref.ref[Image]] = []
        self.asked = False
        self.taught = False
        self.told = False

    def goes_on(self) -> bool:
        """Wait while it is held; tell whether to look on."""
        self.going.wait()
        return not self.stopped.is_set()

    @property
    def anything_left(self) -> bool:
        """Whether somebody still has a picture of this run."""
        return not self.stopped.is_set() or any(each() is not None for each in self._handed)

    def hand_out(self, *pictures: Image) -> None:
        """Remember pictures of a page for as long as anybody has them."""
        living = [each for each in self._handed if each() is not None]
        self._handed = [*living, *(weakref.ref(each) for each in pictures)]

    def wipe(self) -> None:
        """Overwrite what it handed out and keeps; a thread that is looking at a frame does so again at its end."""
        self._wiped = True
        self._overwrite()
        if self.looking.acquire(blocking=False):
            self.session.wipe()
            self.looking.release()

    def end(self) -> None:
        """Let go of the last frame; what was handed out may still be looked at, unless it was wiped."""
        if self._wiped:
            self._overwrite()
            self.session.wipe()
        self.session.forget()

    def _overwrite(self) -> None:
        for each in self._handed:
            picture = each()
            if picture is not None and picture.flags.writeable:
                picture.fill(0)


def _can_be_taken(observation: Observation) -> bool:
    """Tell whether the button takes it: good, or one of two papers, or refused often enough."""
    fault = observation.verdict.fault
    return observation.may_go_on or (observation.still and fault in (None, Fault.TWO_PAPERS))


def tray_error(state: TrayState) -> DeviceError:
    """Return what staff is told of a tray in a state in which its kept picture does not fit."""
    action = _WHO_ACTS.get(state, ErrorAction.CLEAR)
    detail = f"the empty tray looks otherwise than it was learnt: {state}; pages are found without its picture"
    return DeviceError(CompletionCode.USER_ERROR, Reason.TRAY_CHANGED, action, detail)
