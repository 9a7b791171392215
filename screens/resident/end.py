"""The last page: thanks, and that nothing is left on this machine; or what one can do instead."""

from kiosk.visit_states import EndReason
from screens.blocks import Space, Text
from screens.page import Page
from screens.resident.common import card_note
from screens.theme import Colour, Tone, Type
from screens.view import View
from screens.widgets.buttons import Button, Look
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
    return Page(
        "end",
        lead=[],
        body=[
            Space(kit, stretch=True),
            Mark(kit, icon_name, colour, mm=60),
            Text(kit, view.say(f"end.{reason}"), Type.HEADING, bold=True, align="center"),
            Text(kit, view.words.say(f"visit.end.{reason}"), Type.TEXT, Tone.SOFT, align="center"),
            *card_note(view),
            Space(kit, stretch=True),
        ],
        actions=[Button(kit, "finish", view.say("end.home"), view.does(view.visit.finish), Look.FILLED)],
        note="visit.take_card" if view.visit.must_take_card else None,
    )
