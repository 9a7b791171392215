"""The forms of a visit, one page after another: answers, and what is wrong with them said at the field."""

from abc import abstractmethod

from kiosk.forms import validate
from kiosk.visit_core import VisitCore
from kiosk.visit_states import State, intent
from sync.contract import Answer


class Filling(VisitCore):
    """FILL."""

    @intent
    def answer(self, field: str, value: Answer) -> None:
        """Answer one field of the page that is shown; an unknown field is a defect of the screen and is ignored."""
        form = self.forms[self.form_index]
        if field not in {each.id for each in form.fields}:
            self.ignored["answer"] += 1
            return
        self.answers[form.id][field] = value
        self.field_faults.pop(field, None)

    @intent
    def next_form(self) -> None:
        """Go on if all is in order, else say at each field what is not."""
        self.check_form()
        if self.field_faults:
            return
        if self.form_index + 1 < len(self.forms):
            self.form_index += 1
        else:
            self.onward()

    @intent
    def previous_form(self) -> None:
        """Go back one page, or out of the forms from the first."""
        self.previous_page()

    def previous_page(self) -> None:
        """Show the page before this one, or the state before this one."""
        self.field_faults = {}
        if self.form_index > 0:
            self.form_index -= 1
        else:
            self.backward()

    @intent
    def change_form(self, index: int) -> None:
        """Go from the review to one page of the forms."""
        self.form_index = index
        self.go(State.FILL)

    def check_form(self) -> None:
        """Judge the page that is shown, in the language that is shown."""
        form = self.forms[self.form_index]
        self.field_faults = validate(form, self.answers[form.id], self.language)

    @abstractmethod
    def onward(self) -> None:
        """Go on to the next state in which there is something to do."""

    @abstractmethod
    def backward(self) -> None:
        """Go back to the last state in which there is something to do."""
