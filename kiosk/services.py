"""The ports for real: device workers, scanner, outbox. Every completion goes through `post`: the visit has one thread.

One decision: each wish carries a ticket of its own. What comes for a ticket that is no longer current (a card read
after the reader was told to stop, a page of the paper before) is dropped here, and what comes for an earlier visit in
`Visit.deliver`.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from drivers.deadline import Deadline
from drivers.errors import DeviceError, Reason
from drivers.model import (
    DeviceClass,
    ErrorRaised,
    Event,
    MediaRemoved,
    StatusChanged,
    StatusReport,
    SupplyStatus,
    SupplyThreshold,
)
from drivers.recorder import FlightRecorder
from drivers.worker import DeviceWorker
from kiosk.auxiliaries import Auxiliaries
from kiosk.card_watch import CardWatch
from kiosk.closures import Closer, Closures
from kiosk.config import KioskConfig
from kiosk.device_health import HealthWriter, devices_health, health_file
from kiosk.diagnostics_frames import FrameKeeper, frames_path
from kiosk.health import HealthBoard
from kiosk.health_file import board_path
from kiosk.health_noticed import Noticed
from kiosk.health_paper import ledger_use
from kiosk.ports import SIGNATURE, Signature
from kiosk.print_ledger import PrintLedger
from kiosk.services_asking import Asker
from kiosk.services_cards import CardWait
from kiosk.services_codes import CodeWait
from kiosk.services_devices import absent, new_worker
from kiosk.services_keeping import Keeper
from kiosk.services_opening import Opener
from kiosk.services_papers import PaperDesk
from kiosk.services_printing import Printing, sender
from kiosk.services_reading import ReadingDesk, new_reading_desk
from kiosk.services_scanning import TrayWatch
from kiosk.services_staff import StaffServices
from kiosk.trouble import STARTING, Trouble, outbox_trouble
from kiosk.visit_states import State
from kiosk.words import LANGUAGES, Words
from sync.contract import Attachment
from sync.outbox import Numbering, Outbox, OutboxError

if TYPE_CHECKING:
    from kiosk.catalogue import Material
    from kiosk.reading.results import Reading
    from kiosk.receipt import Receipt
    from kiosk.scan.geometry import Quad
    from kiosk.scan.handling import Source
    from kiosk.scan.page import PageImage
    from kiosk.visit import Visit
    from sync.asking import Question

T = TypeVar("T")
E = TypeVar("E")
Post = Callable[[Callable[[], None]], None]
_log = logging.getLogger(__name__)

STOP_SECONDS = 8.0


class KioskServices:
    """Everything around one visit. All methods are called on the visit's thread, the one that `post` leads to."""

    def __init__(self, config: KioskConfig, post: Post) -> None:
        self._config = config
        self._post = post
        self._visit: Visit | None = None
        self.closures = Closures(self._told_closed)
        self._reading: ReadingDesk = new_reading_desk(config.reading, partial(self._notice, Reason.READING_LOST))
        self._keeper = Keeper(post, self._broke, self._reading.readings)
        self._opener = Opener(config, post, self._opened, self._closed)
        self._words = {language: Words(language) for language in LANGUAGES}
        use = partial(ledger_use, lambda: self.ledger)
        self.board = HealthBoard(config.devices, self.now, file=board_path(config), paper_use=use)
        recorders = {device.name: FlightRecorder() for device in config.devices}
        self._frames = FrameKeeper(frames_path(config), recorders, self.now)
        self._health = HealthWriter(
            health_file(config), lambda: devices_health(config.devices, self.statuses()), beside=self._keep_health
        )
        cameras = (each.name for each in config.devices if each.device_class is DeviceClass.DOCUMENT_CAMERA)
        self._noticed = Noticed(next(cameras, None), self.board, self._health.changed)
        state = config.kiosk.state
        self.workers = tuple(new_worker(each, recorders[each.name], self._report, state) for each in config.devices)
        self._card_wait = CardWait(self.workers, post, absent(DeviceClass.ID_CARD_READER))
        self._codes = CodeWait(self._of_class(DeviceClass.CODE_SCANNER), post)
        self._tray = TrayWatch(
            self._of_class(DeviceClass.DOCUMENT_CAMERA),
            post,
            lambda: self._current,
            state,
            partial(self._notice, Reason.TRAY_CHANGED),
        )
        self._papers = PaperDesk(post, lambda: self._current)
        self._asker = Asker(config, post)
        self._must_reopen = False
        self._printing = Printing(state / "printing", sender(self._of_class(DeviceClass.RECEIPT_PRINTER)), post)
        self.unprinted: tuple[Numbering, ...] = ()
        self.staff = StaffServices(config, self, post)
        self.on_service_key: Callable[[bool], None] = self.staff.key_turned
        self.on_key: Callable[[str], None] = _no_key_wanted
        self.auxiliaries = Auxiliaries(self.workers, self.closures, post, self)
        self._cards = CardWatch({each.name: each.device_class for each in config.devices}, post, self._report)

    # ---- life

    def attach(self, visit: "Visit") -> None:
        """Say which visit these are the ports of; it is out of service until the outbox is open."""
        self._visit = visit
        self.auxiliaries.attach(visit)
        self._cards.attach(visit)
        self._closed(STARTING)

    def start(self) -> None:
        """Start the devices and open the outbox; returns at once, and nothing a resident sees is an exception."""
        for worker in self.workers:
            worker.start()
        self._health.start()
        self._printing.start()
        self.staff.start()
        self._opener.start()

    def stop(self) -> None:
        """Stop everything; what was begun on the disk is finished."""
        self._opener.stop()
        self._cards.stop()
        self.stop_reading()
        self.stop_code_reading()
        self._tray.close()
        self._reading.close()
        self._papers.close()
        self._asker.wipe()
        deadline = Deadline.after(STOP_SECONDS)
        for worker in self.workers:
            worker.stop(deadline)
        self.staff.stop()
        self._printing.close()
        self._health.stop()
        self._keeper.close()

    @property
    def outbox(self) -> Outbox:
        """The open outbox, for staff and tests.

        Raises:
            SubmissionError: it is not open.
        """
        return self._keeper.outbox

    @property
    def ledger(self) -> PrintLedger:
        """The open print ledger, for staff.

        Raises:
            PrintLedgerError: it is not open.
        """
        return self._printing.ledger

    def statuses(self) -> dict[str, StatusReport]:
        """Return the last report of every device, by its name."""
        told = {worker.name: self._cards.with_forgotten(worker.name, worker.status) for worker in self.workers}
        return {name: self._noticed.in_report(name, report) for name, report in told.items()}

    def hand_in(self, work: Callable[[Outbox], T]) -> Future[T]:
        """Do `work` with the open outbox, on its own thread, for staff.

        Raises:
            SubmissionError: it is not open.
        """
        return self._keeper.hand_in(work)

    def headphones_in(self) -> bool:
        """Tell whether headphones are surely plugged in; a board that cannot tell has none."""
        return self.auxiliaries.headphones_in()

    # ---- ports

    def now(self) -> datetime:
        """Return the time of day where the kiosk stands."""
        return datetime.now(self._config.kiosk.zone)

    def start_reading(self) -> None:
        """Wait for a card, the identity card's or the citizen's; every minute anew."""
        self._card_wait.start(self._current)

    def stop_reading(self) -> None:
        """Wait no more."""
        self._card_wait.stop()

    def start_code_reading(self) -> bool:
        """Wait for a code, if there is a scanner."""
        return self._codes.start(*self._event_of(self._current.code_shown, self._current.code_failed))

    def stop_code_reading(self) -> None:
        """Wait for no code any more."""
        self._codes.stop()

    def ask(self, question: "Question") -> None:
        """Ask the office."""
        self._asker.ask(question, *self._event_of(self._current.answered, self._current.ask_failed))

    def start_scanning(self, material: "Material") -> None:
        """Watch the tray for that paper."""
        self._tray.start(material.id)
        self._reading.warm_up()

    def stop_scanning(self) -> None:
        """Watch no more, and drop what was seen."""
        self._tray.stop()

    def capture(self) -> None:
        """Take the page as it lies."""
        self._tray.capture()

    def hold_scanning(self) -> None:
        """Look at the tray no more for a while."""
        self._tray.hold()

    def release_scanning(self, *, taken: bool) -> None:
        """Look at it again."""
        self._tray.release(taken=taken)

    def crop(self, source: "Source", quad: "Quad") -> None:
        """Make a page of a frame by these corners."""
        self._tray.crop(source, quad)

    def examine(self, material: "Material", page: "PageImage") -> None:
        """See what paper a page is; once more when it was read, by its words too."""
        visit, generation = self._current, self._current.generation

        def read(reading: "Reading") -> None:
            def told() -> None:
                visit.way_up_read(page, reading.turns)
                self._papers.examine(material.id, page, reading)

            self._post(lambda: visit.deliver(generation, told))

        self._papers.examine(material.id, page)
        self._reading.submit(page, read)

    def room(self, pages: int) -> bool:
        """Tell whether a case with that many pages surely fits; a disk that cannot be asked has no room."""
        return self._keeper.room(pages)

    def stage(self, material: "Material", pages: "tuple[PageImage, ...]") -> None:
        """Seal one paper in this visit's draft."""
        visit = self._current
        staged, failed = self._event_of(partial(visit.staged, material.id), partial(visit.stage_failed, material.id))
        self._keeper.stage(material, pages, staged, failed)

    def stage_signature(self, signature: Signature) -> None:
        """Seal the signature in this visit's draft."""
        visit = self._current
        staged, failed = self._event_of(partial(visit.staged, SIGNATURE), partial(visit.stage_failed, SIGNATURE))
        self._keeper.stage_signature(signature, staged, failed)

    def drop(self, attachment: Attachment) -> None:
        """Take a staged file out of the draft."""
        self._keeper.drop(attachment)

    def commit(self, build: Callable[[Numbering], bytes], attachments: tuple[Attachment, ...]) -> None:
        """Submit the draft."""
        visit = self._current
        committed, failed = self._event_of(visit.committed, visit.commit_failed)
        self._keeper.commit(build, attachments, committed, failed)

    def print_receipt(self, receipt: "Receipt") -> None:
        """Print it at most once, and note when it is out, whatever the visit does meanwhile."""
        from kiosk.receipt import receipt_parts  # noqa: PLC0415 - opens the fonts

        job = receipt_parts(receipt, self._words[receipt.language])
        visit, numbering = self._current, self._current.numbering
        printed, failed = self._event_of(lambda _: visit.printed(), visit.print_failed)
        submission_id = None if numbering is None else numbering.submission_id

        def ended(error: DeviceError | None) -> None:
            if error is not None:
                failed(error)
                return
            if submission_id is not None:
                self._keeper.mark_printed(submission_id)
            printed(None)

        self._printing.print_receipt(receipt, job, submission_id, ended)

    def reprint(self, job_id: str, by: str, done: Callable[[DeviceError | None], None]) -> None:
        """Print a copy of a job of the ledger, at most once; `done` is told None, or why not, on the visit's thread."""
        self._printing.reprint(job_id, by, done)

    def save_rating(self, submission_id: str, score: int) -> None:
        """Submit the rating."""
        self._keeper.save_rating(submission_id, score, self.now())

    def abandon(self) -> None:
        """Delete the draft."""
        self._keeper.abandon()

    def wipe(self) -> None:
        """Forget what was seen and asked for."""
        self.stop_reading()
        self.stop_code_reading()
        self._tray.wipe()
        self._reading.wipe()
        self._papers.wipe()
        self._asker.wipe()
        if self._must_reopen:
            self._reopen()

    # ---- inside

    @property
    def _current(self) -> "Visit":
        if self._visit is None:
            raise RuntimeError("attach a visit before it is served")
        return self._visit

    def _event_of(
        self, done: Callable[[T], None], failed: Callable[[E], None]
    ) -> tuple[Callable[[T], None], Callable[[E], None]]:
        """Return both events so that they reach the visit of this moment and no later one."""
        visit, generation = self._current, self._current.generation
        return (
            lambda value: visit.deliver(generation, partial(done, value)),
            lambda error: visit.deliver(generation, partial(failed, error)),
        )

    def _of_class(self, device: DeviceClass) -> DeviceWorker | None:
        return next((worker for worker in self.workers if worker.device_class is device), None)

    def _opened(self, outbox: Outbox) -> None:
        self._keeper.take(outbox)
        self.unprinted = outbox.unprinted()
        for each in self.unprinted:
            _log.warning("the receipt %s of an earlier visit was not printed", each.receipt_number)
        self.closures.open(Closer.OUTBOX)

    def _told_closed(self, trouble: Trouble | None) -> None:
        self._current.out_of_service(trouble)

    def _closed(self, trouble: Trouble) -> None:
        self.closures.close(Closer.OUTBOX, trouble)

    def _broke(self, error: OutboxError) -> None:
        """The outbox can promise nothing more: take nobody, and open it anew, which verifies, once nobody is here.

        Not before: opening sweeps the files of a visit that is still under way.
        """
        if not self._must_reopen:
            self._must_reopen = True
            self._closed(outbox_trouble(error))
            if self._current.state in (State.ATTRACT, State.END):
                self._reopen()

    def _reopen(self) -> None:
        self._must_reopen = False
        self._keeper.release(self._opener.start)

    def _notice(self, reason: Reason, error: DeviceError | None) -> None:
        """Tell staff and the office what the kiosk itself noticed; on any thread."""
        self._noticed.tell(reason, error)

    def _keep_health(self) -> None:
        self.board.keep()
        self._frames.keep()

    def _report(self, event: Event) -> None:
        """Take what a worker tells (on its thread)."""
        if isinstance(event, StatusChanged):
            error = event.report.error
            _log.info("%s is %s%s", event.device, event.report.device, f", {error.action} must act" if error else "")
        self.board.take(event)
        self._frames.take(event)
        self.auxiliaries.report(event)
        self._cards.report(event)
        if isinstance(event, StatusChanged | SupplyThreshold | ErrorRaised | MediaRemoved):
            self._health.changed()
        if isinstance(event, SupplyThreshold) and (event.supply, event.status) == ("paper", SupplyStatus.OUT):
            self._printing.paper_ran_out()


def _no_key_wanted(_key: object) -> None:
    """Nobody has asked yet to be told of the service key, or of the keypad's keys."""
