"""What the kiosk itself notices of its camera: on the board and in the heartbeat until it is well, and no longer."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import DeviceStatus, OutputComplete, StatusChanged, StatusReport
from kiosk.config import KioskConfig
from kiosk.config_models import ReadingSection
from kiosk.device_health import devices_health, health_file, read_health, utc_now
from kiosk.health import HealthBoard, Severity
from kiosk.health_file import board_path
from kiosk.health_noticed import Noticed
from kiosk.reading import reader
from kiosk.scan.tray_keeping import TrayState
from kiosk.scanner import tray_error
from kiosk.services import KioskServices
from tests.drivers.helpers import eventually
from tests.kiosk.test_health import Wall
from tests.visits.visitor import Places

CAMERA = "document_camera"
SECONDS = 120.0  # until a child has its models loaded, on a machine that is busy
WELL = StatusReport(DeviceStatus.ONLINE)
LIGHT, MOVED = tray_error(TrayState.LIGHT_CHANGED), tray_error(TrayState.CAMERA_MOVED)
GIVEN_UP = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.READING_LOST, ErrorAction.MAINTENANCE)


class Staff:
    """The board of a kiosk with a camera, and what is noticed of it."""

    def __init__(self, config: KioskConfig) -> None:
        self.wall = Wall()
        self.config = config
        self.changes = 0
        self.board = self.new_board()
        self.noticed = Noticed(CAMERA, self.board, self._changed)

    def new_board(self) -> HealthBoard:
        """Return the board as a kiosk that starts has it."""
        return HealthBoard(self.config.devices, self.wall, file=board_path(self.config))

    def _changed(self) -> None:
        self.changes += 1

    def issues(self) -> list[tuple[str, Severity, ErrorAction]]:
        return [(each.key, each.severity, each.action) for each in self.board.issues()]

    def heartbeat(self, report: StatusReport = WELL) -> tuple[str, str | None, str | None]:
        """Return what the office is told of the camera."""
        camera = next(each for each in self.config.devices if each.name == CAMERA)
        (told,) = devices_health([camera], {CAMERA: self.noticed.in_report(CAMERA, report)})
        return told.status, told.reason, told.action


@pytest.fixture
def staff(tmp_path: Path) -> Staff:
    return Staff(Places(tmp_path).config(devices=True))


def test_a_tray_that_no_longer_fits_stands_on_the_board_until_it_fits(staff: Staff) -> None:
    """Promise 8: who must act, and how; told to the office too. Promise 4: gone by itself, and nothing is left."""
    staff.noticed.tell(Reason.TRAY_CHANGED, MOVED)
    assert staff.issues() == [("document_camera.TRAY_CHANGED", Severity.WARNING, ErrorAction.CLEAR)]
    assert staff.board.issues()[0].guide == "guides.document_camera.TRAY_CHANGED"
    assert staff.heartbeat() == ("ONLINE", "TRAY_CHANGED", "CLEAR")
    staff.noticed.tell(Reason.TRAY_CHANGED, None)
    assert staff.issues() == []
    assert staff.heartbeat() == ("ONLINE", None, None)
    assert staff.changes == 2


def test_other_light_is_the_kiosks_own_to_mend(staff: Staff) -> None:
    """Promise 8: it is learnt anew by itself, so nobody is sent."""
    staff.noticed.tell(Reason.TRAY_CHANGED, LIGHT)
    assert staff.issues() == [("document_camera.TRAY_CHANGED", Severity.NOTICE, ErrorAction.SUSPEND)]


def test_the_cameras_own_status_ends_nothing_that_the_kiosk_noticed(staff: Staff) -> None:
    """Promise 4: a camera that is well says nothing of tray and reading, however long it is well."""
    staff.noticed.tell(Reason.READING_LOST, GIVEN_UP)
    staff.board.take(StatusChanged(CAMERA, WELL))
    staff.board.take(OutputComplete(CAMERA, "frame"))
    staff.wall.advance(timedelta(hours=5))
    assert staff.issues() == [("document_camera.READING_LOST", Severity.ALARM, ErrorAction.MAINTENANCE)]
    assert staff.board.issues()[0].guide == "guides.document_camera.READING_LOST"


def test_both_are_told_beside_each_other_and_the_worst_to_the_office(staff: Staff) -> None:
    """Promise 8: a heartbeat has one reason a device: what somebody must come for; the camera's own before both."""
    staff.noticed.tell(Reason.TRAY_CHANGED, LIGHT)
    staff.noticed.tell(Reason.READING_LOST, GIVEN_UP)
    assert [key for key, *_ in staff.issues()] == ["document_camera.READING_LOST", "document_camera.TRAY_CHANGED"]
    assert staff.heartbeat() == ("ONLINE", "READING_LOST", "MAINTENANCE")
    dark = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.DARK, ErrorAction.CLEAR)
    assert staff.heartbeat(replace(WELL, error=dark)) == ("ONLINE", "DARK", "CLEAR")
    staff.noticed.tell(Reason.READING_LOST, None)
    assert staff.heartbeat() == ("ONLINE", "TRAY_CHANGED", "SUSPEND")


def test_lost_twice_is_one_issue_that_is_given_up(staff: Staff) -> None:
    """Promise 8: first the kiosk tries itself; given up, it is a technician's, and still the same trouble."""
    began = staff.wall.now
    staff.noticed.tell(
        Reason.READING_LOST, DeviceError(CompletionCode.TIME_OUT, Reason.READING_LOST, ErrorAction.RESET)
    )
    assert staff.issues() == [("document_camera.READING_LOST", Severity.NOTICE, ErrorAction.RESET)]
    staff.wall.advance(timedelta(minutes=1))
    staff.noticed.tell(Reason.READING_LOST, GIVEN_UP)
    (issue,) = staff.board.issues()
    assert (issue.action, issue.count, issue.since) == (ErrorAction.MAINTENANCE, 1, began)


def test_a_kiosk_that_starts_anew_claims_nothing_it_has_not_seen(staff: Staff) -> None:
    """Promise 4: over until it is noticed again; then it is the trouble of before, counted once more."""
    began: datetime = staff.wall.now
    staff.noticed.tell(Reason.TRAY_CHANGED, MOVED)
    staff.board.keep()
    board = staff.new_board()
    assert board.issues() == ()
    board.notice(CAMERA, MOVED)
    (issue,) = board.issues()
    assert (issue.since, issue.count) == (began, 2)


def test_what_a_device_tells_is_not_noticed(staff: Staff) -> None:
    """Promise 4: nothing else would ever end it."""
    dark = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.DARK, ErrorAction.CLEAR)
    with pytest.raises(ValueError, match="DARK"):
        staff.board.notice(CAMERA, dark)


def test_the_kiosks_own_board_and_record_follow_reading_that_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 8: from the missing model to the staff's board and what the heartbeat tells, and away again."""
    monkeypatch.setattr(reader, "models_folder", lambda: tmp_path)
    config = replace(Places(tmp_path).config(devices=True), reading=ReadingSection(enabled=True))
    services = KioskServices(config, lambda _: None)
    services._health.start()

    def told() -> tuple[list[Reason], Reason | str | None]:
        record = read_health(health_file(config), utc_now())
        camera = None if record is None else next(each for each in record.devices if each.name == CAMERA)
        return [each.reason for each in services.board.issues()], None if camera is None else camera.reason

    try:
        services._reading.warm_up()
        eventually(lambda: told() == ([Reason.READING_LOST], Reason.READING_LOST))
        monkeypatch.undo()
        services._reading.warm_up()
        eventually(lambda: told() == ([], None), SECONDS)
    finally:
        services.stop()


def test_a_kiosk_without_a_camera_tells_nothing(staff: Staff) -> None:
    """Promise 4: there is no device it could be told of."""
    Noticed(None, staff.board, staff._changed).tell(Reason.READING_LOST, GIVEN_UP)
    assert (staff.issues(), staff.changes) == ([], 0)
