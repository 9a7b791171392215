"""The line to the office: TLS, no proxies from the environment, time limits on no progress, bounded answers.

One decision: no total time limit (slow is not dead); connecting may take 5 s, and 20 s may pass without a byte moving.
What the network library raises stops here: above this module there are an `Answer` or a `LineError`.
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path

import httpx

from sync.contract import MOST

CONNECT_SECONDS = 5.0
NO_PROGRESS_SECONDS = 20.0
ANSWER_LIMIT = 256 * 1024  # bytes; the office's answers are far shorter, a page that is longer is not from it

RETRY_AFTER_LIMIT = 3600.0  # seconds; whoever asks for more, by mistake or malice, is asked again after an hour

_MOST_DIGITS = 15  # of a number that is read; all such are below `MOST`
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class LineError(Exception):
    """No answer came: no route, refused, cut, silent for 20 s, a certificate that does not fit. Names the kind only."""


class UnsafeLine(ValueError):  # noqa: N818 - a setting that must be changed, named for what it is
    """The url would send without TLS over a network, or is no url; or the authority's file cannot be read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: the HTTP status.
        body: whole, or its first `ANSWER_LIMIT` bytes.
        date: the office's clock (Date header), None when it did not say.
        retry_after: seconds the office asks to wait, at most `RETRY_AFTER_LIMIT`; None when it did not ask.
        upload_offset: bytes of a blob that the office has (Upload-Offset, tus 1.0); None when it did not say.
    """

    status: int
    body: bytes
    date: datetime | None = None
    retry_after: float | None = None
    upload_offset: int | None = None


def new_client(url: str, ca_file: Path | None = None) -> httpx.Client:
    """Return a client for the office at `url`.

    Args:
        url: https, or http on this machine alone.
        ca_file: PEM of the authority that signed the office's certificate; None for the system's own.

    Raises:
        UnsafeLine: plain http over a network, no url at all, or an authority's file that cannot be read.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UnsafeLine("the office's url is no url") from error
    if not parsed.host or (parsed.scheme != "https" and not (parsed.scheme == "http" and parsed.host in _LOOPBACK)):
        raise UnsafeLine("the office's url must begin with https:// (http:// only on this machine itself)")
    timeout = httpx.Timeout(NO_PROGRESS_SECONDS, connect=CONNECT_SECONDS)
    return httpx.Client(
        base_url=parsed, verify=_context(ca_file), timeout=timeout, trust_env=False, follow_redirects=False
    )


@cache
def _context(ca_file: Path | None) -> ssl.SSLContext:
    """Reading the system's authorities takes a while; they do not change while a process runs."""
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:  # ssl.SSLError is one, too: a file that is no PEM
        raise UnsafeLine(f"the certificate authority's file {ca_file} cannot be read: {error.strerror}") from error


def send(client: httpx.Client, request: httpx.Request) -> Answer:
    """Send `request` and return what came back; raise LineError when nothing did."""
    try:
        response = client.send(request, stream=True)
        try:
            body = _bounded(response)
        finally:
            response.close()
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise LineError(type(error).__name__) from error
    said = response.headers
    date = _date(said.get("date"))
    wait, offset = _retry_after(said.get("retry-after"), date), _count(said.get("upload-offset"))
    return Answer(response.status_code, body, date, wait, offset)


def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) >= ANSWER_LIMIT:
            break
    return bytes(body[:ANSWER_LIMIT])


def _date(text: str | None) -> datetime | None:
    """Return an HTTP date (RFC 9110 section 5.6.7), None when there is none that can be read."""
    if text is None:
        return None
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _count(text: str | None) -> int | None:
    """Return a whole number in ASCII digits, `MOST` for one that is longer; None when it is none."""
    plain = (text or "").strip()
    if not (plain.isascii() and plain.isdigit()):
        return None
    return int(plain) if len(plain) <= _MOST_DIGITS else MOST


def _retry_after(text: str | None, now: datetime | None) -> float | None:
    """Return seconds from Retry-After (RFC 9110 section 10.2.3): a number, or a date seen from the office's clock."""
    if text is None:
        return None
    if (seconds := _count(text)) is not None:
        return float(min(seconds, RETRY_AFTER_LIMIT))
    until = _date(text)
    return min(max(0.0, (until - now).total_seconds()), RETRY_AFTER_LIMIT) if until and now else None
