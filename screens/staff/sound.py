"""The sounds: played, and what the technician heard of them; a kiosk without a sound card says so."""

from collections import deque
from functools import partial

from screens.blocks import Block
from screens.page import Page
from screens.sounds import Sound, has_card
from screens.staff.common import back, fault_notes
from screens.staff.desk import Desk
from screens.widgets.buttons import Button
from screens.widgets.words import Note, heading, sentence

_APART_SECONDS = 1.0
HEARD = {True: "heard", False: "not heard"}


def begin(desk: Desk) -> None:
    """Play one after the other, and ask."""
    desk.goes("sound")()
    waiting = deque((Sound.GOT, Sound.LOOK))

    def play() -> None:
        if waiting:
            desk.play(waiting.popleft())

    desk.every(_APART_SECONDS, play)


def page(desk: Desk) -> Page:
    """Return the question."""
    kit = desk.kit
    answers: list[Button] = [
        Button(kit, "unheard", desk.say("sound.no"), partial(_answer, desk, heard=False)),
        Button(kit, "heard", desk.say("sound.yes"), partial(_answer, desk, heard=True)),
    ]
    body: list[Block] = [Note(kit, desk.say("sound.question"), icon_name="sound")]
    if not has_card():
        body, answers = [Note(kit, desk.say("sound.no_card"), trouble=True)], []
    return Page(
        "staff_sound",
        lead=[heading(kit, desk.say("tool.sound")), sentence(kit, desk.say("sound.sentence"))],
        notes=fault_notes(desk),
        body=[*body, *answers],
        actions=[back(desk), Button(kit, "again", desk.say("again"), partial(begin, desk), icon_name="sound")],
    )


def _answer(desk: Desk, *, heard: bool) -> None:
    desk.staff.note("TEST_SOUND", "sound", HEARD[heard])
    desk.goes("tools")()
