"""The forms, one question a page: what the card already answered first, then a question, its keys or its choices.

A question is judged when one goes on from it; what is wrong is said right there.
"""

from kiosk.forms import Field, Form, Widget
from kiosk.text.wrap import width
from screens.blocks import Block, grid
from screens.page import Page
from screens.resident.suggested import offer
from screens.resident.writing import Writing
from screens.view import View
from screens.widgets.buttons import Button, Choice, Look
from screens.widgets.words import AnswerRow, Note, heading, panel, sentence

_SHORT = 18  # half-width cells of a choice that leave room for a second beside it


def groups(form: Form) -> list[tuple[Field, ...]]:
    """Return the fields page by page: those only shown together, each question alone."""
    shown = tuple(field for field in form.fields if field.widget is Widget.READ_ONLY)
    asked = [(field,) for field in form.fields if field.widget is not Widget.READ_ONLY]
    return [*([shown] if shown else []), *asked]


def page(view: View) -> Page:
    """Return the question of the moment."""
    visit = view.visit
    form = visit.forms[visit.form_index]
    if any(field.widget is Widget.TEXT for each in visit.forms for field in each.fields):
        view.writer.start()  # what composes is there by the time its question is
    parts = groups(form)
    group = parts[min(view.draft.group, len(parts) - 1)]
    if group[0].widget is Widget.READ_ONLY:
        return _known(view, form, group)
    return _question(view, form, group[0])


def _next(view: View, form: Form, field: Field | None) -> Button:
    def press() -> None:
        _advance(view, form, field)

    return Button(view.kit, "next", view.say("next"), press, Look.FILLED)


def _advance(view: View, form: Form, field: Field | None) -> None:
    """Go on to the next question, to the next form from the last, or back to the first that is wrong."""
    visit, draft = view.visit, view.draft
    if field is not None and not Writing(view, form, field).finish():
        return
    parts = groups(form)
    visit.check_form()
    if field is not None and field.id in visit.field_faults:
        view.write(checked=field.id)
        return
    if draft.group + 1 < len(parts):
        visit.field_faults = {}
        view.write(group=draft.group + 1, checked="")
        return
    visit.next_form()
    wrong = next((n for n, part in enumerate(parts) if any(each.id in visit.field_faults for each in part)), None)
    if wrong is None:
        view.write(group=0, checked="")
    else:
        view.write(group=wrong, checked=parts[wrong][0].id)


def _known(view: View, form: Form, fields: tuple[Field, ...]) -> Page:
    language = view.visit.language
    answers = view.visit.answers[form.id]
    rows = [
        AnswerRow(view.kit, field.title(language), field.spoken(answers[field.id], language))
        for field in fields
        if answers.get(field.id) not in (None, "")
    ]
    return Page(
        "fill",
        lead=[heading(view.kit, form.title(language)), sentence(view.kit, view.say("fill.known"))],
        body=[panel(view.kit, view.say("fill.from_card"), rows)],
        actions=[_next(view, form, None)],
        step=2,
    )


def _question(view: View, form: Form, field: Field) -> Page:
    offered = offer(view, form, field)
    if offered is not None:
        return offered
    kit, language = view.kit, view.visit.language
    fault = view.visit.field_faults.get(field.id) if view.draft.checked == field.id else None
    lead: list[Block] = [heading(kit, field.title(language))]
    lead.append(sentence(kit, field.hint(language) or form.title(language)))
    notes: list[Block] = [Note(kit, fault, trouble=True)] if fault else []
    page = Page("fill", lead, actions=[_next(view, form, field)], step=2, note=f"field:{field.id}" if fault else None)
    if field.widget in (Widget.CHOICE, Widget.YES_NO):
        page.body = [*notes, *_choices(view, form, field)]
    else:
        writing = Writing(view, form, field)
        page.top = [writing.line()]
        page.notes = writing.notes() or notes
        page.note = writing.note() or page.note
        page.bottom = [writing.keys()]
    return page


def _choices(view: View, form: Form, field: Field) -> list[Block]:
    language = view.visit.language
    options: list[tuple[str | bool, str]] = [(each.value, each.title(language)) for each in field.choices]
    if field.widget is Widget.YES_NO:
        options = [(True, view.say("yes")), (False, view.say("no"))]
    chosen = view.visit.answers[form.id].get(field.id)
    buttons = [
        Choice(
            view.kit,
            f"choice:{_id(value)}",
            title,
            view.does(view.visit.answer, field.id, value),
            chosen=value == chosen,
        )
        for value, title in options
    ]
    short = all(width(title) <= _SHORT for _, title in options)
    return grid(view.kit, buttons, 2 if short and not view.theme.elder else 1)


def _id(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value
