"""What technicians do at the kiosk: in the trail before and after, and not at all where it cannot be written down."""

import logging
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import pytest

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from drivers.model import StatusReport
from drivers.worker import DeviceWorker
from kiosk.audit import AuditTrail
from kiosk.closures import Closer, Closures
from kiosk.config import load
from kiosk.device_health import utc_now
from kiosk.health import HealthBoard
from kiosk.print_ledger import PrintLedger
from kiosk.services_staff import StaffError, StaffServices
from kiosk.staff_notice import Notice, NoticeFile
from kiosk.technicians import Admission
from kiosk.trouble import Trouble
from roles.private_config import write_private_config
from roles.processes import ROOT
from sync.outbox import Outbox

T = TypeVar("T")
SECONDS = 10.0
GONE = DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)


class Kiosk:
    """A kiosk without devices, whose jobs run when a test lets them; `staff` is the real thing."""

    workers: tuple[DeviceWorker, ...] = ()

    def __init__(self, folder: Path) -> None:
        config = load(write_private_config(ROOT / "kiosk.toml", folder, {}))
        self.state = config.kiosk.state
        self.told: list[Trouble | None] = []
        self.closures = Closures(self.told.append)
        self.board = HealthBoard(config.devices, utc_now)
        self.reprinted: DeviceError | None = None
        self._jobs: queue.Queue[Callable[[], None]] = queue.Queue()
        self.staff = StaffServices(config, self, self._jobs.put)
        self.staff.start()

    @property
    def outbox(self) -> Outbox:
        """Nobody asks for it here."""
        raise NotImplementedError

    def hand_in(self, work: Callable[[Outbox], T]) -> Future[T]:
        """Nobody asks for it here."""
        raise NotImplementedError

    @property
    def ledger(self) -> PrintLedger:
        """Nobody asks for it here."""
        raise NotImplementedError

    def statuses(self) -> dict[str, StatusReport]:
        """Return nothing: there is no device."""
        return {}

    def reprint(self, job_id: str, by: str, done: Callable[[DeviceError | None], None]) -> None:
        """End as the test wants."""
        del job_id, by
        done(self.reprinted)

    def enter(self) -> None:
        """Have a technician in."""
        self.staff.mode.ask()
        self.staff.mode.admit("1001")

    def until(self, ended: list[object]) -> object:
        """Run jobs until something has ended; return what."""
        while not ended:
            self._jobs.get(timeout=SECONDS)()
        return ended[-1]

    def acts(self) -> list[tuple[str, str, str, str]]:
        """Return the trail, the oldest first, once everything asked for is in it."""
        answered: list[object] = []
        self.staff.look(lambda: None, lambda _: answered.append(True))
        self.until(answered)
        return [(each.who, each.what, each.on, each.outcome) for each in reversed(AuditTrail(self.state).entries())]


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    """A kiosk with a technician in."""
    there = Kiosk(tmp_path)
    there.enter()
    yield there
    there.staff.stop()


def test_an_act_is_in_the_trail_before_it_begins_and_when_it_has_ended(kiosk: Kiosk) -> None:
    """Promise 8: a power cut in the middle leaves who had begun what."""
    ended: list[object] = []
    seen: list[int] = []
    kiosk.staff.act("TEST", "lamp", lambda: seen.append(len(AuditTrail(kiosk.state).entries())), ended.append)
    kiosk.until(ended)
    assert seen == [1]
    assert kiosk.acts() == [("1001", "TEST", "lamp", "BEGUN"), ("1001", "TEST", "lamp", "OK")]


def test_a_failed_act_is_in_the_trail_with_its_reason(kiosk: Kiosk) -> None:
    """Promises 4 and 8: not done is not "OK", and the device's own error reaches the screen."""
    ended: list[object] = []

    def fails() -> None:
        raise GONE

    kiosk.staff.act("TEST", "lamp", fails, ended.append)
    answer = kiosk.until(ended)
    assert isinstance(answer, StaffError)
    assert answer.error is GONE
    assert kiosk.acts()[-1] == ("1001", "TEST", "lamp", "HARDWARE_ERROR/GONE")


def test_what_cannot_be_written_down_is_not_done(kiosk: Kiosk) -> None:
    """Promise 8: no act without its line."""
    kiosk.acts()
    (kiosk.state / "audit.lock").unlink()
    (kiosk.state / "audit.lock").mkdir()
    ended: list[object] = []
    done: list[object] = []
    kiosk.staff.act("TEST", "lamp", lambda: done.append(True), ended.append)
    assert isinstance(kiosk.until(ended), StaffError)
    assert not done


def test_a_defects_own_words_are_told_to_nobody(kiosk: Kiosk) -> None:
    """Promise 2: an exception may quote what it choked on."""
    ended: list[object] = []

    def breaks() -> None:
        raise LookupError("王小明 32059919850712001")

    kiosk.staff.act("TEST", "lamp", breaks, ended.append)
    assert str(kiosk.until(ended)) == "LookupError"


def test_out_of_service_outlives_the_process(kiosk: Kiosk, tmp_path: Path) -> None:
    """Promise 3: closed by a technician, the kiosk is closed when it starts again; opened, it is open."""
    ended: list[object] = []
    kiosk.staff.close_kiosk(Notice.SUPPLIES, ended.append)
    assert kiosk.until(ended) is None
    assert kiosk.closures.word(Closer.STAFF) == Notice.SUPPLIES.trouble
    again = Kiosk(tmp_path)
    assert again.closures.word(Closer.STAFF) == Notice.SUPPLIES.trouble
    again.staff.stop()
    kiosk.staff.open_kiosk(ended.append)
    kiosk.until(ended)
    kiosk.acts()
    assert kiosk.told == [Notice.SUPPLIES.trouble, None]
    assert NoticeFile(kiosk.state).read() is None


def test_a_torn_switch_keeps_the_kiosk_closed(tmp_path: Path) -> None:
    """Promise 4: somebody had closed it; nobody has opened it."""
    (tmp_path / "out-of-service.json").write_text('{"notice"', "utf-8")
    assert NoticeFile(tmp_path).read() is Notice.CLOSED


def test_a_disk_that_does_not_keep_the_switch_leaves_the_kiosk_open(kiosk: Kiosk) -> None:
    """Promise 4: the screen does not say closed when a restart would open it."""
    kiosk.acts()  # the folder of the state is there once the trail is open
    (kiosk.state / ".out-of-service.json.new").mkdir()
    ended: list[object] = []
    kiosk.staff.close_kiosk(Notice.CLOSED, ended.append)
    assert isinstance(kiosk.until(ended), StaffError)
    assert kiosk.told == []


def test_nobody_is_admitted_where_nobody_is_enrolled(kiosk: Kiosk) -> None:
    """Promise 2: an empty list lets nobody in, and the try is in the trail."""
    kiosk.staff.mode.leave()
    kiosk.staff.mode.ask()
    ended: list[object] = []
    kiosk.staff.admit("4321", "123456", "123456", ended.append)
    assert kiosk.until(ended) is Admission.REFUSED
    assert kiosk.staff.mode.technician is None
    assert kiosk.acts()[-1] == ("-", "LOGIN", "4321", "REFUSED")


@pytest.mark.parametrize(("error", "outcome"), [(None, "OK"), (GONE, "HARDWARE_ERROR/GONE")])
def test_a_copy_is_in_the_trail_however_it_ends(kiosk: Kiosk, error: DeviceError | None, outcome: str) -> None:
    """Promise 8: who printed a copy of which receipt, and whether it came out."""
    kiosk.reprinted = error
    ended: list[object] = []
    kiosk.staff.reprint("job", "ZT-K01-261124-00001-J", ended.append)
    answer = kiosk.until(ended)
    assert (answer is None) == (error is None)
    assert [act[3] for act in kiosk.acts()] == ["BEGUN", outcome]
    kiosk.staff.leave()
    assert not kiosk.staff.mode.shown


def test_the_last_lines_of_the_log_are_kept_without_tracebacks(kiosk: Kiosk) -> None:
    """Promise 2: a traceback quotes; its line does not."""
    try:
        int("王小明")
    except ValueError:
        logging.getLogger("kiosk.test").warning("something failed", exc_info=True)
    newest = kiosk.staff.log.lines()[0]
    assert newest.endswith("WARNING kiosk.test: something failed")
