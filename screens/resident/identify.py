"""Who are you: put the card where the picture shows, or type the number; then confirm what it says."""

from datetime import date

from kiosk.identity import Person
from kiosk.purpose import Purpose
from kiosk.text.masking import mask_number
from kiosk.trouble import Trouble, Way
from kiosk.visit import Visit
from screens.blocks import Block, Text
from screens.page import Page
from screens.resident import receipt_typing
from screens.resident.common import note_key, step_of, trouble_note, ways
from screens.theme import Tone, Type
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.keyboard import InputLine, digit_pad, edit
from screens.widgets.pictures import CardPicture, Portrait
from screens.widgets.words import AnswerRow, Note, heading, masked_row, panel, sentence

_TYPE = Way.TYPE_NUMBER
_NUMBER_LENGTH = 18
_SHAPE = Person("resident", "0" * _NUMBER_LENGTH, sex="1", nation="01", birth=date.min, valid_until=date.min)
"""Nobody: the shape of what a card will say, from which the type of the next page is set while one is waited for."""


def page(view: View) -> Page:
    """Return what fits: the typed number, the person found, or where the card goes."""
    if view.visit.person is not None:
        return _confirm(view, view.visit.person)
    if view.visit.typing:
        return receipt_typing.page(view) if view.visit.purpose is Purpose.PROGRESS else _typing(view)
    return _card(view)


def _card(view: View) -> Page:
    kit, visit = view.kit, view.visit
    body: list[Block] = [CardPicture(kit)]
    if visit.trouble is not None:
        body = [_trouble(view, visit.trouble), CardPicture(kit), *ways(view, visit.trouble)]
    elif visit.presented is None:
        body.append(Note(kit, view.say("identify.waiting")))
    body += _code_notes(view)
    asks = visit.purpose is Purpose.PROGRESS
    typing = Button(
        kit,
        "type_number",
        view.say("receipt_typing.type" if asks else "identify.type"),
        view.does(visit.choose_way, _TYPE),
        icon_name="pen",
    )
    return Page(
        "identify",
        lead=[heading(kit, view.say("identify.heading")), sentence(kit, view.say("identify.sentence"))],
        body=body,
        actions=[] if visit.trouble is not None and _TYPE in visit.trouble.ways else [typing],
        step=step_of(view, 1),
        note=note_key(view) or _code_key(visit),
        soon=lambda: _confirm(view, _SHAPE),
    )


def _trouble(view: View, trouble: Trouble) -> Note:
    """Return the sentence of a trouble with the card; who asks for cases has the receipt instead of a number."""
    if view.visit.purpose is Purpose.PROGRESS:
        return Note(view.kit, view.words.say("asking.no_card"), trouble=True)
    return trouble_note(view, trouble)


def _code_notes(view: View) -> list[Block]:
    """Return what is to be said of codes: that one was received, why one was not, or that one may be shown."""
    key = _code_key(view.visit)
    return [Note(view.kit, view.words.say(key), trouble=view.visit.code_fault is not None)] if key else []


def _code_key(visit: Visit) -> str | None:
    if visit.presented is not None:
        return "screens.identify.code_received" if visit.person is None else "screens.identify.code_goes_along"
    if visit.purpose is Purpose.PROGRESS and visit.awaits_code and visit.person is None:
        return visit.code_fault or "screens.receipt_typing.show"
    return visit.code_fault or ("screens.identify.code_offer" if visit.awaits_code and visit.person is None else None)


def _typing(view: View) -> Page:
    kit, visit, draft = view.kit, view.visit, view.draft

    def write(key: str) -> None:
        view.write(number=edit(draft.number, key, _NUMBER_LENGTH))

    def done() -> None:
        visit.type_number(draft.number)
        view.refresh()

    fault = visit.number_fault
    return Page(
        "identify",
        lead=[heading(kit, view.say("identify.type_heading")), sentence(kit, view.say("identify.type_sentence"))],
        top=[
            InputLine(kit, "field:number", _spaced(draft.number), view.say("identify.hint"), active=True, press=None),
        ],
        notes=[Note(kit, view.words.say(fault), trouble=True)] if fault else [],
        bottom=[digit_pad(kit, write, view.say("erase"), mark="X")],
        actions=[Button(kit, "next", view.say("next"), done, Look.FILLED)],
        step=step_of(view, 1),
        note=fault,
    )


def _spaced(number: str) -> str:
    """Return the number in its parts: place, birth, sequence; easier to compare with the card."""
    return " ".join(part for part in (number[:6], number[6:14], number[14:]) if part)


def _confirm(view: View, person: Person) -> Page:
    kit, visit = view.kit, view.visit
    hold = view.say("hold")
    rows: list[Block] = [] if person.picture is None else [Portrait(kit, person.picture)]
    if person.name is not None:
        rows.append(_name(view, person.name))
    if person.name_en:
        rows.append(AnswerRow(kit, view.say("person.name_en"), person.name_en))
    number = masked_row(kit, "number", view.say("person.number"), mask_number(person.number), person.number, hold)
    rows.append(number)
    rows += [AnswerRow(kit, view.say(f"person.{name}"), value) for name, value in _plain(view, person)]
    return Page(
        "identify",
        lead=[
            heading(kit, view.say("identify.found" if person.from_card_read else "identify.found_typed")),
            sentence(kit, view.say("identify.compare" if person.from_card_read else "identify.compare_typed")),
        ],
        body=[
            panel(kit, view.say("identify.card" if person.from_card_read else "identify.typed"), rows),
            *_code_notes(view),
        ],
        actions=[
            Button(kit, "not_me", view.say("identify.not_me"), view.does(visit.reject_identity)),
            Button(kit, "confirm", view.say("identify.me"), view.does(visit.confirm_identity), Look.FILLED),
        ],
        step=step_of(view, 1),
    )


def _name(view: View, name: str) -> Block:
    return Text(view.kit, name, Type.HEADING, Tone.ON_CARD, bold=True)


def _plain(view: View, person: Person) -> list[tuple[str, str]]:
    language = view.visit.language
    until = (
        view.say("person.long_term") if person.long_term else person.valid_until and f"{person.valid_until:%Y.%m.%d}"
    )
    values = {
        "sex": person.sex_name(language),
        "nation": person.nation_name(),
        "nationality": person.nationality,
        "birth": person.birth and f"{person.birth:%Y.%m.%d}",
        "valid_until": until,
    }
    return [(name, value) for name, value in values.items() if value]
