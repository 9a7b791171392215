"""How was it: five faces' worth of words, never asked twice."""

from screens.page import Page
from screens.view import View
from screens.widgets.buttons import Button, Tile
from screens.widgets.words import heading, sentence


def page(view: View) -> Page:
    """Return the question and its five answers."""
    kit = view.kit
    answers = [
        Tile(
            kit,
            f"rate:{score}",
            view.say(f"rate.{score}"),
            view.does(view.visit.rate, score),
            second="★" * score,
        )
        for score in (5, 4, 3, 2, 1)
    ]
    return Page(
        "rate",
        lead=[heading(kit, view.say("rate.heading")), sentence(kit, view.say("rate.sentence"))],
        body=answers,
        actions=[Button(kit, "finish", view.say("rate.skip"), view.does(view.visit.finish))],
    )
