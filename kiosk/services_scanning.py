"""Watches the tray for the visit: the scanner in front of the camera, and the newest of what it sees."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.errors import DeviceError
from drivers.model import CheckHealth, DeviceClass, DeviceInformation
from drivers.worker import DeviceWorker
from kiosk.services_devices import absent

if TYPE_CHECKING:
    from drivers.camera import Frame
    from kiosk.scan.geometry import Quad
    from kiosk.scan.handling import Source
    from kiosk.scanner import Scanner
    from kiosk.visit import Visit

Post = Callable[[Callable[[], None]], None]
_log = logging.getLogger(__name__)

FRAME_SECONDS = 3.0


class TrayWatch:
    """The watching of one kiosk, on the thread `post` leads to. `camera` is None where there is none.

    `state` is the kiosk's folder, where a calibration of the camera is kept. `on_tray` is told, on the scanner's thread
    and whatever visit it is, that the empty tray looks otherwise than it was learnt, and None once it fits again.

    What comes after a watch was ended is dropped here, and what comes for an earlier visit in `Visit.deliver`.
    """

    def __init__(
        self,
        camera: DeviceWorker | None,
        post: Post,
        visit: "Callable[[], Visit]",
        state: Path,
        on_tray: Callable[[DeviceError | None], None],
    ) -> None:
        self._camera = camera
        self._state = state
        self._post = post
        self._visit = visit
        self._on_tray = on_tray
        self._scanner: Scanner | None = None
        self._ticket: object | None = None
        self._seen = _Latest(post)
        self._cutting: list[threading.Thread] = []

    def start(self, material: str) -> None:
        """Watch for that paper. A watch under way goes on, so that the paper before is not taken again."""
        _log.info("scanning %s", material)
        self._ticket = object()
        if self._camera is None:
            self._hand_over(lambda visit: visit.scan_failed(absent(DeviceClass.DOCUMENT_CAMERA)))
            return
        if self._scanner is None:
            self._scanner = self._new_scanner()
        self._scanner.start()

    def stop(self) -> None:
        """Watch no more, and drop what was seen."""
        self._ticket = None
        self._seen.clear()
        if self._scanner is not None:
            self._scanner.stop()

    def capture(self) -> None:
        """Take the page as soon as it is good, or as it lies when it was refused often enough."""
        if self._scanner is not None:
            self._scanner.capture_now()

    def hold(self) -> None:
        """Look at nothing for a while; what was seen and not yet handed over is dropped."""
        self._seen.clear()
        if self._scanner is not None:
            self._scanner.hold()

    def release(self, *, taken: bool) -> None:
        """Look on."""
        if self._scanner is not None:
            self._scanner.release(taken=taken)

    def crop(self, source: "Source", quad: "Quad") -> None:
        """Make a page by these corners, on a thread of its own: the screen must not wait for it."""
        hand_over = self._addressed()

        def work() -> None:
            from kiosk.scan.handling import cut  # noqa: PLC0415 - as in _new_scanner

            page = cut(source, quad)
            hand_over(lambda visit: visit.page_cropped(page), self._post)

        thread = threading.Thread(target=work, name="crop", daemon=True)
        self._cutting = [*(old for old in self._cutting if old.is_alive()), thread]
        thread.start()

    def wipe(self) -> None:
        """Watch no more; what is left of the pages is overwritten, the camera's frames now rather than when idle."""
        self.stop()
        if self._scanner is not None:
            self._scanner.wipe()
        if self._camera is not None:
            from drivers.camera import StopCapture  # noqa: PLC0415 - as in _new_scanner

            self._camera.execute(StopCapture(), FRAME_SECONDS)

    def close(self) -> None:
        """End for good."""
        self.stop()
        if self._scanner is not None:
            self._scanner.close(FRAME_SECONDS)
        for thread in self._cutting:
            thread.join(FRAME_SECONDS)

    def _new_scanner(self) -> "Scanner":
        # These bring OpenCV, which the first screen must not wait for.
        from kiosk.calibration_scanning import KeptCalibration  # noqa: PLC0415 - see above
        from kiosk.scanner import Scanner  # noqa: PLC0415 - see above

        return Scanner(
            self._grab,
            on_observation=lambda seen: self._hand_over(lambda visit: visit.observed(seen), self._seen.put),
            on_page=lambda page: self._hand_over(lambda visit: visit.page_captured(page)),
            on_error=lambda error: self._hand_over(lambda visit: visit.scan_failed(error)),
            on_tray=self._on_tray,
            calibrated=KeptCalibration(self._state, self._which_camera),
        )

    def _hand_over(self, event: "Callable[[Visit], None]", post: Post | None = None) -> None:
        """Hand over what the scanner brings (on its thread), if it is still wanted when its turn comes."""
        self._addressed()(event, post or self._post)

    def _addressed(self) -> "Callable[[Callable[[Visit], None], Post], None]":
        """Return a way to hand something over to the visit and the watch of this moment, and to no later ones."""
        visit = self._visit()
        ticket, generation = self._ticket, visit.generation

        def hand_over(event: "Callable[[Visit], None]", post: Post) -> None:
            def happened() -> None:
                if ticket is not None and ticket is self._ticket:
                    visit.deliver(generation, lambda: event(visit))

            post(happened)

        return hand_over

    def _which_camera(self) -> DeviceInformation:
        """Return what the camera says of itself (on the scanner's thread)."""
        if self._camera is None:
            raise absent(DeviceClass.DOCUMENT_CAMERA)
        return self._camera.execute(CheckHealth(), FRAME_SECONDS).result().information

    def _grab(self, newer_than: int) -> "Frame":
        """Return the next frame (on the scanner's thread)."""
        from drivers.camera import GrabFrame  # noqa: PLC0415 - as in _new_scanner

        if self._camera is None:
            raise absent(DeviceClass.DOCUMENT_CAMERA)
        return self._camera.execute(GrabFrame(newer_than), FRAME_SECONDS).result()


class _Latest:
    """Hands over the newest of what comes faster than it is looked at: never two waiting."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._lock = threading.Lock()
        self._newest: Callable[[], None] | None = None

    def put(self, happened: Callable[[], None]) -> None:
        """Hand it over, in the place of one that still waits. From any thread."""
        with self._lock:
            waits, self._newest = self._newest, happened
        if waits is None:
            self._post(self._take)

    def clear(self) -> None:
        """Forget what waits."""
        with self._lock:
            if self._newest is not None:
                self._newest = _nothing  # its turn is posted already

    def _take(self) -> None:
        with self._lock:
            happened, self._newest = self._newest, None
        if happened is not None:
            happened()


def _nothing() -> None:
    """Happens in the place of what was forgotten."""
