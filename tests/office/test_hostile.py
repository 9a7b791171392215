"""What must never come from a kiosk and comes all the same: each is answered with a sentence, and nothing is harmed."""

import json
import re
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from office.cases.opening import read_case
from office.store.models import CaseRow, SubmissionRow
from sync.contract import ManifestAnswer, canonical, sha256_hex
from sync.seal import Sealer
from tests.office.browser import Browser
from tests.office.kiosk import Kiosk
from tests.office.people import NAME, Submission, _seal, a_case, a_document, submission_id
from tests.office.running import Running

OCTETS = "application/octet-stream"


def reason(answer: httpx.Response) -> str:
    """Return the sentence of a refusal; fail when there is none."""
    assert 400 <= answer.status_code < 500, answer.status_code
    sentence = answer.json()["reason"]
    assert isinstance(sentence, str)
    assert sentence
    return sentence


def cases(running: Running) -> int:
    with running.office.database.reading() as session:
        return session.execute(select(func.count()).select_from(CaseRow)).scalar_one()


def test_another_method_is_refused_and_the_right_one_named(kiosk: Kiosk) -> None:
    """Promise 8: a wrong call is answered with what would be right."""
    for method in ("GET", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
        answer = kiosk.send(method, f"/v1/submissions/{submission_id(1)}", b"{}")
        assert (answer.status_code, answer.headers["allow"]) == (405, "PUT")
        assert "Allow" in reason(answer)


PATHS = (
    "/v1/nowhere",
    "/v1/submissions",
    f"/v1/submissions/{submission_id(1)}/",
    f"/v1//submissions/{submission_id(1)}",
    f"/v1/submissions/{submission_id(1).upper().replace('0', 'A', 1)}",
    "/v1/submissions/%2e%2e%2f%2e%2e%2fkeys%2fseal.json",
    "/v1/submissions/%00",
    "/v1/submissions/%ff",
    "/v1/submissions/%E7%8E%8B",
    f"/v1/submissions/{submission_id(1)}%0a",
    f"/v1/submissions/{'a' * 5000}",
    f"/v1/blobs/K01/..%2f..%2foffice.sqlite?{'0' * 64}",
    f"/v1/blobs/..%2f..%2f/{'0' * 64}",
    f"/v1/blobs/K01/{'A' * 64}",
    f"/v1/blobs/K02/{'0' * 64}",
)


def test_a_path_that_leads_nowhere_leads_nowhere(kiosk: Kiosk) -> None:
    """Promise 2: no spelling of a path reaches a file, and none is answered without a sentence."""
    for path in PATHS:
        answer = kiosk.http.put(path, content=b"x", headers={"content-type": OCTETS})
        assert reason(answer)
        assert "王" not in answer.text


def changed(**changes: Any) -> Callable[[bytes], bytes]:
    return lambda body: canonical({**json.loads(body), **changes})


MANIFESTS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no JSON": lambda _: b"\xff\xfe\x00",
    "null": lambda _: b"null",
    "deep": lambda _: b"[" * 200_000,
    "cut": lambda body: body[:-7],
    "UTF-16": lambda body: body.decode().encode("utf-16"),
    "surrogate": lambda body: body.replace(b'"ZT-S00"', b'"\\ud800"'),
    "number too large": changed(seq=10**30),
    "number beyond SQLite": changed(seq=2**63),
    "number below one": changed(seq=0),
    "time before every calendar": changed(created_at="0001-01-01T00:00:00+14:00"),
    "time after every calendar": changed(created_at="9999-12-31T23:59:59-14:00"),
    "time without zone": changed(created_at="2026-11-24T03:00:00"),
    "document in letters": changed(document="é王"),
    "document cut": changed(document="AAAA"),
    "blob of no size": changed(blobs=[{"sha256": "0" * 64, "size": -1}]),
    "blob twice": changed(blobs=[{"sha256": "0" * 64, "size": 1}] * 2),
    "more blobs than papers": changed(blobs=[{"sha256": f"{n:064x}", "size": 1} for n in range(201)]),
    "unknown field": changed(**{NAME: 1}),
    "another contract": changed(contract="2"),
    "another region": changed(region="XX"),
    "another key": changed(key_id="0" * 64),
}


def test_a_manifest_that_is_none_is_refused_and_the_right_one_is_taken_after_it(running: Running, kiosk: Kiosk) -> None:
    """Promise 1 and 2: nothing of it stays in the way, and the sentence holds nothing that was sent."""
    for seq, (name, change) in enumerate(MANIFESTS.items(), 1):
        case = a_case(running.office.keys, seq)
        answer = kiosk.send("PUT", f"/v1/submissions/{case.id}", change(case.body))
        assert answer.status_code in {413, 422}, name
        assert NAME not in reason(answer)
        kiosk.deliver(case)
        assert read_case(running.office, "ZT", "K01", case.id).document_bytes == case.plain
    assert cases(running) == len(MANIFESTS)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_calendar_holds_is_refused_inside_the_seal_too(
    running: Running, kiosk: Kiosk, moment: str
) -> None:
    """Promise 4: a clerk's page could not show it."""
    plain = canonical({**json.loads(json.dumps(a_document(), default=str)), "submitted_at": moment})
    sealer = Sealer(running.office.keys.suite, running.office.keys.seal_public)
    case = _seal(sealer, "case", plain, (submission_id(1), 1, "K01"), {}, {})
    assert "submitted_at" in reason(kiosk.put_manifest(case))


SIGNATURES: dict[str, tuple[str, str]] = {
    "garbage": (r".*", "kiosk=5"),
    "nothing covered": (r"\(.*\)", "()"),
    "the authority covered": (r'"@method"', '"@method" "@authority"'),
    "the query covered": (r'"@method"', '"@method" "@query-param";name="x"'),
    "a status covered": (r'"@method"', '"@method" "@status"'),
    "a header that is not there": (r'"@method"', '"@method" "x-none"'),
    "a component twice": (r'"@method"', '"@method" "@method"'),
    "a component nobody knows": (r'"@method"', '"@bogus"'),
    "the method not covered": (r'"@method" ', ""),
    "another algorithm": (r"$", ';alg="hmac-sha256"'),
    "created in words": (r"created=\d+", 'created="now"'),
    "created far ahead": (r"created=\d+", "created=999999999999999"),
    "created before time": (r"created=\d+", "created=-999999999999999"),
    "no created": (r"created=\d+;", ""),
    "a key id that is a number": (r'keyid="\w+"', "keyid=5"),
    "no nonce": (r';nonce="[^"]+"', ""),
}


def test_a_signature_that_says_something_else_is_not_believed(kiosk: Kiosk) -> None:
    """Promise 1: exactly one kind of signature is accepted, and every other gets a sentence."""
    for name, (pattern, other) in SIGNATURES.items():
        request = kiosk.signed("PUT", f"/v1/submissions/{submission_id(1)}", b"{}")
        request.headers["signature-input"] = re.sub(pattern, other, request.headers["signature-input"], count=1)
        answer = kiosk.http.send(request)
        assert answer.status_code == 401, name
        assert reason(answer)


def test_two_signatures_or_a_header_sent_twice_are_not_believed(kiosk: Kiosk) -> None:
    """Promise 1: two readers could each believe another one."""
    for name in ("signature-input", "signature", "content-digest"):
        request = kiosk.signed("PUT", f"/v1/submissions/{submission_id(1)}", b"{}")
        headers = [*request.headers.raw, (name.encode(), request.headers[name].encode())]
        twice = kiosk.http.build_request("PUT", request.url, content=b"{}", headers=headers)
        assert kiosk.http.send(twice).status_code == 401


def test_a_clock_wrong_by_hours_or_ten_years_learns_the_right_time(kiosk: Kiosk) -> None:
    """Promise 3 and 8: which way it is wrong is said, and the answer carries the office's time."""
    for hours in (-87_600, -1, 1, 87_600):
        kiosk.clock_error = timedelta(hours=hours)
        answer = kiosk.send("POST", "/v1/heartbeats", b"{}")
        assert (answer.status_code, "date" in answer.headers) == (401, True)
        assert ("behind" if hours < 0 else "ahead") in reason(answer)


def test_the_type_of_a_body_is_what_it_is_and_not_what_it_is_called(running: Running, kiosk: Kiosk) -> None:
    """Promise 3: a proxy that renames a type must not stop a kiosk; the bytes are judged."""
    case = a_case(running.office.keys)
    path = f"/v1/submissions/{case.id}"
    assert kiosk.send("PUT", path, case.body, "text/html; charset=gbk").status_code == 201
    assert kiosk.send("PUT", path, case.body, "multipart/form-data").status_code == 200


def test_blobs_come_in_any_order_twice_and_only_when_named(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: the case is whole when the last one is here, whichever that is."""
    case = a_case(running.office.keys)
    sha256, data = next(iter(case.blobs.items()))
    assert "manifest first" in reason(kiosk.patch_blob(sha256, 0, data))
    kiosk.put_manifest(case)
    for sha256, data in reversed([*case.blobs.items()]):
        assert kiosk.put_blob(sha256, b"").status_code == 200
        assert kiosk.patch_blob(sha256, 0, b"").status_code == 204
        assert "grows beyond" in reason(kiosk.patch_blob(sha256, 0, data + b"\0"))
        assert kiosk.put_blob(sha256, data[:-1]).status_code == 204
        assert kiosk.put_blob(sha256, data).status_code == 204
        assert kiosk.put_blob(sha256, data).status_code == 200
    assert ManifestAnswer.model_validate_json(kiosk.put_manifest(case).content).state == "complete"
    assert read_case(running.office, "ZT", "K01", case.id).attachments == case.attachments


def test_a_blob_of_no_bytes_is_no_sealed_paper(running: Running, kiosk: Kiosk) -> None:
    """Promise 4: it can be stored, and is refused when it is to be opened."""
    nothing = sha256_hex(b"")
    record = {"name": "a.bin", "material_id": None, "media_type": OCTETS, "sha256": nothing, "size": 0, "pages": 0}
    case = a_case(running.office.keys, blobs={nothing: b""}, attachments=[{**record, "sealed_sha256": nothing}])
    assert kiosk.put_manifest(case).status_code == 201
    assert kiosk.patch_blob(nothing, 0, b"").status_code == 204
    assert "does not open" in reason(kiosk.put_manifest(case))
    assert cases(running) == 0


def test_another_kiosk_can_neither_take_nor_block_an_id(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: an id belongs to its kiosk; who uses it again files a case of their own, and rates their own."""
    mine = a_case(running.office.keys, seq=1, kiosk_id="K01")
    with running.kiosk("K02") as other:
        theirs = a_case(running.office.keys, seq=1, kiosk_id="K02")
        assert theirs.id == mine.id
        other.deliver(theirs)
        kiosk.deliver(mine)
        assert other.put_manifest(mine).status_code == 403
    assert read_case(running.office, "ZT", "K01", mine.id).document_bytes == mine.plain
    assert read_case(running.office, "ZT", "K02", mine.id).document_bytes == theirs.plain


def test_a_body_without_end_is_refused_before_it_is_kept(running: Running, kiosk: Kiosk) -> None:
    """Promise 3: one wrong kiosk cannot fill the office's memory or disk."""
    limit = running.office.settings.manifest_limit
    endless = (b" " * 65_536 for _ in range(limit // 65_536 + 2))
    assert "longer" in reason(kiosk.http.put(f"/v1/submissions/{submission_id(1)}", content=endless))


def talk(running: Running, data: bytes, *, hang_up: bool) -> bytes:
    """Send raw bytes and return the head of what came back; `hang_up`: the line is cut behind them."""
    host, port = running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(data)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        return line.recv(65_536)


def request_bytes(request: httpx.Request) -> bytes:
    head = b"".join(b"%s: %s\r\n" % pair for pair in request.headers.raw)
    return b"%s %s HTTP/1.1\r\n%s\r\n" % (request.method.encode(), request.url.raw_path, head) + request.content


def whole(running: Running, kiosk: Kiosk, case: Submission) -> tuple[int, int, list[Path]]:
    """Return how many rows there are, and what lies half-written."""
    kiosk.deliver(case)
    with running.office.database.reading() as session:
        rows = session.execute(select(func.count()).select_from(SubmissionRow)).scalar_one()
    return rows, cases(running), [*(running.office.settings.folder / "blobs/incoming").iterdir()]


def test_a_request_cut_anywhere_keeps_nothing_and_harms_nothing(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: manifest and blob, cut in the head and in the body; then the same case is delivered once."""
    case = a_case(running.office.keys)
    sha256, data = next(iter(case.blobs.items()))
    manifest = request_bytes(kiosk.signed("PUT", f"/v1/submissions/{case.id}", case.body))
    for cut in range(0, len(manifest), max(1, len(manifest) // 60)):
        assert b" 500 " not in talk(running, manifest[:cut], hang_up=True)[:40]
    assert cases(running) == 0
    kiosk.put_manifest(case)
    blob = request_bytes(kiosk.part(sha256, 0, data))
    for cut in range(0, len(blob), max(1, len(blob) // 60)):
        assert b" 500 " not in talk(running, blob[:cut], hang_up=True)[:40]
    assert whole(running, kiosk, case) == (1, 1, [])


HEADS = (
    b"PUT /v1/submissions/\xff\xfe HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n",
    b"POST /v1/heartbeats HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncontent-length: 1\r\n\r\n",
    b"POST /v1/heartbeats HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    b"POST /v1/heartbeats HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999999\r\n\r\nx",
    b"POST /v1/heartbeats HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v1/heartbeats HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"POST /v1/heartbeats HTTP/1.1\r\nhost: x\r\nsignature: \xff\r\nsignature-input: \xff=\xff\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /v1/heartbeats HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
)


def test_what_is_hardly_a_request_is_refused(running: Running, kiosk: Kiosk) -> None:
    """Promise 3: the office goes on, whatever knocks."""
    for head in HEADS:
        assert talk(running, head, hang_up=False).startswith(b"HTTP/1.1 4"), head
    assert kiosk.send("POST", "/v1/heartbeats", b"{}").status_code == 422


MISTYPED = (
    "/desk/nowhere",
    "/desk/cases?page=x",
    "/desk/language/xx",
    "/desk/cases/K01/%00",
    "/desk/static/%2e%2e/%2e%2e/settings.py",
    f"/desk/cases/K01/{submission_id(1)}/papers/99999999999999999999/pages/1",
)


def test_a_clerk_who_mistypes_gets_a_page(browser: Browser) -> None:
    """Promise 8: a person is never answered in JSON."""
    browser.sign_in()
    for path in MISTYPED:
        answer = browser.http.get(path)
        assert answer.status_code in {404, 422}
        assert "这一步没有做成" in answer.text
