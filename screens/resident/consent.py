"""The consent, asked before a card is read: what, why, how long, to whom, and how to refuse."""

from kiosk.purpose import Purpose
from screens.blocks import Panel, Stack, Text
from screens.page import Page
from screens.resident.common import step_of
from screens.theme import Tone, Type
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.words import heading

_POINTS = ("what", "why", "whom", "how_long", "refuse")


def _words_of(view: View) -> str:
    """Return which consent is asked: to hand something in, or to hear how one's cases stand."""
    return "asking.consent" if view.visit.purpose is Purpose.PROGRESS else "visit.consent"


def _point(view: View, point: str) -> Stack:
    """Return one question and its answer; the question is never left alone at the foot of a page."""
    question = Text(view.kit, view.say(f"consent.{point}"), Type.SECOND, Tone.LINK_CARD, bold=True)
    question.seam = False
    answer = Text(view.kit, view.words.say(f"{_words_of(view)}.{point}"), Type.TEXT, Tone.ON_CARD)
    return Stack(view.kit, [question, answer], gap=0)


def page(view: View) -> Page:
    """Return the consent of this version."""
    kit = view.kit
    points = [_point(view, point) for point in _POINTS]
    return Page(
        "consent",
        lead=[heading(kit, view.words.say(f"{_words_of(view)}.title"))],
        body=[Panel(kit, points, gap=kit.theme.px(6))],
        actions=[
            Button(kit, "refuse", view.say("consent.no"), view.does(view.visit.refuse_consent)),
            Button(kit, "agree", view.say("consent.yes"), view.does(view.visit.accept_consent), Look.FILLED),
        ],
        step=step_of(view, 1),
        read_through=True,
    )
