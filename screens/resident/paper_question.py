"""A page that looks like another paper: a question with two answers in the place of the scan page's own buttons."""

from collections.abc import Hashable
from dataclasses import dataclass

from kiosk.papers.kinds import PaperKind
from screens.blocks import Press
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
    # The same question, seen again by a second look, has been read. The JPEG itself says of which page it is.
    this = ("asked", doubt.kind, doubt.page.jpeg)
    said = view.words.say(key, page=index + 1, wanted=wanted, **seen)
    use = once_read(view, this, view.does(visit.keep_paper, index))
    keep = Button(view.kit, "keep_paper", view.words.say("papers.keep"), use)
    retake = once_read(view, this, view.does(visit.retake_page, index))
    again = Button(view.kit, "other_paper", view.words.say("papers.again"), retake, Look.FILLED)
    # So ordered, a second touch on the answer never meets "bring it later", at the left where no page is left.
    return PaperQuestion(key, Note(view.kit, said, trouble=True), (keep, again))


def once_read(view: View, what: Hashable, press: Press) -> Press:
    """Return a press that acts only once `what`, so named on the page that is built, has been there to be read."""
    standing = view.draft.standing
    standing.name(what)

    def settle() -> None:
        if standing.read(what, view.monotonic()):
            press()
        else:
            view.refresh()

    return settle
