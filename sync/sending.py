"""One request for one submission, and what its answer means: its manifest, a question, or a part of a blob.

One decision: the office's own offset is the truth. It is asked for wherever it could differ from what was sent.
"""

from collections.abc import Callable

from sync.client import OfficeClient
from sync.delivery_queue import DeliveryQueue, Waiting
from sync.lanes import Progress
from sync.line import LineError
from sync.outbox_schema import OutboxError, OutboxFault
from sync.pace import Pace
from sync.verdict import Outcome, Verdict, judge_manifest, judge_offset, judge_owner, judge_part


class Sender:
    """Sends for one kiosk. For one thread."""

    def __init__(self, queue: DeliveryQueue, client: OfficeClient, pace: Pace, monotonic: Callable[[], float]) -> None:
        self._queue = queue
        self._client = client
        self._pace = pace
        self._monotonic = monotonic

    def send(self, item: Waiting, progress: Progress) -> Verdict:
        """Do the next request of `item`, and note in `progress` how far it came.

        Raises:
            LineError: no answer came.
            OutboxError: DAMAGED, what was to be sent is not what was committed; or the disk is ill.
        """
        return self._blob(progress) if progress.pending else self._manifest(item, progress)

    def _manifest(self, item: Waiting, progress: Progress) -> Verdict:
        manifest = self._queue.manifest(item.submission_id)
        if foreign := judge_owner(manifest, self._client.identity):
            return foreign
        if item.fresh:
            self._queue.mark_sending(item.submission_id)
        self._pace.sent(len(manifest), self._monotonic())
        answer = self._client.put_manifest(item.submission_id, manifest)
        verdict = judge_manifest(answer, manifest, self._client.identity)
        if progress.put.intersection(blob.sha256 for blob in verdict.missing):
            return Verdict(Outcome.LATER, "the office still lacks an attachment it has taken")
        if verdict.outcome is Outcome.GO_ON:
            progress.lacks(verdict.missing, verdict.offset)
        return verdict

    def _blob(self, progress: Progress) -> Verdict:
        blob = (progress.pending or [])[0]
        if progress.offset is None:
            verdict = judge_offset(self._client.head_blob(blob.sha256), blob.size)
        else:
            verdict = self._part(blob.sha256, progress.offset, blob.size)
            if verdict.outcome is Outcome.GO_ON:
                progress.backoff.reset()
        if verdict.outcome is Outcome.GO_ON and verdict.offset is not None:
            progress.reached(verdict.offset)
        return verdict

    def _part(self, sha256: str, start: int, size: int) -> Verdict:
        wanted = min(self._pace.part_bytes, size - start)
        part = self._queue.part(sha256, start, wanted)
        if len(part) != wanted:  # it was whole when its first part was read
            raise OutboxError(OutboxFault.DAMAGED, "a sealed blob has become shorter than it was committed")
        began = self._monotonic()
        self._pace.sent(len(part), began)
        try:
            answer = self._client.patch_blob(sha256, start, part)
        except LineError:
            self._pace.broke()
            raise
        self._pace.answered(len(part), self._monotonic() - began)
        return judge_part(answer, start, start + len(part), size)
