"""What a kiosk says to its office, signed, and by whose clock.

One decision: the kiosk's own clock is not trusted. Every answer's Date teaches the offset by which the `created` of the
next signature is corrected; nothing else depends on it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from pydantic import ValidationError

from sync.asking import Question
from sync.contract import PART_TYPE, TUS_VERSION, Heartbeat, Record, canonical
from sync.enrol import Identity
from sync.line import Answer, new_client, send
from sync.signing import sign_request

JSON = "application/json"
_TUS = {"tus-resumable": TUS_VERSION}


class NotAnsweredError(Exception):
    """The office did not answer the question that was asked: its HTTP status, and nothing of what came."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the office answered {status}, which is no answer to what was asked")
        self.status = status


def utc_now() -> datetime:
    """Return this machine's idea of the time."""
    return datetime.now(UTC)


class OfficeClient:
    """One enrolled kiosk's connection. Not for several threads at once.

    Attributes:
        identity: who speaks.
        clock_offset: the office's clock minus this machine's, as last heard.
    """

    def __init__(
        self, url: str, identity: Identity, *, ca_file: Path | None = None, now: Callable[[], datetime] = utc_now
    ) -> None:
        """Prepare; nothing is sent yet. Raises UnsafeLine for a url without TLS."""
        self.identity = identity
        self.clock_offset = timedelta(0)
        self._now = now
        self._client = new_client(url, ca_file)

    def put_manifest(self, submission_id: str, manifest: bytes) -> Answer:
        """Send a canonical manifest; raise LineError when no answer came."""
        return self._send("PUT", f"/v1/submissions/{submission_id}", manifest, JSON)

    def head_blob(self, sha256: str) -> Answer:
        """Ask how much of a sealed blob the office has; raise LineError when no answer came."""
        return self._send("HEAD", self._blob_path(sha256), b"", **_TUS)

    def patch_blob(self, sha256: str, offset: int, part: bytes) -> Answer:
        """Send the bytes of a sealed blob from `offset`; raise LineError when no answer came."""
        return self._send("PATCH", self._blob_path(sha256), part, PART_TYPE, **_TUS, **{"upload-offset": str(offset)})

    def post_heartbeat(self, heartbeat: Heartbeat) -> Answer:
        """Send a sign of life; raise LineError when no answer came."""
        return self._send("POST", "/v1/heartbeats", canonical(heartbeat), JSON)

    def ask(self, question: Question) -> Record:
        """Ask, and return the office's answer.

        Raises:
            LineError: no answer came.
            NotAnsweredError: the office refused to answer, or what answered is not the office.
        """
        answer = self._send("POST", f"/v1/questions/{question.name}", canonical(question), JSON)
        if answer.status != HTTPStatus.OK:
            raise NotAnsweredError(answer.status)
        try:
            return question.answer.model_validate_json(answer.body)
        except ValidationError:
            raise NotAnsweredError(answer.status) from None  # its text would quote the answer

    def office_time(self) -> datetime:
        """Return the time at the office, as far as it is known here."""
        return self._now() + self.clock_offset

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _blob_path(self, sha256: str) -> str:
        return f"/v1/blobs/{self.identity.kiosk_id}/{sha256}"

    def _send(self, method: str, path: str, body: bytes, content_type: str | None = None, **more: str) -> Answer:
        headers = {"content-type": content_type, **more} if content_type else more
        request = self._client.build_request(method, path, content=body, headers=headers)
        sign_request(request, self.identity.key, self.identity.kiosk_id, self.office_time())
        answer = send(self._client, request)
        if answer.date is not None:
            self.clock_offset = answer.date - self._now()
        return answer
