"""The receipt on the screen: the number large, its code to take along, what happens next, and what the printer did."""

from kiosk.visit_core import PrintOutcome
from screens.blocks import Block, Panel, Text
from screens.page import Page
from screens.resident.common import card_note, note_key, trouble_note
from screens.theme import Tone, Type
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.pictures import Qr
from screens.widgets.words import Note, heading, milestones, number_line, sentence, title


def page(view: View) -> Page:
    """Return the receipt."""
    kit, visit = view.kit, view.visit
    receipt = visit.receipt
    assert receipt is not None  # noqa: S101 - RECEIPT follows a commit
    number = [
        Text(kit, view.say("receipt.number"), Type.SECOND, Tone.SOFT_CARD, align="center"),
        number_line(kit, receipt.receipt_number),
        Text(kit, view.say("receipt.code", code=receipt.verification_code), Type.TEXT, Tone.ON_CARD, align="center"),
        Qr(kit, receipt.qr_text, view.say("receipt.keep")),
    ]
    body: list[Block] = [*card_note(view), _printer(view), Panel(kit, number, gap=kit.theme.px(2))]
    body += [title(kit, view.say("receipt.next")), milestones(kit, receipt.steps)]
    if receipt.missing:
        body.append(Note(kit, view.say("comma").join(receipt.missing), view.say("receipt.missing")))
    if receipt.elsewhere:
        body.append(Note(kit, view.say("comma").join(receipt.elsewhere), view.say("receipt.elsewhere")))
    actions = [Button(kit, "next", view.say("receipt.go_on"), view.does(visit.to_rating), Look.FILLED)]
    if visit.print_outcome is PrintOutcome.NOT_PRINTED:
        actions.insert(
            0, Button(kit, "reprint", view.say("receipt.reprint"), view.does(visit.reprint), icon_name="printer")
        )
    return Page(
        "receipt",
        lead=[heading(kit, view.say("receipt.heading")), sentence(kit, view.say("receipt.sentence"))],
        body=body,
        actions=actions,
        note=note_key(view) or _printing(view),
    )


def _printing(view: View) -> str | None:
    """Return the key of the wait while the printer is at work."""
    return "screens.receipt.PRINTING" if view.visit.print_outcome is PrintOutcome.PRINTING else None


def _printer(view: View) -> Block:
    """Return what is known of the paper receipt, never more (promise 4)."""
    if view.visit.trouble is not None:
        return trouble_note(view, view.visit.trouble)
    return Note(view.kit, view.say(f"receipt.{view.visit.print_outcome or PrintOutcome.PRINTING}"))
