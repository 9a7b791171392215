"""What a kiosk says to its office, signed, and by whose clock.

One decision: the kiosk's own clock is not trusted. Every answer's Date teaches the offset by which the `created` of the
next signature is corrected; nothing else depends on it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sync.contract import PART_TYPE, TUS_VERSION, Heartbeat, canonical
from sync.enrol import Identity
from sync.line import Answer, new_client, send
from sync.signing import sign_request

JSON = "application/json"
_TUS = {"tus-resumable": TUS_VERSION}


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
