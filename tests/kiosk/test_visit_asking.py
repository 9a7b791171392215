"""Asking how one's cases stand, and handing in what is missing, without a screen."""

from datetime import UTC, datetime
from functools import partial

import pytest

from drivers.code_scanner import Code, Symbology
from kiosk.ports import SIGNATURE
from kiosk.purpose import Purpose
from kiosk.trouble import OFFICE_AWAY, OFFICE_REFUSES, Way
from kiosk.visit_states import State
from sync.asking import CaseProgress, CaseState, CaseStep, Holder, ProgressAnswer, ProgressQuestion, ReceiptHeld
from sync.numbering import receipt_number
from tests.kiosk.visit_world import NOON, NUMBER, NUMBERING, PENSION, SIGNED, World, card, page

OWN = receipt_number("ZT-K01", datetime(2026, 11, 24, 4, tzinfo=UTC), 7)
WHY = "户口簿第二页看不清，请补一页。"


def a_case(*, missing: tuple[str, ...] = (), number: int = 1) -> CaseProgress:
    states: tuple[CaseState, ...] = ("RECEIVED", "CHECKING", "NEEDS_MORE") if missing else ("RECEIVED",)
    return CaseProgress(
        submission_id=f"01935b3e-7c00-7000-8000-00000000000{number}",
        kiosk_id="ZT-K01",
        receipt_number=f"ZT-K01-261124-0000{number}-K",
        service_id=PENSION,
        service_name="参保登记",
        service_name_en="Enrolment",
        submitted_at=NOON,
        steps=tuple(CaseStep(state=state, at=NOON, reason=WHY if state == "NEEDS_MORE" else None) for state in states),
        missing=missing,
    )


@pytest.fixture
def world() -> World:
    """A resident who asks, with a card that was confirmed."""
    world = World().to(State.CHOOSE)
    world.visit.come_for(Purpose.PROGRESS)
    world.visit.accept_consent()
    return world


def by_card(world: World) -> World:
    world.identify()
    assert world.at() is State.ASK
    return world


def test_by_card_the_office_is_asked_once_the_card_is_confirmed(world: World) -> None:
    """Promises 2 and 6: after the consent, with number and name as on the card; the wait is known to be one."""
    by_card(world)
    (question,) = world.ports.questions
    assert isinstance(question, ProgressQuestion)
    assert isinstance(question.held, Holder)
    assert (question.held.number, world.visit.asking) == (world.visit.person.number, True)  # type: ignore[union-attr] # read
    world.visit.answered(ProgressAnswer(cases=(a_case(number=1), a_case(number=2))))
    assert (world.visit.asking, world.visit.about) == (False, None)


def test_a_typed_citizen_number_opens_nobodys_cases(world: World) -> None:
    """Promise 2: many know a neighbour's number; a card or a receipt it must be."""
    world.visit.choose_way(Way.TYPE_NUMBER)
    world.visit.type_number(NUMBER)
    assert (world.visit.person, world.at(), world.ports.questions) == (None, State.IDENTIFY, [])


def test_a_receipt_held_to_the_scanner_asks_for_its_case(world: World) -> None:
    """Promise 7: without a card, by what was printed."""
    world.visit.code_shown(Code(f"BDY1:{OWN}:ABCDEFGH", "utf-8", Symbology.QR, 30))
    assert world.at() is State.ASK
    assert world.ports.questions == [
        ProgressQuestion(held=ReceiptHeld(receipt_number=OWN, verification_code="ABCDEFGH"))
    ]
    world.visit.answered(ProgressAnswer(cases=(a_case(),)))
    assert world.visit.about == a_case(), "the only one is opened at once"


@pytest.mark.parametrize(("number", "code"), [(OWN[:-1] + "?", "ABCDEFGH"), (OWN, "ABC"), ("", "")])
def test_a_typed_receipt_that_cannot_be_one_is_said_at_the_field(world: World, number: str, code: str) -> None:
    """Promise 8: a typing error is found here, not by an empty answer."""
    world.visit.choose_way(Way.TYPE_NUMBER)
    world.visit.show_receipt(number, code)
    assert (world.visit.number_fault, world.at()) == ("asking.not_a_receipt", State.IDENTIFY)
    world.visit.show_receipt(OWN, "ABCDEFGH")
    assert (world.visit.number_fault, world.at()) == (None, State.ASK)


@pytest.mark.parametrize(
    ("status", "trouble"), [(None, OFFICE_AWAY), (503, OFFICE_AWAY), (200, OFFICE_AWAY), (401, OFFICE_REFUSES)]
)
def test_no_answer_is_told_as_none_and_can_be_asked_again(world: World, status: int | None, trouble: object) -> None:
    """Promises 4 and 8: nothing remembered is shown in its place; who must act is named."""
    by_card(world)
    world.visit.ask_failed(status)
    assert (world.visit.trouble, world.visit.asking, world.visit.answer_given) == (trouble, False, None)
    if Way.TRY_AGAIN in world.visit.trouble.ways:  # type: ignore[union-attr] # just compared
        world.visit.choose_way(Way.TRY_AGAIN)
        assert len(world.ports.questions) == 2
        assert world.visit.asking


def test_an_answer_for_who_went_back_is_dropped(world: World) -> None:
    """Promise 2: the next card does not see the last one's cases."""
    by_card(world)
    world.visit.back()
    assert (world.at(), world.visit.person) == (State.IDENTIFY, None)
    world.visit.answered(ProgressAnswer(cases=(a_case(),)))
    assert world.visit.answer_given is None


def test_what_is_missing_is_handed_in_at_once_and_says_to_which_case(world: World) -> None:
    """Promise 1: scanned, signed, on the disk, with a receipt of its own; and only the papers that were wanted."""
    by_card(world)
    wanted = a_case(missing=("hukou_book", "no_such_paper"))
    world.visit.answered(ProgressAnswer(cases=(wanted,)))
    world.visit.hand_in_missing()
    assert [task.material.id for task in world.visit.tasks] == ["hukou_book"]
    world.visit.page_captured(page())
    world.visit.finish_material()
    world.visit.sign(SIGNED)
    world.submit()
    document = world.document()
    assert (document.purpose, document.about, document.answers) == ("supplement", wanted.submission_id, {})
    assert [(each.material_id, each.way) for each in document.materials] == [("hukou_book", "scan")]
    world.visit.committed(NUMBERING)
    assert world.visit.receipt is not None
    assert world.visit.receipt.service.startswith("补交材料")
    assert world.visit.receipt.missing == ()


def test_back_from_the_papers_shows_the_case_again(world: World) -> None:
    """Promise 6: nothing is asked a second time, and what was laid is dropped."""
    by_card(world)
    world.visit.answered(ProgressAnswer(cases=(a_case(missing=("hukou_book",)),)))
    world.visit.hand_in_missing()
    world.visit.back()
    assert (world.at(), world.visit.purpose, world.visit.tasks) == (State.ASK, Purpose.PROGRESS, [])
    assert len(world.ports.questions) == 1
    world.visit.hand_in_missing()
    assert world.at() is State.SCAN


def test_by_a_receipt_who_adds_papers_says_first_who_it_is(world: World) -> None:
    """Promise 1: a receipt is nobody's; what is handed in has an applicant, and the case is not forgotten meanwhile."""
    world.visit.show_receipt(OWN, "ABCDEFGH")
    world.visit.answered(ProgressAnswer(cases=(a_case(missing=("hukou_book",)),)))
    world.visit.hand_in_missing()
    assert (world.at(), world.visit.purpose) == (State.IDENTIFY, Purpose.SUPPLEMENT)
    world.visit.back()
    assert (world.at(), world.visit.about) == (State.ASK, a_case(missing=("hukou_book",)))
    world.visit.hand_in_missing()
    world.visit.identity_read(card("li"))
    world.visit.reject_identity()
    world.identify()
    world.scan()
    world.visit.sign(SIGNED)
    world.submit()
    document = world.document()
    assert (document.about, document.applicant.name) == (a_case().submission_id, card().name)


def test_a_seal_that_comes_late_belongs_to_nobody(world: World) -> None:
    """Promise 6: of papers taken back and laid again, what the first time still brings is nobody's."""
    by_card(world)
    world.visit.answered(ProgressAnswer(cases=(a_case(missing=("hukou_book",)),)))
    world.visit.hand_in_missing()
    generation = world.visit.generation
    world.scan()
    world.visit.sign(SIGNED)
    late = [(name, world.ports.attachment(name, pages)) for name, pages in world.ports.staging]
    world.ports.staging.clear()
    for _ in range(3):
        world.visit.back()
    assert world.at() is State.ASK
    world.visit.hand_in_missing()
    for name, file in late:
        world.visit.deliver(generation, partial(world.visit.staged, name, file))
    world.scan()
    world.visit.sign(SIGNED)
    world.visit.submit()
    assert world.ports.staging == [("hukou_book", 1), (SIGNATURE, 1)], "each is sealed once, and waited for"
    world.seal()
    files = {each.sha256 for each in world.document().attachments}
    assert files.isdisjoint(file.sha256 for _, file in late)


def test_on_a_full_disk_nothing_is_scanned_and_the_papers_can_be_left_for_the_window(world: World) -> None:
    """Promises 1 and 3: refused before the first page, with another way."""
    by_card(world)
    world.visit.answered(ProgressAnswer(cases=(a_case(missing=("hukou_book",)),)))
    world.ports.has_room = False
    world.visit.hand_in_missing()
    assert world.visit.trouble is not None
    assert Way.LATER_AT_WINDOW in world.visit.trouble.ways
    assert "start_scanning hukou_book" not in world.ports.asked


def test_the_end_leaves_nothing_of_the_answer(world: World) -> None:
    """Promise 2: question, answer and case are gone with the visit."""
    by_card(world)
    world.visit.answered(ProgressAnswer(cases=(a_case(),)))
    world.visit.cancel()
    visit = world.visit
    assert (visit.question, visit.answer_given, visit.about, visit.purpose) == (None, None, None, Purpose.DECLARE)
