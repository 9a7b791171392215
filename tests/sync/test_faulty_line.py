"""Every fault a line can have, with the product at both ends: each case arrives once, and byte for byte."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from office.store.models import CaseRow, SubmissionRow
from sync import line, pace
from sync.contract import CHUNK_BYTES
from sync.pace import SMALLEST_PART
from tests.office.conftest import clock, running
from tests.office.running import Running
from tests.sync.fault_proxy import Fault, FaultProxy
from tests.sync.real_kiosk import Papers, RealKiosk

__all__ = ["clock", "running"]  # fixtures

LOGIN = b"<!doctype html><title>Wi-Fi</title>please log in"
HEADS = 24 * 1024  # bytes: the heads, a heartbeat and a manifest, which go again after a cut


def scans(*sizes: int) -> Papers:
    """Return papers of these sizes that no compression makes smaller."""
    dice = random.Random(1)
    return {
        f"{number}.bin": ("hukou_book", "application/octet-stream", dice.randbytes(size))
        for number, size in enumerate(sizes)
    }


@pytest.fixture
def proxy(running: Running) -> Iterator[FaultProxy]:
    """Give the line, whole at first."""
    line_there = FaultProxy(int(running.url.rsplit(":", 1)[1]))
    line_there.start()
    yield line_there
    line_there.stop()


@pytest.fixture
def kiosk(running: Running, proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealKiosk]:
    """Give a kiosk at the near end, which takes a line for dead after 2 s, ten times as fast as it would."""
    monkeypatch.setattr(line, "NO_PROGRESS_SECONDS", 2.0)
    monkeypatch.setattr(pace, "QUICK_SECONDS", 0.5)
    with RealKiosk(running, tmp_path, proxy.url) as kiosk:
        yield kiosk


def rows(running: Running) -> tuple[int, int]:
    with running.office.database.reading() as session:
        return (
            session.execute(select(func.count()).select_from(SubmissionRow)).scalar_one(),
            session.execute(select(func.count()).select_from(CaseRow)).scalar_one(),
        )


FAULTS = {
    **{f"cut after {size} bytes up": Fault(cut_up=size, times=4) for size in (1, 200, 3_000, 70_000, 262_144)},
    "cut after 400000 bytes up": Fault(cut_up=400_000, times=1),
    **{f"cut after {size} bytes down": Fault(cut_down=size, times=4) for size in (1, 30, 200, 500)},
    "the answer is lost after the commit": Fault(cut_down=0, times=8),
    "half open": Fault(half_open=True, times=2),
    "login page": Fault(page=LOGIN, times=6),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whatever_the_line_does_each_case_arrives_once_and_byte_for_byte(
    running: Running, proxy: FaultProxy, kiosk: RealKiosk, fault: Fault
) -> None:
    """Promise 1: struck again and again from the first request on, then whole again."""
    kiosk.hand_in(scans(600_000, 10_000))
    kiosk.hand_in(scans(500))
    proxy.set(fault)
    kiosk.deliver()
    assert proxy.struck == fault.times, "the fault came to its end"
    kiosk.check()
    assert rows(running) == (2, 2)


def test_the_answer_is_lost_at_each_request_in_turn(running: Running, proxy: FaultProxy, kiosk: RealKiosk) -> None:
    """Promise 1: what the office has done and could not say is neither done twice nor lost."""
    kiosk.delivery.step()
    for healthy in range(8):
        kiosk.hand_in(scans(300_000))
        for _ in range(healthy):
            kiosk.clock.skipped += kiosk.delivery.step()
        kiosk.client._client.close()
        kiosk.client._client = line.new_client(proxy.url)  # a new connection, which is struck at its first answer
        proxy.set(Fault(cut_down=0, times=1))
        kiosk.deliver()
    kiosk.check()
    assert rows(running) == (8, 8)


@pytest.mark.parametrize("cut_up", [300_000, 500_000])
def test_a_line_that_is_cut_again_and_again_sends_no_more_than_one_part_twice(
    proxy: FaultProxy, kiosk: RealKiosk, cut_up: int
) -> None:
    """Promise 6: a scan passes a line that never carries it whole; at most 256 KiB go again after a cut."""
    size = 2 * 1024 * 1024
    kiosk.hand_in(scans(size))
    proxy.set(Fault(cut_up=cut_up))
    kiosk.deliver()
    kiosk.check()
    assert proxy.struck > size // cut_up
    assert proxy.up <= size + proxy.struck * (CHUNK_BYTES + HEADS)


def test_a_line_too_slow_for_a_part_is_given_smaller_ones(proxy: FaultProxy, kiosk: RealKiosk) -> None:
    """Promise 6: slow is not dead: 200 kB take longer than a line may be silent, shorter parts do not."""
    kiosk.hand_in(scans(200_000))
    proxy.set(Fault(rate=40_000))
    kiosk.deliver()
    kiosk.check()
    assert SMALLEST_PART <= kiosk.delivery._pace.part_bytes < CHUNK_BYTES


def test_a_case_passes_a_line_of_one_kibibyte_a_second(running: Running, proxy: FaultProxy, tmp_path: Path) -> None:
    """Promise 6: with the limits as they are, 5 s to connect and 20 s without a byte, and none on the whole."""
    with RealKiosk(running, tmp_path, proxy.url) as kiosk:
        kiosk.hand_in({})
        proxy.set(Fault(rate=1024))
        kiosk.deliver()
        kiosk.check()
        assert proxy.struck == 1, "not once taken for dead"
