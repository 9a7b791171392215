"""The records of a form: its fields, their widgets, choices and hints. Data alone, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.words import Language

Bilingual = Mapping[Language, str]


class Widget(StrEnum):
    """How a field is answered. Every answer is text as typed, but that of YES_NO, which is true or false."""

    CHOICE = "choice"  # one of `choices`
    YES_NO = "yes_no"
    DIGITS = "digits"
    PHONE = "phone"
    DATE = "date"  # YYYY-MM-DD
    MONEY = "money"  # yuan, at most two decimals
    BANK_CARD = "bank_card"
    CITIZEN_NUMBER = "citizen_number"  # digits and X
    TEXT = "text"  # anything one can write: Chinese, letters, digits, punctuation
    TEXT_LATIN = "text_latin"  # letters a-z, digits and plain signs
    PLATE = "plate"  # a number plate: province, letter, letters and digits
    READ_ONLY = "read_only"  # shown as it was prefilled, absent if it was not


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: the value that is sent, and what people read."""

    value: str
    titles: Bilingual

    def title(self, language: Language) -> str:
        """Return what people read."""
        return self.titles[language]


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    Attributes:
        prefill: what of the person it is filled with (``person.address``), or None.
        items: the items it is asked for; empty: all.
        results: the kinds of result it is asked for; empty: all.
        schema: its own JSON Schema, without references.
    """

    id: str
    widget: Widget
    titles: Bilingual
    helps: Bilingual | None
    units: Bilingual | None
    choices: tuple[Choice, ...]
    required: bool
    prefill: str | None
    order: int
    items: frozenset[str]
    results: frozenset[str]
    schema: Mapping[str, Any]

    def title(self, language: Language) -> str:
        """Return the question."""
        return self.titles[language]

    def hint(self, language: Language) -> str | None:
        """Return the sentence that helps to answer, if there is one."""
        return None if self.helps is None else self.helps[language]

    def unit(self, language: Language) -> str | None:
        """Return what stands behind the answer, such as 元, if anything does."""
        return None if self.units is None else self.units[language]

    def spoken(self, value: object, language: Language) -> str:
        """Return an answer as people read it: the choice's title, yes or no, or the text itself."""
        if isinstance(value, bool):
            return _YES_NO[value][language]
        titles = {choice.value: choice.title(language) for choice in self.choices}
        return titles.get(str(value), str(value))


@dataclass(frozen=True, slots=True)
class Form:
    """One page of questions; `id` is the material it makes, or ``applicant``."""

    id: str
    titles: Bilingual
    fields: tuple[Field, ...]

    def title(self, language: Language) -> str:
        """Return the form's name."""
        return self.titles[language]


_YES_NO: Mapping[bool, Bilingual] = {True: {"zh": "是", "en": "Yes"}, False: {"zh": "否", "en": "No"}}
