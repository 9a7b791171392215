"""A wrong paper is a question; what a paper says is a suggestion: neither ever keeps a resident from going on."""

import numpy as np

from drivers.model import Sensitive
from kiosk.forms import Field, Form, shipped_forms
from kiosk.papers.kinds import PaperKind
from kiosk.scan.page import PageImage
from kiosk.visit_core import Suggestion
from kiosk.visit_states import State
from sync.contract import ScanNote
from tests.kiosk.visit_world import World, page

CARD = "9901000000000000007"
FORM = "pension_reg_form"


def said(of: PageImage, value: str, form: str = "bank-card") -> Suggestion:
    return Suggestion(of, form, Sensitive(value), np.full((4, 9, 3), 200, np.uint8))


def bank_field(world: World) -> tuple[Form, Field]:
    """Add a form that asks for a bank card to the visit, and return it with its question."""
    form = shipped_forms()["pension_benefit_form"]
    world.visit.forms = (form,)
    world.visit.form_index = 0
    world.visit.answers = {form.id: {}}
    return form, next(field for field in form.fields if field.schema.get("format") == "bank-card")


def test_every_page_taken_is_looked_at() -> None:
    """Promise 6: nobody has to ask whether it is the right paper."""
    world = World().to(State.SCAN)
    taken = page()
    world.visit.page_captured(taken)
    assert world.ports.examined == [("hukou_book", taken)]


def test_a_wrong_paper_is_a_question_and_not_a_refusal() -> None:
    """Promise 3: the page is kept until the resident says otherwise."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.paper_type_seen(taken, PaperKind.BANK_CARD, expected=False)
    found = world.visit.first_doubt()
    assert found is not None
    assert (found[0], found[1].kind) == (0, PaperKind.BANK_CARD)
    assert world.visit.tasks[0].pages == [taken]


def test_a_page_is_turned_as_its_words_run() -> None:
    """Promise 6: what reading tells goes for the page that is kept, its size and what is shown of it."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.way_up_read(taken, None)
    assert world.visit.tasks[0].pages == [taken]
    world.visit.way_up_read(taken, 3)
    kept = world.visit.tasks[0].pages[0]
    assert (kept.turns, kept.mm_size, kept.jpeg) == (3, (297.0, 210.0), taken.jpeg)


def test_a_page_the_resident_turned_is_turned_by_nobody_else() -> None:
    """Promise 7: the resident has the last word, though four turns look like none."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    for _ in range(4):
        world.visit.turn_page(0)
    world.visit.way_up_read(taken, 2)
    assert world.visit.tasks[0].pages[0].turns == 0


def test_a_paper_that_is_sealed_or_gone_is_turned_no_more() -> None:
    """Promise 1: what is shown is what was sealed."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.finish_material()
    world.visit.way_up_read(taken, 2)
    world.visit.way_up_read(page("another"), 2)
    assert [each.turns for task in world.visit.tasks for each in task.pages] == [0]


def test_the_right_paper_asks_nothing() -> None:
    """Promise 6: no question without a reason."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.paper_type_seen(taken, PaperKind.REGISTER_PAGE, expected=True)
    assert world.visit.first_doubt() is None


def test_a_second_look_that_read_the_words_takes_the_question_back() -> None:
    """Promise 4: a doubt from the size alone ends where the words say better."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.paper_type_seen(taken, PaperKind.UNKNOWN, expected=False)
    world.visit.paper_type_seen(taken, PaperKind.REGISTER_PAGE, expected=True)
    assert world.visit.first_doubt() is None


def test_what_is_used_all_the_same_is_asked_once_and_told_to_the_clerk() -> None:
    """Promise 4: the clerk sees what the kiosk saw."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.paper_type_seen(taken, PaperKind.BANK_CARD, expected=False)
    world.visit.keep_paper(0)
    assert world.visit.first_doubt() is None
    world.visit.finish_material()
    world.to(State.SUBMIT)
    register = world.document().attachments[0]
    assert register.scan_notes == (ScanNote(page=1, code="other_paper"),)


def test_the_question_is_not_asked_again_after_a_second_look() -> None:
    """Promise 6: a question that was answered is over."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.paper_type_seen(taken, PaperKind.UNKNOWN, expected=False)
    world.visit.keep_paper(0)
    world.visit.paper_type_seen(taken, PaperKind.BANK_CARD, expected=False)
    assert world.visit.first_doubt() is None


def test_a_page_taken_again_leaves_no_note() -> None:
    """Promise 4: the note is of the page that goes along, not of one that was dropped."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page("bank card"))
    world.visit.paper_type_seen(taken, PaperKind.BANK_CARD, expected=False)
    world.visit.retake_page(0)
    assert world.visit.first_doubt() is None
    world.to(State.SUBMIT)
    assert world.document().attachments[0].scan_notes == ()


def test_a_look_that_ends_after_its_page_was_dropped_touches_nothing() -> None:
    """Promise 3: late answers are nobody's."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.drop_page(0)
    world.visit.paper_type_seen(taken, PaperKind.BANK_CARD, expected=False)
    world.visit.fields_read(taken, (said(taken, CARD),))
    assert world.visit.first_doubt() is None
    assert world.visit.suggestions == []


def test_a_page_keeps_its_question_when_the_pages_are_put_in_order() -> None:
    """Promise 4: the question stays with its page, not with its place."""
    world = World().to(State.SCAN)
    world.visit.page_captured(page("one"))
    world.visit.page_captured(wrong := page("two"))
    world.visit.paper_type_seen(wrong, PaperKind.BANK_CARD, expected=False)
    world.visit.move_page(1, 0)
    found = world.visit.first_doubt()
    assert found is not None
    assert found[0] == 0


def test_nothing_is_filled_in_before_the_resident_says_so() -> None:
    """Promise 4: what was read is not what was answered."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    form, field = bank_field(world)
    world.visit.fields_read(taken, (said(taken, CARD),))
    assert world.visit.answers[form.id] == {}
    assert world.visit.suggestion(form, field) is not None


def test_a_suggestion_is_used_by_one_touch_and_then_not_offered_again() -> None:
    """Promise 6: nineteen digits need not be typed."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    form, field = bank_field(world)
    world.visit.fields_read(taken, (said(taken, CARD),))
    world.visit.state = State.FILL
    world.visit.use_suggestion(field.id)
    assert world.visit.answers[form.id] == {field.id: CARD}
    assert world.visit.suggestion(form, field) is None


def test_who_fills_it_in_alone_is_not_asked_again() -> None:
    """Promise 7: no is an answer."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    form, field = bank_field(world)
    world.visit.fields_read(taken, (said(taken, CARD),))
    world.visit.state = State.FILL
    world.visit.decline_suggestion(field.id)
    assert world.visit.suggestion(form, field) is None
    assert world.visit.answers[form.id] == {}


def test_what_is_read_while_a_form_is_filled_in_waits_until_afterwards() -> None:
    """Promise 4: no offer comes under a finger that types."""
    world = World().to(State.REVIEW)
    form, field = bank_field(world)
    world.visit.change_form(0)
    taken = world.visit.tasks[0].pages[0]
    world.visit.fields_read(taken, (said(taken, CARD),))
    assert world.visit.suggestion(form, field) is None
    world.visit.back()
    assert world.at() is not State.FILL
    assert world.visit.suggestion(form, field) is not None


def test_two_numbers_on_the_papers_suggest_nothing() -> None:
    """Promise 4: which of them is meant would be a guess."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    form, field = bank_field(world)
    world.visit.fields_read(taken, (said(taken, CARD), said(taken, "9902000000000000005")))
    assert world.visit.suggestion(form, field) is None


def test_the_residents_own_number_is_suggested_for_nobody_else() -> None:
    """Promise 4: the card's own data wins, and is not anybody else's."""
    world = World().to(State.SCAN)
    form = next(
        f for f in shipped_forms().values() if any(q.schema.get("format") == "citizen-number" for q in f.fields)
    )
    field = next(q for q in form.fields if q.schema.get("format") == "citizen-number")
    world.visit.page_captured(taken := page())
    assert world.visit.person is not None
    world.visit.answers[form.id] = {}
    world.visit.fields_read(taken, (said(taken, str(world.visit.person.number), "citizen-number"),))
    assert world.visit.suggestion(form, field) is None


def test_what_was_read_is_wiped_with_the_visit() -> None:
    """Promise 2: suggestions, doubts and refusals outlive nobody."""
    world = World().to(State.SCAN)
    world.visit.page_captured(taken := page())
    world.visit.paper_type_seen(taken, PaperKind.BANK_CARD, expected=False)
    world.visit.fields_read(taken, (found := said(taken, CARD),))
    assert CARD not in repr(found)
    world.visit.declined.add(("a", "b"))
    world.visit.cancel()
    assert world.visit.suggestions == []
    assert world.visit.declined == set()
    assert world.visit.tasks == []
    assert not found.picture.any()
