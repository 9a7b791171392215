"""A paper that comes in parts: what counts is durable, what was cut off does not, and only the whole is a blob."""

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from office.api.uploads import Uploads
from office.cases.opening import read_case
from office.enrolment import issue_code
from office.errors import Refusal
from office.keys import OfficeKeys
from office.office import open_office, serving
from office.settings import OfficeSettings
from office.store.models import UploadRow
from office.store.uploads import unfinished
from roles.processes import free_port
from sync.contract import CHUNK_BYTES, PART_TYPE, ManifestAnswer, sha256_hex
from sync.seal import Sealer, attachment_info
from tests.office.kiosk import Kiosk
from tests.office.people import Submission, a_case, submission_id
from tests.office.running import Running
from tests.office.test_killed import served

PLAIN = random.Random(1).randbytes(3 * CHUNK_BYTES)


def a_scan(keys: OfficeKeys, seq: int = 1) -> Submission:
    """Return a case with one paper of a little over three parts."""
    number = submission_id(seq)
    sealed = Sealer(keys.suite, keys.seal_public).seal(PLAIN, attachment_info(number))
    name = sha256_hex(sealed)
    record = {
        "name": "scan.bin",
        "material_id": "hukou_book",
        "media_type": "application/octet-stream",
        "sha256": sha256_hex(PLAIN),
        "size": len(PLAIN),
        "pages": 1,
        "sealed_sha256": name,
    }
    return a_case(keys, seq, blobs={name: sealed}, attachments=[record])


def part(data: bytes, number: int) -> tuple[int, bytes]:
    """Return the offset and the bytes of one part, counted from 0."""
    return number * CHUNK_BYTES, data[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]


def offset(kiosk: Kiosk, sha256: str) -> int:
    answer = kiosk.head_blob(sha256)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


@pytest.fixture
def scan(running: Running, kiosk: Kiosk) -> tuple[Submission, str, bytes]:
    """Give a case whose manifest the office has, its blob's name and its bytes."""
    case = a_scan(running.office.keys)
    assert kiosk.put_manifest(case).status_code == 201
    return case, *next(iter(case.blobs.items()))


def test_a_paper_comes_part_by_part_and_is_receipted_when_it_is_whole(
    running: Running, kiosk: Kiosk, scan: tuple[Submission, str, bytes]
) -> None:
    """Promise 1: each answer says how much is here for good; before the last there is no case."""
    case, sha256, data = scan
    for number in range(4):
        assert offset(kiosk, sha256) == number * CHUNK_BYTES
        assert ManifestAnswer.model_validate_json(kiosk.put_manifest(case).content).missing == (sha256,)
        answer = kiosk.patch_blob(sha256, *part(data, number))
        assert (answer.status_code, answer.headers["upload-length"]) == (204, str(len(data)))
    assert offset(kiosk, sha256) == len(data)
    assert ManifestAnswer.model_validate_json(kiosk.put_manifest(case).content).state == "complete"
    assert read_case(running.office, "ZT", "K01", case.id).attachments == {"scan.bin": PLAIN}
    assert list((running.office.settings.folder / "blobs/incoming").iterdir()) == []


@pytest.mark.parametrize("start", [0, CHUNK_BYTES - 1, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
def test_a_part_that_begins_elsewhere_is_answered_with_where_the_office_stands(
    kiosk: Kiosk, scan: tuple[Submission, str, bytes], start: int
) -> None:
    """Promise 1: neither a repeated part nor one too early becomes a byte of the paper."""
    _, sha256, data = scan
    kiosk.patch_blob(sha256, *part(data, 0)).raise_for_status()
    answer = kiosk.patch_blob(sha256, start, data[start : start + 1000])
    assert (answer.status_code, answer.headers["upload-offset"]) == (409, str(CHUNK_BYTES))
    assert f"at byte {CHUNK_BYTES}" in answer.json()["reason"]
    assert kiosk.put_blob(sha256, data).status_code == 204


def test_a_part_with_a_changed_byte_does_not_count(kiosk: Kiosk, scan: tuple[Submission, str, bytes]) -> None:
    """Promise 1: its SHA-256 is compared before a byte of it is kept."""
    _, sha256, data = scan
    request = kiosk.part(sha256, *part(data, 0))
    body = b"x" + request.content[1:]
    answer = kiosk.http.patch(request.url, content=body, headers=request.headers)
    assert answer.status_code == 401
    assert "not the one that was signed" in answer.json()["reason"]
    assert offset(kiosk, sha256) == 0


def test_an_offset_that_was_changed_on_the_way_is_not_believed(
    kiosk: Kiosk, scan: tuple[Submission, str, bytes]
) -> None:
    """Promise 1: where a part belongs is signed with its bytes."""
    _, sha256, data = scan
    request = kiosk.part(sha256, 1, data[:1000])
    request.headers["upload-offset"] = "0"
    assert kiosk.http.send(request).status_code == 401
    assert offset(kiosk, sha256) == 0


@pytest.mark.parametrize("said", ["", "-1", "1e3", "9" * 400])
def test_an_offset_that_is_none_gets_a_sentence(kiosk: Kiosk, scan: tuple[Submission, str, bytes], said: str) -> None:
    """Promise 8: what is wrong is said."""
    offset_said = {"upload-offset": said} if said else {}
    answer = kiosk.send("PATCH", f"/v1/blobs/K01/{scan[1]}", b"x", PART_TYPE, **offset_said)
    assert answer.status_code == 422
    assert "at which byte" in answer.json()["reason"]


def test_a_part_longer_than_a_part_may_be_is_refused(kiosk: Kiosk, scan: tuple[Submission, str, bytes]) -> None:
    """Promise 3: one request holds up what waits behind it for one part's time, no more."""
    _, sha256, data = scan
    assert kiosk.patch_blob(sha256, 0, data[: CHUNK_BYTES + 1]).status_code == 413


def test_one_part_sent_by_many_at_once_counts_once(
    running: Running, kiosk: Kiosk, scan: tuple[Submission, str, bytes]
) -> None:
    """Promise 1: an old connection that still carries what a new one brings again."""
    _, sha256, data = scan

    def send(_number: int) -> int:
        with Kiosk(running.url, "K01", kiosk.key) as twin:
            return twin.patch_blob(sha256, *part(data, 0)).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(8))) == [204] + [409] * 7
    assert offset(kiosk, sha256) == CHUNK_BYTES


def test_what_was_counted_outlives_kill_9_of_the_office(tmp_path: Path) -> None:
    """Promise 1: an unfinished paper goes on where it was, in the next process."""
    settings = OfficeSettings(folder=tmp_path / "office")
    with open_office(settings) as office:
        code = issue_code(office, "K01", "ZT-S00")
        case = a_scan(office.keys)
    [(sha256, data)] = case.blobs.items()
    port, key = free_port(), Ed25519PrivateKey.generate()
    with served(settings.folder, port) as process, Kiosk(f"http://127.0.0.1:{port}", "K01", key) as kiosk:
        kiosk.enrol(code).raise_for_status()
        kiosk.put_manifest(case)
        for number in range(2):
            kiosk.patch_blob(sha256, *part(data, number)).raise_for_status()
        os.kill(process.pid, signal.SIGKILL)
    with served(settings.folder, port), Kiosk(f"http://127.0.0.1:{port}", "K01", key) as kiosk:
        assert offset(kiosk, sha256) == 2 * CHUNK_BYTES
        kiosk.deliver(case)
    with open_office(settings) as office:
        assert read_case(office, "ZT", "K01", case.id).attachments == {"scan.bin": PLAIN}


# ---- between two steps of the office: what a crash leaves


def test_bytes_that_were_written_and_not_counted_are_written_again(
    running: Running, kiosk: Kiosk, scan: tuple[Submission, str, bytes]
) -> None:
    """Promise 1: the database says what counts, and what lies behind it is nothing."""
    _, sha256, data = scan
    kiosk.patch_blob(sha256, *part(data, 0)).raise_for_status()
    running.office.blobs.append(f"K01.{sha256}", CHUNK_BYTES, b"torn" * 1000)
    assert offset(kiosk, sha256) == CHUNK_BYTES
    assert kiosk.put_blob(sha256, data).status_code == 204


def test_a_paper_that_has_its_name_and_was_not_noted_is_found(
    running: Running, kiosk: Kiosk, scan: tuple[Submission, str, bytes]
) -> None:
    """Promise 1: it need not come again."""
    _, sha256, data = scan
    for number in range(3):
        kiosk.patch_blob(sha256, *part(data, number)).raise_for_status()
    running.office.blobs.append(f"K01.{sha256}", *part(data, 3))
    assert running.office.blobs.finish(f"K01.{sha256}", sha256)
    assert offset(kiosk, sha256) == len(data)


def test_counted_bytes_that_the_disk_has_lost_are_asked_for_again(
    running: Running, kiosk: Kiosk, scan: tuple[Submission, str, bytes]
) -> None:
    """Promise 4: the office never claims bytes that it has not."""
    _, sha256, data = scan
    kiosk.patch_blob(sha256, *part(data, 0)).raise_for_status()
    (running.office.settings.folder / "blobs/incoming" / f"K01.{sha256}").unlink()
    assert offset(kiosk, sha256) == 0
    assert kiosk.put_blob(sha256, data).status_code == 204


def test_a_start_keeps_what_counts_and_removes_the_rest(
    running: Running, kiosk: Kiosk, scan: tuple[Submission, str, bytes]
) -> None:
    """Promise 1: what an earlier office left half-written there was never counted."""
    _, sha256, data = scan
    kiosk.patch_blob(sha256, *part(data, 0)).raise_for_status()
    incoming = running.office.settings.folder / "blobs/incoming"
    (incoming / "0f8fad5bd9cb469fa16570867728950e").write_bytes(b"half of a bl")
    running.office.close()
    with open_office(running.office.settings) as office:
        office.blobs.sweep(unfinished(office.database))
        assert [path.name for path in incoming.iterdir()] == [f"K01.{sha256}"]
        assert Uploads(office).state("K01", sha256).offset == CHUNK_BYTES


def test_an_office_of_before_there_were_parts_opens_and_takes_them(tmp_path: Path) -> None:
    """Promise 1: an update loses nothing; the table that is new is made."""
    settings = OfficeSettings(folder=tmp_path)
    with open_office(settings) as office:
        office.writer.run(lambda session: session.execute(text("DROP TABLE upload")))
    with open_office(settings) as office, serving(office):
        with office.database.reading() as session:
            assert session.query(UploadRow).count() == 0
        with pytest.raises(Refusal, match="manifest first"):
            Uploads(office).take("K01", "0" * 64, 0, b"x")
