"""The page after a defect: built from the plainest blocks, it says what is known of the case and what to do next."""

from kiosk.visit_states import State
from screens.blocks import Block, Panel, Space, Text
from screens.mending import Aftermath
from screens.page import Page
from screens.theme import Colour, Tone, Type
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.pictures import Mark
from screens.widgets.words import Note, heading, number_line, sentence


def page(view: View) -> Page:
    """Return what became of the visit; the number, if it has one; and the way back to the start."""
    kit, aftermath = view.kit, view.aftermath
    body = [Panel(kit, _number(view))] if aftermath is Aftermath.HANDED_IN else [Mark(kit, "warn", Colour.SEAL, mm=60)]
    home = Button(kit, "home", view.say("end.home"), lambda: _home(view), Look.FILLED)
    return Page(
        "defect",
        lead=[heading(kit, view.say("defect.heading")), sentence(kit, view.say(f"defect.{aftermath}"))],
        body=[Space(kit, stretch=True), *body, Note(kit, view.say("acts.SOFTWARE_ERROR")), Space(kit, stretch=True)],
        actions=[] if aftermath is Aftermath.WAITING else [home],
        note=f"defect.{aftermath}",
    )


def _number(view: View) -> list[Block]:
    kit, numbering = view.kit, view.visit.numbering
    if numbering is None:
        return []
    code = view.say("receipt.code", code=numbering.verification_code)
    return [
        Text(kit, view.say("receipt.number"), Type.SECOND, Tone.SOFT_CARD, align="center"),
        number_line(kit, numbering.receipt_number),
        Text(kit, code, Type.TITLE, Tone.ON_CARD, bold=True, align="center"),
    ]


def _home(view: View) -> None:
    """Good-bye, and room for the next resident."""
    view.visit.finish()
    if view.visit.state is State.END:  # from RECEIPT or RATE that was the end of the visit only
        view.visit.finish()
    view.refresh()
