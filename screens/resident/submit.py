"""Handing in: what is being done, in words, until the disk has answered."""

from screens.blocks import Space
from screens.page import Page
from screens.theme import Colour
from screens.view import View
from screens.widgets.pictures import Mark, Progress
from screens.widgets.words import heading, sentence


def page(view: View) -> Page:
    """Return the wait."""
    kit, visit = view.kit, view.visit
    sealed = visit.signature_file is not None and not any(task.staging for task in visit.tasks)
    steps = [view.say("submit.seal"), view.say("submit.keep"), view.say("submit.print")]
    return Page(
        "submit",
        lead=[heading(kit, view.say("submit.heading")), sentence(kit, view.say("submit.sentence"))],
        body=[
            Space(kit, stretch=True),
            Mark(kit, "paper", Colour.TEAL, mm=60),
            Space(kit, 8),
            Progress(kit, steps, int(sealed)),
            Space(kit, stretch=True),
        ],
        step=4,
    )
