"""Kill -9 at every step: real processes on real files, and what is left is either all or nothing."""

import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from sync.client import OfficeClient
from sync.contract import sha256_hex
from sync.delivery import Delivery
from sync.delivery_queue import DeliveryQueue
from sync.durable import Disk
from sync.enrol import Identity
from sync.numbering import Numbering
from sync.outbox import Outbox
from tests.sync.conftest import SMALL_RESERVE, FakeClock, identity_of
from tests.sync.office_double import OfficeDouble

PAGE = b"page" * 10_000
NEVER = 1_000_000
Step = Callable[[], None]


class Reaper:
    """Kills this process before its k-th step."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


class MortalDisk(Disk):
    """The real disk, with a step before and after everything it does."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def write(self, path: Path, data: bytes) -> None:
        self._step()
        super().write(path, data)
        self._step()

    def sync(self, handle: int) -> None:
        self._step()
        super().sync(handle)
        self._step()


def dies(work: Callable[[Reaper], None], at: int) -> bool:
    """Run `work` in a process that is killed at step `at`; return whether it came that far."""
    child = os.fork()
    if child == 0:
        _work_and_exit(lambda: work(Reaper(at)))
    end = time.monotonic() + 30
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        assert time.monotonic() < end, "the process hangs"
        time.sleep(0.001)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the process failed instead of dying"
    return os.WIFSIGNALED(status)


def _work_and_exit(work: Callable[[], None]) -> NoReturn:
    """End the forked process without ever coming back into pytest."""
    code = 1
    try:
        work()
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


def open_outbox(folder: Path, identity: Identity, disk: Disk | None = None) -> Outbox:
    return Outbox(folder, identity.sealer, identity, disk=disk, reserve_bytes=SMALL_RESERVE)


def document(numbering: Numbering) -> bytes:
    return b"case " + numbering.receipt_number.encode()


def test_a_kiosk_killed_at_any_step_loses_nothing_it_promised(identity: Identity, tmp_path: Path) -> None:
    """Promise 1: what was shown exists whole; what was not shown exists whole and unprinted, or not at all."""
    folder, shown = tmp_path / "outbox", tmp_path / "shown"

    def visit(step: Reaper) -> None:
        outbox = open_outbox(folder, identity, MortalDisk(step))
        outbox._database._connection.set_trace_callback(lambda _statement: step())
        draft = outbox.begin()
        for page in (PAGE, PAGE, b"signature"):
            draft.add(page)

        def build(numbering: Numbering) -> bytes:
            step()
            return document(numbering)

        numbering = draft.commit(build)
        step()
        with shown.open("a") as receipts:
            receipts.write(numbering.receipt_number + "\n")
        step()
        outbox.mark_printed(numbering.submission_id)

    steps = 0
    while dies(visit, steps):
        steps += 1
        assert_whole(folder, identity, shown)
    assert steps > 20
    assert_whole(folder, identity, shown)


def assert_whole(folder: Path, identity: Identity, shown: Path) -> None:
    outbox = open_outbox(folder, identity)
    queue = DeliveryQueue(folder, reserve_bytes=SMALL_RESERVE)
    receipts = shown.read_text().split() if shown.exists() else []
    waiting = queue.waiting()
    assert [item.seq for item in waiting] == list(range(1, len(waiting) + 1)), "a hole in the numbers"
    rows = _pairs(queue._database.read("SELECT receipt_number, submission_id FROM submission"))
    assert set(receipts) <= set(rows), "a receipt was shown for nothing"
    blobs = {name for item in waiting for name in queue.blob_names(item.submission_id)}
    assert all(len(queue.blob_names(item.submission_id)) == 3 for item in waiting), "a submission is half"
    assert all(sha256_hex(queue.blob(name)) == name for name in blobs)
    files = {path.name for path in (folder / "blobs").iterdir()}
    assert files <= blobs, "an orphan was not swept"
    unprinted = {numbering.receipt_number for numbering in outbox.unprinted()}
    assert set(rows) - set(receipts) <= unprinted, "a number nobody saw is not known"
    queue.close()
    outbox.close()


def _pairs(rows: list[tuple[object, ...]]) -> dict[str, str]:
    return {str(number): str(sid) for number, sid in rows}


def test_a_delivery_killed_at_any_step_delivers_exactly_once(tmp_path: Path) -> None:
    """Promise 1: from any half way state the office ends with the same bytes, once, and the kiosk with none."""
    office, folder = OfficeDouble(), tmp_path / "outbox"
    identity = identity_of(office)
    client = OfficeClient(office.url, identity)  # never connected here, so that every fork has a connection of its own

    def deliver(step: Reaper) -> None:
        queue = DeliveryQueue(folder, disk=MortalDisk(step), reserve_bytes=SMALL_RESERVE)
        queue._database._connection.set_trace_callback(lambda sql: None if sql.startswith("SELECT") else step())
        hook = lambda _message: step()  # noqa: E731 - before each request, after each answer
        client._client.event_hooks = {"request": [hook], "response": [hook]}
        clock = FakeClock()
        delivery = Delivery(queue, client, clock, random.Random(1), software="test")
        while queue.counts().waiting or queue.purge():
            clock.time += delivery.step()

    expected = {}
    with office.apart():
        steps = 0
        while True:
            outbox = open_outbox(folder, identity)
            draft = outbox.begin()
            draft.add(PAGE)
            numbering = draft.commit(document)
            expected[numbering.submission_id] = [sha256_hex(document(numbering)), sha256_hex(PAGE)]
            outbox.close()  # an open SQLite database must not be carried over a fork
            if not dies(deliver, steps):
                break
            assert not dies(deliver, NEVER), "the next start delivers what the last one left"
            steps += 1
        assert steps > 15
        outbox = open_outbox(folder, identity)
        counts = outbox.counts()
        outbox.close()
        assert (counts.delivered, counts.waiting, counts.parked) == (len(expected), 0, 0)
        assert office.held() == expected
    assert not list((folder / "blobs").iterdir())


@pytest.mark.parametrize("seed", range(4))
def test_a_kiosk_killed_at_a_random_moment_loses_nothing_it_promised(
    identity: Identity, tmp_path: Path, seed: int
) -> None:
    """Promise 1: also between the steps we thought of."""
    folder, shown = tmp_path / "outbox", tmp_path / "shown"

    def visits() -> None:
        outbox = open_outbox(folder, identity)
        while True:
            draft = outbox.begin()
            for page in (PAGE, PAGE, b"signature"):
                draft.add(page)
            numbering = draft.commit(document)
            with shown.open("a") as receipts:
                receipts.write(numbering.receipt_number + "\n")
            outbox.mark_printed(numbering.submission_id)

    child = os.fork()
    if child == 0:
        _work_and_exit(visits)
    time.sleep(0.05 + random.Random(seed).random() * 0.2)  # any moment will do: this is the fault, not a wait
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert_whole(folder, identity, shown)
