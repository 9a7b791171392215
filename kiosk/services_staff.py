"""What technicians do at the kiosk: come in, test devices, close it and open it, all of it in the audit trail.

One decision: an act is written down before it begins and again when it has ended, on one thread of its own, in the
order asked; what cannot be written down is not done. Answers come on the visit's thread, as those of all ports.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from drivers.errors import DeviceError
from drivers.model import CheckHealth, DeviceClass, HealthLevel, HealthReport
from kiosk.audit import NOBODY, AuditError, AuditTrail
from kiosk.closures import Closer
from kiosk.config import KioskConfig
from kiosk.recent_log import RecentLog
from kiosk.staff_notice import Notice, NoticeFile
from kiosk.staff_terms import KNOWN, Staffed, StaffError, Tested
from kiosk.technicians import Admission, Technicians
from kiosk.touch_offset import OffsetFile
from kiosk.vendor_mode import VendorMode

__all__ = ["StaffError", "StaffServices", "Staffed", "Tested"]

T = TypeVar("T")
_log = logging.getLogger(__name__)

TEST_SECONDS = {HealthLevel.INTERNAL: 10.0, HealthLevel.EXTERNAL: 25.0, HealthLevel.INTERACTIVE: 25.0}
PRINT_SECONDS = 60.0  # a page needs longer than a slip: the fuser heats up
_WRITE_SECONDS = 5.0  # beyond its own limit, until a test that does not come back is given up


class StaffServices:
    """The technician's side of the services. All methods are called on the visit's thread.

    Life cycle: made -> start -> anything -> stop.
    """

    def __init__(self, config: KioskConfig, kiosk: Staffed, post: Callable[[Callable[[], None]], None]) -> None:
        self.config = config
        self.kiosk = kiosk
        self.mode = VendorMode()
        self.trail = AuditTrail(config.kiosk.state)
        self.trail_fault: str | None = None
        self.on_key: Callable[[bool], None] = _nothing
        self.start_anew: Callable[[], None] = _nothing
        self.log = RecentLog()
        self.touch_file = OffsetFile(config.kiosk.state)
        self._technicians = Technicians(config.kiosk.state)
        self._notice = NoticeFile(config.kiosk.state)
        self._post = post
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="staff")

    def start(self) -> None:
        """Verify the audit trail, beside the screen, and close the kiosk if a technician had closed it."""
        self.log.open()
        self._pool.submit(self._open_trail)
        notice = self._notice.read()
        if notice is not None:
            self.kiosk.closures.close(Closer.STAFF, notice.trouble)

    def stop(self) -> None:
        """Let what has begun end; what has not is not done."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.log.shut()

    # ---- coming and going

    def key_turned(self, on: bool) -> None:
        """The service key in the cabinet was turned; `on_key` hears of it."""
        self.on_key(on)

    def admit(self, number: str, pin: str, code: str, done: Callable[[Admission | StaffError], None]) -> None:
        """Let a technician in, or not; the answer comes when it is in the trail."""

        def ask() -> Admission:
            answer = self._technicians.admit(number, pin, code)
            self.trail.append(number if answer is Admission.ADMITTED else NOBODY, "LOGIN", number, answer)
            return answer

        def answered(answer: Admission | StaffError) -> None:
            if answer is Admission.ADMITTED:
                self.mode.admit(number)
            done(answer)

        self._run(ask, answered)

    def leave(self) -> None:
        """Give the kiosk back to the residents."""
        if self.mode.technician is not None:
            self.note("LEAVE", "")
        self.mode.leave()

    def timed_out(self, who: str) -> None:
        """Note that a technician's session ended because nobody touched the screen."""
        self._run(lambda: self.trail.append(who, "TIMED_OUT"), _nothing)

    # ---- acts

    def act(self, what: str, on: str, work: Callable[[], T], done: Callable[[T | StaffError], None]) -> None:
        """Do `work` beside the screen, in the trail before and after; `done` is told its answer, or why not."""
        who = self._who

        def recorded() -> T:
            self.trail.append(who, what, on, "BEGUN")
            try:
                answer = work()
            except KNOWN as error:
                self.trail.append(who, what, on, _outcome(error))
                raise
            self.trail.append(who, what, on)
            return answer

        self.mode.begin()
        self._run(recorded, done, self.mode.end)

    def look(self, work: Callable[[], T], done: Callable[[T | StaffError], None]) -> None:
        """Look something up beside the screen; looking is not an act."""
        self._run(work, done)

    def note(self, what: str, on: str, outcome: str = "OK") -> None:
        """Put into the trail what was done without this thread: a sound played, a touch grid filled."""
        who = self._who
        self._run(lambda: self.trail.append(who, what, on, outcome), _nothing)

    def test(self, device: str, level: HealthLevel, done: Callable[[Tested], None]) -> None:
        """Run a device's own test; it ends within `TEST_SECONDS`, a printed page within `PRINT_SECONDS`."""
        worker = next(each for each in self.kiosk.workers if each.name == device)
        pages = worker.device_class is DeviceClass.DOCUMENT_PRINTER
        seconds = PRINT_SECONDS if pages else TEST_SECONDS[level]

        def work() -> HealthReport:
            return worker.execute(CheckHealth(level), seconds).result(seconds + _WRITE_SECONDS)

        def answered(answer: HealthReport | StaffError) -> None:
            if isinstance(answer, StaffError):
                done(Tested(device, level, None, answer))
            else:
                done(Tested(device, level, answer, None))

        self.act(f"TEST_{level}", device, work, answered)

    def close_kiosk(self, notice: Notice, done: Callable[[StaffError | None], None]) -> None:
        """Take nobody, with that notice for residents, until it is opened again; a restart does not open it."""

        def closed(error: StaffError | None) -> None:
            if error is None:
                self.kiosk.closures.close(Closer.STAFF, notice.trouble)
            done(error)

        self.act("OUT_OF_SERVICE", notice, partial(self._notice.keep, notice, self._who), closed)

    def open_kiosk(self, done: Callable[[StaffError | None], None]) -> None:
        """Take residents again, as far as it is the technician's word."""

        def opened(error: StaffError | None) -> None:
            if error is None:
                self.kiosk.closures.open(Closer.STAFF)
            done(error)

        self.act("IN_SERVICE", "", self._notice.remove, opened)

    def reprint(self, job_id: str, receipt_number: str, done: Callable[[StaffError | None], None]) -> None:
        """Print a copy of a receipt, at most once."""
        who = self._who

        def ended(error: DeviceError | None) -> None:
            self.mode.end()
            outcome = "OK" if error is None else _outcome(error)
            told = None if error is None else StaffError(str(error), error)
            self._run(lambda: self.trail.append(who, "REPRINT", receipt_number, outcome), lambda _: done(told))

        def begun(answer: StaffError | None) -> None:
            if answer is not None:
                done(answer)
                return
            self.mode.begin()
            self.kiosk.reprint(job_id, who, ended)

        self._run(lambda: self.trail.append(who, "REPRINT", receipt_number, "BEGUN"), begun)

    def post(self, happened: Callable[[], None]) -> None:
        """Have something happen on the visit's thread; from any thread."""
        self._post(happened)

    # ---- inside

    @property
    def _who(self) -> str:
        return self.mode.technician or NOBODY

    def _open_trail(self) -> None:
        try:
            self.trail_fault = self.trail.open()
        except AuditError as error:
            self.trail_fault = str(error)
            _log.error("%s; technicians are not let in", error)

    def _run(
        self, work: Callable[[], T], done: Callable[[T | StaffError], None], always: Callable[[], None] | None = None
    ) -> None:
        def answered(ended: Future[T]) -> None:
            if not ended.cancelled():
                self._post(partial(self._answer, ended, done, always or _nothing))

        self._pool.submit(work).add_done_callback(answered)

    def _answer(self, ended: Future[T], done: Callable[[T | StaffError], None], always: Callable[[], None]) -> None:
        always()
        error = ended.exception()
        if error is None:
            done(ended.result())
        elif isinstance(error, KNOWN):
            _log.warning("an act of staff failed: %s", error)
            done(StaffError(str(error), error if isinstance(error, DeviceError) else None))
        else:  # its text may quote what it choked on, so only its name is kept (promise 2)
            _log.error("an act of staff: a defect, %s", type(error).__name__)
            done(StaffError(type(error).__name__))


def _outcome(error: Exception) -> str:
    return f"{error.code}/{error.reason}" if isinstance(error, DeviceError) else type(error).__name__


def _nothing(_answer: object = None) -> None:
    """Nobody waits for it."""
