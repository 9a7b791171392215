"""The office dies in the middle of its work, and what it had given its word for is there."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from office.cases.opening import read_case
from office.enrolment import issue_code
from office.errors import OfficeError
from office.office import make_office, open_office, serving
from office.settings import OfficeSettings
from roles.processes import free_port
from sync.contract import SignedReceipt
from tests.office.kiosk import Kiosk
from tests.office.people import Submission, a_case

DEADLINE = 20.0
ROOT = Path(__file__).parents[2]


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the office in a process of its own until it answers; kill it, as a power cut would, at the end."""
    process = subprocess.Popen([sys.executable, "-m", "tests.office.serve", str(folder), str(port)], cwd=ROOT)
    try:
        until = time.monotonic() + DEADLINE
        while not answers(port):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)
        yield process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait(DEADLINE)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/desk/login", trust_env=False).is_success
    except httpx.TransportError:
        return False


def deliver_all(url: str, key: Ed25519PrivateKey, cases: list[Submission], receipts: dict[str, SignedReceipt]) -> None:
    """Deliver until the office is gone; note every receipt."""
    with Kiosk(url, "K01", key) as kiosk:
        for case in cases:
            try:
                receipts[case.id] = kiosk.deliver(case)
            except httpx.TransportError:
                return


def test_what_was_receipted_before_kill_9_is_there_after_it(tmp_path: Path) -> None:
    """Promise 1: the office may die at any moment; a receipt it has given stays true; the rest is sent again."""
    settings = OfficeSettings(folder=tmp_path / "office")
    with open_office(settings) as office:
        code = issue_code(office, "K01", "ZT-S00")
        cases = [a_case(office.keys, seq) for seq in range(1, 41)]
    receipts: dict[str, SignedReceipt] = {}
    port, key = free_port(), Ed25519PrivateKey.generate()
    url = f"http://127.0.0.1:{port}"
    with served(settings.folder, port) as process:
        with Kiosk(url, "K01", key) as kiosk:
            kiosk.enrol(code).raise_for_status()
        threads = [threading.Thread(target=deliver_all, args=(url, key, cases[n::4], receipts)) for n in range(4)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + DEADLINE
        while len(receipts) < 12 and time.monotonic() < until:
            time.sleep(0.001)
        os.kill(process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(DEADLINE)
    before = dict(receipts)
    assert 12 <= len(before) < len(cases)
    with served(settings.folder, port):
        deliver_all(url, key, cases, receipts)
    assert len(receipts) == len(cases)
    assert {number: receipts[number] for number in before} == before
    with open_office(settings) as office:
        opened = {case.id: read_case(office, "ZT", "K01", case.id) for case in cases}
    assert all(opened[case.id].document_bytes == case.plain for case in cases)
    assert all(opened[case.id].attachments == case.attachments for case in cases)


def test_one_folder_is_served_by_one_process(tmp_path: Path) -> None:
    """Promise 1: two writers would be slow at best, so the second server says why it does not start."""
    settings = OfficeSettings(folder=tmp_path)
    one, other = make_office(settings), make_office(settings)
    with serving(one), pytest.raises(OfficeError, match="another process"), serving(other):
        pass
    one.close()
    other.close()


def test_leftovers_of_a_crash_are_swept_when_serving_begins(tmp_path: Path) -> None:
    """Promise 1: half a blob is never taken for one, nor kept."""
    with open_office(OfficeSettings(folder=tmp_path)) as office:
        half = tmp_path / "blobs" / "incoming" / "half"
        half.write_bytes(b"half of a bl")
        with serving(office):
            assert not half.exists()
