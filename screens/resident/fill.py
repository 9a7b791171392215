"""The forms, one question a page: what the card already answered first, then a question, its keys or its choices.

A question is judged when one goes on from it; what is wrong is said right there.
"""

from collections.abc import Mapping

from kiosk.forms import Field, Form, Widget
from kiosk.text.wrap import width
from screens.blocks import Block, grid
from screens.page import Page
from screens.resident.suggested import offer
from screens.view import View
from screens.widgets.buttons import Button, Choice, Look
from screens.widgets.keyboard import (
    CAPITALS,
    PROVINCES,
    InputLine,
    digit_pad,
    edit,
    keyboard,
)
from screens.widgets.words import AnswerRow, Note, heading, panel, sentence

_LIMIT = 64
_DATE_DIGITS = 8
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
        page.top = [_line(view, form, field)]
        page.notes = notes
        page.bottom = [_keys(view, form, field)]
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


def _text(view: View, form: Form, field: Field) -> str:
    value = view.visit.answers[form.id].get(field.id)
    return "" if value is None else str(value)


def _line(view: View, form: Form, field: Field) -> InputLine:
    unit = field.unit(view.visit.language)
    text = _text(view, form, field)
    hint = view.say(f"fill.hint.{field.widget}")
    shown = f"{text} {unit}" if unit and text else text
    return InputLine(view.kit, f"field:{field.id}", shown, hint, active=not unit, press=view.refresh)


def _keys(view: View, form: Form, field: Field) -> Block:
    """Return the keys that this kind of answer needs, and no others."""
    erase = view.say("erase")
    text = _text(view, form, field)

    def write(key: str) -> None:
        before = _text(view, form, field)
        text = (
            dashed(edit(before.replace("-", ""), key, _DATE_DIGITS)) if _is_date(field) else edit(before, key, _LIMIT)
        )
        view.does(view.visit.answer, field.id, text)()

    if field.widget is Widget.PLATE:
        rows = CAPITALS if text else PROVINCES
        return keyboard(view.kit, write, erase, rows=rows)
    if field.widget is Widget.TEXT_LATIN:
        return keyboard(view.kit, write, erase, view.say("space"))
    return digit_pad(view.kit, write, erase, _MARKS.get(field.widget, ""))


def _is_date(field: Field) -> bool:
    return field.widget is Widget.DATE


def dashed(digits: str) -> str:
    """Return up to eight digits as a date, as far as it goes: ``1990-01``."""
    return "-".join(part for part in (digits[:4], digits[4:6], digits[6:]) if part)


_MARKS: Mapping[Widget, str] = {Widget.MONEY: ".", Widget.CITIZEN_NUMBER: "X"}
