"""What kiosks send in: taken once, whole, and receipted only when it is safe."""

import json
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select, text

from office.cases.opening import read_case
from office.store.models import CaseRow, QuarantineRow, RatingRow, SubmissionRow
from sync.contract import ManifestAnswer, SignedReceipt, canonical, sha256_hex
from tests.office.kiosk import Kiosk, check_receipt
from tests.office.people import NAME, a_case, a_rating, an_unreadable_case
from tests.office.running import Running


def count(running: Running, table: type[CaseRow | QuarantineRow | RatingRow | SubmissionRow]) -> int:
    with running.office.database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_delivered_case_is_opened_byte_for_byte(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: what the office opens is what the kiosk sealed, every byte of it."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    opened = read_case(running.office, "ZT", "K01", case.id)
    assert opened.document_bytes == case.plain
    assert opened.attachments == case.attachments
    assert opened.document.applicant.name == NAME


def test_the_receipt_names_the_manifest_and_bears_the_offices_signature(running: Running) -> None:
    """Promise 1: the kiosk can check that it was this office that took this submission."""
    case = a_case(running.office.keys)
    with running.kiosk() as kiosk:
        signed = kiosk.deliver(case)
        check_receipt(signed, kiosk.identity)
    assert signed.receipt.manifest_sha256 == sha256_hex(case.body)


def test_nothing_is_receipted_while_a_blob_is_missing(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: a receipt means that all of it is here, and there is no case before."""
    case = a_case(running.office.keys)
    answer = kiosk.put_manifest(case)
    assert answer.status_code == 201
    first, second = ManifestAnswer.model_validate_json(answer.content).missing
    assert {first, second} == set(case.blobs)
    assert kiosk.put_blob(first, case.blobs[first]).status_code == 204
    again = ManifestAnswer.model_validate_json(kiosk.put_manifest(case).content)
    assert (again.state, again.missing, again.signed_receipt) == ("incomplete", (second,), None)
    assert count(running, CaseRow) == 0


def test_a_repeated_submission_gets_the_same_receipt(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: exactly once, however often the answer is lost."""
    case = a_case(running.office.keys)
    receipt = kiosk.deliver(case)
    answer = kiosk.put_manifest(case)
    assert answer.status_code == 200
    assert ManifestAnswer.model_validate_json(answer.content).signed_receipt == receipt
    assert kiosk.put_blob(*next(iter(case.blobs.items()))).status_code == 200
    assert count(running, CaseRow) == 1


def test_other_bytes_under_a_known_id_are_refused(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: what was receipted is never replaced."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    other = kiosk.put_manifest(a_case(running.office.keys))  # sealed anew: the same case in other bytes
    assert other.status_code == 409
    assert read_case(running.office, "ZT", "K01", case.id).document_bytes == case.plain


def test_a_second_submission_under_a_known_number_is_refused(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: a kiosk's number stands for one submission, or gaps would tell nothing."""
    kiosk.deliver(a_case(running.office.keys, seq=1))
    twin = a_case(running.office.keys, seq=2)
    body = twin.body.replace(b'"seq":2', b'"seq":1')
    answer = kiosk.send("PUT", f"/v1/submissions/{twin.id}", body)
    assert answer.status_code == 409


def test_twenty_threads_with_one_submission_make_one_case(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: exactly once, also when everything comes at one time."""
    case = a_case(running.office.keys)

    def deliver(_number: int) -> SignedReceipt:
        with Kiosk(running.url, "K01", kiosk.key) as twin:
            return twin.deliver(case)

    with ThreadPoolExecutor(20) as pool:
        receipts = list(pool.map(deliver, range(20)))
    assert receipts == [receipts[0]] * 20
    assert count(running, CaseRow) == count(running, SubmissionRow) == 1


def test_a_submission_of_another_kiosk_is_refused(running: Running) -> None:
    """Promise 1: nobody files in another kiosk's name."""
    case = a_case(running.office.keys, kiosk_id="K01")
    with running.kiosk("K01"), running.kiosk("K02") as stranger:
        assert stranger.put_manifest(case).status_code == 403


def test_the_id_of_the_path_must_be_that_of_the_manifest(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: an id is one submission."""
    case, other = a_case(running.office.keys, 1), a_case(running.office.keys, 2)
    assert kiosk.send("PUT", f"/v1/submissions/{other.id}", case.body).status_code == 422


def test_a_tampered_blob_is_refused_and_leaves_nothing(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: bytes that changed on their way are never taken for the paper."""
    case = a_case(running.office.keys)
    kiosk.put_manifest(case)
    sha256, data = next(iter(case.blobs.items()))
    flipped = bytes([data[0] ^ 1]) + data[1:]
    answer = kiosk.put_blob(sha256, flipped)
    assert answer.status_code == 422
    assert "SHA-256" in answer.json()["reason"]
    assert kiosk.put_blob(sha256, data + b"x").status_code == 413
    assert list((running.office.settings.folder / "blobs" / "incoming").iterdir()) == []


def test_a_blob_that_no_manifest_names_is_not_stored(kiosk: Kiosk) -> None:
    """Promise 1: the disk is for submissions."""
    assert kiosk.patch_blob(sha256_hex(b"stray"), 0, b"stray").status_code == 404
    assert kiosk.head_blob(sha256_hex(b"stray")).status_code == 404


def test_a_document_that_cannot_be_opened_is_kept_sealed_and_refused_with_the_reason(
    running: Running, kiosk: Kiosk
) -> None:
    """Promise 1 and 2: nothing is lost, nothing half is kept, and the reason holds nothing personal."""
    case = an_unreadable_case(running.office.keys)
    answer = kiosk.put_manifest(case)
    assert answer.status_code == 422
    assert "CaseDocument" in answer.json()["reason"]
    assert NAME not in answer.text
    with running.office.database.reading() as session:
        kept = session.scalars(select(QuarantineRow)).one()
    assert kept.manifest == case.body
    assert count(running, SubmissionRow) == count(running, CaseRow) == 0
    assert kiosk.put_manifest(case).status_code == 422
    assert count(running, QuarantineRow) == 1


def test_an_attachment_that_is_not_the_one_described_is_refused_before_the_receipt(
    running: Running, kiosk: Kiosk
) -> None:
    """Promise 1: a receipt lets the kiosk forget, so all of it is opened before."""
    whole = a_case(running.office.keys)
    records = [dict(record, size=record["size"] + 1) for record in whole.document["attachments"]]
    case = a_case(running.office.keys, blobs=whole.blobs, attachments=records)
    missing = ManifestAnswer.model_validate_json(kiosk.put_manifest(case).content).missing
    for sha256 in missing:
        kiosk.put_blob(sha256, case.blobs[sha256]).raise_for_status()
    answer = kiosk.put_manifest(case)
    assert answer.status_code == 422
    assert count(running, SubmissionRow) == count(running, CaseRow) == 0
    assert count(running, QuarantineRow) == 1


def test_a_blob_the_offices_disk_has_lost_is_asked_for_again(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: a damaged disk is found before the receipt, and the kiosk still has the bytes."""
    case = a_case(running.office.keys)
    kiosk.put_manifest(case)
    for sha256, data in case.blobs.items():
        kiosk.put_blob(sha256, data).raise_for_status()
    damaged = next(iter(case.blobs))
    path = running.office.settings.folder / "blobs" / damaged[:2] / damaged
    path.write_bytes(b"rot" + path.read_bytes()[3:])
    assert ManifestAnswer.model_validate_json(kiosk.put_manifest(case).content).missing == (damaged,)
    kiosk.deliver(case)
    assert read_case(running.office, "ZT", "K01", case.id).attachments == case.attachments


def test_what_is_too_large_is_refused_before_it_is_stored(running: Running, kiosk: Kiosk) -> None:
    """Promise 3: one wrong kiosk cannot fill the office's disk."""
    case = a_case(running.office.keys)
    size = running.office.settings.blob_limit + 1
    blobs = tuple(blob.model_copy(update={"size": size}) for blob in case.manifest.blobs)
    large = case.with_manifest(blobs=blobs)
    assert kiosk.put_manifest(large).status_code == 413
    body = b" " * (running.office.settings.manifest_limit + 1)
    assert kiosk.send("PUT", f"/v1/submissions/{case.id}", body).status_code == 413


def test_a_rating_is_stored_for_its_case(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: a rating is a submission like any other."""
    case = a_case(running.office.keys, seq=1)
    kiosk.deliver(case)
    kiosk.deliver(a_rating(running.office.keys, seq=2, of=case.id, score=4))
    with running.office.database.reading() as session:
        rating = session.scalars(select(RatingRow)).one()
    assert (rating.rated_submission_id, rating.score) == (case.id, 4)


def test_the_database_holds_no_name_number_or_address_in_the_clear(running: Running, kiosk: Kiosk) -> None:
    """Promise 2: at rest, the person is in the sealed document alone."""
    case = a_case(running.office.keys)
    kiosk.deliver(case)
    running.office.close()
    planted = [text.encode() for text in (NAME, "11010119900307451X", "13900000000", "灯下路")]
    files = [path for path in running.office.settings.folder.rglob("*") if path.is_file()]
    assert any(path.name == "office.sqlite" for path in files)
    found = [(path.name, text) for path in files for text in planted if text in path.read_bytes()]
    assert found == []


def test_a_store_that_fails_is_answered_with_later(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: the kiosk keeps what the office cannot store, and tries again."""
    case = a_case(running.office.keys)
    running.office.writer.run(lambda session: session.execute(text("DROP TABLE submission")))
    answer = kiosk.put_manifest(case)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


def test_a_manifest_that_is_none_is_refused_by_the_field_and_not_the_value(running: Running, kiosk: Kiosk) -> None:
    """Promise 2 and 8: the reason names the field, never what stood in it."""
    case = a_case(running.office.keys)
    body = canonical({**json.loads(case.body), "site_id": NAME})
    answer = kiosk.send("PUT", f"/v1/submissions/{case.id}", body)
    assert answer.status_code == 422
    assert "site_id" in answer.json()["reason"]
    assert NAME not in answer.text
