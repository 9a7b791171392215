"""Answers to any form: right ones for every question, and for each a wrong one. Fictional throughout."""

from datetime import timedelta
from decimal import Decimal

from kiosk.citizen_number import check_digit
from kiosk.dates import today_in_china
from kiosk.form_checks import span_end
from kiosk.forms import Field, Form, Widget
from sync.contract import Answer

CITIZEN = "11010519491231002"  # the example of GB 11643-1999
RIGHT: dict[Widget, Answer] = {
    Widget.PHONE: "13800005678",
    Widget.BANK_CARD: "6222020000000000000",
    Widget.CITIZEN_NUMBER: CITIZEN + check_digit(CITIZEN),
    Widget.TEXT_LATIN: "JY0012345",
    Widget.TEXT: "支塘镇蒋巷村 8 号",
    Widget.PLATE: "苏E12345",
    Widget.YES_NO: True,
    Widget.READ_ONLY: "江苏省常熟市支塘镇",
}
WRONG: dict[Widget, Answer] = {
    Widget.PHONE: "1391234567",
    Widget.BANK_CARD: "6222020000000000005",
    Widget.CITIZEN_NUMBER: CITIZEN + "1",
    Widget.TEXT_LATIN: "中文",
    Widget.TEXT: "好\U0001f600",
    Widget.PLATE: "X99",
    Widget.YES_NO: "是",
    Widget.CHOICE: "none of these",
    Widget.DATE: "2026-02-30",
    Widget.MONEY: "1.234",
    Widget.DIGITS: "12a",
    Widget.READ_ONLY: 7,
}
CREDIT_CODE = "91320581MA1ABCD44D"


def right(field: Field) -> Answer:
    """Return an answer that the question takes."""
    if field.widget is Widget.CHOICE:
        return field.choices[-1].value
    if field.widget is Widget.DATE:
        earliest, latest = (span_end(span, today_in_china()) for span in field.schema["x-dates"])
        return min(latest, earliest + timedelta(days=1)).isoformat()
    if field.widget in (Widget.MONEY, Widget.DIGITS):
        least = Decimal(str(field.schema.get("x-range", [1000000, 0])[0]))
        return f"{least:f}"
    return CREDIT_CODE if field.schema.get("format") == "credit-code" else RIGHT[field.widget]


def right_answers(form: Form) -> dict[str, Answer]:
    """Return right answers to every question of `form`."""
    return {field.id: right(field) for field in form.fields}
