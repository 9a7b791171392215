"""Which roll is in the receipt printer now: only when somebody says so can be told for how many days it lasts."""

from functools import partial

from kiosk.services_staff import StaffError
from screens.blocks import Block, grid
from screens.page import Page
from screens.staff.common import device_name, fault_notes
from screens.staff.desk import Desk
from screens.staff.device import chosen
from screens.widgets.buttons import Button, Choice
from screens.widgets.words import Note, heading, sentence

LENGTHS_M = (30, 50, 80)  # of 80 mm rolls as they are sold


def page(desk: Desk) -> Page:
    """Return the lengths to choose from."""
    kit = desk.kit
    device = chosen(desk)
    choices: list[Block] = [
        Choice(kit, f"roll:{length}", desk.say("roll.length", metres=length), partial(_new_roll, desk, length),
               chosen=False)
        for length in LENGTHS_M
    ]  # fmt: skip
    return Page(
        "staff_roll",
        lead=[heading(kit, desk.say("roll.tool")), sentence(kit, device_name(desk, device))],
        notes=fault_notes(desk),
        body=[Note(kit, desk.say("roll.sentence")), *grid(kit, choices, len(choices))],
        actions=[Button(kit, "device", desk.say("guide.device"), desk.goes("device", device.name), icon_name="tools")],
    )


def _new_roll(desk: Desk, metres: int) -> None:
    device = chosen(desk).name

    def told(answer: object) -> None:
        if not isinstance(answer, StaffError):
            desk.goes("device", device)()
        desk.done(answer)

    desk.staff.act(
        "NEW_ROLL", f"{device} {metres} m", lambda: desk.staff.kiosk.ledger.paper_changed(metres * 1000), told
    )
