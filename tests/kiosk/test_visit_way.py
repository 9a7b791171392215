"""The way of a visit, from the first touch to the last page, forward, back and aside."""

import logging

import pytest

from drivers.errors import CompletionCode, DeviceError, ErrorAction, Reason
from kiosk.trouble import Way
from kiosk.visit_core import PrintOutcome, TaskStatus
from kiosk.visit_states import MOVES, EndReason, State
from tests.kiosk.visit_world import NUMBER, NUMBERING, PENSION, World, card, catalogue, page, statuses


def gone() -> DeviceError:
    return DeviceError(CompletionCode.HARDWARE_ERROR, Reason.GONE, ErrorAction.MAINTENANCE)


def test_a_usual_visit_goes_all_the_way_and_ends_rated() -> None:
    """Design §4: the one visit at 3 a.m."""
    world = World().to(State.RECEIPT)
    assert world.visit.receipt is not None
    assert world.visit.receipt.receipt_number == NUMBERING.receipt_number
    world.visit.printed()
    world.to(State.END)
    assert world.ports.ratings == [(NUMBERING.submission_id, 5)]
    assert world.visit.end_reason is EndReason.DONE
    world.visit.finish()
    assert world.at() is State.ATTRACT


def test_no_card_is_read_before_the_consent_is_given() -> None:
    """Promise 2: consent is asked before the card, and its version and time go into the case."""
    world = World().to(State.CONSENT)
    assert "start_reading" not in world.ports.asked
    world.visit.identity_read(card())
    assert world.visit.person is None
    world.visit.accept_consent()
    assert world.ports.asked[-1] == "start_reading"
    consent = world.to(State.SUBMIT).document().consent
    assert (consent.version, consent.given_at) == (world.visit.setting.consent_version, world.ports.now())


def test_a_refused_consent_ends_with_what_else_one_can_do() -> None:
    """Promise 7: who does not agree is not sent away without another way."""
    world = World().to(State.CONSENT)
    world.visit.refuse_consent()
    assert (world.visit.state, world.visit.end_reason) == (State.END, EndReason.REFUSED)


def test_somebody_elses_card_is_forgotten_and_the_reader_waits_again() -> None:
    """Promise 2: the card of another person read by mistake leaves nothing."""
    world = World().to(State.IDENTIFY)
    world.visit.identity_read(card("li"))
    world.ports.asked.clear()
    world.visit.reject_identity()
    assert world.visit.person is None
    assert world.ports.asked == ["start_code_reading", "start_reading"]


def test_with_the_reader_gone_the_number_is_typed_and_the_card_is_laid_under_the_camera() -> None:
    """Promise 3: a broken reader does not stop the visit, and staff learn who must act."""
    world = World().to(State.IDENTIFY)
    world.visit.identity_failed(gone())
    assert world.visit.trouble is not None
    assert world.visit.trouble.ways[0] is Way.TYPE_NUMBER
    assert world.visit.trouble.action is ErrorAction.MAINTENANCE
    world.visit.choose_way(Way.TYPE_NUMBER)
    world.visit.type_number(NUMBER[:-1] + "1")
    assert world.visit.number_fault is not None
    world.visit.type_number(NUMBER)
    world.visit.confirm_identity()
    assert [task.material.id for task in world.visit.tasks] == ["id_card", "hukou_book"]
    document = world.to(State.SUBMIT).document()
    assert (document.applicant.source, document.applicant.name) == ("typed", None)


def test_the_reader_tried_again_reads() -> None:
    """Promise 3: trying again is a way."""
    world = World().to(State.IDENTIFY)
    world.visit.identity_failed(gone())
    world.ports.asked.clear()
    world.visit.choose_way(Way.TRY_AGAIN)
    assert world.ports.asked == ["start_reading"]
    assert world.visit.trouble is None


def test_a_card_lifted_too_early_is_waited_for_at_once() -> None:
    """Promise 6: the sentence says what to do, and doing it is enough."""
    world = World().to(State.IDENTIFY)
    world.ports.asked.clear()
    world.visit.identity_failed(DeviceError(CompletionCode.USER_ERROR, Reason.MEDIA_MOVED, ErrorAction.SUSPEND))
    assert world.ports.asked == ["start_reading"]
    assert world.visit.trouble is not None
    assert world.visit.trouble.action is None
    world.visit.identity_read(card())
    assert world.visit.trouble is None


def test_a_form_is_left_only_when_its_answers_are_right() -> None:
    """Promise 7: what is wrong is said at the field, in the language that is shown."""
    world = World().to(State.FILL)
    world.visit.answer("phone", "1380000567")
    world.visit.next_form()
    chinese = world.visit.field_faults["phone"]
    world.visit.set_language("en")
    assert world.visit.field_faults["phone"] != chinese
    assert world.visit.form_index == 0
    world.visit.answer("phone", "13800005678")
    assert "phone" not in world.visit.field_faults


def test_back_leads_through_the_same_states_as_forward() -> None:
    """Promise 7: one can go back at any point, and nothing that was filled is lost on the way."""
    world = World().to(State.REVIEW)
    seen = []
    while world.at() is not State.IDENTIFY:
        world.visit.back()
        seen.append(world.at())
    pages = len(world.visit.forms)
    assert seen == [State.SIGN, State.SCAN, *[State.FILL] * pages, State.IDENTIFY]
    assert world.visit.answers["applicant"]["phone"] == "13800005678"
    world.visit.confirm_identity()
    assert world.visit.answers["applicant"]["phone"] == "13800005678"


def test_whoever_goes_back_behind_the_review_signs_again() -> None:
    """Promise 4: a signature stands under what was signed, and under nothing else."""
    world = World().to(State.REVIEW)
    world.seal()
    signature = world.visit.signature_file
    assert signature is not None
    world.visit.change_form(0)
    while world.at() is State.FILL:
        world.visit.next_form()
    assert world.at() is State.SIGN
    assert world.visit.signature is None
    assert world.ports.dropped == [signature]


def test_going_back_behind_the_consent_takes_it_back_with_all_that_was_brought() -> None:
    """Promise 2: without consent there is no data."""
    world = World().to(State.SIGN)
    while world.at() is not State.CONSENT:
        world.visit.back()
    assert world.visit.person is None
    assert world.visit.consent is None
    assert world.visit.tasks == []
    assert world.ports.asked[-1] == "abandon"
    assert world.visit.service == catalogue().service(PENSION)


def test_another_person_on_the_way_back_begins_with_empty_forms() -> None:
    """Promise 2: one person's answers, pages and signature are never another's."""
    world = World().to(State.SCAN)
    world.visit.page_captured(page())
    while world.at() is not State.IDENTIFY:
        world.visit.back()
    world.visit.reject_identity()
    world.visit.identity_read(card("li"))
    world.visit.confirm_identity()
    assert "phone" not in world.visit.answers["applicant"]
    assert world.visit.tasks[0].pages == []


def test_the_camera_gone_leaves_every_paper_for_the_window_and_the_visit_goes_on() -> None:
    """Promise 3: a broken camera does not stop the visit, and the receipt lists what is still to be brought."""
    world = World().to(State.SCAN)
    world.visit.scan_failed(gone())
    assert world.visit.trouble is not None
    assert world.visit.trouble.ways[0] is Way.LATER_AT_WINDOW
    world.visit.choose_way(Way.LATER_AT_WINDOW)
    assert world.at() is State.SIGN
    assert statuses(world.visit) == [TaskStatus.LATER]
    document = world.to(State.SUBMIT).document()
    assert {m.material_id: m.way for m in document.materials}["hukou_book"] == "later"
    world.to(State.RECEIPT)
    assert world.visit.receipt is not None
    assert world.visit.receipt.missing == (catalogue().materials["hukou_book"].name,)


def test_a_full_disk_is_refused_before_anything_is_asked_of_the_resident() -> None:
    """Promise 1 and 8: refused before the consent and the first scan, with a sentence and who must act."""
    world = World().to(State.GUIDE)
    world.ports.has_room = False
    world.visit.begin()
    assert world.at() is State.GUIDE
    assert world.visit.trouble is not None
    assert (world.visit.trouble.key, world.visit.trouble.action) == ("visit.no_room", ErrorAction.CLEAR)
    assert world.ports.asked_room[-1] > 0


def test_a_receipt_that_was_certainly_not_printed_can_be_printed_once_more() -> None:
    """Promise 3: the number stays on the screen, and with paper again it prints."""
    world = World().to(State.RECEIPT)
    world.visit.print_failed(DeviceError(CompletionCode.USER_ERROR, Reason.PAPER_OUT, ErrorAction.CLEAR))
    assert world.outcome() is PrintOutcome.NOT_PRINTED
    assert world.visit.trouble is not None
    assert world.visit.trouble.ways == (Way.SHOW_NUMBER, Way.TRY_AGAIN)
    world.visit.choose_way(Way.TRY_AGAIN)
    assert len(world.ports.receipts) == 2
    world.visit.printed()
    assert world.outcome() is PrintOutcome.PRINTED


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (CompletionCode.HARDWARE_ERROR, Reason.MAY_HAVE_PRINTED),
        (CompletionCode.TIME_OUT, Reason.NO_ANSWER),
        (CompletionCode.INTERNAL_ERROR, Reason.DEFECT),
    ],
)
def test_a_receipt_that_may_be_out_is_never_printed_again(code: CompletionCode, reason: Reason) -> None:
    """Promise 4: nobody knows, so the screen says so; there are never two receipts of one number."""
    world = World().to(State.RECEIPT)
    world.visit.print_failed(DeviceError(code, reason, ErrorAction.CLEAR))
    assert world.outcome() is PrintOutcome.MAY_HAVE_PRINTED
    assert world.visit.trouble is not None
    assert world.visit.trouble.key == "devices.receipt_printer.MAY_HAVE_PRINTED.resident"
    world.visit.choose_way(Way.TRY_AGAIN)
    world.visit.reprint()
    assert len(world.ports.receipts) == 1


def test_an_intent_that_does_not_fit_is_ignored_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Promise 6: a touch on what is just going away is never an exception in a resident's face."""
    world = World().to(State.GUIDE)
    with caplog.at_level(logging.WARNING):
        world.visit.submit()
        world.visit.rate(5)
    assert world.at() is State.GUIDE
    assert world.visit.ignored == {"submit": 1, "rate": 1}
    assert "submit does not fit GUIDE" in caplog.text


def test_a_kiosk_out_of_service_begins_no_visit_and_one_under_way_goes_on() -> None:
    """Promise 3 and 8: nothing is taken that could not be kept."""
    world = World().to(State.FILL)
    world.visit.scan_failed(gone())
    trouble = World().to(State.GUIDE).visit.trouble
    assert trouble is None
    closed = World()
    closed.ports.has_room = False
    closed.to(State.GUIDE).visit.begin()
    reason = closed.visit.trouble
    world.visit.out_of_service(reason)
    assert world.at() is State.FILL
    world.visit.cancel()
    world.visit.finish()
    world.visit.start("zh")
    assert world.at() is State.ATTRACT
    world.visit.out_of_service(None)
    world.visit.start("zh")
    assert world.at() is State.CHOOSE


def test_every_state_can_be_reached_and_left_by_the_table_of_moves() -> None:
    """Promise 6: no state is a dead end."""
    assert set(MOVES) == set(State)
    assert {target for targets in MOVES.values() for target in targets} == set(State)
    assert all(MOVES.values())


def test_a_printer_that_fails_while_the_resident_rates_brings_the_number_back() -> None:
    """Promise 4: the number and its code are shown until they are on paper."""
    world = World().to(State.RATE)
    world.visit.print_failed(DeviceError(CompletionCode.USER_ERROR, Reason.PAPER_OUT, ErrorAction.CLEAR))
    assert world.at() is State.RECEIPT
    world.visit.choose_way(Way.TRY_AGAIN)
    assert len(world.ports.receipts) == 2
