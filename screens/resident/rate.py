"""How was it: five faces with their words, never asked twice."""

from screens.blocks import Row
from screens.page import Page
from screens.resident.common import card_note
from screens.view import View
from screens.widgets.buttons import Button
from screens.widgets.faces import MOST, Opinion
from screens.widgets.words import heading, sentence


def page(view: View) -> Page:
    """Return the question and its five answers."""
    kit = view.kit
    answers = [
        Opinion(kit, score, view.say(f"rate.{score}"), view.does(view.visit.rate, score))
        for score in range(MOST, 0, -1)
    ]
    return Page(
        "rate",
        lead=[heading(kit, view.say("rate.heading")), sentence(kit, view.say("rate.sentence")), *card_note(view)],
        body=[Row(kit, answers)] if kit.theme.screen.landscape else answers,
        actions=[Button(kit, "finish", view.say("rate.skip"), view.does(view.visit.finish))],
    )
