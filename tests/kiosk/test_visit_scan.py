"""The papers of a visit: pages, sealing while the next is scanned, scanning again, leaving for the window."""

from dataclasses import replace
from typing import get_args

import cv2
import numpy as np

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from kiosk.catalogue_records import Sheet
from kiosk.scan.enhance import encode_jpeg
from kiosk.scan.fault import Fault, Verdict
from kiosk.scan.page import PageImage
from kiosk.scan.session import Observation
from kiosk.trouble import Way
from kiosk.visit_core import MAX_PAGES, TaskStatus
from kiosk.visit_states import EndReason, State
from kiosk.words import LANGUAGES, Words
from sync.contract import sha256_hex
from sync.outbox_schema import OutboxError, OutboxFault
from tests.kiosk.visit_world import NUMBERING, Seen, World, page, statuses

SEVERAL = "ZT-RS-005"  # an item of three papers to scan


def test_a_paper_is_sealed_as_soon_as_it_is_finished_while_the_next_is_scanned() -> None:
    """Promise 1: when the resident signs, the pages are on the disk already."""
    world = World().to(State.SCAN, service=SEVERAL)
    first, second = world.visit.tasks[0].material.id, world.visit.tasks[1].material.id
    world.visit.page_captured(page("one"))
    world.visit.page_captured(page("two"))
    world.visit.finish_material()
    assert world.ports.staging == [(first, 2)]
    assert world.ports.asked[-1] == f"start_scanning {second}"
    world.seal()
    assert world.visit.tasks[0].attachment is not None


def test_a_paper_scanned_again_takes_the_place_of_the_earlier_file() -> None:
    """Promise 1 and 2: the file of the first try is deleted, and the case has the second alone."""
    world = World().to(State.REVIEW)
    world.seal()
    first = world.visit.tasks[0].attachment
    assert first is not None
    world.visit.scan_again(0)
    assert world.at() is State.SCAN
    assert world.ports.dropped == [first]
    world.to(State.SUBMIT)
    files = world.document().attachments
    assert first not in files
    assert [file.material_id for file in files] == ["hukou_book", None]


def test_a_seal_that_comes_after_its_paper_was_opened_again_is_dropped() -> None:
    """Promise 1: answers come late and in order; only the last one is the paper."""
    world = World().to(State.SCAN, service=SEVERAL)
    name = world.visit.tasks[0].material.id
    world.visit.page_captured(page("blurred"))
    world.visit.finish_material()
    world.visit.scan_again(0)
    late = world.ports.attachment(name, 1)
    world.visit.page_captured(page("sharp"))
    world.visit.finish_material()
    world.visit.staged(name, late)
    assert world.visit.tasks[0].attachment is None
    assert world.ports.dropped == [late]
    right = world.ports.attachment(name, 1)
    world.visit.staged(name, right)
    assert world.visit.tasks[0].attachment == right


def test_a_paper_without_a_page_is_not_finished() -> None:
    """Promise 4: nothing is called scanned that was not."""
    world = World().to(State.SCAN)
    world.visit.finish_material()
    assert statuses(world.visit) == [TaskStatus.TODO]
    assert world.at() is State.SCAN


def test_every_paper_can_be_left_for_the_window() -> None:
    """Promise 3: who does not have a paper today still hands in the rest."""
    world = World().to(State.SCAN, service=SEVERAL)
    while world.at() is State.SCAN:
        world.visit.page_captured(page())
        world.visit.defer_material()
    assert set(statuses(world.visit)) == {TaskStatus.LATER}
    assert all(task.pages == [] for task in world.visit.tasks)
    assert world.at() is State.SIGN


def test_a_page_can_be_taken_out_and_the_paper_is_open_again() -> None:
    """Promise 1: what is sealed is what the resident left in it."""
    world = World().to(State.SCAN)
    world.visit.page_captured(page("one"))
    world.visit.page_captured(page("two"))
    world.visit.drop_page(0)
    world.visit.drop_page(7)
    assert [each.jpeg for each in world.visit.tasks[0].pages] == [page("two").jpeg]
    world.visit.finish_material()
    world.seal()
    world.visit.back()
    world.visit.drop_page(0)
    assert statuses(world.visit) == [TaskStatus.TODO]
    assert world.visit.tasks[0].attachment is None


def test_a_paper_has_no_more_pages_than_the_room_that_was_asked_for() -> None:
    """Promise 1: never fail after the resident has scanned."""
    world = World().to(State.SCAN)
    for _ in range(MAX_PAGES + 1):
        world.visit.page_captured(page())
    assert len(world.visit.tasks[0].pages) == MAX_PAGES
    assert world.visit.trouble is not None
    assert world.visit.trouble.key == "visit.too_many_pages"


def test_nobody_else_watches_the_tray_when_scanning_is_over() -> None:
    """Promise 2: the camera looks only while a paper is asked for."""
    world = World().to(State.SIGN)
    assert world.ports.asked[-1] == "stop_scanning"


def test_the_camera_tried_again_scans_the_same_paper() -> None:
    """Promise 3: the paper, not the visit, begins anew."""
    world = World().to(State.SCAN)
    world.visit.scan_failed(DeviceError(CompletionCode.HARDWARE_ERROR, Reason.FROZEN, ErrorAction.RESET))
    assert world.visit.trouble is not None
    world.visit.choose_way(world.visit.trouble.ways[1])
    assert world.ports.asked[-1] == "start_scanning hukou_book"
    assert world.visit.trouble is None


def test_handing_in_waits_until_everything_is_sealed() -> None:
    """Promise 1: no number before the last page is on the disk."""
    world = World().to(State.REVIEW)
    world.visit.submit()
    assert world.at() is State.SUBMIT
    assert world.ports.committing is None
    world.seal()
    assert world.ports.committing is not None


def test_what_could_not_be_sealed_is_tried_once_more_when_it_is_handed_in() -> None:
    """Promise 1: one failure of the disk loses nothing."""
    world = World().to(State.SIGN)
    [(name, _pages)] = world.ports.staging
    world.ports.staging.clear()
    world.visit.stage_failed(name, OutboxError(OutboxFault.DISK_FULL, "full"))
    world.to(State.REVIEW)
    world.visit.submit()
    assert [each[0] for each in world.ports.staging] == ["signature", "hukou_book"]


def test_a_full_disk_at_the_end_leaves_everything_as_it_was_and_can_be_tried_again() -> None:
    """Promise 4: never "submitted" when it is not."""
    world = World().to(State.SUBMIT)
    world.visit.commit_failed(OutboxError(OutboxFault.DISK_FULL, "full"))
    assert world.at() is State.REVIEW
    assert world.visit.receipt is None
    assert world.visit.trouble is not None
    assert world.visit.trouble.action is ErrorAction.CLEAR
    world.ports.staging.clear()
    world.visit.choose_way(world.visit.trouble.ways[0])
    assert world.at() is State.SUBMIT
    assert world.ports.staging == []
    world.visit.committed(NUMBERING)
    assert world.at() is State.RECEIPT


def test_the_case_document_is_canonical_and_has_everything_the_resident_gave() -> None:
    """Promise 1 and 5: equal content is equal bytes; the name is the card's, to the code point."""
    world = World().to(State.SUBMIT)
    document = world.document()
    assert world.ports.committing is not None
    build, attachments = world.ports.committing
    assert sha256_hex(build(NUMBERING)) == sha256_hex(build(NUMBERING))
    assert document.attachments == attachments
    assert document.receipt_number == NUMBERING.receipt_number
    assert document.answers["applicant"]["phone"] == "13800005678"
    ways = {paper.material_id: paper.way for paper in document.materials}
    assert ways == {"id_card": "card", "hukou_book": "scan", "pension_reg_form": "fill"}
    assert (document.service.id, document.service.items) == ("ZT-RS-001", ("ZT-RS-001",))


def test_a_camera_that_sees_again_takes_its_trouble_away() -> None:
    """Promise 3 and 4: what is well again is not shown as broken."""
    world = World().to(State.SCAN)
    world.visit.scan_failed(DeviceError(CompletionCode.HARDWARE_ERROR, Reason.FROZEN, ErrorAction.RESET))
    assert world.visit.trouble is not None
    world.visit.observed(Seen(quad=True, still=True))  # type: ignore[arg-type]  # as much as is looked at
    assert world.visit.trouble is None


def test_a_disk_that_has_filled_up_meanwhile_refuses_the_first_scan_and_takes_the_rest() -> None:
    """Promise 1 and 3: never fail after the resident has scanned; the papers come to the window later."""
    world = World().to(State.FILL)
    world.ports.has_room = False
    world.to(State.SCAN)
    assert world.visit.trouble is not None
    assert world.visit.trouble.key == "visit.no_room_to_scan"
    assert not any(asked.startswith("start_scanning") for asked in world.ports.asked)
    world.visit.choose_way(Way.LATER_AT_WINDOW)
    assert statuses(world.visit) == [TaskStatus.LATER]
    assert world.at() is State.SIGN


def test_nobody_is_told_that_nothing_was_submitted_when_nobody_knows() -> None:
    """Promise 4: a disk that failed in the middle of the commit leaves it open, and the words leave it open too."""
    world = World().to(State.SUBMIT)
    world.visit.commit_failed(OutboxError(OutboxFault.IO_FAILED, "EIO"))
    assert world.visit.trouble is not None
    assert world.visit.trouble.ways == (Way.HELP,)
    world.visit.cancel()
    assert world.visit.end_reason is EndReason.HELP


def test_a_page_taken_twice_is_told_and_not_kept_twice() -> None:
    """Promise 4: the clerk gets each page once; the resident is told why nothing was added."""
    world = World().to(State.SCAN)
    world.visit.page_captured(written(1))
    world.visit.page_captured(written(1))
    world.visit.observed(lying(taken=True))
    assert len(world.visit.tasks[0].pages) == 1
    assert world.visit.verdict is not None
    assert world.visit.verdict.fault is Fault.REPEATED
    world.visit.observed(lying(taken=False))
    assert world.visit.verdict.ok
    world.visit.page_captured(written(2))
    assert len(world.visit.tasks[0].pages) == 2


def test_a_page_taken_twice_is_kept_when_the_resident_wants_it() -> None:
    """Promise 7: the kiosk may be wrong; the clerk is told what it thought."""
    world = World().to(State.SCAN)
    world.visit.page_captured(written(1))
    world.visit.page_captured(written(1))
    world.visit.capture()
    assert [each.notes for each in world.visit.tasks[0].pages] == [(), ("repeated",)]


def test_a_paper_of_several_sheets_says_which_comes_next_and_can_be_finished_without_them() -> None:
    """Promise 7: the register has a first page; who has it not goes on all the same."""
    world = World().to(State.SCAN)
    wanted = [world.visit.sheet_wanted]
    for number in (1, 2):
        world.visit.page_captured(written(number))
        wanted.append(world.visit.sheet_wanted)
    assert wanted == ["register_front", "register_own", None]
    world.visit.drop_page(1)
    world.visit.finish_material()
    assert world.at() is State.SIGN


def test_every_sheet_has_a_sentence_in_both_languages() -> None:
    """Promise 7: what is asked for next is said in plain words."""
    for language in LANGUAGES:
        words = Words(language)
        assert all(words.say(f"scan.sheet_{sheet}") for sheet in get_args(Sheet))


def written(seed: int) -> PageImage:
    """Return a page with writing of its own."""
    rng = np.random.default_rng(seed)
    letters = cv2.resize(rng.integers(0, 2, (60, 45), np.uint8) * 255, (360, 480), interpolation=cv2.INTER_NEAREST)
    preview = np.asarray(cv2.merge([letters] * 3), np.uint8)
    printed = np.asarray(cv2.resize(preview, (1654, 2205), interpolation=cv2.INTER_NEAREST), np.uint8)
    return replace(page(), jpeg=encode_jpeg(printed), preview=preview)


def lying(*, taken: bool) -> Observation:
    """Return what is seen of a good page."""
    preview = np.zeros((48, 64, 3), np.uint8)
    return Observation(None, Verdict(ok=True), still=True, ready=False, preview=preview, taken=taken)
