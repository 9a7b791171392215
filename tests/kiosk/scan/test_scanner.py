"""The scanner's thread: pages come by themselves, errors once, and it stops at once."""

import logging
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from drivers.camera import Frame
from drivers.errors import CompletionCode, DeviceError, DeviceGone, ErrorAction, Reason
from kiosk.scan.geometry import Image
from kiosk.scan.session import Observation, PageImage, TrayState
from kiosk.scanner import Scanner, tray_error
from tests.kiosk.scan.pictures import empty_tray, frame, photograph, scene

STEP = 0.15  # seconds of the frames' own clock between two


class Camera:
    """Gives frames of what lies there, on its own clock, as fast as they are asked for; or fails."""

    def __init__(self) -> None:
        self.image: Image = scene().empty(1).frames[0]
        self.error: DeviceError | None = None
        self.number = 0
        self.blocked: threading.Event | None = None

    def grab(self, newer_than: int) -> Frame:
        if self.blocked is not None:
            self.blocked.wait(10)
        if self.error is not None:
            raise self.error
        assert newer_than <= self.number
        self.number += 1
        return frame(self.image, self.number, 50 + self.number * STEP)


class Heard:
    """What the scanner told."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.observations: list[Observation] = []
        self.pages: list[PageImage] = []
        self.errors: list[DeviceError] = []
        self.tray: list[DeviceError | None] = []

    def observed(self, seen: Observation) -> None:
        with self.news:
            self.observations.append(seen)
            self.news.notify_all()

    def captured(self, page: PageImage) -> None:
        with self.news:
            self.pages.append(page)
            self.news.notify_all()

    def failed(self, error: DeviceError) -> None:
        with self.news:
            self.errors.append(error)
            self.news.notify_all()

    def tray_seen(self, error: DeviceError | None) -> None:
        with self.news:
            self.tray.append(error)
            self.news.notify_all()

    def wait_for(self, true: Callable[[], bool]) -> None:
        with self.news:
            assert self.news.wait_for(true, 20), "it never became true"


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def scanner(camera: Camera, heard: Heard) -> Iterator[Scanner]:
    made = Scanner(
        camera.grab, heard.observed, heard.captured, heard.failed, empty_tray=empty_tray(), on_tray=heard.tray_seen
    )
    yield made
    made.close(5)


def test_a_page_comes_by_itself_and_once(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 6: the resident lays a paper, and that is all."""
    camera.image = photograph("hukou", 2).frames[0]
    scanner.start()
    scanner.start()
    heard.wait_for(lambda: len(heard.pages) == 1)
    count = len(heard.observations)
    heard.wait_for(lambda: len(heard.observations) > count + 12)
    assert len(heard.pages) == 1


def test_asked_for_it_takes_the_same_paper_again(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 6: who wants another picture asks for it."""
    camera.image = photograph("hukou", 2).frames[0]
    scanner.start()
    heard.wait_for(lambda: len(heard.pages) == 1)
    scanner.capture_now()
    heard.wait_for(lambda: len(heard.pages) == 2)


def test_a_faulty_page_is_taken_at_last_with_a_note(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 7: whoever cannot do better goes on; promise 4: the clerk is told what is wrong with the page."""
    camera.image = photograph("hukou", 2, "finger", where=1).frames[0]
    scanner.start()
    for _ in range(2):
        scanner.capture_now()
        count = len(heard.observations)
        heard.wait_for(lambda count=count: len(heard.observations) > count + 6)  # type: ignore[misc]  # mypy: default
    assert heard.observations[-1].may_go_on
    assert heard.pages == []
    scanner.capture_now()
    heard.wait_for(lambda: len(heard.pages) == 1)
    assert heard.pages[0].notes == ("finger",)


def test_one_touch_never_takes_a_faulty_page(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 4: the button says what is wrong before it takes it all the same."""
    camera.image = photograph("hukou", 2, "finger", where=1).frames[0]
    scanner.start()
    scanner.capture_now()
    heard.wait_for(lambda: len(heard.observations) > 12)
    assert heard.pages == []


def test_an_empty_tray_is_no_page_however_often_it_is_asked_for(scanner: Scanner, heard: Heard) -> None:
    """Promise 4: no page out of nothing."""
    scanner.start()
    for number in range(1, 6):
        scanner.capture_now()
        heard.wait_for(lambda number=number: len(heard.observations) > 4 * number)  # type: ignore[misc]  # as above
    assert heard.pages == []


def test_pages_are_overwritten_when_the_visit_is_over(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 2: not only forgotten: the very memory that showed a page is zeroed."""
    camera.image = photograph("hukou", 2).frames[0].copy()
    scanner.start()
    heard.wait_for(lambda: len(heard.pages) == 1)
    pictures = [camera.image, heard.pages[0].preview, *(seen.preview for seen in heard.observations)]
    assert all(picture.any() for picture in pictures)
    scanner.wipe()
    scanner.close(5)
    assert not any(picture.any() for picture in pictures)


def test_pages_stay_while_their_paper_is_finished(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 6: the pages of a paper that is done are still shown."""
    camera.image = photograph("hukou", 2).frames[0].copy()
    scanner.start()
    heard.wait_for(lambda: len(heard.pages) == 1)
    scanner.stop()
    scanner.close(5)
    assert heard.pages[0].preview.any()


def test_what_is_no_picture_is_told_as_a_broken_camera(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 3: garbage from the camera ends in a sentence, not in a dead thread."""
    camera.image = np.zeros((4, 4), np.uint8)
    scanner.start()
    heard.wait_for(lambda: len(heard.errors) == 1)
    assert heard.errors[0].reason is Reason.GARBLED
    camera.image = photograph("hukou", 2).frames[0]
    heard.wait_for(lambda: len(heard.pages) == 1)


def test_a_tray_that_no_longer_fits_is_told_to_staff_once(
    scanner: Scanner, camera: Camera, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 8: the kiosk falls back by itself, and staff can read why."""
    caplog.set_level(logging.INFO)
    camera.image = photograph("hukou", 2, tray="wood").frames[0]
    scanner.start()
    heard.wait_for(lambda: scanner.tray is not TrayState.FITS)
    count = len(heard.observations)
    heard.wait_for(lambda: len(heard.observations) > count + 2)
    told = [record.message for record in caplog.records if "empty tray" in record.message]
    assert len(told) == 1
    assert scanner.tray in (TrayState.CHANGED, TrayState.LIGHT_CHANGED, TrayState.CAMERA_MOVED)
    (error,) = heard.tray
    assert error is not None
    assert (error.reason, error.action) == (tray_error(scanner.tray).reason, tray_error(scanner.tray).action)


def test_a_tray_is_told_to_fit_again_when_it_was_seen_to_and_not_before(
    scanner: Scanner, camera: Camera, heard: Heard
) -> None:
    """Promise 4: the next visit's watch begins with nothing compared, which is no news; what it sees is."""
    camera.image = photograph("hukou", 2, tray="wood").frames[0]
    scanner.start()
    heard.wait_for(lambda: len(heard.tray) == 1)
    scanner.stop()
    scanner.close(5)
    count = len(heard.observations)
    scanner.start()
    heard.wait_for(lambda: len(heard.observations) > count + 2)
    assert len(heard.tray) == 1, "the same trouble, told once"
    camera.image = scene().empty(1).frames[0]
    heard.wait_for(lambda: len(heard.tray) == 2)
    assert heard.tray[1] is None
    assert scanner.tray is TrayState.FITS


def test_a_dead_camera_is_told_once_and_tried_on(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 3: the scan says that it cannot go on, and goes on by itself when it can."""
    camera.error = DeviceGone("unplugged")
    scanner.start()
    heard.wait_for(lambda: len(heard.errors) == 1)
    assert heard.errors[0].reason is Reason.GONE
    camera.error = None
    heard.wait_for(lambda: len(heard.observations) > 3)
    camera.error = DeviceGone("again")
    heard.wait_for(lambda: len(heard.errors) == 2)


def test_what_the_kiosk_mends_itself_is_told_only_when_it_stays(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 8: one torn picture is nobody's trouble; a camera that stays frozen is."""
    failures: list[int] = []
    answer = camera.grab

    def fail_once(newer_than: int) -> Frame:
        if not failures:
            failures.append(newer_than)
            raise DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GARBLED, ErrorAction.RESET, "torn")
        return answer(newer_than)

    patient = Scanner(fail_once, heard.observed, heard.captured, heard.failed)
    patient.start()
    heard.wait_for(lambda: len(heard.observations) > 1)
    patient.close(5)
    assert heard.errors == []
    camera.error = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.FROZEN, ErrorAction.RESET, "still")
    scanner.start()
    heard.wait_for(lambda: len(heard.errors) == 1)


def test_it_stops_at_once_though_the_camera_does_not_answer(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 6: leaving the scan never waits; nothing of the old run is handed on."""
    camera.blocked = threading.Event()
    scanner.start()
    scanner.stop()
    scanner.stop()
    camera.blocked.set()
    scanner.close(5)
    assert heard.observations == []


def test_the_tray_learnt_in_one_visit_serves_the_next(scanner: Scanner, camera: Camera, heard: Heard) -> None:
    """Promise 3: a page that lies there when the scan begins is found by what the last visit left behind."""
    scanner.start()
    heard.wait_for(lambda: len(heard.observations) > 20)
    scanner.stop()
    camera.image = photograph("bank_card", 2).frames[0]
    scanner.start()
    heard.wait_for(lambda: len(heard.pages) == 1)
    assert heard.pages[0].paper == "ID-1"


def test_capture_now_does_nothing_while_nobody_scans(scanner: Scanner, heard: Heard) -> None:
    """Promise 4: a touch that comes too late takes no picture."""
    scanner.capture_now()
    assert heard.pages == []
