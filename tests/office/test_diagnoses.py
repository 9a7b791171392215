"""A technician's diagnosis over the line: from the kiosk's outbox to the desk, beside the residents' cases."""

import base64
import io
import queue
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kiosk.config import KioskConfig, load
from kiosk.diagnostics import ExportError
from kiosk.line_record import LineWriter
from kiosk.services_keeping import Keeper
from kiosk.staff_handover import HandedOver, hand_over
from kiosk.submission import SubmissionError
from kiosk.version import VERSION
from office.cases.opening import read_diagnosis
from office.desk.users import add_user
from office.enrolment import issue_code
from office.store.models import CaseRow, DiagnosisRow, QuarantineRow
from roles.private_config import write_private_config
from roles.processes import ROOT
from sync.client import OfficeClient
from sync.contract import DiagnosticsDocument, Manifest, SealedBlob, canonical, sha256_hex
from sync.delivery import Delivery
from sync.delivery_queue import DeliveryQueue
from sync.enrol import Identity, enrol
from sync.line_watch import LineState
from sync.outbox import Outbox
from sync.seal import Sealer, attachment_info, document_info
from tests.office.browser import PASSWORD, Browser, audit
from tests.office.kiosk import Kiosk
from tests.office.people import SUBMITTED, submission_id
from tests.office.running import Running
from tests.sync.conftest import SMALL_RESERVE, FakeClock

WHO = "1001"
ADMIN = "孙主任"


@dataclass
class Bench:
    """A kiosk of that office: its configuration, its outbox with the thread that serves it, its delivery."""

    config: KioskConfig
    identity: Identity
    keeper: Keeper
    outbox: Outbox
    queue: DeliveryQueue

    def hand_over(self) -> HandedOver:
        """Do what the technician's touch does."""
        return hand_over(self.config, WHO, self.keeper.hand_in)

    def deliver(self, url: str, steps: int = 12) -> None:
        """Deliver what waits."""
        time = FakeClock()
        client = OfficeClient(url, self.identity)
        try:
            delivery = Delivery(self.queue, client, time, random.Random(1), software="test")
            for _ in range(steps):
                time.time += delivery.step()
        finally:
            client.close()


@contextmanager
def a_bench(running: Running, folder: Path, reserve: int = SMALL_RESERVE) -> Iterator[Bench]:
    """Give a kiosk that is enrolled at the running office."""
    config = load(write_private_config(ROOT / "kiosk.toml", folder, {"kiosk": {"id": "K01"}}))
    config.kiosk.state.mkdir(parents=True)
    code = issue_code(running.office, "K01", "ZT-S00")
    identity = enrol(running.url, code, folder / "identity", kiosk_id="K01")
    posted: queue.Queue[Callable[[], None]] = queue.Queue()
    outbox = Outbox(folder / "outbox", identity.sealer, identity, reserve_bytes=reserve)
    keeper = Keeper(posted.put, lambda _: None)
    keeper.take(outbox)
    waiting = DeliveryQueue(folder / "outbox", reserve_bytes=SMALL_RESERVE)
    try:
        yield Bench(config, identity, keeper, outbox, waiting)
    finally:
        waiting.close()
        keeper.close()


@pytest.fixture
def bench(running: Running, tmp_path: Path) -> Iterator[Bench]:
    """A kiosk with room."""
    with a_bench(running, tmp_path / "kiosk") as there:
        yield there


def the_diagnosis(running: Running) -> tuple[str, DiagnosticsDocument, bytes]:
    """Return submission id, document and zip of the one diagnosis the office has."""
    with running.office.database.reading() as session:
        [row] = session.scalars(select(DiagnosisRow)).all()
    return (row.submission_id, *read_diagnosis(running.office, "K01", row.submission_id))


def count(running: Running, table: type[CaseRow | DiagnosisRow | QuarantineRow]) -> int:
    """Return how many rows of a kind the office has."""
    with running.office.database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def a_diagnosis(running: Running, archive: str, blobs: tuple[str, ...], **changes: object) -> Manifest:
    """Return the manifest of a diagnosis whose zip is `archive` and whose blobs are others, perhaps."""
    keys = running.office.keys
    number = submission_id(1)
    document = DiagnosticsDocument.model_validate(
        {
            "submission_id": number,
            "kiosk_id": "K01",
            "technician": WHO,
            "exported_at": SUBMITTED,
            "versions": {},
            "archive": {"sha256": "0" * 64, "size": 3, "sealed_sha256": archive},
        }
        | changes
    )
    sealed = Sealer(keys.suite, keys.seal_public).seal(canonical(document), document_info(number))
    return Manifest(
        submission_id=number,
        region="ZT",
        kiosk_id="K01",
        site_id="ZT-S00",
        seq=1,
        kind="diagnostics",
        created_at=SUBMITTED,
        suite=keys.suite,
        key_id=keys.key_id,
        document=base64.b64encode(sealed).decode(),
        document_sha256=sha256_hex(sealed),
        blobs=tuple(SealedBlob(sha256=name, size=3) for name in blobs),
    )


def test_the_offices_zip_is_the_kiosks_byte_for_byte_and_no_case(running: Running, bench: Bench) -> None:
    """Promise 1: through the outbox and the line like a case, once, and the kiosk keeps nothing of it."""
    told = bench.hand_over()
    assert not told.line_up
    assert bench.queue.counts().waiting == 1
    bench.deliver(running.url)
    bench.deliver(running.url)
    assert (bench.queue.counts().delivered, bench.queue.counts().waiting) == (1, 0), bench.queue.parked()
    number, document, plain = the_diagnosis(running)
    assert (document.submission_id, document.technician, len(plain)) == (number, WHO, told.size)
    assert sha256_hex(plain) == document.archive.sha256
    assert "versions.json" in zipfile.ZipFile(io.BytesIO(plain)).namelist()
    assert document.versions["budayang"] == VERSION
    assert count(running, CaseRow) == 0
    assert bench.outbox.unprinted() == ()
    assert not list((bench.outbox.folder / "blobs").iterdir())


def test_handed_over_without_a_line_it_waits_in_the_outbox(running: Running, bench: Bench) -> None:
    """Promise 1: nobody is there to take it; later somebody is."""
    bench.hand_over()
    bench.deliver("http://127.0.0.1:9", steps=3)
    assert bench.queue.counts().waiting == 1
    bench.deliver(running.url)
    assert bench.queue.counts().delivered == 1
    assert count(running, DiagnosisRow) == 1


def test_the_line_that_answered_last_is_told_as_up(bench: Bench) -> None:
    """Promise 4: what delivery found is what the screen says."""
    line = LineWriter(bench.config.kiosk.state)
    line(LineState(up=True, refused=False))
    assert bench.hand_over().line_up
    line(LineState(up=True, refused=True))
    assert not bench.hand_over().line_up


def test_where_one_page_of_a_resident_would_not_fit_no_diagnosis_is_taken(running: Running, tmp_path: Path) -> None:
    """Promises 1 and 4: the room is the residents', and nothing half of it stays behind."""
    with a_bench(running, tmp_path / "full", reserve=2**60) as bench:
        with pytest.raises(ExportError, match="no room"):
            bench.hand_over()
        assert bench.queue.counts().committed == 0
        assert not list((bench.outbox.folder / "blobs").iterdir())


def test_with_a_closed_outbox_nothing_is_handed_over(bench: Bench) -> None:
    """Promise 4: said at once, not tried for ever."""
    bench.keeper.release(lambda: None)
    with pytest.raises(SubmissionError):
        bench.hand_over()


def test_the_desk_lists_it_for_all_and_gives_the_zip_to_administrators(
    running: Running, bench: Bench, browser: Browser
) -> None:
    """Promises 2 and 8: a clerk sees that it came; who downloads it is written down."""
    bench.hand_over()
    bench.deliver(running.url)
    number, _, plain = the_diagnosis(running)
    file = f"/desk/diagnoses/K01/{number}/file"
    assert browser.http.get("/desk/diagnoses").status_code == 303
    browser.sign_in()
    seen = browser.see("/desk/diagnoses")
    assert "诊断包" in seen.text
    assert WHO in seen.text
    assert file not in seen.links
    browser.see(file, 403)
    assert number not in browser.see("/desk/cases").text
    browser.http.cookies.clear()
    add_user(running.office, ADMIN, PASSWORD, "admin")
    browser.sign_in(ADMIN)
    assert file in browser.see("/desk/diagnoses").links
    given = browser.http.get(file)
    assert given.content == plain
    assert given.headers["content-type"] == "application/zip"
    assert audit(running)[-1] == (ADMIN, "diagnosis", "K01")
    assert "下载诊断包" in browser.see("/desk/record").text
    browser.see(f"/desk/diagnoses/K01/{submission_id(9)}/file", 404)
    browser.http.cookies.set("desk_language", "en")
    assert "Diagnostics" in browser.see("/desk/diagnoses").text


def test_a_desk_without_a_diagnosis_says_so(browser: Browser) -> None:
    """Promise 4: an empty list is told as one."""
    browser.sign_in()
    assert "还没有自助机交来诊断包" in browser.see("/desk/diagnoses").text


@pytest.mark.parametrize(
    ("blobs", "changes"),
    [((), {}), (("b" * 64,), {}), (("a" * 64, "b" * 64), {}), (("a" * 64,), {"kiosk_id": "K02"})],
    ids=["no zip", "another zip", "one file too many", "another kiosk's"],
)
def test_a_diagnosis_that_is_not_what_its_manifest_says_is_quarantined(
    running: Running, kiosk: Kiosk, blobs: tuple[str, ...], changes: dict[str, object]
) -> None:
    """Promise 1: kept as it came, answered with a reason, and never half of it on the desk."""
    manifest = a_diagnosis(running, "a" * 64, blobs, **changes)
    answer = kiosk.send("PUT", f"/v1/submissions/{manifest.submission_id}", canonical(manifest))
    assert answer.status_code == 422, answer.text
    assert (count(running, QuarantineRow), count(running, DiagnosisRow)) == (1, 0)


def test_a_zip_that_is_not_the_one_described_is_not_taken(running: Running, kiosk: Kiosk) -> None:
    """Promise 1: the receipt lets the kiosk forget, so the zip was opened before."""
    keys = running.office.keys
    sealed = Sealer(keys.suite, keys.seal_public).seal(b"PK", attachment_info(submission_id(1)))
    name = sha256_hex(sealed)
    manifest = a_diagnosis(running, name, (name,))
    manifest = manifest.model_copy(update={"blobs": (SealedBlob(sha256=name, size=len(sealed)),)})
    path = f"/v1/submissions/{manifest.submission_id}"
    assert kiosk.send("PUT", path, canonical(manifest)).json()["state"] == "incomplete"
    assert kiosk.put_blob(name, sealed).is_success
    assert kiosk.send("PUT", path, canonical(manifest)).status_code == 422
    assert count(running, DiagnosisRow) == 0
