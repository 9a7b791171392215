"""A guided fix: what to do, step by step with pictures, and the device's own word that it is done."""

from kiosk.health_guides import Step, guide
from screens.blocks import Block
from screens.page import Page
from screens.staff.common import fault_notes
from screens.staff.desk import Desk
from screens.staff.device import chosen
from screens.staff.tiles import StepCard
from screens.widgets.buttons import Button
from screens.widgets.words import Note, heading, sentence

PICTURES = {
    "cable": "plug", "card": "card", "cutter": "cutter", "door": "door", "fan": "fan", "jam": "jam", "lamp": "ray",
    "lens": "target", "mains": "plug", "page": "paper", "paper_roll": "roll", "printer_close": "cover_closed",
    "printer_open": "cover_open", "slip": "slip", "switch": "power", "toner": "toner", "tray": "tray",
}  # fmt: skip
"""The icons of the pictures that the guides name."""


def page(desk: Desk) -> Page:
    """Return the steps; once the device no longer says so, that it is mended."""
    kit = desk.kit
    device, key = chosen(desk), desk.draft.place[2]
    found = guide(key, desk.view.words)
    stands = any(each.guide == key and each.device == device.name for each in desk.staff.kiosk.board.issues())
    state = (
        Note(kit, desk.say("guide.still"))
        if stands
        else Note(kit, desk.say("guide.mended_sentence"), desk.say("guide.mended"), icon_name="check")
    )
    steps: list[Block] = [_step(desk, number, step) for number, step in enumerate(found.steps, 1)]
    return Page(
        "staff_guide",
        lead=[heading(kit, found.title), sentence(kit, desk.say("guide.sentence"))],
        notes=[*fault_notes(desk), state],
        body=steps,
        actions=[Button(kit, "device", desk.say("guide.device"), desk.goes("device", device.name), icon_name="tools")],
        note="staff.guide.still" if stands else "staff.guide.mended",
    )


def _step(desk: Desk, number: int, step: Step) -> StepCard:
    return StepCard(desk.kit, number, step.text, PICTURES[step.picture] if step.picture else None)
