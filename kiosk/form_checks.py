"""What makes a typed answer wrong: phone, bank card, citizen number, credit code, amount, date, each with its sentence.

One decision: a check gives a words key and parameters, never a sentence, so that one rule speaks both languages.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from unicodedata import category

from kiosk.citizen_number import citizen_number_fault

PHONE_DIGITS = 11
CARD_DIGITS = range(16, 20)  # UnionPay numbers: 16 to 19 digits (ISO/IEC 7812)
CREDIT_LENGTH = 18
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][A-HJ-NP-Z0-9]{5,6}")
_SPAN = re.compile(r"([+-]\d+)([dmy])")
_LATIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,'&@/_-]*")
_SIGNS = frozenset(" +=<>~℃°㎡￥$")
_LATER_IDEOGRAPHS = range(0x20000, 0x3FFFE)  # planes 2 and 3 hold nothing else


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """The words key of what is wrong with an answer, and the sentence's parameters (dates are written out later)."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def _count(key: str, text: str) -> AnswerFault:
    return AnswerFault(f"forms.{key}", {"count": len(text)})


def phone(text: str) -> AnswerFault | None:
    """A mobile number of mainland China: 11 digits, 13 to 19 first."""
    if not _digits(text):
        return AnswerFault("forms.digits_only")
    if len(text) != PHONE_DIGITS:
        return _count("phone_length", text)
    return None if re.fullmatch(r"1[3-9]\d{9}", text) else AnswerFault("forms.phone_start")


def bank_card(text: str) -> AnswerFault | None:
    """A bank card's number: 16 to 19 digits, the last of them by Luhn's rule (ISO/IEC 7812-1)."""
    if not _digits(text):
        return AnswerFault("forms.digits_only")
    if len(text) not in CARD_DIGITS:
        return _count("bank_card_length", text)
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(text))]
    total = sum(number // 10 + number % 10 for number in doubled)
    return None if total % 10 == 0 else AnswerFault("forms.bank_card_check")


def citizen_number(text: str) -> AnswerFault | None:
    """A citizen number, as `kiosk.citizen_number` judges it."""
    key = citizen_number_fault(text)
    return None if key is None else AnswerFault(key)


def credit_code(text: str) -> AnswerFault | None:
    """A unified social credit code: 18 characters, the last by modulo 31 (GB 32100-2015)."""
    if len(text) != CREDIT_LENGTH:
        return _count("credit_code_length", text)
    if any(character not in _CREDIT for character in text):
        return AnswerFault("forms.credit_code_characters")
    total = sum(_CREDIT.index(character) * pow(3, place, 31) for place, character in enumerate(text[:-1]))
    return None if _CREDIT[-total % 31] == text[-1] else AnswerFault("forms.credit_code_check")


def money(text: str) -> AnswerFault | None:
    """An amount in yuan with at most two decimals."""
    return None if re.fullmatch(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?", text) else AnswerFault("forms.money")


def digits(text: str) -> AnswerFault | None:
    """Digits and nothing else."""
    return None if _digits(text) else AnswerFault("forms.digits_only")


def plate(text: str) -> AnswerFault | None:
    """A number plate: province, letter, five or six letters and digits without I and O (GA 36-2018)."""
    return None if _PLATE.fullmatch(text) else AnswerFault("forms.plate")


def latin(text: str) -> AnswerFault | None:
    """Latin letters, digits and plain signs."""
    return None if _LATIN.fullmatch(text) else AnswerFault("forms.latin")


def written(text: str) -> AnswerFault | None:
    """Characters that can be seen, and spaces between them: no control or direction marks, no emoji.

    Private-use characters and ideographs younger than Python's tables are names (promise 5), so they pass.
    """
    seen = text.strip() == text and all(map(_can_be_seen, text))
    return None if seen and text else AnswerFault("forms.written")


def _can_be_seen(each: str) -> bool:
    kind = category(each)
    return kind[0] in "LMNP" or kind == "Co" or each in _SIGNS or ord(each) in _LATER_IDEOGRAPHS


def iso_date(text: str) -> AnswerFault | None:
    """A date ``YYYY-MM-DD`` that the calendar has."""
    try:
        return None if date.fromisoformat(text).isoformat() == text else AnswerFault("forms.date")
    except ValueError:
        return AnswerFault("forms.date")


FORMATS: Mapping[str, Callable[[str], AnswerFault | None]] = {
    "phone": phone,
    "bank-card": bank_card,
    "citizen-number": citizen_number,
    "credit-code": credit_code,
    "money": money,
    "digits": digits,
    "plate": plate,
    "latin": latin,
    "written": written,
    "date": iso_date,
}
"""The JSON Schema `format` of an answer, and its check."""


def range_fault(text: str, least: Decimal, most: Decimal) -> AnswerFault | None:
    """A number within bounds; `text` has passed `money` or `digits`."""
    if least <= Decimal(text) <= most:
        return None
    return AnswerFault("forms.range", {"least": f"{least:f}", "most": f"{most:f}"})


def span_end(span: str, today: date) -> date:
    """Return the date that ``today``, ``-30d``, ``+6m`` or ``-18y`` means.

    Raises:
        ValueError: it is none of these.
    """
    if span == "today":
        return today
    match = _SPAN.fullmatch(span)
    if match is None:
        raise ValueError(f"{span!r} is not today, -30d, +6m or -18y")
    number, unit = int(match[1]), match[2]
    if unit == "d":
        return today + timedelta(days=number)
    months = today.year * 12 + today.month - 1 + number * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    for day in range(today.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue  # the month is shorter: 31 August and six months is the last of February
    return date(year, month + 1, min(today.day, 28))


def date_fault(text: str, earliest: date, latest: date) -> AnswerFault | None:
    """A date within bounds; `text` has passed `iso_date`."""
    if earliest <= date.fromisoformat(text) <= latest:
        return None
    return AnswerFault("forms.date_range", {"earliest": earliest, "latest": latest})


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()
