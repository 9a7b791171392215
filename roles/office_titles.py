"""The desk's titles from the kiosk's forms: the office knows no kiosk, so the role that serves it brings them."""

from collections.abc import Mapping

from kiosk.form_records import Field, Form
from kiosk.words import Language


class FormTitles:
    """Titles of forms, fields and choices; None for what these forms do not have (a case of an older form)."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        self._forms = forms

    def form(self, form_id: str, language: Language) -> str | None:
        """Return the title of a form."""
        form = self._forms.get(form_id)
        return None if form is None else form.title(language)

    def field(self, form_id: str, field: str, language: Language) -> str | None:
        """Return the title of a field."""
        found = self._field(form_id, field)
        return None if found is None else found.title(language)

    def choice(self, form_id: str, field: str, value: str, language: Language) -> str | None:
        """Return the title of the choice whose stored value is `value`."""
        found = self._field(form_id, field)
        choices = () if found is None else found.choices
        return next((choice.title(language) for choice in choices if choice.value == value), None)

    def _field(self, form_id: str, name: str) -> Field | None:
        form = self._forms.get(form_id)
        fields = () if form is None else form.fields
        return next((field for field in fields if field.id == name), None)
