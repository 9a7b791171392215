"""Check your answers: everything that will be handed in, masked where it is personal, each with a way to change it."""

from collections.abc import Callable, Mapping

from kiosk.forms import Field, Form, Widget
from kiosk.text.masking import mask_name, mask_number, mask_phone
from kiosk.visit_core import ScanTask, TaskStatus
from screens.blocks import Block
from screens.page import Page
from screens.resident.common import note_key, trouble_note, ways
from screens.resident.fill import groups
from screens.resident.suggested import differs
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.words import AnswerRow, heading, masked_row, panel, sentence, small_button

_MASKS: Mapping[str, Callable[[str], str]] = {"name": mask_name, "number": mask_number}
_MASKED_ORIGINS = {f"person.{name}": mask for name, mask in _MASKS.items()}
_MASKED_WIDGETS: Mapping[Widget, Callable[[str], str]] = {
    Widget.PHONE: mask_phone,
    Widget.BANK_CARD: mask_number,
    Widget.CITIZEN_NUMBER: mask_number,
}


def page(view: View) -> Page:
    """Return all of it."""
    kit, visit = view.kit, view.visit
    service = visit.service
    trouble = [trouble_note(view, visit.trouble), *ways(view, visit.trouble)] if visit.trouble else []
    rows = [AnswerRow(kit, view.say("review.service"), service.title(visit.language) if service else "")]
    submit = Button(kit, "submit", view.say("review.submit"), view.does(visit.submit), Look.FILLED)
    return Page(
        "review",
        lead=[heading(kit, view.say("review.heading")), sentence(kit, view.say("review.sentence"))],
        body=[
            *trouble,
            panel(kit, view.say("review.what"), [*rows, *_person(view)]),
            *(_form(view, index, form) for index, form in enumerate(visit.forms)),
            *_papers(view),
        ],
        actions=[submit],
        step=4,
        note=note_key(view),
    )


def _person(view: View) -> list[Block]:
    person = view.visit.person
    if person is None:
        return []
    hold = view.say("hold")
    values = {"name": person.name, "number": person.number}
    return [
        masked_row(view.kit, name, view.say(f"person.{name}"), _MASKS[name](value), value, hold)
        for name, value in values.items()
        if value
    ]


def _form(view: View, index: int, form: Form) -> Block:
    kit, visit = view.kit, view.visit
    rows: list[Block] = []
    for field in form.fields:
        value = visit.answers[form.id].get(field.id)
        if value not in (None, ""):
            rows.append(_answer(view, form, field, field.spoken(value, visit.language)))
            group = next(n for n, part in enumerate(groups(form)) if field in part)
            rows += differs(view, index, form, field, group)
    change = small_button(kit, f"change:{index}", view.say("review.change"), view.does(visit.change_form, index), "pen")
    return panel(kit, form.title(visit.language), rows, change)


def _answer(view: View, form: Form, field: Field, value: str) -> Block:
    name = field.title(view.visit.language)
    mask = _mask(field)
    if mask is None:
        return AnswerRow(view.kit, name, value)
    return masked_row(view.kit, f"{form.id}.{field.id}", name, mask(value), value, view.say("hold"))


def _mask(field: Field) -> Callable[[str], str] | None:
    """Return how an answer is masked; None where it may be read over a shoulder."""
    return _MASKED_ORIGINS.get(field.prefill or "", _MASKED_WIDGETS.get(field.widget))


def _papers(view: View) -> list[Block]:
    kit, visit = view.kit, view.visit
    rows: list[Block] = []
    for index, task in enumerate(visit.tasks):
        press = view.does(visit.scan_again, index)
        again = small_button(kit, f"scan_again:{index}", view.say("review.again"), press, "retake")
        rows.append(AnswerRow(kit, task.material.title(visit.language), _state(view, task), again))
    return [panel(kit, view.say("review.papers"), rows)] if rows else []


def _state(view: View, task: ScanTask) -> str:
    if task.status is TaskStatus.LATER:
        return view.say("review.later")
    return view.say("review.pages", count=len(task.pages))
