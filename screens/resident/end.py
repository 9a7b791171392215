"""The last page: thanks, and that nothing is left on this machine, nor a card at it; or what one can do instead."""

from kiosk.visit_states import EndReason
from screens.blocks import Space, Text
from screens.page import Page
from screens.resident.common import card_key, card_note
from screens.theme import Colour, Tone, Type
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.card_left import CardLeft
from screens.widgets.pictures import Mark

_ICONS = {
    EndReason.DONE: ("check", Colour.DONE),
    EndReason.CANCELLED: ("check", Colour.TEAL),
    EndReason.TIMED_OUT: ("clock", Colour.TEAL),
    EndReason.REFUSED: ("people", Colour.TEAL),
    EndReason.HELP: ("people", Colour.TEAL),
    EndReason.OUT_OF_SERVICE: ("warn", Colour.SEAL),
}


def page(view: View) -> Page:
    """Return the good-bye that fits the reason."""
    kit, reason = view.kit, view.visit.end_reason
    icon_name, colour = _ICONS[reason]
    left = view.visit.must_take_card
    return Page(
        "end",
        lead=[],
        body=[
            Space(kit, stretch=True),
            Mark(kit, icon_name, colour, mm=60) if left is None else CardLeft(kit, left),
            *card_note(view),
            Text(kit, view.say(f"end.{reason}"), Type.HEADING, bold=True, align="center"),
            Text(kit, view.words.say(f"visit.end.{reason}"), Type.TEXT, Tone.SOFT, align="center"),
            Space(kit, stretch=True),
        ],
        actions=[Button(kit, "finish", view.say("end.home"), view.does(view.visit.finish), Look.FILLED)],
        note=card_key(view),
    )
