"""The keypad of real keys: each key pressed is filled; what stays empty does not reach the kiosk."""

from functools import partial

from screens.blocks import Block, grid
from screens.page import Page
from screens.staff.common import back, fault_notes
from screens.staff.desk import Desk
from screens.widgets.buttons import Choice
from screens.widgets.keyboard import ERASE
from screens.widgets.words import Note, heading, sentence

# The keys as they lie, with the names of what they do on any page (screens/keypad.py).
KEYS = {**{digit: f"key:{digit}" for digit in "123456789"}, "*": f"key:{ERASE}", "0": "key:0", "#": "next"}


def page(desk: Desk) -> Page:
    """Return the twelve keys."""
    kit, pressed = desk.kit, desk.draft.pressed
    whole = len(pressed) == len(KEYS)
    keys: list[Block] = [
        Choice(kit, target, key, partial(_press, desk, key), chosen=key in pressed) for key, target in KEYS.items()
    ]
    found = Note(kit, desk.say("keypad.whole"), icon_name="check") if whole else Note(kit, desk.say("keypad.hint"))
    return Page(
        "staff_keypad",
        lead=[heading(kit, desk.say("tool.keypad")), sentence(kit, desk.say("keypad.sentence"))],
        notes=[*fault_notes(desk), found],
        body=grid(kit, keys, 3),
        actions=[back(desk)],
        note="staff.keypad.whole" if whole else None,
    )


def _press(desk: Desk, key: str) -> None:
    before = desk.draft.pressed
    desk.write(pressed=before | {key})
    if key not in before and len(before) + 1 == len(KEYS):
        desk.staff.note("TEST_KEYPAD", "keypad", "every key")
