"""Which case: its number and code, typed from the receipt, where the code cannot be shown to the scanner."""

from screens.page import Page
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.keyboard import InputLine, edit, keyboard
from screens.widgets.words import Note, heading, sentence

_KEYS = ("1234567890", "QWERTYUIOP", "ASDFGHJKL-", "ZXCVBNM")
_NUMBER_LENGTH, _CODE_LENGTH = 80, 8


def page(view: View) -> Page:
    """Return the line that is written, the number first and then the code, and its keys; back leads to the number."""
    kit, visit, draft = view.kit, view.visit, view.draft

    def write(key: str) -> None:
        if draft.at_code:
            view.write(code=edit(draft.code, key, _CODE_LENGTH))
        else:
            view.write(number=edit(draft.number, key, _NUMBER_LENGTH))

    def done() -> None:
        visit.show_receipt(draft.number, draft.code)
        view.refresh()

    fault = visit.number_fault
    on = done if draft.at_code else view.writes(at_code=True)
    name, text = ("code", draft.code) if draft.at_code else ("number", draft.number)
    return Page(
        "identify",
        lead=[heading(kit, view.say("receipt_typing.heading")), sentence(kit, _sentence(view))],
        top=[InputLine(kit, f"field:{name}", text, view.say(f"receipt_typing.{name}"), active=True, press=None)],
        notes=[Note(kit, view.words.say(fault), trouble=True)] if fault else [],
        bottom=[keyboard(kit, write, view.say("erase"), rows=_KEYS)],
        actions=[Button(kit, "next", view.say("next"), on, Look.FILLED)],
        note=fault,
    )


def _sentence(view: View) -> str:
    """Return where it stands; beside the code, the number that was typed, to compare."""
    if view.draft.at_code:
        return view.say("ask.number", number=view.draft.number)
    return view.say("receipt_typing.sentence")
