"""What was read on a paper, offered for a question: beside the picture of its place, to be used or to be left.

One decision: forms come before papers, so an offer meets a resident who goes back to a question; at the review what
the papers say stands below an answer that differs, and leads there. Nothing is ever filled in by itself.
"""

from kiosk.forms import Field, Form
from kiosk.text.masking import mask_number
from kiosk.visit_core import Suggestion
from screens.blocks import Block
from screens.page import Page
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.cutting import Cutting
from screens.widgets.words import AnswerRow, Note, heading, sentence, small_button


def offer(view: View, form: Form, field: Field) -> Page | None:
    """Return the page that offers what was read for a question; None where there is nothing to offer."""
    kit, visit = view.kit, view.visit
    found = visit.suggestion(form, field)
    if found is None:
        return None
    own = Button(kit, "own", view.words.say("papers.own"), view.does(visit.decline_suggestion, field.id))
    use = Button(kit, "use", view.words.say("papers.use"), view.does(visit.use_suggestion, field.id), Look.FILLED)
    return Page(
        "fill",
        lead=[heading(kit, field.title(visit.language)), sentence(kit, view.words.say("papers.check"))],
        body=[Note(kit, _legible(found), view.words.say("papers.read")), Cutting(kit, found.picture)],
        actions=[own, use],
        step=2,
        note="papers.read",
    )


def _legible(found: Suggestion) -> str:
    """Return what was read as it is compared: a bank card's number in fours, as it is embossed."""
    value = found.value.reveal()
    if found.format != "bank-card":
        return value
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))


def differs(view: View, index: int, form: Form, field: Field, group: int) -> list[Block]:
    """Return the row that says what the papers say where the answer is another; `group` is the question's place."""
    found = view.visit.suggestion(form, field)
    if found is None or view.visit.answers[form.id].get(field.id) in (None, ""):
        return []

    def go() -> None:
        view.visit.change_form(index)
        view.draft.group = group

    press = view.does(go)
    button = small_button(view.kit, f"read:{field.id}", view.words.say("papers.look"), press, "eye")
    return [AnswerRow(view.kit, view.words.say("papers.differs"), mask_number(found.value.reveal()), button)]
