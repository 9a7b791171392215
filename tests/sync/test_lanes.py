"""The order in which things go, how fast, and when they rest."""

import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from starlette.responses import Response

from sync.contract import CHUNK_BYTES
from sync.delivery import Delivery
from sync.pace import SMALLEST_PART, Allowance, Pace
from tests.sync.conftest import Kiosk
from tests.sync.office_double import OfficeDouble

MIB = 1024 * 1024
SHANGHAI = ZoneInfo("Asia/Shanghai")


def kinds(office: OfficeDouble) -> list[str]:
    """Return what was asked: which method of which call, in order."""
    return [f"{line.split()[0]} {line.split('/')[2]}" for line in office.requests]


def allow(kiosk: Kiosk, allowance: Allowance) -> None:
    """Let the site leave no more than this of its line."""
    kiosk.delivery = Delivery(
        kiosk.queue, kiosk.client, kiosk.clock, random.Random(7), software="test", allowance=allowance
    )


# ---- lanes


def test_a_new_case_waits_for_one_part_of_a_backlog_of_a_hundred_mebibytes(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: 50 scans of 2 MiB wait, and the office knows of a new case before the second next part."""
    for _ in range(10):
        kiosk.submit(attachments=5, size=2 * MIB)
    kiosk.step(1 + 10 + 3)
    assert kinds(office)[-3:] == ["PATCH blobs"] * 3
    for _ in range(3):
        before, carried = len(office.requests), office.carried
        late = kiosk.submit(attachments=1, size=MIB)
        kiosk.step()
        assert late.submission_id in office.manifests
        assert len(office.requests) - before <= 2, "the part that was under way, and the manifest"
        assert office.carried - carried <= CHUNK_BYTES
        kiosk.step(2)


def test_small_bodies_go_before_scans_and_their_case_is_whole_first(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: a signature does not stand behind a house register of forty pages."""
    large, small = kiosk.submit(attachments=1, size=MIB), kiosk.submit(attachments=2, size=1000)
    kiosk.step(1 + 2 + 2 + 1)
    assert kinds(office) == ["POST heartbeats", *["PUT submissions"] * 2, *["PATCH blobs"] * 2, "PUT submissions"]
    assert kiosk.queue.counts().delivered == 1
    assert large.submission_id in {item.submission_id for item in kiosk.queue.waiting()}
    assert small.submission_id not in {item.submission_id for item in kiosk.queue.waiting()}


def test_within_one_case_the_small_bodies_go_first(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: the more of it is there, the less a cut costs."""
    draft = kiosk.outbox.begin()
    for size in (MIB, 1000):
        draft.add(bytes(size))
    draft.commit(lambda _numbering: b"the case")
    kiosk.step(3)
    assert [len(blob) for blob in office.blobs.values()] == [pytest.approx(1000, abs=2000)]
    kiosk.settle()
    assert kiosk.queue.counts().delivered == 1


def test_what_the_office_never_heard_of_is_sent_without_asking(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 6: a case costs its parts and two manifests; the office is asked only where it could know more."""
    kiosk.submit(attachments=1, size=2 * CHUNK_BYTES)
    kiosk.settle()
    assert "HEAD blobs" not in kinds(office)
    office.requests.clear()
    kiosk.submit(attachments=1, size=2 * CHUNK_BYTES)
    kiosk.step(2)
    kiosk.client.close()
    kiosk.restart_delivery()
    kiosk.settle()
    assert kinds(office).count("HEAD blobs") == 1
    assert len(office.manifests) == kiosk.queue.counts().delivered == 2


def test_a_parked_case_is_told_at_once_and_a_hundred_in_one_heartbeat(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 8: the desk sees that somebody must act, and is not called for each."""
    office.every["submissions"] = lambda _request: Response(status_code=422)
    for _ in range(100):
        kiosk.submit(attachments=0)
    kiosk.step_for(10)
    assert kiosk.queue.counts().parked == 100
    assert office.heartbeats[-1].parked == 100
    assert len(office.heartbeats) <= 3


# ---- pace


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("08:29", False),
        ("08:30", True),
        ("11:29", True),
        ("11:30", False),
        ("23:00", True),
        ("05:59", True),
        ("06:00", False),
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(clock: str, quiet: bool) -> None:
    """Promise 3: from the first minute to the last but one, over midnight, too."""
    allowance = Allowance(quiet=((time(8, 30), time(11, 30)), (time(22), time(6))), zone=SHANGHAI)
    now = datetime.combine(datetime(2026, 11, 24, tzinfo=UTC), time.fromisoformat(clock), SHANGHAI)
    assert allowance.is_quiet(now.astimezone(UTC)) is quiet


def test_in_quiet_hours_scans_rest_and_everything_else_goes(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: the hours are judged by the office's clock, and when they end the scans follow by themselves."""
    now = office.now()
    hours = ((now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time())
    allow(kiosk, Allowance(quiet=(hours,)))
    scan, small = kiosk.submit(attachments=1, size=MIB), kiosk.submit(attachments=1, size=1000)
    kiosk.step_for(120)
    assert {scan.submission_id, small.submission_id} == set(office.manifests)
    assert (kiosk.queue.counts().delivered, len(office.heartbeats)) == (1, 4)
    office.offset = 2 * 3600.0
    kiosk.step_for(60)
    assert kiosk.queue.counts().delivered == 2


def test_papers_take_no_more_of_the_line_than_the_site_allows(kiosk: Kiosk, office: OfficeDouble) -> None:
    """Promise 3: the rest of the line is free; heartbeats and a new case go meanwhile."""
    allow(kiosk, Allowance(bytes_per_second=64 * 1024))
    kiosk.submit(attachments=1, size=4 * MIB)
    began = kiosk.clock.time
    kiosk.step_for(32)
    assert 30 * 64 * 1024 <= office.carried <= 34 * 64 * 1024
    assert len(office.heartbeats) == 2
    late = kiosk.submit(attachments=0)
    kiosk.step(2)
    assert late.submission_id in office.manifests
    kiosk.settle()
    assert 62 <= kiosk.clock.time - began <= 70


def test_a_part_is_no_longer_than_a_second_of_what_the_site_allows() -> None:
    """Promise 3: what is left of the line is left in every second, not on the average of an hour."""
    assert Pace(Allowance(64 * 1024)).part_bytes == 64 * 1024
    assert Pace(Allowance(1024)).part_bytes == SMALLEST_PART
    assert Pace(Allowance()).part_bytes == CHUNK_BYTES


def test_parts_shrink_while_the_line_is_silent_and_grow_when_it_is_quick() -> None:
    """Promise 6: slow is not dead; and a line that is quick again is used again."""
    pace = Pace(Allowance())
    for _ in range(10):
        pace.broke()
    assert pace.part_bytes == SMALLEST_PART
    pace.answered(SMALLEST_PART, 19.0)
    pace.answered(SMALLEST_PART - 1, 0.1)
    assert pace.part_bytes == SMALLEST_PART
    for _ in range(10):
        pace.answered(pace.part_bytes, 0.1)
    assert pace.part_bytes == CHUNK_BYTES
