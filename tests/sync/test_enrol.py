"""Enrolment: a key made on the kiosk, a one-time code, and an identity that is whole or not there."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sync import seal
from sync.contract import EnrolAnswer, canonical
from sync.enrol import Identity, IdentityError, IdentityFault, enrol, load_identity
from tests.sync.office_double import CODE, OfficeDouble


def refused(office: OfficeDouble, folder: Path, code: str = CODE, kiosk_id: str = "K01") -> IdentityFault:
    with pytest.raises(IdentityError) as caught:
        enrol(office.url, code, folder, kiosk_id=kiosk_id)
    return caught.value.reason


def enrolled(office: OfficeDouble, folder: Path) -> Identity:
    return enrol(office.url, CODE, folder, kiosk_id="K01")


def test_a_kiosk_enrols_once_and_knows_itself_afterwards(office: OfficeDouble, tmp_path: Path) -> None:
    """Promise 1: the office knows the key that was made here, the kiosk knows its office."""
    made = enrolled(office, tmp_path / "identity")
    again = load_identity(tmp_path / "identity")
    assert again.office == made.office
    assert again.key.private_bytes_raw() == made.key.private_bytes_raw()
    assert again.kiosk_id == "K01"
    assert office.kiosks["K01"] == made.key.public_key()
    assert again.sealer.key_id == office.opener.key_id
    assert again.office_key == office.signing_key.public_key()


def test_key_and_answer_are_private_files_and_the_key_shows_nowhere(office: OfficeDouble, tmp_path: Path) -> None:
    """Promise 2: 0600 in 0700, and nothing in a repr."""
    folder = tmp_path / "identity"
    identity = enrolled(office, folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "kiosk.key": 0o600,
        "office.json": 0o600,
    }
    raw = identity.key.private_bytes_raw()
    assert (folder / "kiosk.key").read_bytes() == raw
    assert raw.hex() not in repr(identity)
    assert base64.b64encode(raw).decode() not in (folder / "office.json").read_text()


def test_an_enrolled_kiosk_does_not_enrol_over_itself(office: OfficeDouble, tmp_path: Path) -> None:
    """Promise 1: what is queued stays deliverable."""
    enrolled(office, tmp_path)
    assert refused(office, tmp_path) is IdentityFault.ALREADY_ENROLLED


def test_a_wrong_code_is_refused_and_the_right_one_works_with_the_same_key(
    office: OfficeDouble, tmp_path: Path
) -> None:
    """Promise 8: ask for a new code; nothing has to be cleaned up."""
    assert refused(office, tmp_path, "WRONG-CODE") is IdentityFault.REFUSED
    key = (tmp_path / "kiosk.key").read_bytes()
    assert enrolled(office, tmp_path).key.private_bytes_raw() == key


@pytest.mark.parametrize(("code", "kiosk_id"), [("short", "K01"), (CODE, "no spaces"), (CODE, "")])
def test_what_cannot_be_right_is_not_even_asked(office: OfficeDouble, tmp_path: Path, code: str, kiosk_id: str) -> None:
    """Promise 8: a sentence without the code in it."""
    assert refused(office, tmp_path, code, kiosk_id) is IdentityFault.REFUSED
    assert not office.requests


def test_no_office_is_said(tmp_path: Path) -> None:
    """Promise 8: check the network."""
    with pytest.raises(IdentityError, match="ConnectError") as caught:
        enrol("http://127.0.0.1:1", CODE, tmp_path, kiosk_id="K01")
    assert caught.value.reason is IdentityFault.NO_OFFICE
    assert CODE not in str(caught.value)


def _changed(**changes: Any) -> Any:
    def answer(office: OfficeDouble) -> Any:
        plain = office.enrol_answer("K01").model_dump(mode="json") | changes
        return lambda _request: Response(canonical(plain), status_code=201)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        lambda _office: lambda _request: HTMLResponse("<html>please log in</html>"),
        _changed(kiosk_id="K02"),
        _changed(seal_key_id="0" * 64),
        _changed(seal_suite="ROT13"),
        _changed(seal_public_key="AAAA"),
        _changed(seal_public_key="no base64!"),
        _changed(office_signing_key="AAAA"),
        _changed(site_id="not an id"),
    ],
    ids=["login-page", "other-kiosk", "other-key-id", "suite", "seal-key", "base64", "signing-key", "site"],
)
def test_an_answer_that_does_not_fit_leaves_no_identity(office: OfficeDouble, tmp_path: Path, answer: Any) -> None:
    """Promise 2: nothing is ever sealed to a key that is not the office's."""
    office.every["enrol"] = answer(office)
    assert refused(office, tmp_path) is IdentityFault.BAD_ANSWER
    with pytest.raises(IdentityError) as caught:
        load_identity(tmp_path)
    assert caught.value.reason is IdentityFault.MISSING


def test_a_missing_identity_says_what_to_run(tmp_path: Path) -> None:
    """Promise 8: the technician reads the command."""
    with pytest.raises(IdentityError, match=r"run\.py enrol") as caught:
        load_identity(tmp_path / "nowhere")
    assert caught.value.reason is IdentityFault.MISSING


@pytest.mark.parametrize("name", ["kiosk.key", "office.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 100], ids=["empty", "braces", "noise"])
def test_a_damaged_identity_is_said_and_not_guessed(
    office: OfficeDouble, tmp_path: Path, name: str, content: bytes
) -> None:
    """Promise 4: damaged is damaged."""
    enrolled(office, tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IdentityError) as caught:
        load_identity(tmp_path)
    assert caught.value.reason is IdentityFault.CORRUPT


def test_a_damaged_key_stops_the_enrolment_before_anything_is_sent(office: OfficeDouble, tmp_path: Path) -> None:
    """Promise 8: remove it and enrol again."""
    (tmp_path / "kiosk.key").write_bytes(b"short")
    assert refused(office, tmp_path) is IdentityFault.CORRUPT
    assert not office.requests


def test_the_default_suite_is_the_one_that_outlives_quantum_machines(tmp_path: Path) -> None:
    """Promise 2: what is recorded today stays closed."""
    office = OfficeDouble(seal.DEFAULT_SUITE)
    office.start()
    try:
        identity = enrolled(office, tmp_path)
        assert identity.sealer.suite.startswith("MLKEM768-X25519")
        kept = EnrolAnswer.model_validate(json.loads((tmp_path / "office.json").read_text()))
        assert len(base64.b64decode(kept.seal_public_key)) == 1184 + 32
    finally:
        office.stop()


def test_requests_to_enrol_are_the_only_unsigned_ones(office: OfficeDouble, tmp_path: Path) -> None:
    """Promise 1: the code is the proof here."""
    headers: list[str] = []

    def look(request: Request) -> None:
        headers.extend(request.headers)

    office.every["enrol"] = look
    enrolled(office, tmp_path)
    assert "signature" not in headers
