"""Which case: its number and code, typed from the receipt, where the code cannot be shown to the scanner."""

from screens.page import Page
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.keyboard import InputLine, edit, keyboard
from screens.widgets.words import Note, heading, sentence

_KEYS = ("1234567890", "QWERTYUIOP", "ASDFGHJKL-", "ZXCVBNM")
_NUMBER_LENGTH, _CODE_LENGTH = 80, 8


def page(view: View) -> Page:
    """Return the two lines and the keys for whichever is written."""
    kit, visit, draft = view.kit, view.visit, view.draft

    def write(key: str) -> None:
        if draft.at_code:
            view.write(code=edit(draft.code, key, _CODE_LENGTH))
        else:
            view.write(number=edit(draft.number, key, _NUMBER_LENGTH))

    def done() -> None:
        visit.show_receipt(draft.number, draft.code)
        view.refresh()

    at_number, at_code = view.writes(at_code=False), view.writes(at_code=True)
    number = InputLine(kit, "field:number", draft.number, view.say("receipt_typing.number"),
                       active=not draft.at_code, press=at_number if draft.at_code else None)  # fmt: skip
    code = InputLine(kit, "field:code", draft.code, view.say("receipt_typing.code"),
                     active=draft.at_code, press=None if draft.at_code else at_code)  # fmt: skip
    fault = visit.number_fault
    on = done if draft.at_code else at_code
    return Page(
        "identify",
        lead=[heading(kit, view.say("receipt_typing.heading")), sentence(kit, view.say("receipt_typing.sentence"))],
        top=[number, code],
        notes=[Note(kit, view.words.say(fault), trouble=True)] if fault else [],
        bottom=[keyboard(kit, write, view.say("erase"), rows=_KEYS)],
        actions=[Button(kit, "next", view.say("next"), on, Look.FILLED)],
        note=fault,
    )
