"""From `assets/forms/*.json` to forms: JSON Schema 2020-12 with hints under ``x-`` keys, checked before use.

One decision: a reference goes to the shared definitions of `common.json` alone and is resolved at load, so that each
field carries its whole schema and can be judged by itself.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, SchemaError

from kiosk.dates import today_in_china
from kiosk.form_checks import FORMATS, span_end
from kiosk.form_records import Bilingual, Choice, Field, Form, Widget
from kiosk.words import LANGUAGES

COMMON = "common.json"
PREFILLS = frozenset(f"person.{name}" for name in ("name", "name_en", "number", "address", "birth", "nationality"))
_HINTS = frozenset(
    "x-" + name
    for name in ("title", "help", "widget", "labels", "prefill", "unit", "order", "items", "results", "range", "dates")
)


class FormError(Exception):
    """A form that must not be shown.

    Attributes:
        file: its file; `field`: the field ("" for the form itself); `what`: what is wrong.
    """

    def __init__(self, file: str, field: str, what: str) -> None:
        super().__init__(f"{file}: {field}: {what}" if field else f"{file}: {what}")
        self.file, self.field, self.what = file, field, what


def load_forms(folder: Path) -> dict[str, Form]:
    """Return the forms in `folder` by their id, which is the name of the file.

    Raises:
        FormError: for the first file that is wrong.
    """
    shared = _document(folder / COMMON).get("$defs", {})
    files = sorted(file for file in folder.glob("*.json") if file.name != COMMON)
    return {file.stem: _form(file, shared) for file in files}


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise FormError(file.name, "", error.strerror or "cannot be read") from error
    except ValueError as error:
        raise FormError(file.name, "", f"is not JSON: {error}") from error
    try:
        Draft202012Validator.check_schema(document)
    except SchemaError as error:
        raise FormError(file.name, ".".join(map(str, error.path)), f"is no JSON Schema: {error.message}") from error
    if not isinstance(document, dict):
        raise FormError(file.name, "", "is not an object")
    return document


def _form(file: Path, shared: Mapping[str, Any]) -> Form:
    document = _document(file)
    if document.get("type") != "object" or document.get("additionalProperties") is not False:
        raise FormError(file.name, "", "is not an object without additional properties")
    properties, required = document.get("properties", {}), document.get("required", [])
    for name in required:
        if name not in properties:
            raise FormError(file.name, name, "is required but not described")
    if not properties:
        raise FormError(file.name, "", "asks nothing")
    fields = [
        _FieldReader(file.name, name, schema, shared).read(name in required) for name, schema in properties.items()
    ]
    titles = _bilingual(file.name, "", document, "x-title")
    return Form(file.stem, titles, tuple(sorted(fields, key=lambda field: field.order)))


def _bilingual(file: str, field: str, schema: Mapping[str, Any], key: str) -> Bilingual:
    texts = schema.get(key)
    if (
        not isinstance(texts, dict)
        or set(texts) != set(LANGUAGES)
        or not all(_is_text(text) for text in texts.values())
    ):
        raise FormError(file, field, f"{key} is not one text in each language")
    return texts


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


class _FieldReader:
    """Reads one property of a form."""

    def __init__(self, file: str, name: str, schema: object, shared: Mapping[str, Any]) -> None:
        self._file, self._name = file, name
        self._schema = self._resolved(schema, shared)

    def read(self, required: bool) -> Field:
        schema = self._schema
        self._need(
            not (unknown := {k for k in schema if k.startswith("x-")} - _HINTS), f"unknown hints {sorted(unknown)}"
        )
        self._need(schema.get("x-widget") in set(Widget), f"x-widget {schema.get('x-widget')!r} is unknown")
        widget = Widget(schema["x-widget"])
        self._need(schema.get("x-prefill") in {None, *PREFILLS}, f"x-prefill {schema.get('x-prefill')!r} is unknown")
        self._need(widget is not Widget.READ_ONLY or "x-prefill" in schema, "is read-only but filled with nothing")
        self._need(widget is not Widget.READ_ONLY or not required, "is read-only but required")
        self._need(isinstance(schema.get("x-order"), int), "x-order is not a number")
        self._need(schema.get("format") in {None, *FORMATS}, f"format {schema.get('format')!r} has no check")
        self._need(widget is not Widget.YES_NO or schema.get("type") == "boolean", "is yes or no but not boolean")
        self._need(widget is Widget.YES_NO or schema.get("type") == "string", "is not a string")
        self._bounds()
        return Field(
            id=self._name,
            widget=widget,
            titles=self._texts("x-title"),
            helps=self._texts("x-help") if "x-help" in schema else None,
            units=self._texts("x-unit") if "x-unit" in schema else None,
            choices=self._choices(widget),
            required=required,
            prefill=schema.get("x-prefill"),
            order=schema["x-order"],
            items=frozenset(schema.get("x-items", ())),
            results=frozenset(schema.get("x-results", ())),
            schema=schema,
        )

    def _resolved(self, schema: object, shared: Mapping[str, Any]) -> Mapping[str, Any]:
        self._need(isinstance(schema, dict), "is not described by an object")
        own: dict[str, Any] = dict(schema) if isinstance(schema, dict) else {}
        reference = own.pop("$ref", None)
        if reference is None:
            return own
        name = str(reference).removeprefix(f"{COMMON}#/$defs/")
        self._need(name in shared, f"$ref {reference!r} is not in {COMMON}")
        return {**shared[name], **own}

    def _choices(self, widget: Widget) -> tuple[Choice, ...]:
        values, labels = self._schema.get("enum", []), self._schema.get("x-labels", {})
        self._need((widget is Widget.CHOICE) == bool(values), "a choice has an enum, and nothing else has")
        self._need(list(labels) == values, "x-labels does not name each value of enum, in its order")
        return tuple(Choice(value, _bilingual(self._file, self._name, labels, value)) for value in values)

    def _bounds(self) -> None:
        least_most, days = self._schema.get("x-range", [0, 0]), self._schema.get("x-dates", ["today", "today"])
        ordered = _is_pair(least_most, (int, float)) and least_most[0] <= least_most[1]
        self._need(ordered, "x-range is not [least, most]")
        self._need(_is_pair(days, (str,)), "x-dates is not [earliest, latest]")
        try:
            earliest, latest = (span_end(day, today_in_china()) for day in days)
        except ValueError as error:
            raise FormError(self._file, self._name, f"x-dates: {error}") from error
        self._need(earliest <= latest, "x-dates is not [earliest, latest]")

    def _texts(self, key: str) -> Bilingual:
        return _bilingual(self._file, self._name, self._schema, key)

    def _need(self, holds: bool, what: str) -> None:
        if not holds:
            raise FormError(self._file, self._name, what)


def _is_pair(value: object, kinds: Iterable[type]) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(each, tuple(kinds)) for each in value)  # noqa: PLR2004
