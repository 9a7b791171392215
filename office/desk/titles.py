"""The names of forms, fields and choices, as a small port: the desk works without them and shows identifiers.

One decision: an answer is shown as it was given; a title is only put beside it. What has no title keeps its identifier.
"""

from collections.abc import Mapping
from typing import Protocol

from office.desk.words import Language


class TitledField(Protocol):
    """A question as the desk needs it; the kiosk's form records fit."""

    @property
    def id(self) -> str:
        """Return its name in the answers."""
        ...

    def title(self, language: Language) -> str:
        """Return the question."""
        ...

    def spoken(self, value: object, language: Language) -> str:
        """Return an answer as people read it: the title of a choice, or the text itself."""
        ...


class TitledForm(Protocol):
    """A form as the desk needs it."""

    @property
    def fields(self) -> tuple[TitledField, ...]:
        """Return its questions in the order they were asked."""
        ...

    def title(self, language: Language) -> str:
        """Return the form's name."""
        ...


Titles = Mapping[str, TitledForm]
"""The forms by their id. An empty mapping is an office that knows none."""

NO_TITLES: Titles = {}
