"""The end of a visit: the signature, the review, the submission, the receipt, the rating."""

from abc import abstractmethod

from drivers.errors import DeviceError
from drivers.model import DeviceClass
from kiosk.ports import SIGNATURE, Signature
from kiosk.receipt import Receipt
from kiosk.submission import Snapshot, SubmissionError
from kiosk.trouble import CARD_READERS, Trouble, device_trouble, may_have_printed, outbox_trouble
from kiosk.visit_core import PrintOutcome, ScanTask, TaskStatus, VisitCore
from kiosk.visit_receipt import receipt_of
from kiosk.visit_states import EndReason, State, event, intent
from sync.contract import Attachment
from sync.outbox import Numbering, OutboxError, OutboxFault

SCORES = range(1, 6)
TAKE_CARD = frozenset({State.RECEIPT, State.RATE, State.END})  # the pages on which one gathers one's things


class Closing(VisitCore):
    """SIGN to RATE."""

    @intent
    def sign(self, signature: Signature) -> None:
        """Sign what is on the pages before."""
        self._drop_signature()
        self.signature = signature
        self._stage_signature(signature)
        self.onward()

    @intent
    def submit(self) -> None:
        """Hand in. The number is shown only when it is on the disk (promise 1)."""
        self.go(State.SUBMIT)
        for task in self.tasks:
            if task.status is TaskStatus.DONE and task.attachment is None and task.staging == 0:
                self.stage(task)
        if self.signature is not None and self.signature_file is None and self.signature_staging == 0:
            self._stage_signature(self.signature)
        self._commit_when_staged()

    @intent
    def reprint(self) -> None:
        """Print again what was certainly not printed; never a second receipt of one number."""
        if self.receipt is not None and self.print_outcome is PrintOutcome.NOT_PRINTED:
            self._print(self.receipt)

    @intent
    def to_rating(self) -> None:
        """Go on to say what one thought of it."""
        self.go(State.RATE)

    @intent
    def rate(self, score: int) -> None:
        """Rate from 1 to 5; the visit is then over."""
        if score not in SCORES or self.numbering is None:
            self.ignored["rate"] += 1
            return
        self.ports.save_rating(self.numbering.submission_id, score)
        self.end(EndReason.DONE)

    @event
    def staged(self, material_id: str, attachment: Attachment) -> None:
        """A paper or the signature is sealed. Answers come in the order of the wishes: only the last one counts."""
        if material_id == SIGNATURE:
            self.signature_staging -= 1
            wanted = self.signature is not None and self.signature_staging == 0
        else:
            task = self._task_of(material_id)
            task.staging -= 1
            wanted = task.status is TaskStatus.DONE and task.staging == 0
        if not wanted:
            self.ports.drop(attachment)
        elif material_id == SIGNATURE:
            self.signature_file = attachment
        else:
            self._task_of(material_id).attachment = attachment
        self._commit_when_staged()

    @event
    def stage_failed(self, material_id: str, error: OutboxError | SubmissionError) -> None:
        """A paper could not be kept. Submitting tries once more, and tells if that fails too."""
        if material_id == SIGNATURE:
            self.signature_staging -= 1
        else:
            self._task_of(material_id).staging -= 1
        if self.state is State.SUBMIT:
            self._not_submitted(outbox_trouble(error))

    @event
    def committed(self, numbering: Numbering) -> None:
        """It is on the disk: the number may be shown, and nothing takes it back any more."""
        self.numbering = numbering
        self.receipt = receipt_of(self, numbering)
        self.go(State.RECEIPT)
        self._print(self.receipt)

    @event
    def commit_failed(self, error: OutboxError | SubmissionError) -> None:
        """Nothing is shown as if it were submitted (promise 4), nor as if it were not when nobody knows."""
        self.unsure = isinstance(error, OutboxError) and error.reason is OutboxFault.IO_FAILED
        self._not_submitted(outbox_trouble(error))

    @event
    def printed(self) -> None:
        """The receipt is out."""
        self.print_outcome = PrintOutcome.PRINTED
        self.trouble = None

    @event
    def print_failed(self, error: DeviceError) -> None:
        """The receipt is not out, or nobody knows: the number and its code stay on the screen."""
        if self.state is State.RATE:
            self.go(State.RECEIPT)  # where number and code are
        unknown = may_have_printed(error)
        self.print_outcome = PrintOutcome.MAY_HAVE_PRINTED if unknown else PrintOutcome.NOT_PRINTED
        self.trouble = device_trouble(DeviceClass.RECEIPT_PRINTER, error)

    @property
    def must_take_card(self) -> DeviceClass | None:
        """The reader whose card it is time to take along; of two, one after the other; None: no card is seen there."""
        if self.state not in TAKE_CARD:
            return None
        return next((reader for reader in CARD_READERS if reader in self.cards_lying), None)

    def card_seen(self, reader: DeviceClass, *, lies: bool) -> None:
        """Learn whether a card that was read in this visit still lies at that reader."""
        lying = self.cards_lying - {reader} | ({reader} if lies else set())
        if lying != self.cards_lying:
            self.cards_lying = lying
            self.changed()

    def enter_sign(self) -> None:
        """Whoever comes back here has changed something: the signature under it is no longer theirs."""
        self._drop_signature()

    @abstractmethod
    def stage(self, task: ScanTask) -> None:
        """Have a paper sealed."""

    @abstractmethod
    def onward(self) -> None:
        """Go on to the next state in which there is something to do."""

    def _print(self, receipt: Receipt) -> None:
        self.trouble = None
        self.print_outcome = PrintOutcome.PRINTING
        self.ports.print_receipt(receipt)

    def _task_of(self, material_id: str) -> ScanTask:
        return next(task for task in self.tasks if task.material.id == material_id)

    def _stage_signature(self, signature: Signature) -> None:
        self.signature_staging += 1
        self.ports.stage_signature(signature)

    def _drop_signature(self) -> None:
        self.signature = None
        if self.signature_file is not None:
            self.ports.drop(self.signature_file)
            self.signature_file = None

    def _commit_when_staged(self) -> None:
        if self.state is not State.SUBMIT or self.signature_staging or any(task.staging for task in self.tasks):
            return
        snapshot = Snapshot.of(self)
        self.ports.commit(snapshot.build, snapshot.attachments)

    def _not_submitted(self, trouble: Trouble) -> None:
        self.go(State.REVIEW)
        self.trouble = trouble
