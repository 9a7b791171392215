"""What the papers of a visit were seen to be and to say: a question about a wrong one, suggestions for the forms.

One decision: a doubt is never a refusal. Whoever goes on uses the page, and the clerk is told; whatever was read waits
for the resident's yes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kiosk.papers.kinds import PaperKind
from kiosk.visit_core import Doubt, ScanTask, Suggestion, TaskStatus, VisitCore
from kiosk.visit_states import State, event, intent
from sync.contract import Answer

if TYPE_CHECKING:
    from kiosk.forms import Field, Form
    from kiosk.scan.page import PageImage


class Papers(VisitCore):
    """What the kiosk makes of the pages in SCAN, and says of it in SCAN, FILL and REVIEW."""

    @intent
    def keep_paper(self, index: int) -> None:
        """Use a page although it looks like another paper; the clerk is told."""
        doubt = self.doubt(index)
        if doubt is None:
            self.ignored["keep_paper"] += 1
            return
        doubt.answered = True

    @intent
    def use_suggestion(self, field: str) -> None:
        """Fill in what was read; only this, and only because the resident said so."""
        form = self.forms[self.form_index]
        asked = next((each for each in form.fields if each.id == field), None)
        found = None if asked is None else self.suggestion(form, asked)
        if found is None:
            self.ignored["use_suggestion"] += 1
            return
        self.answers[form.id][field] = found.value.reveal()
        self.field_faults.pop(field, None)

    @intent
    def decline_suggestion(self, field: str) -> None:
        """Fill it in oneself: it is not offered again for this question."""
        self.declined.add((self.forms[self.form_index].id, field))

    @event
    def paper_type_seen(self, page: "PageImage", kind: PaperKind, *, expected: bool) -> None:
        """A page was seen to be a paper of that kind (UNKNOWN: only that it is not what is asked for)."""
        task = self._task_with(page)
        if task is None:
            return  # the page was dropped meanwhile
        before = next((each for each in task.doubts if each.of(page)), None)
        task.doubts = [each for each in task.doubts if not each.of(page)]
        if not expected:
            task.doubts.append(Doubt(page, kind, answered=before is not None and before.answered))

    @event
    def way_up_read(self, page: "PageImage", turns: int | None) -> None:
        """By its words a page has to be turned that often clockwise: so it is, unless the resident turned it by hand.

        A paper that is sealed stays as it is: the clerk can turn a page, too, and it is not worth sealing it anew.
        """
        from kiosk.scan.handling import turned  # noqa: PLC0415 - brings OpenCV, which the first screen must not wait for

        task = self._task_with(page)
        if task is None or task.status is TaskStatus.DONE or not turns:
            return
        index = next(at for at, each in enumerate(task.pages) if each.jpeg is page.jpeg)
        if not task.pages[index].by_hand:
            task.pages[index] = turned(task.pages[index], turns)

    @event
    def fields_read(self, page: "PageImage", suggestions: tuple[Suggestion, ...]) -> None:
        """What a page says was read. While a form is filled in it waits: no offer comes under a finger that types."""
        if self._task_with(page) is None:
            return
        if self.state is State.FILL:
            self.read_late += suggestions
        else:
            self.suggestions = [*(each for each in self.suggestions if not each.of(page)), *suggestions]

    def take_late(self) -> None:
        """Offer from now on what was read while a form was filled in."""
        late, self.read_late = self.read_late, []
        self.suggestions = [*(old for old in self.suggestions if not any(old.of(new.page) for new in late)), *late]

    def doubt(self, index: int) -> Doubt | None:
        """Return the doubt about a page of the paper that is scanned now, if nobody has answered it."""
        task = self.tasks[self.task_index]
        found = [each for each in task.doubts if not each.answered and task.pages[index : index + 1]]
        return next((each for each in found if each.of(task.pages[index])), None)

    def first_doubt(self) -> tuple[int, Doubt] | None:
        """Return the first page in doubt of the paper that is scanned now, with its index."""
        for index in range(len(self.tasks[self.task_index].pages)):
            doubt = self.doubt(index)
            if doubt is not None:
                return index, doubt
        return None

    def suggestion(self, form: "Form", field: "Field") -> Suggestion | None:
        """Return what the papers say to a question, if they say one thing and it is not what was answered.

        The card's own data wins: what it answered is not asked, and its number is nobody else's.
        """
        if (form.id, field.id) in self.declined:
            return None
        values = {each.value: each for each in self._readable() if each.format == field.schema.get("format")}
        own = None if self.person is None else self.person.number
        said = [each for value, each in values.items() if value.reveal() != own]
        answer: Answer = self.answers[form.id].get(field.id)
        if len(said) != 1 or said[0].value.reveal() == answer:
            return None
        return said[0]

    def _readable(self) -> Iterator[Suggestion]:
        """Yield what was read of pages that are still there."""
        return (each for each in self.suggestions if self._task_with(each.page) is not None)

    def _task_with(self, page: "PageImage") -> ScanTask | None:
        return next((task for task in self.tasks if any(each.jpeg is page.jpeg for each in task.pages)), None)
