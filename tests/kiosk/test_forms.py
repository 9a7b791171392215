"""The forms: each paper's questions as data, answered rightly and wrongly."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from kiosk.catalogue import Catalogue, Service, load
from kiosk.form_checks import FORMATS, span_end
from kiosk.forms import Form, FormError, Widget, forms_for, load_forms, prefill, shipped_forms, validate
from kiosk.identity import Person
from kiosk.words import ASSETS, LANGUAGES, Language
from kiosk.writing.boards import Board, boards
from tests.kiosk.answers import CITIZEN, WRONG, right_answers

FOLDER = ASSETS / "forms"
TODAY = date(2026, 11, 24)
Write = Callable[[dict[str, Any]], Path]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def declarable(catalogue: Catalogue) -> list[Service]:
    """Everything that can be handed in, wholly or in part: 213 items and 22 packages."""
    services = catalogue.at_site("ZT-S00").services
    return [service for service in services if catalogue.declared_items(service)]


def test_the_item_of_the_story_asks_exactly_two_things(catalogue: Catalogue) -> None:
    """Promise 7: the phone and the contribution grade, nothing that the card already says."""
    forms = forms_for(catalogue.items["ZT-RS-001"], catalogue)
    assert [(form.id, [field.id for field in form.fields]) for form in forms] == [
        ("applicant", ["phone"]),
        ("pension_reg_form", ["grade"]),
    ]


def test_every_declarable_item_and_package_can_be_filled_in(catalogue: Catalogue) -> None:
    """Promise 7: all 213 items and 22 packages, none with an empty page, none that cannot be answered rightly."""
    services = declarable(catalogue)
    assert len(services) == 213 + 22
    for service in services:
        forms = forms_for(service, catalogue)
        assert forms[0].id == "applicant"
        fills = {paper.id for paper in catalogue.declared_papers(service) if paper.fill}
        assert {form.id for form in forms[1:]} == fills, service.id
        for form in forms:
            assert form.fields, (service.id, form.id)
            assert validate(form, right_answers(form), "zh") == {}, (service.id, form.id)


def test_no_item_is_asked_more_than_a_page_of_questions(catalogue: Catalogue) -> None:
    """Promise 7: one to six questions a paper."""
    for service in catalogue.items.values():
        if service.declarable:
            assert all(1 <= len(form.fields) <= 6 for form in forms_for(service, catalogue)), service.id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_a_wrong_answer_is_refused_at_its_field_in_the_persons_language(form_id: str, language: Language) -> None:
    """Promise 8: a sentence a person can act on, never a library's message, never the answer itself."""
    form = shipped_forms()[form_id]
    for field in form.fields:
        wrong = WRONG[field.widget]
        faults = validate(form, {**right_answers(form), field.id: wrong}, language)
        assert set(faults) == {field.id}, field.id
        assert "type" not in faults[field.id]
        assert str(wrong) not in faults[field.id]
        assert faults[field.id].endswith("。" if language == "zh" else ".")


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_what_is_required_is_missed_by_name(form_id: str) -> None:
    """Promise 8: an empty page says at each required field what is wanted."""
    form = shipped_forms()[form_id]
    assert set(validate(form, {}, "zh")) == {field.id for field in form.fields if field.required}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_every_question_that_is_written_has_its_keyboards(form_id: str, language: Language) -> None:
    """Promise 7: nothing that is required is only shown, and Chinese can be written in more than one way."""
    for field in shipped_forms()[form_id].fields:
        assert not (field.required and field.widget is Widget.READ_ONLY)
        if field.widget is Widget.TEXT:
            assert {Board.PINYIN, Board.HAND, Board.STROKE, Board.LATIN} <= set(boards(field.widget, language))
            assert field.schema["maxLength"] <= 60, "more is not seen whole while it is written"


def test_what_cannot_be_seen_is_not_an_answer() -> None:
    """Promise 4: emoji, control and direction marks, spaces alone or at the end; names of rare characters are."""
    check = FORMATS["written"]
    for text in ("好\U0001f600", "a\x00", "\u202eab", " ", "村 ", "\u200b", "\n"):
        fault = check(text)
        assert fault is not None
        assert fault.key == "forms.written"
    for text in ("支塘镇蒋巷村 8 号", "𬭎𫖯䶮", "\U0002ebf0", "\ue863", "“好”，100㎡。", "Li Na"):
        assert check(text) is None, text


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_every_question_and_choice_speaks_both_languages(form_id: str) -> None:
    """Promise 7: and Chinese reads as Chinese, English as English."""
    form = shipped_forms()[form_id]
    pairs = [form.titles, *(f.titles for f in form.fields), *(c.titles for f in form.fields for c in f.choices)]
    for zh, en in [(pair["zh"], pair["en"]) for pair in pairs]:
        assert en.isascii() or set(en) <= set("’²³°") | set(map(chr, range(128))), en
        assert not set(zh) & set(",;!?:"), zh


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_a_form_is_plain_json_schema_that_any_validator_reads(form_id: str) -> None:
    """Promise 1: what a form accepts can be checked again elsewhere, references and all."""
    common = json.loads((FOLDER / "common.json").read_text("utf-8"))
    schema = json.loads((FOLDER / f"{form_id}.json").read_text("utf-8"))
    registry: Registry[Any] = Registry().with_resource("common.json", Resource.from_contents(common))
    validator = Draft202012Validator(schema, registry=registry)
    assert list(validator.iter_errors(right_answers(shipped_forms()[form_id]))) == []
    assert list(validator.iter_errors({"nonsense": 1}))


def test_every_form_has_a_use_and_every_paper_to_fill_in_a_form(catalogue: Catalogue) -> None:
    """Promise 4: no form nobody asks for, no paper without its form."""
    fill = {material.id for material in catalogue.materials.values() if material.fill}
    assert set(shipped_forms()) == fill | {"applicant"}
    assert len(fill) == 71


def test_questions_for_single_items_name_items_that_use_the_form(catalogue: Catalogue) -> None:
    """Promise 4: a slip in an item's id would hide a question for ever."""
    for form in shipped_forms().values():
        for item_id in {item for field in form.fields for item in field.items}:
            assert form.id in catalogue.items[item_id].materials, (form.id, item_id)


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        ("1391234567", "手机号是 11 位数字，您输了 10 位。"),
        ("139123456789", "手机号是 11 位数字，您输了 12 位。"),
        ("12912345678", "手机号以 13 到 19 开头，请再看一遍。"),
        ("139-1234-567", "这里只能填数字。"),
        ("１３９１２３４５６７８", "这里只能填数字。"),
        ("", "请填手机号，11 位数字。"),
    ],
)
def test_a_phone_number_says_what_is_wrong_with_it(phone: str, sentence: str) -> None:
    """Promise 8: the sentence says what was entered and what would be right."""
    form = Form("applicant", {}, shipped_forms()["applicant"].fields[:1])
    assert validate(form, {"phone": phone}, "zh") == {"phone": sentence}


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("phone", ["13912345678", "19900000000"], ["23912345678", "1391234567", ""]),
        (
            "bank-card",
            ["6222020000000000000", "4111111111111111"],
            ["6222020000000000005", "4111111111111112", "622202"],
        ),
        ("citizen-number", [CITIZEN + "X", CITIZEN + "x"], [CITIZEN + "1", CITIZEN]),
        ("credit-code", ["91320581MA1ABCD44D"], ["91320581MA1ABCD440", "91320581MA1ABCDI4D", "91320581"]),
        ("money", ["0", "1200.50", "3.5"], ["1,200", "-1", "1.234", "01", ".5", "1e3", "NaN"]),
        ("plate", ["苏E12345", "苏ED12345"], ["苏E1234", "苏I12345", "苏E1234O", "E12345"]),
        ("latin", ["A-1", "SN 0042/7"], ["中", " A", "A\nB"]),
        ("date", ["2024-02-29"], ["2023-02-29", "20240229", "2024-2-9", "2024-W01-1"]),
        ("digits", ["007"], ["7.0", "²", "٣", "-7"]),
    ],
)
def test_each_format_takes_what_is_right_and_refuses_what_is_wrong(name: str, good: list[str], bad: list[str]) -> None:
    """Promise 4: nothing is half accepted."""
    check = FORMATS[name]
    assert [text for text in good if check(text) is not None] == []
    assert [text for text in bad if check(text) is None] == []


@given(st.text(max_size=24))
def test_no_text_at_all_can_break_a_check(text: str) -> None:
    """Promise 3: whatever is typed is answered."""
    for check in FORMATS.values():
        check(text)


@given(st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_of_a_bank_card_is_always_noticed(place: int, off: int) -> None:
    """Promise 4: Luhn's rule catches every single slip."""
    card = "6222020000000000000"
    wrong = card[:place] + str((int(card[place]) + off) % 10) + card[place + 1 :]
    assert FORMATS["bank-card"](wrong) is not None


@pytest.mark.parametrize(
    ("span", "day"),
    [
        ("today", TODAY),
        ("-30d", date(2026, 10, 25)),
        ("+3m", date(2027, 2, 24)),
        ("-18y", date(2008, 11, 24)),
    ],
)
def test_bounds_of_dates_move_with_the_day(span: str, day: date) -> None:
    """Promise 4: "within a year" means of today."""
    assert span_end(span, TODAY) == day


def test_a_month_that_is_shorter_ends_on_its_last_day() -> None:
    """Promise 4: six months after 31 August is the last of February."""
    assert span_end("+6m", date(2026, 8, 31)) == date(2027, 2, 28)
    assert span_end("-4y", date(2028, 2, 29)) == date(2024, 2, 29)
    assert span_end("+1y", date(2028, 2, 29)) == date(2029, 2, 28)


def test_a_date_out_of_bounds_says_between_which_days() -> None:
    """Promise 8: dates are written as people write them."""
    form = shipped_forms()["loss_statement"]
    answers = {**right_answers(form), "lost_on": "2026-11-25"}
    assert validate(form, answers, "zh", TODAY) == {"lost_on": "请选 2006年11月24日 到 2026年11月24日 之间的一天。"}
    assert validate(form, answers, "en", TODAY)["lost_on"].endswith("from 24 November 2006 to 24 November 2026.")


def test_a_number_out_of_bounds_says_between_which() -> None:
    """Promise 8: no "invalid value"."""
    form = shipped_forms()["startup_loan_form"]
    assert validate(form, {**right_answers(form), "amount": "9999.99"}, "zh") == {
        "amount": "请填 10000 到 3000000 之间的数。"
    }


def test_a_commitment_has_to_be_given() -> None:
    """Promise 3: who does not agree is told of the window."""
    form = shipped_forms()["commitment"]
    assert validate(form, {**right_answers(form), "agree": False}, "zh") == {
        "agree": "选了“是”才能在这里办，不同意可以到窗口办。"
    }


def test_how_to_collect_is_asked_only_where_there_is_something_to_collect(catalogue: Catalogue) -> None:
    """Promise 7: no question without a use."""
    for item in catalogue.items.values():
        if item.declarable:
            asked = "receive" in {field.id for field in forms_for(item, catalogue)[0].fields}
            assert asked == (item.result in ("licence", "approval", "notice")), item.id


def test_the_address_comes_from_the_card_and_is_absent_without_one() -> None:
    """Promise 5: exactly as on the card; nothing is invented for somebody who typed a number."""
    form = shipped_forms()["residence_form"]
    person = Person("resident", CITIZEN + "X", address="江苏省常熟市支塘镇𬭎路1号")
    assert prefill(form, person) == {"card_address": "江苏省常熟市支塘镇𬭎路1号"}
    typed = Person.typed(CITIZEN + "X")
    assert prefill(form, typed) == {}


def test_an_address_cut_off_inside_a_character_can_be_sent() -> None:
    """Promise 1: half of a surrogate pair, which UTF-8 cannot carry, is written as its code."""
    person = Person("resident", CITIZEN, address="支塘镇\ud842")
    form = next(form for form in shipped_forms().values() if any(field.prefill for field in form.fields))
    (answer,) = prefill(form, person).values()
    assert answer == "支塘镇[U+D842]"
    answers = {name: value for name, value in right_answers(form).items() if name != "card_address"}
    assert validate(form, answers, "zh") == {}


def test_an_answer_nobody_asked_for_is_a_defect() -> None:
    """Promise 8: it is named as one, by form and field."""
    with pytest.raises(FormError, match=r"commitment: nonsense"):
        validate(shipped_forms()["commitment"], {"nonsense": "1"}, "zh")


def test_answers_are_spoken_as_people_read_them(catalogue: Catalogue) -> None:
    """Promise 7: a choice by its title, yes and no by their words."""
    grade = forms_for(catalogue.items["ZT-RS-001"], catalogue)[1].fields[0]
    assert (grade.spoken("500", "zh"), grade.spoken("500", "en")) == ("每年 500 元", "500 yuan a year")
    agree = shipped_forms()["commitment"].fields[1]
    assert (agree.spoken(value=True, language="zh"), agree.spoken(value=False, language="en")) == ("是", "No")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes one form, and the shared definitions, into a folder."""

    def put(document: dict[str, Any]) -> Path:
        (tmp_path / "common.json").write_bytes((FOLDER / "common.json").read_bytes())
        (tmp_path / "bad.json").write_text(json.dumps(document), "utf-8")
        return tmp_path

    return put


TITLES = {"zh": "问", "en": "Q"}
FIELD = {"type": "string", "format": "digits", "x-widget": "digits", "x-title": TITLES, "x-order": 1}
FORM = {"x-title": TITLES, "type": "object", "additionalProperties": False, "required": [], "properties": {"q": FIELD}}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"x-widget": "slider"}, "x-widget 'slider' is unknown"),
        ({"x-title": {"zh": "问"}}, "x-title is not one text in each language"),
        ({"x-title": {"zh": "问", "en": " "}}, "x-title is not one text in each language"),
        ({"format": "email"}, "format 'email' has no check"),
        ({"x-wigdet": "digits"}, "unknown hints ['x-wigdet']"),
        ({"x-prefill": "person.shoe_size"}, "x-prefill 'person.shoe_size' is unknown"),
        ({"x-order": "first"}, "x-order is not a number"),
        ({"enum": ["1", "2"]}, "a choice has an enum, and nothing else has"),
        (
            {"x-widget": "choice", "enum": ["1"], "x-labels": {}},
            "x-labels does not name each value of enum, in its order",
        ),
        ({"x-widget": "yes_no"}, "is yes or no but not boolean"),
        ({"x-widget": "read_only"}, "is read-only but filled with nothing"),
        ({"x-range": [5, 1]}, "x-range is not [least, most]"),
        ({"x-dates": ["today", "-1y"]}, "x-dates is not [earliest, latest]"),
        ({"x-dates": ["yesterday", "today"]}, "x-dates: 'yesterday' is not today, -30d, +6m or -18y"),
        ({"$ref": "common.json#/$defs/fone"}, "$ref 'common.json#/$defs/fone' is not in common.json"),
    ],
)
def test_a_bad_field_is_told_by_file_field_and_what_is_wrong(write: Write, change: dict[str, Any], what: str) -> None:
    """Promise 8: whoever writes a form finds the slip at once."""
    with pytest.raises(FormError) as caught:
        load_forms(write({**FORM, "properties": {"q": {**FIELD, **change}}}))
    assert (caught.value.file, caught.value.field, caught.value.what) == ("bad.json", "q", what)


@pytest.mark.parametrize(
    ("change", "field", "what"),
    [
        ({"required": ["p"]}, "p", "is required but not described"),
        ({"properties": {}}, "", "asks nothing"),
        ({"additionalProperties": True}, "", "is not an object without additional properties"),
        ({"properties": 3}, "properties", "is no JSON Schema: 3 is not of type 'object'"),
        ({"x-title": "问"}, "", "x-title is not one text in each language"),
    ],
)
def test_a_bad_form_is_told_by_file_and_what_is_wrong(
    write: Write, change: dict[str, Any], field: str, what: str
) -> None:
    """Promise 8: the form itself is checked as well."""
    with pytest.raises(FormError) as caught:
        load_forms(write({**FORM, **change}))
    assert (caught.value.file, caught.value.field, caught.value.what) == ("bad.json", field, what)


def test_a_torn_form_is_told_by_file(write: Write) -> None:
    """Promise 8: the sentence names the file."""
    folder = write(FORM)
    (folder / "bad.json").write_text("{", "utf-8")
    with pytest.raises(FormError, match=r"bad\.json: is not JSON"):
        load_forms(folder)


def test_a_service_whose_form_is_missing_is_told_by_name(catalogue: Catalogue) -> None:
    """Promise 8: an item added without its form says which form it lacks."""
    with pytest.raises(FormError, match=r"pension_reg_form\.json: is needed by ZT-RS-001"):
        forms_for(catalogue.items["ZT-RS-001"], catalogue, {"applicant": shipped_forms()["applicant"]})
