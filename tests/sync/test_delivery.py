"""Delivery: every committed submission reaches the office exactly once, whatever the line does."""

import errno
import logging
import os
import random
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sync.backoff import LONGEST, SHORTEST, Backoff
from sync.contract import CHUNK_BYTES, DeviceHealth
from sync.delivery import Delivery, SystemClock
from sync.durable import AlreadyRunning, SingleInstance
from sync.outbox_schema import OutboxError, OutboxFault
from tests.sync.conftest import Kiosk
from tests.sync.office_double import Misbehave, OfficeDouble, wait_until


def status(code: int, **headers: str) -> Misbehave:
    return lambda _request: Response(status_code=code, headers=headers)


def for_submission(sid: str, answer: Misbehave) -> Misbehave:
    return lambda request: answer(request) if sid in request.url.path else None


def login_page(_request: Request) -> Response:
    return HTMLResponse("<html>please log in</html>")


def sent(office: OfficeDouble, part: str) -> list[str]:
    return [line for line in office.requests if part in line]


# ---- the way there


def test_a_submission_arrives_byte_identical_with_its_attachments(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 1: from the disk to the office, and only then the content goes."""
    numbering = kiosk.submit(attachments=3)
    small = kiosk.submit(attachments=2, size=100)
    kiosk.settle()
    assert office.opened(numbering.submission_id) == (
        b"the case" + numbering.receipt_number.encode(),
        [bytes([n]) * 40_000 for n in range(3)],
    )
    assert office.opened(small.submission_id)[1] == [bytes([n]) * 100 for n in range(2)]
    assert not list((kiosk.queue.folder / "blobs").iterdir())
    counts = kiosk.queue.counts()
    assert (counts.committed, counts.delivered, counts.waiting) == (2, 2, 0)


def test_heartbeats_go_first_then_manifests_then_attachments(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: a backlog of scans delays neither a sign of life nor a new manifest."""
    kiosk.submit(attachments=2)
    kiosk.submit(attachments=1)
    kiosk.settle()
    kinds = [line.split("/")[2] for line in office.requests]
    assert kinds[:6] == ["heartbeats", "submissions", "submissions", "blobs", "blobs", "submissions"]


def test_a_new_manifest_overtakes_a_backlog_of_attachments(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: fair order."""
    kiosk.submit(attachments=5)
    kiosk.step(3)
    late = kiosk.submit(attachments=0)
    kiosk.step()
    assert late.submission_id in office.requests[-1]
    assert kiosk.queue.counts().delivered == 1


def test_the_state_goes_from_committed_over_sending_to_purged(kiosk: Kiosk) -> None:
    """Promise 4: a technician sees where it stands."""
    kiosk.submit()
    states = []
    for _ in range(6):
        states += [row[0] for row in kiosk.queue._database.read("SELECT state FROM submission")]
        kiosk.step()
    assert list(dict.fromkeys(states)) == ["COMMITTED", "SENDING", "DELIVERED", "PURGED"]


def test_the_row_stays_without_content_and_goes_after_a_month(kiosk: Kiosk) -> None:
    """Promise 2: 30 days a number, then a count."""
    printed, unprinted = kiosk.submit(), kiosk.submit()
    kiosk.outbox.mark_printed(printed.submission_id)
    kiosk.settle()
    rows = kiosk.queue._database.read("SELECT manifest, receipt FROM submission")
    assert all(manifest is None and receipt is not None for manifest, receipt in rows)
    now = datetime.now(UTC)
    assert kiosk.queue.forget(now - timedelta(days=1)) == 0
    assert kiosk.queue.forget(now + timedelta(days=1)) == 1
    assert [numbering.seq for numbering in kiosk.outbox.unprinted()] == [unprinted.seq]
    assert (kiosk.queue.counts().committed, kiosk.queue.counts().delivered) == (2, 2)
    assert kiosk.submit().seq == 3


# ---- answers that say no


@pytest.mark.parametrize("code", [409, 410, 413, 415, 422])
@pytest.mark.parametrize("kind", ["submissions", "blobs"])
def test_a_refused_item_is_parked_with_its_reason_and_blocks_nothing(
    kiosk: Kiosk, office: OfficeDouble, code: int, kind: str
) -> None:
    """Promise 3: parked, shown, never deleted; what stands behind goes on."""
    office.faults[kind].append(status(code))
    refused, other = kiosk.submit(), kiosk.submit()
    kiosk.settle()
    [parked] = kiosk.queue.parked()
    assert parked.receipt_number == refused.receipt_number
    assert str(code) in parked.reason
    assert other.submission_id in office.manifests
    assert len(list((kiosk.queue.folder / "blobs").iterdir())) == 1
    counts = kiosk.queue.counts()
    assert (counts.delivered, counts.parked, counts.oldest_undelivered_at) == (1, 1, refused.created_at)


def test_what_was_parked_can_be_sent_again(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 1: a mended office still gets it."""
    office.faults["submissions"].append(status(422))
    numbering = kiosk.submit()
    kiosk.settle()
    kiosk.queue.unpark(numbering.submission_id)
    kiosk.settle()
    assert office.opened(numbering.submission_id)[1] == [bytes(40_000)]
    with pytest.raises(OutboxError) as caught:
        kiosk.queue.unpark(numbering.submission_id)
    assert caught.value.reason is OutboxFault.WRONG_STATE


@pytest.mark.parametrize("code", [401, 403])
@pytest.mark.parametrize("kind", ["heartbeats", "submissions", "blobs"])
def test_a_kiosk_that_is_refused_stops_alerts_once_and_probes_slowly(
    kiosk: Kiosk, office: OfficeDouble, caplog: pytest.LogCaptureFixture, code: int, kind: str
) -> None:
    """Promise 8: staff must act, and nothing is lost meanwhile."""
    office.every[kind] = status(code)
    kiosk.submit()
    with caplog.at_level(logging.ERROR):
        kiosk.step_for(290)
        asked = len(office.requests)
        assert asked <= 4
        kiosk.step_for(1000)
    assert len(office.requests) - asked <= 4 * 4
    alerts = [record.message for record in caplog.records if "refuses this kiosk, staff must" in record.message]
    assert len(alerts) == 1 if kind == "heartbeats" else alerts
    assert kiosk.delivery.status().refused
    office.every.clear()
    kiosk.settle()
    assert not kiosk.delivery.status().refused
    assert kiosk.queue.counts().delivered == 1


# ---- answers that say later


@pytest.mark.parametrize("code", [404, 408, 425, 429, 500, 503])
@pytest.mark.parametrize("kind", ["submissions", "blobs"])
def test_an_ill_office_is_asked_again_until_it_is_well(
    kiosk: Kiosk, office: OfficeDouble, code: int, kind: str
) -> None:
    """Promise 1: no answer ever deletes."""
    office.faults[kind].extend([status(code)] * 5)
    numbering = kiosk.submit()
    kiosk.settle()
    assert numbering.submission_id in office.manifests
    assert not kiosk.queue.parked()


@pytest.mark.parametrize("kind", ["submissions", "blobs"])
def test_a_login_page_is_not_a_delivery(kiosk: Kiosk, office: OfficeDouble, kind: str) -> None:
    """Promise 4: a proxy's 200 is not the office's receipt."""
    office.every[kind] = login_page
    kiosk.submit()
    kiosk.step_for(600)
    assert kiosk.queue.counts().waiting == 1
    assert len(sent(office, kind)) < 60, "hammering"
    office.every.clear()
    kiosk.settle()
    assert kiosk.queue.counts().delivered == 1


def test_a_tampered_receipt_is_refused_and_the_content_stays(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 1: content goes only for a receipt that the office really signed."""
    office.tamper = lambda signed: signed.model_copy(
        update={"receipt": signed.receipt.model_copy(update={"office_seq": 999})}
    )
    kiosk.submit()
    kiosk.step_for(300)
    assert kiosk.queue.counts().waiting == 1
    assert len(list((kiosk.queue.folder / "blobs").iterdir())) == 1


def test_one_bad_item_never_blocks_the_others(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: each has its own waits."""
    bad = kiosk.submit()
    office.every["submissions"] = for_submission(bad.submission_id, status(500))
    others = [kiosk.submit() for _ in range(20)]
    kiosk.step_for(60)
    assert {numbering.submission_id for numbering in others} <= set(office.manifests)
    assert kiosk.queue.counts().waiting == 1


def test_ill_heartbeats_do_not_stop_submissions(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: one broken part of the office does not stop the rest."""
    office.every["heartbeats"] = status(500)
    kiosk.submit()
    kiosk.settle()
    assert kiosk.queue.counts().delivered == 1


def test_retry_after_is_obeyed(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 6: the office says when, and other good news does not overrule it."""
    numbering = kiosk.submit(attachments=0)
    office.faults["submissions"].append(for_submission(numbering.submission_id, status(503, **{"retry-after": "120"})))
    kiosk.step_for(119)
    assert len(sent(office, "submissions")) == 1
    kiosk.step_for(5)
    assert len(sent(office, "submissions")) == 2
    assert kiosk.queue.counts().delivered == 1


# ---- the line itself


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_a_dead_line_is_probed_and_everything_goes_when_it_is_back(
    kiosk: Kiosk, office: OfficeDouble, closed_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 3: down is logged once, up is logged once, and nothing waits longer than the probe."""
    kiosk.restart_delivery(f"http://127.0.0.1:{closed_port}")
    for _ in range(3):
        kiosk.submit()
    with caplog.at_level(logging.INFO, "sync"):
        kiosk.step_for(3600)
        assert kiosk.delivery.status().line_up is False
        kiosk.reroute(office.url)
        kiosk.step_for(LONGEST + 5)
    assert kiosk.queue.counts().delivered == 3
    line = [record.message for record in caplog.records if "the line" in record.message]
    assert line == ["the line to the office is down: ConnectError", "the line to the office is up"]


def test_when_the_line_comes_back_nobody_waits_out_an_old_backoff(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 6: reset by the first success."""
    office.every = {"heartbeats": status(502), "submissions": status(502)}
    for _ in range(5):
        kiosk.submit(attachments=0)
    kiosk.step_for(2000)
    office.every.clear()
    kiosk.step_for(31)
    assert kiosk.queue.counts().delivered == 5


def test_a_body_the_line_cuts_delays_its_own_submission_alone(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: after a cut a heartbeat tells whether it is the line or this one."""

    def cut(_request: Request) -> Response:
        response = Response(b"cut short", headers={"content-length": "1000"})
        response.status_code = 200
        return response

    bad = kiosk.submit()
    office.every["submissions"] = for_submission(bad.submission_id, cut)
    others = [kiosk.submit() for _ in range(5)]
    kiosk.step(3)
    assert [line.split("/")[2] for line in office.requests] == ["heartbeats", "submissions", "heartbeats"]
    kiosk.step_for(30)
    assert {numbering.submission_id for numbering in others} <= set(office.manifests)
    assert len(sent(office, bad.submission_id)) < 20, "hammering"
    office.every.clear()
    kiosk.settle()
    assert kiosk.queue.counts().delivered == 6


def test_a_wrong_clock_is_set_right_by_the_offices_own(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: a kiosk whose battery is empty still delivers, without waiting for anybody."""
    office.offset = 86_400 * 365 * 3
    kiosk.submit()
    kiosk.step(7)
    assert kiosk.queue.counts().delivered == 1
    assert kiosk.client.clock_offset > timedelta(days=1000)


# ---- the kiosk itself


@pytest.mark.parametrize("size", [100, 40_000], ids=["row", "file"])
def test_a_flipped_bit_parks_that_item_and_is_never_delivered(kiosk: Kiosk, office: OfficeDouble, size: int) -> None:
    """Promise 1: byte-identical, or a person is told."""
    numbering = kiosk.submit(size=size)
    [blob] = kiosk.queue.blob_names(numbering.submission_id)
    path = kiosk.queue.folder / "blobs" / blob
    damaged = bytearray(kiosk.queue.blob(blob))
    damaged[50] ^= 1
    if path.exists():
        path.write_bytes(bytes(damaged))
    else:
        with kiosk.queue._database.write() as transaction:
            transaction.execute("UPDATE blob SET body = ?", (bytes(damaged),))
    kiosk.submit()
    kiosk.settle()
    [parked] = kiosk.queue.parked()
    assert parked.reason == "on this kiosk: a sealed blob is not the one that was committed"
    assert blob not in office.blobs
    assert kiosk.queue.counts().delivered == 1


def test_a_lost_file_and_a_damaged_manifest_park_too(kiosk: Kiosk) -> None:
    """Promise 4: each with its own words."""
    lost, damaged = kiosk.submit(), kiosk.submit()
    [blob] = kiosk.queue.blob_names(lost.submission_id)
    (kiosk.queue.folder / "blobs" / blob).unlink()
    with kiosk.queue._database.write() as transaction:
        transaction.execute(
            "UPDATE submission SET manifest = ? WHERE submission_id = ?", (b"{}", damaged.submission_id)
        )
    kiosk.settle()
    assert {parked.reason for parked in kiosk.queue.parked()} == {
        "on this kiosk: a sealed blob cannot be read",
        "on this kiosk: a manifest is not the one that was committed",
    }


def test_a_file_that_shrinks_or_goes_while_it_is_sent_parks_its_submission(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 1 and 6: its first part was sound; what became of the rest is told, and nothing waits for it for ever."""
    shrunk, gone, other = (kiosk.submit(size=3 * CHUNK_BYTES) for _ in range(3))
    for numbering in (shrunk, gone):
        office.requests.clear()
        while not sent(office, "PATCH"):
            kiosk.step()
        [blob] = kiosk.queue.blob_names(numbering.submission_id)
        path = kiosk.queue.folder / "blobs" / blob
        if numbering is shrunk:
            os.truncate(path, CHUNK_BYTES)
        else:
            path.unlink()
        kiosk.step(2)
    kiosk.settle()
    assert {parked.reason for parked in kiosk.queue.parked()} == {
        "on this kiosk: a sealed blob has become shorter than it was committed",
        "on this kiosk: a sealed blob cannot be read",
    }
    assert office.opened(other.submission_id)[1] == [bytes(3 * CHUNK_BYTES)]


def test_on_a_full_disk_the_reserve_lets_delivery_finish(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 1: what empties the disk must not need an empty disk."""
    kiosk.submit()
    write = kiosk.queue._database.write

    def only_with_room() -> object:
        if kiosk.queue.space.held():
            raise OutboxError(OutboxFault.DISK_FULL, os.strerror(errno.ENOSPC))
        return write()

    monkeypatch.setattr(kiosk.queue._database, "write", only_with_room)
    kiosk.settle()
    assert kiosk.queue.counts().delivered == 1
    assert kiosk.queue.space.held(), "the reserve is made again"
    assert "the reserve is released" in caplog.text


def test_a_disk_full_beyond_the_reserve_is_said_once_and_waited_for(
    kiosk: Kiosk, office: OfficeDouble, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 8: a technician must make room; the office keeps what it has."""
    kiosk.submit(attachments=0)
    write, full = kiosk.queue._database.write, [True]

    def fails() -> object:
        if full[0]:
            raise OutboxError(OutboxFault.DISK_FULL, os.strerror(errno.ENOSPC))
        return write()

    monkeypatch.setattr(kiosk.queue._database, "write", fails)
    kiosk.step_for(100)
    assert caplog.text.count("the reserve is spent") == 1
    full[0] = False
    kiosk.settle()
    assert len(office.manifests) == kiosk.queue.counts().delivered == 1


def test_an_ill_disk_ends_the_process(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 1: the next process verifies before it trusts."""
    monkeypatch.setattr(kiosk.queue._database, "_broken", True)
    with pytest.raises(OutboxError):
        kiosk.step()


def test_heartbeats_tell_the_queue_and_the_devices(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 4: the office's picture equals the truth."""
    health = DeviceHealth(name="printer", device_class="receipt_printer", status="ONLINE", supplies={"paper": "LOW"})
    kiosk.delivery = Delivery(
        kiosk.queue, kiosk.client, kiosk.clock, random.Random(1), software="1.2.3", health=lambda: (health,)
    )
    waiting = kiosk.submit(attachments=0)
    kiosk.step(2)
    kiosk.step_for(31)
    first, last = office.heartbeats[0], office.heartbeats[-1]
    assert (first.committed, first.delivered, first.oldest_undelivered_at) == (1, 0, waiting.created_at)
    assert (last.committed, last.delivered, last.oldest_undelivered_at) == (1, 1, None)
    assert first.software == "1.2.3"
    assert first.devices == (health,)


def test_one_process_delivers_and_it_stops_when_told(kiosk: Kiosk) -> None:
    """Promise 6: the whole loop, in real time, as the process runs it."""
    kiosk.submit()
    kiosk.delivery._clock = SystemClock()
    stop = threading.Event()
    lock = SingleInstance(kiosk.queue.folder / "deliver.lock")
    with pytest.raises(AlreadyRunning):
        kiosk.delivery.run(stop)
    lock.close()
    thread = threading.Thread(target=kiosk.delivery.run, args=(stop,))
    thread.start()
    wait_until(lambda: kiosk.outbox.counts().delivered == 1)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


# ---- jitter


@given(st.integers(), st.integers(1, 100))
def test_waits_lie_between_one_second_and_five_minutes(seed: int, failures: int) -> None:
    """Promise 6: every wait ends."""
    backoff = Backoff(random.Random(seed))
    for count in range(1, failures + 1):
        wait = backoff.failed(0.0)
        assert SHORTEST <= wait <= min(LONGEST, 2.0**count)
        assert backoff.not_before == wait


def test_a_line_that_comes_back_does_not_overrule_what_the_office_asked() -> None:
    """Promise 6: our own waits end, the office's is obeyed."""
    backoff = Backoff(random.Random(1))
    backoff.failed(10.0)
    backoff.reset()
    assert backoff.not_before < 10.0
    backoff.failed(10.0, retry_after=120.0)
    backoff.reset()
    assert backoff.not_before == 130.0


def test_waits_are_spread_over_the_whole_width() -> None:
    """Promise 3: a thousand kiosks do not knock at once (full jitter, not a fixed ladder)."""
    waits = []
    for seed in range(1000):
        backoff = Backoff(random.Random(seed))
        for _ in range(12):
            wait = backoff.failed(0.0)
        waits.append(wait)
    assert min(waits) < 5
    assert max(waits) > 295
    assert 140 < sum(waits) / len(waits) < 160
