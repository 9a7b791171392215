"""A page that looks like another paper: a question with two answers in the place of the scan page's own buttons."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.papers.kinds import PaperKind
from kiosk.visit_core import Doubt
from screens.blocks import Press
from screens.view import View
from screens.widgets.buttons import Button, Look
from screens.widgets.words import Note

LEAST_SECONDS = 0.7  # a finger on its way to another button when the question came has not read it


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
    _notice(view, doubt)
    said = view.words.say(key, page=index + 1, wanted=wanted, **seen)
    keep = Button(view.kit, "keep_paper", view.words.say("papers.keep"), _settles(view, visit.keep_paper, index))
    again = Button(
        view.kit, "other_paper", view.words.say("papers.again"), _settles(view, visit.retake_page, index), Look.FILLED
    )
    # So ordered, a second touch on the answer never meets "bring it later", at the left where no page is left.
    return PaperQuestion(key, Note(view.kit, said, trouble=True), (keep, again))


def _notice(view: View, doubt: Doubt) -> None:
    """Keep since when this very question is shown: the same one, seen again by a second look, has been read."""
    before = view.draft.asked[0]
    if before is None or before.kind is not doubt.kind or not before.of(doubt.page):
        view.draft.asked = (doubt, view.monotonic())


def _settles(view: View, answer: Callable[[int], None], index: int) -> Press:
    """Return the press that answers the question, once it has been there long enough to be read."""
    return once_read(view, view.does(answer, index), view.draft.asked[1])


def once_read(view: View, press: Press, since: float) -> Press:
    """Return a press that acts only on what has been there long enough, `since` when by the view's clock."""

    def settle() -> None:
        if view.monotonic() - since >= LEAST_SECONDS:
            press()
        else:
            view.refresh()

    return settle
