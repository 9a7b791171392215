"""How my cases stand: the wait while the office is asked, all the cases, one case with its steps and what it wants."""

from datetime import datetime

from kiosk.dates import CHINA, spoken_date
from screens.blocks import Block, Space, grid
from screens.page import Page
from screens.resident.common import note_key, trouble_note, ways
from screens.theme import Colour, Tone
from screens.view import View
from screens.widgets.buttons import Button, Look, Tile
from screens.widgets.pictures import Mark, Progress
from screens.widgets.words import Note, PaperRow, heading, milestones, panel, sentence, title
from sync.asking import CaseProgress, ProgressAnswer


def page(view: View) -> Page:
    """Return what fits: trouble, the wait, one case, or all of them."""
    visit = view.visit
    if visit.trouble is not None:
        return _trouble(view)
    if visit.asking or not isinstance(visit.answer_given, ProgressAnswer):
        return _waiting(view)
    return _case(view, visit.about) if visit.about is not None else _cases(view, visit.answer_given)


def _trouble(view: View) -> Page:
    trouble = view.visit.trouble
    assert trouble is not None  # noqa: S101 - asked for by `page`
    return Page(
        "ask",
        lead=[heading(view.kit, view.say("ask.heading"))],
        body=[trouble_note(view, trouble), *ways(view, trouble)],
        note=note_key(view),
    )


def _waiting(view: View) -> Page:
    kit = view.kit
    return Page(
        "ask",
        lead=[heading(kit, view.say("ask.heading")), sentence(kit, view.say("ask.wait"))],
        body=[
            Space(kit, stretch=True),
            Mark(kit, "clock", Colour.TEAL, mm=60),
            Space(kit, 8),
            Progress(kit, [view.say("ask.asked"), view.say("ask.answers")], 1),
            Space(kit, stretch=True),
        ],
        note="screens.ask.wait",
    )


def _cases(view: View, answer: ProgressAnswer) -> Page:
    kit = view.kit
    if not answer.cases:
        return Page(
            "ask",
            lead=[heading(kit, view.say("ask.none")), sentence(kit, view.say("ask.none_sentence"))],
            body=[Note(kit, view.say("ask.none_how"))],
        )
    tiles = [
        Tile(
            kit,
            f"case:{case.receipt_number}",
            _name(view, case),
            view.does(view.visit.open_case, case),
            second=_standing(view, case),
            icon_name="warn" if case.missing else "paper",
        )
        for case in answer.cases
    ]
    more = [Note(kit, view.say("ask.more"))] if answer.more else []
    lead = [heading(kit, view.say("ask.heading")), sentence(kit, view.say("ask.count", count=len(answer.cases)))]
    return Page("ask", lead=lead, body=[*grid(kit, tiles, 1), *more])


def _case(view: View, case: CaseProgress) -> Page:
    kit, visit = view.kit, view.visit
    wanted = visit.wanted()
    body: list[Block] = []
    if case.missing:
        body.append(Note(kit, case.steps[-1].reason or "", view.say("ask.needs"), trouble=True))
        materials = view.site.whole.materials
        rows = [
            PaperRow(
                kit,
                materials[each].title(visit.language) if each in materials else each,
                view.say("paper.scan" if each in {paper.id for paper in wanted} else "paper.later"),
                Tone.NOTE_TAG,
                last=number == len(case.missing) - 1,
            )
            for number, each in enumerate(case.missing)
        ]
        body.append(panel(kit, view.say("ask.papers"), rows))
    body += [title(kit, view.say("ask.steps")), milestones(kit, _steps(view, case))]
    hand_in = Button(kit, "hand_in", view.say("ask.hand_in"), view.does(visit.hand_in_missing), Look.FILLED)
    return Page(
        "ask",
        lead=[heading(kit, _name(view, case)), sentence(kit, view.say("ask.number", number=case.receipt_number))],
        body=body,
        actions=[hand_in] if wanted else [],
    )


def _steps(view: View, case: CaseProgress) -> list[tuple[str, str]]:
    """Return the steps, the newest first, with what was said at each."""
    told = []
    for step in reversed(case.steps):
        what = view.say(f"ask.state.{step.state}")
        told.append((_when(view, step.at), what if step.reason is None else f"{what} {step.reason}"))
    return told


def _standing(view: View, case: CaseProgress) -> str:
    return f"{view.say(f'ask.state.{case.state}')} · {_when(view, case.steps[-1].at)}"


def _when(view: View, at: datetime) -> str:
    local = at.astimezone(CHINA)
    return f"{spoken_date(local.date(), view.visit.language)} {local:%H:%M}"


def _name(view: View, case: CaseProgress) -> str:
    return case.service_name if view.visit.language == "zh" else case.service_name_en
