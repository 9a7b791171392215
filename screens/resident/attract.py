"""The first page: the lamp is on, touch to begin, in either language. Out of service it says who has been told."""

from kiosk.trouble import Trouble
from screens.blocks import Block, Space
from screens.page import Page
from screens.resident.common import trouble_note
from screens.theme import Colour, Type
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.night import NightTown
from screens.widgets.pictures import Mark
from screens.widgets.words import Note, heading, sentence


def page(view: View) -> Page:
    """Return the greeting, or what is wrong with the whole kiosk."""
    if view.visit.closed is not None:
        return _closed(view)
    kit = view.kit
    return Page(
        "attract",
        lead=[],
        body=[NightTown(kit, view.say("attract.heading"), view.say("attract.sentence"))],
        wide=True,
        bottom=[
            Button(kit, "start:zh", view.say("attract.start_zh"), view.does(view.visit.start, "zh"), Look.FILLED,
                   size=Type.TITLE, high=kit.theme.px(46)),
            Button(kit, "start:en", view.say("attract.start_en"), view.does(view.visit.start, "en"), size=Type.TITLE,
                   high=kit.theme.px(46)),
        ],
    )  # fmt: skip


def _closed(view: View) -> Page:
    kit = view.kit
    closed = view.visit.closed
    assert closed is not None  # noqa: S101 - the caller asked
    body: list[Block] = [Mark(kit, "warn", Colour.SEAL, mm=60), trouble_note(view, closed), _other(view, closed)]
    if closed.action is not None:
        body.append(Note(kit, view.say(f"acts.{closed.action}")))
    return Page(
        "out_of_service",
        lead=[heading(kit, view.say("closed.heading")), sentence(kit, view.say("closed.sentence"))],
        body=[Space(kit, stretch=True), *body, Space(kit, stretch=True)],
        note=closed.key,
    )


def _other(view: View, closed: Trouble) -> Note:
    """Return the sentence in the other language too: whoever passes by does not touch a closed machine to read it."""
    return Note(view.kit, view.other_words.say(closed.key, **closed.parameters))
