"""A receipt printed by a visit and copied for a technician, through the kiosk's own services."""

import pytest

from drivers.errors import DeviceError
from kiosk.print_ledger import JobKind, JobState, PrintLedgerError
from kiosk.visit_core import PrintOutcome
from roles.processes import wait_until
from tests.visits.conftest import Bench
from tests.visits.visitor import Resident, walk_made_visit


def test_a_technician_prints_a_copy_of_what_a_visit_printed(bench: Bench) -> None:
    """Promise 1 and 2: both stand in the ledger, the copy names nobody, and the first is not printed a second time."""
    with Resident(bench.config) as resident:
        walk_made_visit(resident, "copy")
        resident.until("it is printed", lambda: resident.visit.print_outcome is PrintOutcome.PRINTED)
        assert resident.visit.receipt is not None
        assert resident.visit.numbering is not None
        number = resident.visit.receipt.receipt_number
        ended: list[DeviceError | None] = []
        resident.services.reprint(number, "technician 7", ended.append)
        resident.until("the copy is out", lambda: bool(ended))
        assert ended == [None]
        copy, receipt = resident.services.ledger.jobs(10)
        assert (receipt.job_id, receipt.state, receipt.copies) == (number, JobState.PRINTED, 1)
        assert receipt.submission_id == resident.visit.numbering.submission_id
        assert (copy.kind, copy.state, copy.asked_by) == (JobKind.COPY, JobState.PRINTED, "technician 7")
        assert "补打" in bench.printer.receipts[1].text


def test_when_the_paper_runs_out_nobody_knows_the_next_roll(bench: Bench) -> None:
    """Promise 4: what is left of a roll is told only while somebody has said which roll is in."""
    with Resident(bench.config) as resident:
        resident.open()
        wait_until("the ledger is open, beside the outbox", lambda: _is_open(resident), 90)
        ledger = resident.services.ledger
        ledger.paper_changed(50_000)
        status = resident.services.statuses
        wait_until("the printer is asked", lambda: "paper" in status()["receipt_printer"].supplies, 90)
        assert ledger.paper_left_mm() == 50_000
        bench.printer.do("paper_out")
        wait_until("the roll is forgotten", lambda: ledger.paper_left_mm() is None, 90)


def _is_open(resident: Resident) -> bool:
    try:
        resident.services.ledger.jobs(1)
    except PrintLedgerError:
        return False
    return True


def test_before_the_start_there_is_no_ledger_to_look_at(bench: Bench) -> None:
    """Promise 4: "not open" is an error and no empty list."""
    services = Resident(bench.config).services
    with pytest.raises(PrintLedgerError):
        services.ledger.jobs(1)
