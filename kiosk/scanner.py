"""The thread that watches the tray: frames from the camera, through a `ScanSession`, to observations and pages.

One decision: each `start` is a run of its own with its own stop, so `stop` never waits for a camera that does not
answer; nothing of a stopped run is handed on. What outlives a run is the picture of the empty tray.
"""

import logging
import threading
from collections.abc import Callable

from drivers.camera import Frame
from drivers.errors import DeviceError, ErrorAction
from kiosk.scan.geometry import Image
from kiosk.scan.page import PageImage
from kiosk.scan.session import Observation, ScanSession

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 0.5
_PATIENCE = 2  # errors in a row that the kiosk may mend itself before the resident hears of them


class Scanner:
    """Watches the tray between `start` and `stop`; all callbacks come on its thread.

    Args:
        grab: gives the newest frame above a number, waiting for it a few seconds at most; raises `DeviceError`.
        on_observation: what each frame showed.
        on_page: a page that was taken.
        on_error: the camera is unwell; told once, until it has been well again. It is tried on meanwhile.
        empty_tray: the tray's picture if it was kept from before, None to learn it.
    """

    def __init__(
        self,
        grab: Callable[[int], Frame],
        on_observation: Callable[[Observation], None],
        on_page: Callable[[PageImage], None],
        on_error: Callable[[DeviceError], None],
        *,
        empty_tray: Image | None = None,
    ) -> None:
        self._grab = grab
        self._on_observation = on_observation
        self._on_page = on_page
        self._on_error = on_error
        self._empty_tray = empty_tray
        self._run: _Run | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to watch; does nothing while it does."""
        if self._run is not None:
            return
        run = self._run = _Run(ScanSession(self._empty_tray))
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

    def capture_now(self, *, force: bool = False) -> None:
        """Take the next good page without waiting for it to lie still long; with `force`, whatever lies there."""
        run = self._run
        if run is not None:
            run.asked, run.forced = True, force

    def _watch(self, run: "_Run") -> None:
        number, errors = -1, 0
        while run.goes_on():
            try:
                frame = self._grab(number)
            except DeviceError as error:
                errors += 1
                self._tell(run, error, errors)
                run.stopped.wait(_RETRY_SECONDS)
                continue
            errors = 0
            run.told = False
            number = frame.number
            self._look(run, frame)

    def _look(self, run: "_Run", frame: Frame) -> None:
        observation = run.session.feed(frame)
        self._empty_tray = run.session.empty_tray
        if not run.going.is_set():
            return
        page = self._page(run, observation)
        if run.stopped.is_set():
            return
        self._on_observation(observation)
        if page is not None:
            self._on_page(page)

    def _page(self, run: "_Run", observation: Observation) -> PageImage | None:
        wanted = run.asked and (run.forced or (observation.verdict.ok and observation.still))
        if not (wanted or observation.ready):
            return None
        run.asked = run.forced = False
        return run.session.take()

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
        self.asked = False
        self.forced = False
        self.told = False

    def goes_on(self) -> bool:
        """Wait while it is held; tell whether to look on."""
        self.going.wait()
        return not self.stopped.is_set()
