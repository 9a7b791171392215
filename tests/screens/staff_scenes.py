"""Every page of the technician's, over a board that has heard of faults; what is asked beside the screen is given."""

import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from drivers.errors import CompletionCode, DeviceError, DeviceGone, ErrorAction, Fact, Reason
from drivers.model import (
    DeviceInformation,
    DeviceStatus,
    HealthLevel,
    HealthReport,
    StatusChanged,
    StatusReport,
    SupplyStatus,
    Told,
)
from drivers.worker import DeviceWorker
from kiosk.audit import AuditEntry
from kiosk.calibration import Fault, Progress, Step
from kiosk.closures import Closer, Closures
from kiosk.config import KioskConfig, load
from kiosk.health import HealthBoard, PaperUse
from kiosk.health_noticed import Noticed
from kiosk.line_record import LineRecord
from kiosk.print_ledger import JobKind, JobState, PrintJobRecord, PrintLedger
from kiosk.services_staff import StaffError, StaffServices, Tested
from kiosk.staff_export import Exported
from kiosk.staff_finds import OutboxView
from kiosk.staff_handover import HandedOver
from kiosk.staff_notice import Notice
from kiosk.technicians import Admission
from kiosk.touch_offset import POINTS
from roles.processes import ROOT
from screens.staff import PAGES, Desk, glass
from screens.staff.pads import cells
from screens.view import View
from sync.delivery_queue import Parked
from sync.outbox import Outbox
from sync.outbox_counts import Counts
from tests.screens.world import NIGHT

T = TypeVar("T")
PAPER_OUT = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.PAPER_OUT, ErrorAction.CLEAR)
TRAY_CHANGED = DeviceError(CompletionCode.USER_ERROR, Reason.TRAY_CHANGED, ErrorAction.CLEAR)
READING_LOST = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.READING_LOST, ErrorAction.MAINTENANCE)
GONE = DeviceGone("/dev/nothing: no such file", facts={Fact.SYSTEM_ERROR: "ENOENT"})
WHEN = NIGHT.astimezone(UTC)


@cache
def _config() -> KioskConfig:
    shipped = load(ROOT / "kiosk.toml")
    kiosk = shipped.kiosk.model_copy(update={"state": Path(tempfile.mkdtemp(prefix="staff-"))})
    return KioskConfig(
        kiosk, shipped.screen, shipped.office, shipped.limits, shipped.state_limits, shipped.devices, shipped.staff
    )


class StaffWorld:
    """What of the kiosk's services the pages look at, with a real board and no devices."""

    workers: tuple[DeviceWorker, ...] = ()

    def __init__(self, config: KioskConfig, view: View) -> None:
        self.closures = Closures(view.visit.out_of_service)
        self.board = HealthBoard(config.devices, lambda: WHEN, paper_use=lambda: PaperUse(4000, 9000))
        self._noticed = Noticed("document_camera", self.board, view.refresh)
        self._reports = {device.name: StatusReport(DeviceStatus.ONLINE) for device in config.devices}

    def hear(self, device: str, report: StatusReport) -> None:
        """Have a device say something."""
        self._reports[device] = report
        self.board.take(StatusChanged(device, report))

    def notice(self, error: DeviceError) -> None:
        """Have the kiosk itself notice something of its camera."""
        self._noticed.tell(error.reason, error)

    def statuses(self) -> dict[str, StatusReport]:
        """Return what each device said last."""
        return {name: self._noticed.in_report(name, report) for name, report in self._reports.items()}

    @property
    def outbox(self) -> Outbox:
        """No page looks into it on the screen's thread."""
        raise NotImplementedError

    def hand_in(self, work: Callable[[Outbox], T]) -> Future[T]:
        """No page looks into it on the screen's thread."""
        raise NotImplementedError

    @property
    def ledger(self) -> PrintLedger:
        """No page looks into it on the screen's thread."""
        raise NotImplementedError

    def reprint(self, job_id: str, by: str, done: Callable[[DeviceError | None], None]) -> None:
        """Print nothing."""
        del job_id, by
        done(None)


def desk_of(view: View) -> Desk:
    """Give a view its technician's side; the login is shown."""
    config = _config()
    world = StaffWorld(config, view)
    desk = Desk(view, StaffServices(config, world, lambda job: job()), PAGES)
    view.desk = desk
    world.hear("receipt_printer", StatusReport(DeviceStatus.ONLINE, supplies={"paper": SupplyStatus.LOW}))
    world.hear("id_card", StatusReport(DeviceStatus.ONLINE))
    desk.ask()
    return desk


def inside(view: View, *place: str) -> Desk:
    """Let the technician in; go to a page."""
    desk = desk_of(view)
    desk.staff.mode.admit("1001")
    desk.write(place=place or ("board",))
    return desk


def faulty(view: View, *place: str) -> Desk:
    """Let the printer run out of paper and the reader vanish, several times."""
    desk = inside(view, *place)
    world = desk.staff.kiosk
    assert isinstance(world, StaffWorld)
    for _ in range(3):
        world.hear("id_card", StatusReport(DeviceStatus.ONLINE))
        world.hear("id_card", StatusReport(DeviceStatus.POWER_OFF, error=GONE))
    world.hear(
        "receipt_printer",
        StatusReport(DeviceStatus.USER_ERROR, supplies={"paper": SupplyStatus.OUT}, error=PAPER_OUT),
    )
    desk.view.refresh()
    return desk


def noticed(view: View, *place: str) -> Desk:
    """Have the tray look otherwise than it was learnt, and reading be given up."""
    desk = inside(view, *place)
    world = desk.staff.kiosk
    assert isinstance(world, StaffWorld)
    for error in (TRAY_CHANGED, READING_LOST):
        world.notice(error)
    return desk


def _refused(view: View) -> None:
    desk_of(view).write(number="1001", writing="pin", answer=Admission.REFUSED)


def _typing(view: View) -> None:
    desk_of(view).write(number="1001", pin="274915", code="123", writing="code")


def _closed(view: View) -> None:
    desk = inside(view, "notice")
    desk.staff.kiosk.closures.close(Closer.STAFF, Notice.MAINTENANCE.trouble)


def _notice_for_residents(view: View) -> None:
    _closed(view)
    assert view.desk is not None
    view.desk.leave()


def _tested(view: View) -> None:
    report = HealthReport(HealthLevel.EXTERNAL, DeviceStatus.ONLINE, "paper FULL", None,
                          DeviceInformation("TM-T82III", "X4K2"),
                          (Told("supply", {"supply": "paper", "level": SupplyStatus.FULL}),))  # fmt: skip
    tested = Tested("receipt_printer", HealthLevel.EXTERNAL, report, None)
    inside(view, "device", "receipt_printer").write(tested={"receipt_printer": tested})


def _failed(view: View) -> None:
    tested = Tested("id_card", HealthLevel.EXTERNAL, None, StaffError(str(GONE), GONE))
    faulty(view, "device", "id_card").write(tested={"id_card": tested})


def _mended(view: View) -> None:
    desk = faulty(view, "guide", "receipt_printer", "guides.receipt_printer.PAPER_OUT")
    world = desk.staff.kiosk
    assert isinstance(world, StaffWorld)
    world.hear("receipt_printer", StatusReport(DeviceStatus.ONLINE, supplies={"paper": SupplyStatus.FULL}))
    desk.view.refresh()


def _outbox(view: View) -> None:
    parked = Parked("01890a5d-ac96", "ZT-K01-261124-00007-Q", "2026-11-23T01:02:03+00:00", "409: other bytes, same id")
    seen = OutboxView(Counts(128, 121, 1, 6, WHEN - timedelta(hours=26)), (parked,))
    inside(view, "outbox").write(told=seen)


def _job(number: int, state: JobState, copies: int = 0) -> PrintJobRecord:
    at = WHEN - timedelta(minutes=20 * number)
    receipt, item = f"ZT-K01-261124-0000{number}-J", "企业职工养老保险待遇申领"
    times = (at, at, at, at)
    return PrintJobRecord(
        f"job-{number}", None, receipt, JobKind.RECEIPT, item, "zh", *times, state, None, None, 210.0, copies
    )


def _jobs(view: View) -> None:
    jobs = tuple(_job(number, state, number % 2) for number, state in enumerate(JobState, 1))
    inside(view, "jobs").write(told=jobs)


def _network(up: bool | None, *, refused: bool = False) -> Callable[[View], None]:
    def go(view: View) -> None:
        record = LineRecord(written_at=WHEN, up=up, refused=refused, answered_at=WHEN - timedelta(minutes=3))
        inside(view, "network").write(told=(None if up is None else record,))

    return go


def _log(view: View) -> None:
    lines = tuple(
        f"11-24 03:{number:02}:10 INFO kiosk.services: receipt_printer is ONLINE; print job 01890a5d: PRINTED"
        for number in range(40)
    )
    inside(view, "log").write(told=lines)


def _trail(view: View) -> None:
    acts = ("LOGIN", "TEST_EXTERNAL", "TEST_EXTERNAL", "REPRINT", "LEAVE")
    told = tuple(AuditEntry(n, WHEN, "1001", act, "receipt_printer", "OK") for n, act in enumerate(acts, 1))
    inside(view, "log", "trail").write(told=told)


def _sweeping(view: View) -> None:
    desk = inside(view)
    glass.begin_sweep(desk)
    desk.write(swept={cell for cell in cells(view.theme) if cell[1] < 7})


def _dead(view: View) -> None:
    desk = inside(view)
    glass.begin_sweep(desk)
    desk.write(swept={cell for cell in cells(view.theme) if cell not in {(3, 4), (4, 4), (3, 5)}}, swept_at=None)


def _pointing(view: View) -> None:
    desk = inside(view)
    glass.begin_points(desk)
    desk.write(points=[(0.1, 0.1)])


def _pointed(spread: float) -> Callable[[View], None]:
    def go(view: View) -> None:
        points = [(x + 0.02, y - 0.01 + spread * (x > 0.5)) for x, y in POINTS]
        inside(view, "touch").write(points=points)

    return go


def _calibrating(fault: Fault | None) -> Callable[[View], None]:
    def go(view: View) -> None:
        progress = Progress(Step.LAY_SHEET if fault else Step.MEASURE, 0.4, fault)
        inside(view, "camera", "document_camera").write(waiting="camera", progress=progress)

    return go


STAFF_SCENES: dict[str, Callable[[View], object]] = {
    "s01-login": desk_of,
    "s02-login-typing": _typing,
    "s03-login-refused": _refused,
    "s04-login-waiting": lambda view: desk_of(view).write(number="1001", waiting="login"),
    "s05-board": inside,
    "s06-board-faulty": faulty,
    "s07-device": lambda view: inside(view, "device", "id_card"),
    "s08-device-testing": lambda view: inside(view, "device", "id_card").write(waiting="id_card"),
    "s09-device-tested": _tested,
    "s10-device-failed": _failed,
    "s11-guide": lambda view: faulty(view, "guide", "receipt_printer", "guides.receipt_printer.PAPER_OUT"),
    "s12-guide-mended": _mended,
    "s13-notice": lambda view: inside(view, "notice"),
    "s14-notice-out": _closed,
    "s15-notice-for-residents": _notice_for_residents,
    "s16-outbox": _outbox,
    "s17-outbox-asking": lambda view: inside(view, "outbox").write(waiting="outbox"),
    "s18-jobs": _jobs,
    "s19-network": _network(up=True),
    "s20-network-down": _network(up=False),
    "s21-network-unknown": _network(up=None),
    "s22-log": _log,
    "s23-trail": _trail,
    "s24-not-done": lambda view: inside(view, "notice").write(fault=StaffError("No space left on device")),
    "s25-glass-sweep": _sweeping,
    "s26-glass-dead": _dead,
    "s27-touch": _pointing,
    "s28-touch-found": _pointed(0.0),
    "s30-tools": lambda view: inside(view, "tools"),
    "s31-port": lambda view: inside(view, "port", "id_card"),
    "s32-port-waiting": lambda view: inside(view, "port", "id_card").write(ports=frozenset({"/dev/ttyUSB0"})),
    "s33-port-found": lambda view: inside(view, "port", "id_card").write(
        ports=frozenset({"/dev/ttyUSB0"}), found="/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"
    ),
    "s36-keypad": lambda view: inside(view, "keypad").write(pressed=frozenset("123*")),
    "s37-roll": lambda view: inside(view, "roll", "receipt_printer"),
    "s38-printer": lambda view: faulty(view, "device", "receipt_printer"),
    "s39-camera": lambda view: inside(view, "camera", "document_camera"),
    "s40-camera-measuring": _calibrating(None),
    "s41-camera-fault": _calibrating(Fault.PART_VISIBLE),
    "s42-camera-given-up": lambda view: inside(view, "camera", "document_camera").write(
        given_up="calibration.fault.NOT_FLAT"
    ),
    "s43-camera-device": lambda view: inside(view, "device", "document_camera"),
    "s44-sound": lambda view: inside(view, "sound"),
    "s34-export": lambda view: inside(view, "export"),
    "s35-exported": lambda view: inside(view, "export").write(
        told=Exported(Path("/media/kiosk/budayang-ZT-K01-20261124T030700Z.sealed"), 48_500)
    ),
    "s45-handed-over": lambda view: inside(view, "export").write(told=HandedOver(48_500, line_up=True)),
    "s46-waits-for-the-line": lambda view: inside(view, "export").write(told=HandedOver(48_500, line_up=False)),
    "s47-board-noticed": noticed,
    "s48-camera-noticed": lambda view: noticed(view, "device", "document_camera"),
    "s49-guide-tray": lambda view: noticed(view, "guide", "document_camera", "guides.document_camera.TRAY_CHANGED"),
    "s50-guide-reading": lambda view: noticed(view, "guide", "document_camera", "guides.document_camera.READING_LOST"),
    "s29-touch-scatter": _pointed(0.08),
}
