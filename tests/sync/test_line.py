"""The line: TLS, bounded answers, and no exception of the network above it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync import line
from sync.contract import MOST
from sync.line import ANSWER_LIMIT, Answer, LineError, UnsafeLine, new_client, send


@contextmanager
def answering(raw: bytes, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve one connection with `raw`, whatever was asked; give the port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        try:
            wrapped = context.wrap_socket(connection, server_side=True) if context else connection
            wrapped.recv(65536)
            wrapped.sendall(raw)
            wrapped.close()
        except OSError:
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        thread.join(10)
        server.close()


def ask(port: int, scheme: str = "http", ca_file: Path | None = None) -> Answer:
    with new_client(f"{scheme}://127.0.0.1:{port}", ca_file) as client:
        return send(client, client.build_request("GET", "/"))


@pytest.mark.parametrize("url", ["http://office.example", "ftp://127.0.0.1", "office", "", "http://[", "http:///x"])
def test_an_unsafe_url_is_refused_with_a_sentence(url: str) -> None:
    """Promise 2: nothing travels without TLS over a network."""
    with pytest.raises(UnsafeLine, match="url"):
        new_client(url)


def test_an_answer_carries_the_offices_clock_and_wishes() -> None:
    """Promise 3: Retry-After as a number."""
    raw = b"HTTP/1.1 503 x\r\nDate: Tue, 24 Nov 2026 03:00:00 GMT\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno"
    with answering(raw) as port:
        assert ask(port) == Answer(503, b"no", datetime(2026, 11, 24, 3, tzinfo=UTC), 7.0)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("Tue, 24 Nov 2026 03:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 02:00:00 GMT", 0.0),
        ("9" * 400, 3600.0),
        ("Tue, 24 Nov 2099 03:00:00 GMT", 3600.0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        (None, None),
    ],
)
def test_retry_after_may_be_a_date_and_garbage_is_no_wish(retry_after: str | None, seconds: float | None) -> None:
    """Promise 4: never a guess presented as a fact."""
    assert line._retry_after(retry_after, datetime(2026, 11, 24, 3, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("said", "offset"), [(b"262144", 262_144), (b"9" * 400, MOST), (b"-1", None), (b"many", None), (b"", None)]
)
def test_an_offset_is_a_number_or_unknown(said: bytes, offset: int | None) -> None:
    """Promise 4: what the office did not say is not guessed."""
    with answering(b"HTTP/1.1 204 x\r\nUpload-Offset: " + said + b"\r\n\r\n") as port:
        assert ask(port).upload_offset == offset


def test_a_date_that_cannot_be_read_is_none() -> None:
    """Promise 4: unknown stays unknown."""
    assert line._date("yesterday") is None
    assert line._date("Tue, 24 Nov 2026 03:00:00") == datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
    ids=["closed", "not-http", "cut", "bad-coding"],
)
def test_garbage_on_the_line_is_a_line_error(raw: bytes) -> None:
    """Promise 3: whatever answers, delivery goes on."""
    with answering(raw) as port, pytest.raises(LineError):
        ask(port)


def test_an_endless_answer_is_cut() -> None:
    """Promise 3: a page without end does not fill the memory."""
    with answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (3 * ANSWER_LIMIT)) as port:
        assert len(ask(port).body) == ANSWER_LIMIT


def test_silence_ends_after_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 6: every wait ends."""
    monkeypatch.setattr(line, "NO_PROGRESS_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(LineError, match="ReadTimeout"):
        ask(server.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 of an authority that only the ca file knows."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "office")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return folder / "ca.pem", context


def test_a_certificate_of_the_given_authority_is_accepted(certificate: tuple[Path, ssl.SSLContext]) -> None:
    """Promise 2: TLS with the site's own authority."""
    ca_file, context = certificate
    with answering(b"HTTP/1.1 204 x\r\n\r\n", context) as port:
        assert ask(port, "https", ca_file).status == 204


def test_a_certificate_of_a_stranger_is_a_line_error(certificate: tuple[Path, ssl.SSLContext]) -> None:
    """Promise 2: a false office gets nothing."""
    _, context = certificate
    with answering(b"HTTP/1.1 204 x\r\n\r\n", context) as port, pytest.raises(LineError):
        ask(port, "https")


def test_redirects_are_not_followed() -> None:
    """Promise 1: a signed request goes where it was meant for."""
    with answering(b"HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as port:
        assert ask(port).status == 302


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 2: only kiosk.toml decides where the kiosk speaks to."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with answering(b"HTTP/1.1 204 x\r\n\r\n") as port:
        assert ask(port).status == 204


def test_a_line_error_names_the_kind_alone() -> None:
    """Promise 2: no address, no content in a text."""
    with new_client("http://127.0.0.1:1") as client, pytest.raises(LineError) as caught:
        send(client, httpx.Request("GET", "http://127.0.0.1:1/v1/secret"))
    assert str(caught.value) == "ConnectError"


@pytest.mark.parametrize("content", [None, "no certificate at all"])
def test_an_authority_that_cannot_be_read_is_said_with_its_file(tmp_path: Path, content: str | None) -> None:
    """Promise 8: a technician has named the wrong file in kiosk.toml."""
    authority = tmp_path / "office-ca.pem"
    if content is not None:
        authority.write_text(content)
    with pytest.raises(UnsafeLine, match=r"office-ca\.pem cannot be read"):
        new_client("https://office.example", authority)
