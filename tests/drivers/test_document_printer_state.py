"""The production driver under its worker, through all that can be wrong with a printer, and back without help."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import CompletionCode, ErrorAction, Reason
from drivers.model import DeviceStatus, ErrorRaised, SupplyStatus, SupplyThreshold
from tests.drivers.documents import GARBLED, GONE, NO_ANSWER, PDF, Kiosk, Verdict, error_of, verdict
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")


def by_staff(reason: Reason) -> Verdict:
    return CompletionCode.DEVICE_NOT_READY, reason, ErrorAction.CLEAR


CONDITIONS: list[tuple[dict[str, object], Verdict, DeviceStatus]] = [
    ({"action": "paper", "sheets": 0}, by_staff(Reason.PAPER_OUT), DeviceStatus.USER_ERROR),
    ({"action": "toner", "percent": 0}, by_staff(Reason.TONER_OUT), DeviceStatus.USER_ERROR),
    ({"action": "set", "condition": "media-jam"}, by_staff(Reason.PAPER_JAMMED), DeviceStatus.USER_ERROR),
    ({"action": "set", "condition": "cover-open"}, by_staff(Reason.COVER_OPEN), DeviceStatus.USER_ERROR),
    ({"action": "set", "condition": "paused"}, by_staff(Reason.STOPPED), DeviceStatus.USER_ERROR),
    (
        {"action": "set", "condition": "spool-area-full"},
        (CompletionCode.DEVICE_NOT_READY, Reason.QUEUE_FULL, ErrorAction.SUSPEND),
        DeviceStatus.OFFLINE,
    ),
]
LINE: list[tuple[str, Verdict, DeviceStatus]] = [
    ("gone", GONE, DeviceStatus.POWER_OFF),
    ("reset", GONE, DeviceStatus.POWER_OFF),
    ("silent", NO_ANSWER, DeviceStatus.POWER_OFF),
    ("garbage", GARBLED, DeviceStatus.HARDWARE_ERROR),
    ("half_answer", GARBLED, DeviceStatus.HARDWARE_ERROR),
]


@pytest.fixture
def kiosk(nothing_left: None, tmp_path: Path) -> Iterator[Kiosk]:  # noqa: ARG001 - it shall watch the printer
    kiosk = Kiosk(tmp_path)
    yield kiosk
    kiosk.stop()


@pytest.fixture
def slow_kiosk(nothing_left: None, tmp_path: Path) -> Iterator[Kiosk]:  # noqa: ARG001 - it shall watch the printer
    """A printer that takes three seconds for a job."""
    kiosk = Kiosk(tmp_path, seconds=3.0)
    yield kiosk
    kiosk.stop()


@pytest.mark.parametrize(("change", "expected", "status"), CONDITIONS)
def test_every_condition_has_its_word_and_passes(
    kiosk: Kiosk, change: dict[str, object], expected: Verdict, status: DeviceStatus
) -> None:
    """Promises 3, 4 and 8: printing is refused with nothing sent, the status says why, and all is well afterwards."""
    wish = dict(change)
    kiosk.simulator.do(str(wish.pop("action")), **wish)
    kiosk.wait_for(status)
    error = kiosk.worker.status.error
    assert error is not None
    assert verdict(error) == expected
    assert verdict(error_of(kiosk.print())) == expected
    assert not kiosk.simulator.documents()
    kiosk.simulator.do("well")
    kiosk.wait_for(DeviceStatus.ONLINE)
    kiosk.print().result(12)
    assert kiosk.simulator.sums() == [hashlib.sha256(PDF).hexdigest()]


@pytest.mark.parametrize(("fault", "expected", "status"), LINE)
def test_every_fault_of_the_line_has_its_word_and_passes_by_itself(
    kiosk: Kiosk, fault: str, expected: Verdict, status: DeviceStatus
) -> None:
    """Promises 3, 4 and 8: the device is lost, what was known of its supplies is unknown, and it comes back alone."""
    kiosk.simulator.do("fault", name=fault)
    kiosk.wait_for(status)
    report = kiosk.worker.status
    assert report.error is not None
    assert verdict(report.error) == expected
    assert set(report.supplies.values()) == {SupplyStatus.UNKNOWN}
    kiosk.simulator.do("heal")
    kiosk.wait_for(DeviceStatus.ONLINE)
    kiosk.print().result(12)


def test_supplies_that_run_low_are_told_and_forbid_nothing(kiosk: Kiosk) -> None:
    """Promise 4: staff have a day to bring paper and toner, and residents get their proofs."""
    kiosk.simulator.do("toner", percent=5)
    kiosk.simulator.do("paper", sheets=5)
    supplies = kiosk.worker
    eventually(lambda: supplies.status.supplies.get("toner.black_toner") is SupplyStatus.LOW)
    eventually(lambda: supplies.status.supplies.get("paper.main") is SupplyStatus.LOW)
    assert kiosk.worker.status.device is DeviceStatus.ONLINE
    assert SupplyThreshold("document_printer", "toner.black_toner", SupplyStatus.LOW) in kiosk.events
    kiosk.print().result(12)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"action": "set", "condition": "media-jam"}, Reason.PAPER_JAMMED),
        ({"action": "set", "condition": "cover-open"}, Reason.COVER_OPEN),
        ({"action": "paper", "sheets": 0}, Reason.PAPER_OUT),
    ],
)
def test_a_fault_in_the_middle_of_a_job_takes_the_job_back(
    slow_kiosk: Kiosk, change: dict[str, object], reason: Reason
) -> None:
    """Promises 2 and 4: the resident is told at once, and the proof does not come out before somebody else."""
    future = slow_kiosk.print()
    eventually(slow_kiosk.simulator.documents)
    wish = dict(change)
    slow_kiosk.simulator.do(str(wish.pop("action")), **wish)
    assert verdict(error_of(future)) == by_staff(reason)
    slow_kiosk.simulator.do("well")
    slow_kiosk.wait_for(DeviceStatus.ONLINE)


def test_a_job_that_is_cancelled_is_taken_back(slow_kiosk: Kiosk) -> None:
    """Promise 2: a visit that ends takes its proof with it."""
    future = slow_kiosk.print()
    eventually(slow_kiosk.simulator.documents)
    slow_kiosk.worker.cancel()
    assert error_of(future).code is CompletionCode.CANCELED
    slow_kiosk.wait_for(DeviceStatus.ONLINE)


def test_a_printer_that_went_is_logged_once_and_needs_a_technician(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 8: one line down, one line up."""
    caplog.set_level(logging.WARNING)
    kiosk.simulator.do("fault", name="gone")
    kiosk.wait_for(DeviceStatus.POWER_OFF)
    kiosk.simulator.do("heal")
    kiosk.wait_for(DeviceStatus.ONLINE)
    said = [record.getMessage() for record in caplog.records if "document_printer" in record.getMessage()]
    assert len([text for text in said if ": lost: " in text]) == 1
    assert len([text for text in said if text.endswith(" is back")]) == 1
    assert [event.error.reason for event in kiosk.events if isinstance(event, ErrorRaised)] == [Reason.GONE]
