"""What a service asks and gives: papers and how each is got, time, fee, and what happens after handing in."""

from kiosk.guide import Guide, guide
from screens.blocks import Block
from screens.page import Page
from screens.resident.common import note_key, trouble_note, ways
from screens.theme import Tone
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.words import Note, PaperRow, heading, milestones, panel, sentence, title

_TONES = {"card": Tone.DONE, "fill": Tone.DONE, "e_licence": Tone.DONE, "scan": Tone.NOTE_TAG, "later": Tone.NOTE_TAG}


def page(view: View) -> Page:
    """Return the guide of the chosen service at this hour."""
    kit, visit = view.kit, view.visit
    service = visit.service
    assert service is not None  # noqa: S101 - GUIDE follows a choice
    told = guide(service, view.site.whole, visit.ports.now(), visit.language)
    declared = view.site.whole.declared_items(service)
    body: list[Block] = []
    if visit.trouble is not None:
        body += [trouble_note(view, visit.trouble), *ways(view, visit.trouble)]
    if not declared:
        body.append(Note(kit, view.say("guide.not_here_text"), view.say("guide.not_here")))
    elif told.elsewhere:
        names = view.say("comma").join(item.title(visit.language) for item in told.elsewhere)
        body.append(Note(kit, names, view.say("guide.elsewhere")))
    if told.fee_note and visit.language == "zh":
        body.append(Note(kit, told.fee_note))
    rows = [
        PaperRow(kit, paper.material.title(visit.language), view.say(f"paper.{paper.way}"), _TONES[paper.way],
                 last=number == len(told.papers) - 1)
        for number, paper in enumerate(told.papers)
    ]  # fmt: skip
    body.append(panel(kit, _caption(view, len(rows), told.saved), rows))
    body += [
        title(kit, view.say("guide.after" if declared else "guide.how")),
        milestones(kit, [(step.when, step.what) for step in told.steps]),
    ]
    begin = Button(kit, "begin", view.say("guide.begin"), view.does(visit.begin), Look.FILLED)
    return Page(
        "guide",
        lead=[heading(kit, service.title(visit.language)), sentence(kit, _sentence(view, told, here=bool(declared)))],
        body=body,
        actions=[begin] if declared else [],
        step=0,
        note=note_key(view),
    )


def _caption(view: View, count: int, saved: int) -> str:
    if count == 0:
        return view.say("guide.none")
    return (
        view.say("guide.saved", count=count, before=count + saved) if saved else view.say("guide.papers", count=count)
    )


def _sentence(view: View, told: Guide, *, here: bool) -> str:
    fee = view.say("guide.free") if told.fee == 0 else view.say("guide.fee", fee=f"{told.fee:g}")
    if not here:
        return view.say("guide.sentence_window", fee=fee)
    return view.say("guide.sentence", fee=fee, minutes=view.say("guide.minutes", minutes=told.minutes))
