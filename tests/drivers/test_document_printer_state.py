"""The production driver under its worker, through all that can be wrong with a printer, and back without help."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import CompletionCode, ErrorAction, Reason
from drivers.model import DeviceStatus, ErrorRaised, SupplyStatus, SupplyThreshold
from tests.drivers.documents import Kiosk, Verdict, error_of, verdict
from tests.drivers.helpers import eventually

pytestmark = pytest.mark.usefixtures("nothing_left")


def by_staff(reason: Reason) -> Verdict:
    return CompletionCode.DEVICE_NOT_READY, reason, ErrorAction.CLEAR


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
