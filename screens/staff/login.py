"""The door: a technician's number, the PIN, and the code that the phone shows."""

from kiosk.services_staff import StaffError
from kiosk.technicians import CODE_DIGITS, ID_DIGITS, PIN_DIGITS
from screens.blocks import Block
from screens.page import Page
from screens.staff.desk import Desk
from screens.widgets.buttons import Button, Look
from screens.widgets.keyboard import InputLine, digit_pad, edit
from screens.widgets.pictures import Rail
from screens.widgets.words import Note, heading, sentence

_FIELDS = {"number": ID_DIGITS[1], "pin": PIN_DIGITS[1], "code": CODE_DIGITS}
_ICONS = {"number": "people", "pin": "lock", "code": "phone"}
_DOT = "●"


def page(desk: Desk) -> Page:
    """Return the three lines and the keys."""
    kit, draft = desk.kit, desk.draft

    def write(key: str) -> None:
        desk.write(**{draft.writing: edit(getattr(draft, draft.writing), key, _FIELDS[draft.writing])}, answer=None)

    def enter() -> None:
        empty = next((name for name in _FIELDS if not getattr(draft, name)), None)
        if empty is not None:
            desk.write(writing=empty)
        elif draft.waiting is None:
            desk.enter()

    return Page(
        "staff_login",
        lead=[heading(kit, desk.say("login.heading")), sentence(kit, desk.say("login.sentence"))],
        top=[_line(desk, name) for name in _FIELDS],
        notes=_answer(desk),
        bottom=[digit_pad(kit, write, desk.view.say("erase"))],
        actions=[
            Button(kit, "leave", desk.say("login.leave"), desk.leave),
            Button(kit, "next", desk.say("login.enter"), enter, Look.FILLED),
        ],
        note=None if draft.answer is None else f"staff.login.{_key(desk)}",
    )


def leaving(desk: Desk) -> Page:
    """Return the wait for the test that still runs."""
    return Page(
        "staff_leaving",
        lead=[heading(desk.kit, desk.say("leaving.heading")), sentence(desk.kit, desk.say("leaving.sentence"))],
        body=[Rail(desk.kit)],
    )


def _line(desk: Desk, name: str) -> InputLine:
    draft = desk.draft
    typed = getattr(draft, name)
    shown = _DOT * len(typed) if name == "pin" else typed
    return InputLine(
        desk.kit,
        f"field:{name}",
        shown,
        desk.say(f"login.{name}"),
        active=draft.writing == name,
        press=lambda: desk.write(writing=name),
        icon_name=_ICONS[name],
    )


def _key(desk: Desk) -> str:
    answer = desk.draft.answer
    return "FAULT" if isinstance(answer, StaffError) else str(answer)


def _answer(desk: Desk) -> list[Block]:
    """Return how the last try ended; what was wrong of it is not said."""
    if desk.draft.waiting is not None:
        return [Note(desk.kit, desk.say("login.waiting"))]
    if desk.draft.answer is None:
        return []
    return [Note(desk.kit, desk.say(f"login.{_key(desk)}"), trouble=True)]
