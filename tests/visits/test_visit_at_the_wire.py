"""Whole visits without a screen: production drivers, scan, outbox and printer against simulators at the wire."""

from collections.abc import Callable

import pytest

from drivers.errors import ErrorAction
from kiosk.config import KioskConfig
from kiosk.trouble import Way
from kiosk.visit_core import PrintOutcome, TaskStatus
from kiosk.visit_states import EndReason, State
from sync.durable import Disk
from sync.enrol import OFFICE_FILE
from tests.visits.conftest import Bench, enrol_without_office
from tests.visits.visitor import Places, Resident, made_page, made_signature, walk_made_visit


def state(resident: Resident) -> State:
    return resident.visit.state


def to_scan(resident: Resident) -> None:
    resident.consent()
    resident.wait_for_card()
    resident.fill()
    assert state(resident) is State.SCAN


def scan(resident: Resident, bench: Bench) -> None:
    bench.tray.do("lay", page="hukou", seed=3)
    resident.until("a page was taken", lambda: bool(resident.visit.tasks[0].pages), 90)
    resident.visit.finish_material()


def test_one_visit_from_card_to_receipt_with_every_device_at_its_wire(bench: Bench) -> None:
    """Promise 1: card, page, signature, commit, and only then the receipt on paper."""
    with Resident(bench.config) as resident:
        bench.reader.do("put_card", card="wang")
        to_scan(resident)
        scan(resident, bench)
        resident.hand_in(made_signature("wang"))
        assert resident.visit.receipt is not None
        number = resident.visit.receipt.receipt_number
        resident.until("it is printed", lambda: resident.visit.print_outcome is PrintOutcome.PRINTED)
        [paper] = bench.printer.receipts
        assert number.encode() in paper.raw
        resident.leave()
        outbox = resident.services.outbox
        resident.until("the paper is noted", lambda: outbox.unprinted() == ())
        resident.until("case and rating are committed", lambda: outbox.counts().committed == 2)


def test_with_reader_camera_and_printer_gone_the_visit_still_ends_with_a_number(
    unplugged: KioskConfig,
) -> None:
    """Promise 3: typed number, papers at the window later, number on the screen; staff learn who must act."""
    with Resident(unplugged) as resident:
        resident.consent()
        resident.until("the reader is missed", lambda: resident.visit.trouble is not None)
        assert resident.visit.trouble is not None
        assert resident.visit.trouble.action is ErrorAction.MAINTENANCE
        resident.type_number()
        resident.fill()
        resident.until("the camera is missed", lambda: resident.visit.trouble is not None)
        resident.visit.choose_way(Way.LATER_AT_WINDOW)
        assert {task.status for task in resident.visit.tasks} == {TaskStatus.LATER}
        resident.hand_in(made_signature("typed"))
        resident.until("the printer is missed", lambda: resident.visit.trouble is not None)
        assert resident.visit.print_outcome is PrintOutcome.NOT_PRINTED
        assert resident.visit.receipt is not None
        assert resident.visit.receipt.missing
        resident.leave()
        assert [each.seq for each in resident.services.outbox.unprinted()] == [1]


def test_a_printer_without_paper_prints_when_it_has_some(bench: Bench) -> None:
    """Promise 3 and 8: paper is refilled by centre staff, and the same receipt prints, once."""
    bench.printer.do("paper_out")
    with Resident(bench.config) as resident:
        resident.consent(language="en")
        resident.type_number()
        resident.fill()
        resident.lay_made_pages(lambda: made_page("paper"))
        resident.hand_in(made_signature("paper"))
        resident.until("the paper is missed", lambda: resident.visit.trouble is not None)
        assert resident.visit.trouble is not None
        assert resident.visit.trouble.action is ErrorAction.CLEAR
        assert bench.printer.receipts == []
        bench.printer.do("refill")
        resident.visit.choose_way(Way.TRY_AGAIN)
        resident.until("it is printed", lambda: resident.visit.print_outcome is PrintOutcome.PRINTED)
        assert len(bench.printer.receipts) == 1


def test_a_frozen_camera_is_told_and_when_it_sees_again_the_scan_goes_on(bench: Bench) -> None:
    """Promise 3 and 4: a frozen picture is never taken for a page."""
    with Resident(bench.config) as resident:
        bench.reader.do("put_card", card="li")
        to_scan(resident)
        resident.until("the tray is seen", lambda: resident.visit.observation is not None)
        bench.tray.do("freeze")
        resident.until("the camera is missed", lambda: resident.visit.trouble is not None, 30)
        assert resident.visit.tasks[0].pages == []
        bench.tray.do("recover")
        scan(resident, bench)
        assert state(resident) is State.SIGN


def test_a_page_is_not_taken_for_the_next_paper_while_it_still_lies_there(bench: Bench) -> None:
    """Promise 1: one paper, one page; the next paper waits until this one is lifted."""
    with Resident(bench.config) as resident:
        resident.consent()
        resident.type_number()
        resident.fill()
        scan(resident, bench)
        assert resident.visit.task_index == 1
        resident.visit.observation = None
        resident.until(
            "the same page is seen and known",
            lambda: resident.visit.observation is not None and resident.visit.observation.taken,
        )
        assert resident.visit.tasks[1].pages == []


def test_cancel_leaves_no_frame_in_the_camera_and_no_file_in_the_outbox(bench: Bench) -> None:
    """Promise 2: within two seconds nothing of the visit is in memory or on disk."""
    with Resident(bench.config) as resident:
        bench.reader.do("put_card", card="wang")
        to_scan(resident)
        bench.tray.do("lay", page="hukou", seed=3)
        resident.until("a page was taken", lambda: bool(resident.visit.tasks[0].pages), 90)
        resident.visit.finish_material()
        blobs = bench.config.kiosk.outbox / "blobs"
        resident.until("the page is staged", lambda: resident.visit.tasks[0].attachment is not None)
        assert len(list(blobs.iterdir())) == 1
        resident.visit.cancel()
        assert resident.visit.end_reason is EndReason.CANCELLED
        resident.until("the staged file is gone", lambda: list(blobs.iterdir()) == [], 2)


def test_a_card_read_after_the_cancel_never_reaches_the_next_resident(bench: Bench) -> None:
    """Promise 2: the reader was told to stop; what it still brings is nobody's."""
    with Resident(bench.config) as resident:
        resident.consent()
        bench.reader.do("put_card", card="wang")
        resident.visit.cancel()
        bench.reader.do("lift_card")
        resident.consent()
        resident.idle(0.6)
        assert resident.visit.person is None
        bench.reader.do("put_card", card="li")
        resident.until("a card was read", lambda: resident.visit.person is not None)


def test_a_kiosk_that_is_not_enrolled_says_so_and_opens_when_it_is(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 8: out of service with the reason and who must act, never an exception; no restart is needed."""
    monkeypatch.setattr("kiosk.services_opening.AGAIN_SECONDS", 0.05)
    config = Places(tmp_path_factory.mktemp("kiosk")).config(devices=False)
    with Resident(config) as resident:
        visit = resident.visit
        resident.until("it says why", lambda: visit.closed is not None and visit.closed.key.endswith("not_enrolled"))
        assert visit.closed is not None
        assert visit.closed.action is ErrorAction.CONFIGURATION
        visit.start("zh")
        assert state(resident) is State.ATTRACT
        enrol_without_office(config)
        resident.open()


def test_a_damaged_identity_closes_the_kiosk(bare: Callable[[], KioskConfig]) -> None:
    """Promise 8: a technician must act, and the resident is sent to the window."""
    config = bare()
    Disk().replace(config.kiosk.identity / OFFICE_FILE, b"{}")
    with Resident(config) as resident:
        visit = resident.visit
        resident.until(
            "it says why", lambda: visit.closed is not None and visit.closed.key.endswith("identity_damaged")
        )


def test_a_second_kiosk_process_does_not_touch_the_first_ones_outbox(bare: Callable[[], KioskConfig]) -> None:
    """Promise 1: exactly one writer; the other is out of service and says that it is."""
    config = bare()
    with Resident(config) as first:
        first.open()
        with Resident(config) as second:
            visit = second.visit
            second.until("it says why", lambda: visit.closed is not None and "IN_USE" in visit.closed.key)


def test_a_receipt_that_was_never_printed_is_known_at_the_next_start(bare: Callable[[], KioskConfig]) -> None:
    """Promise 1 and 8: a crash between commit and printer loses nothing, and staff see which number it was."""
    config = bare()
    with Resident(config) as resident:
        walk_made_visit(resident, "before")
        assert resident.visit.receipt is not None
        number = resident.visit.receipt.receipt_number
    with Resident(config) as resident:
        resident.open()
        assert [each.receipt_number for each in resident.services.unprinted] == [number]


def test_a_full_disk_is_refused_before_the_consent(
    bare: Callable[[], KioskConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 1: refused before anything is asked of the resident, and taken again when there is room."""
    monkeypatch.setattr(Disk, "free", lambda _self, _folder: 1024)
    with Resident(bare()) as resident:
        resident.open()
        visit = resident.visit
        visit.start("zh")
        visit.choose(resident.catalogue.service("ZT-RS-001"))
        visit.begin()
        assert state(resident) is State.GUIDE
        assert visit.trouble is not None
        assert visit.trouble.action is ErrorAction.CLEAR
        monkeypatch.undo()
        visit.begin()
        assert state(resident) is State.CONSENT
