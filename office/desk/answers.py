"""Lays out what a resident answered: titles beside values, and nothing changed in the values."""

from dataclasses import dataclass

from office.desk.titles import TitledField, Titles
from office.desk.words import DeskWords
from sync.contract import Answer, CaseDocument


@dataclass(frozen=True, slots=True, repr=False)
class AnswerTable:
    """One form: its title, and each field's title with its answer as text; an empty answer is None."""

    title: str
    rows: tuple[tuple[str, str | None], ...]


def answer_tables(document: CaseDocument, titles: Titles, words: DeskWords) -> list[AnswerTable]:
    """Return the answers of a case, form by form; the fields of a known form in the order they were asked."""
    return [_table(form_id, answers, titles, words) for form_id, answers in document.answers.items()]


def _table(form_id: str, answers: dict[str, Answer], titles: Titles, words: DeskWords) -> AnswerTable:
    form = titles.get(form_id)
    fields = {field.id: field for field in form.fields} if form else {}
    order = [*(name for name in fields if name in answers), *(name for name in answers if name not in fields)]
    rows = tuple(_row(name, fields.get(name), answers[name], words) for name in order)
    return AnswerTable(form.title(words.language) if form else form_id, rows)


def _row(name: str, field: TitledField | None, value: Answer, words: DeskWords) -> tuple[str, str | None]:
    title = field.title(words.language) if field else name
    if value is None or value in ("", []):
        return title, None
    if isinstance(value, bool):
        return title, words.say("answer.yes" if value else "answer.no")
    values = value if isinstance(value, list) else [value]
    shown = (field.spoken(each, words.language) if field else str(each) for each in values)
    return title, words.say("answer.comma").join(shown)
