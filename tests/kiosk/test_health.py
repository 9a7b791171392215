"""The board a technician reads: what is wrong, since when, how often, and who must act."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.errors import CompletionCode, DeviceError, DeviceTimeout, ErrorAction, Reason
from drivers.model import (
    DeviceStatus,
    ErrorRaised,
    MediaRemoved,
    OutputComplete,
    StatusChanged,
    StatusReport,
    SupplyStatus,
    SupplyThreshold,
)
from drivers.sim.printer import PrinterSimulator
from kiosk.config import KioskConfig
from kiosk.health import COMMAND_STANDS, HISTORY, HOW_OFTEN, SAME_SPELL, HealthBoard, PaperUse, Severity
from kiosk.health_file import board_path
from kiosk.health_paper import ledger_use
from kiosk.print_ledger import PrintLedger
from kiosk.services import KioskServices
from tests.drivers.helpers import eventually
from tests.visits.conftest import FONT
from tests.visits.visitor import Places

PRINTER = "receipt_printer"
WELL = StatusReport(DeviceStatus.ONLINE, supplies={"paper": SupplyStatus.FULL})
LOW = StatusReport(DeviceStatus.ONLINE, supplies={"paper": SupplyStatus.LOW})
OUT = StatusReport(
    DeviceStatus.USER_ERROR,
    supplies={"paper": SupplyStatus.OUT},
    error=DeviceError(CompletionCode.DEVICE_NOT_READY, Reason.PAPER_OUT, ErrorAction.CLEAR, "the roll is empty"),
)
GONE = StatusReport(DeviceStatus.POWER_OFF, supplies={"paper": SupplyStatus.UNKNOWN}, error=DeviceTimeout("silent"))
TORN_OFF = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.MAY_HAVE_PRINTED, ErrorAction.CLEAR, "in the middle")


class Wall:
    """A wall clock turned by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def config(tmp_path: Path) -> KioskConfig:
    """A kiosk with the shipped devices."""
    return Places(tmp_path).config(devices=True)


@pytest.fixture
def wall() -> Wall:
    """Three in the morning."""
    return Wall()


@pytest.fixture
def board(config: KioskConfig, wall: Wall) -> HealthBoard:
    """A board that has heard nothing yet and keeps a file."""
    return HealthBoard(config.devices, wall, file=board_path(config))


def say(board: HealthBoard, report: StatusReport) -> None:
    """Let the printer's worker tell `report`."""
    board.take(StatusChanged(PRINTER, report))


def keys(board: HealthBoard) -> list[str]:
    """Return what is wrong."""
    return [issue.key for issue in board.issues()]


def test_an_issue_names_the_device_the_cause_and_who_must_act(board: HealthBoard, wall: Wall) -> None:
    """Promise 8: paper out is the centre staff's, with a guided fix, since now, for the first time."""
    say(board, OUT)
    (issue,) = board.issues()
    assert (issue.key, issue.device, issue.action) == ("receipt_printer.PAPER_OUT", PRINTER, ErrorAction.CLEAR)
    assert (issue.severity, issue.since, issue.last, issue.count) == (Severity.WARNING, wall.now, wall.now, 1)
    assert issue.guide == "guides.receipt_printer.PAPER_OUT"
    assert board.worst() is Severity.WARNING


def test_it_closes_when_the_device_is_well(board: HealthBoard) -> None:
    """Promise 4: what was mended is not shown as broken."""
    say(board, OUT)
    say(board, WELL)
    assert board.issues() == ()
    assert board.worst() is Severity.OK


def test_one_cause_takes_the_place_of_another(board: HealthBoard) -> None:
    """Promise 4: only what is wrong now."""
    say(board, OUT)
    say(board, GONE)
    assert keys(board) == ["receipt_printer.NO_ANSWER"]
    assert board.worst() is Severity.ALARM, "expected, and not reachable"


def test_a_device_that_starts_again_is_not_well_yet(board: HealthBoard) -> None:
    """Promise 4: it has not been asked."""
    say(board, OUT)
    say(board, StatusReport(DeviceStatus.STARTING))
    assert keys(board) == ["receipt_printer.PAPER_OUT"]


def test_flapping_is_one_issue_that_counts(board: HealthBoard, wall: Wall) -> None:
    """Promise 8: a loose cable shows as "nine times", not as nine lines; since is when the trouble began."""
    began = wall.now
    for _ in range(9):
        say(board, GONE)
        wall.advance(timedelta(minutes=1))
        say(board, WELL)
        wall.advance(timedelta(minutes=1))
    say(board, GONE)
    (issue,) = board.issues()
    assert (issue.count, issue.since, issue.last) == (10, began, wall.now)


def test_after_a_quiet_while_it_begins_anew_but_the_day_is_counted(board: HealthBoard, wall: Wall) -> None:
    """Promise 8: since says the present spell, count the last 24 hours."""
    say(board, GONE)
    say(board, WELL)
    wall.advance(SAME_SPELL + timedelta(minutes=1))
    say(board, GONE)
    (issue,) = board.issues()
    assert (issue.count, issue.since) == (2, wall.now)
    say(board, WELL)
    wall.advance(HOW_OFTEN)
    say(board, GONE)
    assert board.issues()[0].count == 1


def test_paper_near_its_end_is_a_notice_beside_a_printer_that_works(board: HealthBoard) -> None:
    """Promise 8: somebody can bring a roll before it is out; and out is told once."""
    say(board, WELL)
    board.take(SupplyThreshold(PRINTER, "paper", SupplyStatus.LOW))
    (issue,) = board.issues()
    assert (issue.key, issue.severity) == ("receipt_printer.SUPPLY_LOW.paper", Severity.NOTICE)
    assert issue.guide == "guides.receipt_printer.SUPPLY_LOW"
    say(board, OUT)
    assert keys(board) == ["receipt_printer.PAPER_OUT"]


def test_a_failed_command_stands_until_the_device_is_heard_of_or_an_hour_passed(board: HealthBoard, wall: Wall) -> None:
    """Promise 8: paper may hang out of the slot though the printer says that it is well."""
    say(board, WELL)
    board.take(ErrorRaised(PRINTER, TORN_OFF))
    assert keys(board) == ["receipt_printer.MAY_HAVE_PRINTED"]
    board.take(OutputComplete(PRINTER, "next"))
    assert keys(board) == []
    board.take(ErrorRaised(PRINTER, TORN_OFF))
    assert board.issues()[0].count == 2
    wall.advance(COMMAND_STANDS + timedelta(seconds=1))
    assert keys(board) == []


def test_a_forgotten_card_is_an_issue_until_somebody_takes_it(board: HealthBoard) -> None:
    """Promise 8: centre staff are told of it, and no longer once it is gone."""
    forgotten = DeviceError(CompletionCode.USER_ERROR, Reason.MEDIA_FORGOTTEN, ErrorAction.CLEAR)
    board.take(ErrorRaised("id_card", forgotten))
    assert [issue.guide for issue in board.issues()] == ["guides.id_card_reader.MEDIA_FORGOTTEN"]
    board.take(MediaRemoved("id_card"))
    assert board.issues() == ()


def test_an_error_that_the_status_tells_too_is_one_issue(board: HealthBoard) -> None:
    """Promise 8: a worker tells a new error twice, as status and as error."""
    say(board, OUT)
    assert OUT.error is not None
    board.take(ErrorRaised(PRINTER, OUT.error))
    assert [issue.count for issue in board.issues()] == [1]
    say(board, WELL)
    assert board.issues() == ()


def test_the_worst_stands_first(board: HealthBoard) -> None:
    """Promise 8: read in a minute, from above."""
    say(board, LOW)
    board.take(StatusChanged("id_card", GONE))
    assert [issue.severity for issue in board.issues()] == [Severity.ALARM, Severity.NOTICE]


@pytest.mark.parametrize(
    ("use", "days"),
    [
        (PaperUse(20_000.0, 40_000.0), 2.0),
        (PaperUse(None, 40_000.0), None),
        (PaperUse(20_000.0, None), None),
        (PaperUse(0.0, 40_000.0), None),
    ],
)
def test_the_forecast_says_days_only_where_both_numbers_are_known(
    config: KioskConfig, wall: Wall, use: PaperUse, days: float | None
) -> None:
    """Promise 4: unknown use or an unknown roll is no "plenty"."""
    board = HealthBoard(config.devices, wall, paper_use=lambda: use)
    say(board, LOW)
    (paper,) = board.supplies()
    assert (paper.status, paper.forecast_days) == (SupplyStatus.LOW, days)


@pytest.mark.parametrize("status", [SupplyStatus.UNKNOWN, SupplyStatus.OUT])
def test_paper_that_is_out_or_unknown_has_no_forecast(config: KioskConfig, wall: Wall, status: SupplyStatus) -> None:
    """Promise 4: a number would say that there is some."""
    board = HealthBoard(config.devices, wall, paper_use=lambda: PaperUse(1.0, 100.0))
    say(board, StatusReport(DeviceStatus.ONLINE, supplies={"paper": status}))
    assert [(each.status, each.forecast_days) for each in board.supplies()] == [(status, None)]


def test_the_history_is_bounded(board: HealthBoard) -> None:
    """Promise 3: a port that flaps for a year fills neither memory nor disk."""
    for _ in range(HISTORY):
        say(board, GONE)
        say(board, WELL)
    history = board.history(PRINTER)
    assert len(history) == HISTORY
    assert (history[-1].status, history[-1].reason) == (DeviceStatus.ONLINE, None)
    assert history[-2].reason is Reason.NO_ANSWER


def test_it_outlives_a_restart(board: HealthBoard, config: KioskConfig, wall: Wall) -> None:
    """Promise 8: out of paper since yesterday, whoever restarted the kiosk meanwhile."""
    say(board, OUT)
    board.keep()
    before = board.issues()
    wall.advance(timedelta(hours=9))
    again = HealthBoard(config.devices, wall, file=board_path(config))
    assert again.issues() == before
    assert again.history(PRINTER) == board.history(PRINTER)
    say(again, OUT)
    assert [(issue.since, issue.count) for issue in again.issues()] == [(before[0].since, 1)]
    say(again, WELL)
    assert again.issues() == ()


@pytest.mark.parametrize("content", [b"", b'{"version": "1", "iss', b'{"version": "2"}', b"\xff\xfe"])
def test_a_file_that_cannot_be_believed_begins_anew_and_is_told_once(
    config: KioskConfig, wall: Wall, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 4: nothing is made up of a torn or foreign file."""
    board_path(config).parent.mkdir(parents=True)
    board_path(config).write_bytes(content)
    board = HealthBoard(config.devices, wall, file=board_path(config))
    assert board.issues() == ()
    say(board, OUT)
    board.keep()
    assert [record.message for record in caplog.records] == [
        "the health board was torn or of another version and begins anew"
    ]
    assert keys(HealthBoard(config.devices, wall, file=board_path(config))) == ["receipt_printer.PAPER_OUT"]


def test_a_disk_that_takes_nothing_is_told_once_and_tried_again(
    board: HealthBoard, config: KioskConfig, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 3: the board goes on, and is written when that is possible again."""
    config.kiosk.state.parent.mkdir(parents=True, exist_ok=True)
    config.kiosk.state.write_text("in the way")
    say(board, OUT)
    board.keep()
    board.keep()
    assert len(caplog.records) == 1
    config.kiosk.state.unlink()
    board.keep()
    assert board_path(config).exists()


def test_a_device_that_is_not_here_any_more_is_forgotten(board: HealthBoard, config: KioskConfig, wall: Wall) -> None:
    """Promise 4: a printer taken out of kiosk.toml is not missed."""
    say(board, OUT)
    board.keep()
    rest = [device for device in config.devices if device.name != PRINTER]
    assert HealthBoard(rest, wall, file=board_path(config)).issues() == ()


@pytest.fixture
def printer(config: KioskConfig) -> Iterator[PrinterSimulator]:
    """The printer at the wire of kiosk.toml."""
    url = next(device.url for device in config.devices if device.name == PRINTER)
    simulator = PrinterSimulator(FONT, port=int(url.rpartition(":")[2]))
    simulator.start()
    yield simulator
    simulator.stop()


def test_the_kiosk_s_own_board_follows_a_real_printer(config: KioskConfig, printer: PrinterSimulator) -> None:
    """Promise 8: from the sensor over the wire to the board and onto the disk."""
    services = KioskServices(config, lambda _: None)
    worker = next(worker for worker in services.workers if worker.name == PRINTER)
    printer.do("paper_out")
    services.board.keep()
    worker.start()
    try:
        eventually(lambda: "receipt_printer.PAPER_OUT" in keys(services.board))
        services.board.keep()
        assert b"PAPER_OUT" in board_path(config).read_bytes()
    finally:
        services.stop()


def test_the_ledger_s_numbers_make_the_forecast(tmp_path: Path, wall: Wall) -> None:
    """Promise 4: a new ledger cannot tell; one that was told of its roll can, and a closed one cannot again."""
    ledger = PrintLedger(tmp_path / "ledger", now=wall)
    assert ledger_use(lambda: ledger) == PaperUse(None, None)
    ledger.paper_changed(80_000.0)
    wall.advance(timedelta(days=2))
    assert ledger_use(lambda: ledger) == PaperUse(0.0, 80_000.0)
    ledger.close()
    assert ledger_use(lambda: ledger) == PaperUse(None, None)
