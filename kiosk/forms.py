"""The forms of a service: which are asked, what the card already answers, and what is wrong with an answer.

One decision: the rules of an answer are its JSON Schema, judged by jsonschema; what people read is ours. A library's
message never reaches a resident: each rule has a sentence in `assets/words/*/forms.toml`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from kiosk.catalogue import Catalogue, Item, Service
from kiosk.dates import spoken_date, today_in_china
from kiosk.form_checks import FORMATS, AnswerFault, date_fault, range_fault, span_end
from kiosk.form_files import FormError, load_forms
from kiosk.form_records import Choice, Field, Form, Widget
from kiosk.identity import Person, sendable
from kiosk.words import ASSETS, Language, Words
from sync.contract import Answer

__all__ = [
    "Choice",
    "Field",
    "Form",
    "FormError",
    "Widget",
    "forms_for",
    "load_forms",
    "prefill",
    "shipped_forms",
    "validate",
]

APPLICANT = "applicant"


@cache
def shipped_forms() -> Mapping[str, Form]:
    """Return the forms in assets/forms, read once.

    Raises:
        FormError: one of them is wrong.
    """
    return load_forms(ASSETS / "forms")


def forms_for(service: Service, catalogue: Catalogue, forms: Mapping[str, Form] | None = None) -> tuple[Form, ...]:
    """Return the forms of what a service hands in at the kiosk: the applicant's first, then one a paper to fill in.

    Each has only the questions of these items. `forms` None: the shipped ones.

    Raises:
        FormError: a paper is to be filled in here, and there is no form for it.
    """
    known = shipped_forms() if forms is None else forms
    items = catalogue.declared_items(service)
    wanted = [APPLICANT, *(paper.id for paper in catalogue.declared_papers(service) if paper.fill)]
    for form_id in wanted:
        if form_id not in known:
            raise FormError(f"{form_id}.json", "", f"is needed by {service.id} and is not there")
    asked = (_asked(known[form_id], items) for form_id in wanted)
    return tuple(form for form in asked if form.fields)


def _asked(form: Form, items: tuple[Item, ...]) -> Form:
    """Return `form` with the questions that one of `items` needs."""
    with_it = [item for item in items if form.id == APPLICANT or form.id in item.materials]
    ids, results = {item.id for item in with_it}, {item.result for item in with_it}
    fields = (f for f in form.fields if (not f.items or f.items & ids) and (not f.results or f.results & results))
    return replace(form, fields=tuple(fields))


def prefill(form: Form, person: Person) -> dict[str, Answer]:
    """Return the answers that are on the person's card, in a form that can be sent."""
    found = {f.id: getattr(person, f.prefill.removeprefix("person.")) for f in form.fields if f.prefill is not None}
    return {name: sendable(str(value)) for name, value in found.items() if value is not None}


def validate(
    form: Form, answers: Mapping[str, Answer], language: Language, today: date | None = None
) -> dict[str, str]:
    """Return one sentence for each field whose answer is wrong or missing; empty means that all is in order.

    `today` None: today in China.

    Raises:
        FormError: there is an answer to a question that the form does not ask (a defect of the screen).
    """
    unknown = set(answers) - {field.id for field in form.fields}
    if unknown:
        raise FormError(form.id, min(unknown), "is not asked here")
    day = today or today_in_china()
    found = ((field, _field_fault(field, answers.get(field.id), day)) for field in form.fields)
    return {field.id: _sentence(fault, language) for field, fault in found if fault is not None}


def _field_fault(field: Field, answer: Answer, today: date) -> AnswerFault | None:
    if answer is None or answer == "":
        return AnswerFault(f"forms.missing.{field.widget}") if field.required else None
    first = {key: field.schema[key] for key in ("type", "format") if key in field.schema}  # before the bounds
    schema = {**first, **field.schema, "x-today": today.isoformat()}
    error = next(iter(_Validator(schema, format_checker=_FORMATS).iter_errors(answer)), None)
    if error is None:
        return None
    if isinstance(error.cause, _Refused):
        return error.cause.fault
    known: Callable[[Field, str], AnswerFault] = _RULES.get(str(error.validator), _not_so)
    return known(field, str(answer))


def _sentence(fault: AnswerFault, language: Language) -> str:
    values = {k: spoken_date(v, language) if isinstance(v, date) else v for k, v in fault.values.items()}
    return _words(language).say(fault.key, **values)


@cache
def _words(language: Language) -> Words:
    return Words(language)


def _not_so(_field: Field, _text: str) -> AnswerFault:
    return AnswerFault("forms.not_so")


def _length(field: Field, text: str) -> AnswerFault:
    least, most = field.schema.get("minLength", 1), field.schema["maxLength"]
    if least == most:
        return AnswerFault("forms.length_exact", {"length": most, "count": len(text)})
    return AnswerFault("forms.length", {"least": least, "most": most, "count": len(text)})


_RULES: Mapping[str, Callable[[Field, str], AnswerFault]] = {
    "minLength": _length,
    "maxLength": _length,
    "enum": lambda _field, _text: AnswerFault("forms.choose_listed"),
    "const": lambda _field, _text: AnswerFault("forms.must_agree"),
}
"""The words of a broken rule by the keyword of JSON Schema; a format, a range and dates bring their own."""


class _Refused(Exception):  # noqa: N818 - carries a fault through jsonschema
    def __init__(self, fault: AnswerFault) -> None:
        super().__init__(fault.key)
        self.fault = fault


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checks(name, raises=_Refused)(_raising(check))
    return checker


def _raising(check: Callable[[str], AnswerFault | None]) -> Callable[[object], bool]:
    def raising(answer: object) -> bool:
        fault = check(answer) if isinstance(answer, str) else AnswerFault("forms.not_so")
        if fault is not None:
            raise _Refused(fault)
        return True

    return raising


def _refusals(fault: AnswerFault | None) -> Iterator[ValidationError]:
    if fault is not None:
        yield ValidationError(fault.key, cause=_Refused(fault))


def _range(_validator: Any, bounds: list[float], answer: str, _schema: Mapping[str, Any]) -> Iterator[ValidationError]:  # noqa: ANN401
    least, most = (Decimal(str(bound)) for bound in bounds)
    yield from _refusals(range_fault(answer, least, most))


def _dates(_validator: Any, spans: list[str], answer: str, schema: Mapping[str, Any]) -> Iterator[ValidationError]:  # noqa: ANN401
    earliest, latest = (span_end(span, date.fromisoformat(schema["x-today"])) for span in spans)
    yield from _refusals(date_fault(answer, earliest, latest))


_FORMATS = _formats()
_Validator = validators.extend(  # type: ignore[no-untyped-call] # its stub has no types
    Draft202012Validator, {"x-range": _range, "x-dates": _dates}
)
