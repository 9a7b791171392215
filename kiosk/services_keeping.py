"""The outbox's side of the ports: seals, commits, marks, on one thread, in the order asked.

One decision: a draft belongs to one visit. Whatever ends that visit without a commit deletes the draft and cancels what
was not begun, so that no page of it waits in memory.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from kiosk.ports import Signature
from kiosk.submission import SubmissionError
from sync.contract import Attachment, PaperCode, RatingDocument, ScanNote, canonical, sha256_hex
from sync.outbox import Draft, Numbering, Outbox, OutboxError, OutboxFault, StagedBlob

if TYPE_CHECKING:
    from kiosk.catalogue import Material
    from kiosk.reading.results import Reading
    from kiosk.scan.page import PageImage

T = TypeVar("T")
Readings = Callable[["tuple[PageImage, ...]"], "tuple[Reading, ...] | None"]
Failed = Callable[[OutboxError | SubmissionError], None]
# After these the outbox can promise nothing more until it was opened anew, which verifies what the disk holds.
BREAKS = frozenset({OutboxFault.IO_FAILED, OutboxFault.CORRUPT})
_log = logging.getLogger(__name__)


class Keeper:
    """Keeps one visit's files sealed, and its case once it is submitted. Called on the visit's thread."""

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        broke: Callable[[OutboxError], None],
        read: Readings = lambda _pages: None,
    ) -> None:
        """Take the way to the visit's thread; `broke` is told, there, that the outbox must be opened anew.

        `read` gives what was read on pages, None if that is not there (yet); it is asked on the outbox's thread.
        """
        self._post = post
        self._broke = broke
        self._read = read
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._outbox: Outbox | None = None
        self._draft: Draft | None = None
        self._staged: dict[str, StagedBlob] = {}
        self._staging: list[Future[StagedBlob]] = []

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed) -> Future[T]:
        """Do `work` on the outbox's thread; `done` or `failed` is called on the visit's."""
        future = self._pool.submit(work)
        future.add_done_callback(lambda ended: self._post(lambda: self._answer(ended, done, failed)))
        return future

    @property
    def outbox(self) -> Outbox:
        """The open outbox.

        Raises:
            SubmissionError: it is not open; no visit begins before it is.
        """
        if self._outbox is None:
            raise SubmissionError("the outbox is not open")
        return self._outbox

    def room(self, pages: int) -> bool:
        """Tell whether a case with that many pages surely fits; a disk that cannot be asked has no room."""
        try:
            return self.outbox.room(pages)
        except (OutboxError, SubmissionError) as error:
            _log.error("no room can be promised: %s", error)
            return False

    def take(self, outbox: Outbox) -> None:
        """Work with `outbox` from now on."""
        self._outbox = outbox

    def release(self, released: Callable[[], None]) -> None:
        """Let go of a broken outbox; `released` is called when another may open it. No file of a draft is deleted."""
        outbox, self._outbox = self._outbox, None
        self._forget_draft()
        if outbox is not None:
            self.run(outbox.close, lambda _: released(), lambda _: released())

    def stage(
        self,
        material: "Material",
        pages: "tuple[PageImage, ...]",
        done: Callable[[Attachment], None],
        failed: Failed,
    ) -> None:
        """Make one PDF of the pages and seal it; with its text, if all of it has been read by then.

        The two sides of a card become one sheet: then notes and codes are of that.
        """
        codes: list[PaperCode] = []
        sheets: list[int] = []

        def build() -> bytes:
            # These bring OpenCV, which the first screen must not wait for.
            from kiosk.scan import pdf  # noqa: PLC0415 - see above
            from kiosk.scan.codes import codes_of  # noqa: PLC0415 - see above
            from kiosk.scan.document import document_of  # noqa: PLC0415 - see above

            document = document_of(material.sheets, pages, self._read(pages))
            sheets.append(len(document.pages))
            codes.extend(code.model_copy(update={"page": min(code.page, sheets[0])}) for code in codes_of(pages))
            return pdf.build(document.pages, document.readings)

        def attachment(blob: StagedBlob) -> Attachment:
            return Attachment(
                name=f"{material.id}.pdf",
                material_id=material.id,
                media_type="application/pdf",
                sha256=blob.sha256,
                size=blob.size,
                pages=sheets[0],
                sealed_sha256=blob.sealed_sha256,
                scan_notes=scan_notes(pages, sheets[0]),
                codes=tuple(codes),
            )

        self._add(build, lambda blob: done(attachment(blob)), failed)

    def stage_signature(self, signature: Signature, done: Callable[[Attachment], None], failed: Failed) -> None:
        """Seal the signature's picture."""

        def attachment(blob: StagedBlob) -> Attachment:
            return Attachment(
                name="signature.png",
                material_id=None,
                media_type="image/png",
                sha256=blob.sha256,
                size=blob.size,
                pages=1,
                sealed_sha256=blob.sealed_sha256,
            )

        self._add(lambda: signature.png, lambda blob: done(attachment(blob)), failed)

    def drop(self, attachment: Attachment) -> None:
        """Delete one staged file; if its draft is gone, it is deleted already."""
        draft = self._draft
        blob = self._staged.pop(attachment.sealed_sha256, None)
        if draft is not None and blob is not None:
            self.run(lambda: draft.drop(blob), lambda _: None, _log_failure)

    def commit(
        self,
        build: Callable[[Numbering], bytes],
        attachments: tuple[Attachment, ...],
        done: Callable[[Numbering], None],
        failed: Failed,
    ) -> None:
        """Submit the draft; every attachment must be a file of this very draft, and every file an attachment."""
        draft = self._draft
        if draft is None or {a.sealed_sha256 for a in attachments} != set(self._staged):
            failed(SubmissionError("the attachments of the case are not the files of its draft"))
            return

        digests = {attachment.name: attachment.sha256 for attachment in attachments}

        def digested(numbering: Numbering) -> bytes:
            plain = build(numbering)
            digests["document.json"] = sha256_hex(plain)
            return plain

        def committed(numbering: Numbering) -> None:
            self._forget_draft()
            for name, digest in digests.items():  # by which both ends can be compared later; they tell nothing else
                _log.info(
                    "committed %s as %s: %s sha256 %s", numbering.submission_id, numbering.receipt_number, name, digest
                )
            done(numbering)

        def not_committed(error: OutboxError | SubmissionError) -> None:
            if isinstance(error, OutboxError) and error.reason is OutboxFault.IO_FAILED:
                # Whether it exists is known at the next opening alone: until then none of its files may be deleted.
                self._forget_draft()
            failed(error)

        self.run(lambda: draft.commit(digested), committed, not_committed)

    def save_rating(self, submission_id: str, score: int, now: datetime) -> None:
        """Submit what a resident thought of it; lost if the outbox is being opened anew."""
        outbox = self._outbox
        if outbox is None:
            return

        def build(numbering: Numbering) -> bytes:
            return canonical(
                RatingDocument(
                    submission_id=numbering.submission_id,
                    rated_submission_id=submission_id,
                    score=score,
                    rated_at=now,
                )
            )

        self.run(lambda: outbox.begin().commit(build, "rating"), lambda _: None, _log_failure)

    def hand_in(self, work: Callable[[Outbox], T]) -> Future[T]:
        """Do `work` with the open outbox, on its thread, for whoever waits on a thread of their own.

        A failure is logged, and an outbox that broke is opened anew, as in any visit.

        Raises:
            SubmissionError: it is not open.
        """
        outbox = self.outbox
        return self.run(lambda: work(outbox), lambda _: None, _log_failure)

    def mark_printed(self, submission_id: str) -> None:
        """Note that the resident holds the receipt; not noted, it is told to staff as perhaps not printed."""
        outbox = self._outbox
        if outbox is not None:
            self.run(lambda: outbox.mark_printed(submission_id), lambda _: None, _log_failure)

    def abandon(self) -> None:
        """Delete the draft and what was staged; what was not begun is not done."""
        draft = self._draft
        self._forget_draft()
        if draft is not None:
            self.run(draft.abandon, lambda _: None, _log_failure)

    def close(self) -> None:
        """Finish what was begun, delete what was not submitted, and let go of the outbox."""
        self.abandon()
        self._pool.shutdown(wait=True, cancel_futures=False)
        outbox, self._outbox = self._outbox, None
        if outbox is not None:
            outbox.close()

    def _add(self, plain: Callable[[], bytes], done: Callable[[StagedBlob], None], failed: Failed) -> None:
        if self._draft is None:
            self._draft = self.outbox.begin()
        draft = self._draft

        def added(blob: StagedBlob) -> None:
            if draft is self._draft:
                self._staged[blob.sealed_sha256] = blob
            done(blob)

        self._staging = [future for future in self._staging if not future.done()]
        self._staging.append(self.run(lambda: draft.add(plain()), added, failed))

    def _answer(self, ended: "Future[T]", done: Callable[[T], None], failed: Failed) -> None:
        if ended.cancelled():
            return
        error = ended.exception()
        if error is None:
            done(ended.result())
        elif isinstance(error, OutboxError | SubmissionError):
            _log.error("the outbox: %s", error)
            failed(error)
            if isinstance(error, OutboxError) and error.reason in BREAKS:
                self._broke(error)
        else:
            # Its text may quote what it choked on, so only its name is kept (promise 2).
            _log.error("the outbox: a defect, %s", type(error).__name__)
            failed(SubmissionError(type(error).__name__))

    def _forget_draft(self) -> None:
        for future in self._staging:
            future.cancel()
        self._staging.clear()
        self._draft = None
        self._staged = {}


def scan_notes(pages: "tuple[PageImage, ...]", sheets: int) -> tuple[ScanNote, ...]:
    """Return what the clerk should know of the pages of one paper, handed in on so many sheets; each thing once."""
    notes = [
        ScanNote(page=min(number, sheets), code=code) for number, page in enumerate(pages, 1) for code in page.notes
    ]
    return tuple(dict.fromkeys(notes))


def _log_failure(_error: OutboxError | SubmissionError) -> None:
    """`_answer` has logged it; the resident is not kept by it."""
