"""A page that looks like another paper: a question with two answers in the place of the scan page's own buttons."""

from dataclasses import dataclass

from kiosk.papers.kinds import PaperKind
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.words import Note


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """What is asked about a page, by its words key for the probe, and the two answers."""

    key: str
    note: Note
    answers: tuple[Button, Button]


def paper_question(view: View) -> PaperQuestion | None:
    """Return the question about the first page that looks like another paper; None where none does."""
    visit = view.visit
    asked = visit.first_doubt()
    if asked is None:
        return None
    index, doubt = asked
    wanted = visit.tasks[visit.task_index].material.title(visit.language)
    if doubt.kind is PaperKind.UNKNOWN:
        key, seen = "papers.not_like", {}
    else:
        key, seen = "papers.looks_like", {"seen": view.words.say(f"papers.kind.{doubt.kind}")}
    said = view.words.say(key, page=index + 1, wanted=wanted, **seen)
    again = Button(view.kit, "other_paper", view.words.say("papers.again"), view.does(visit.retake_page, index))
    keep = Button(
        view.kit, "keep_paper", view.words.say("papers.keep"), view.does(visit.keep_paper, index), Look.FILLED
    )
    return PaperQuestion(key, Note(view.kit, said, trouble=True), (again, keep))
